"""The examples in the docstrings run and give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import gbengine

MODULES = [
    f"gbengine.{module.name}"
    for module in pkgutil.iter_modules(gbengine.__path__)
    if module.name != "_core"
]

WITH_EXAMPLES = {
    "gbengine",
    "gbengine._adaboost_classifier",
    "gbengine._adaboost_regressor",
    "gbengine._classifier",
    "gbengine._decision_tree",
    "gbengine._extra_tree",
    "gbengine._extra_trees_classifier",
    "gbengine._extra_trees_regressor",
    "gbengine._model_file",
    "gbengine._random_forest_classifier",
    "gbengine._random_forest_regressor",
    "gbengine._regressor",
    "gbengine._tree_export",
}


@pytest.mark.parametrize("name", ["gbengine", *MODULES])
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    if name in WITH_EXAMPLES:
        assert result.attempted > 0
