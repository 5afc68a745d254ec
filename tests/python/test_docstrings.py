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


@pytest.mark.parametrize("name", ["gbengine", *MODULES])
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    if name in ("gbengine", "gbengine._classifier", "gbengine._regressor", "gbengine._model_file"):
        assert result.attempted > 0
