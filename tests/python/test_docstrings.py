"""The examples in the docstrings run and give what they say."""

import doctest
import importlib
import inspect
import pkgutil
import re

import pytest

import gbengine

MODULES = [
    f"gbengine.{module.name}"
    for module in pkgutil.iter_modules(gbengine.__path__)
    if module.name != "_core"
]
CLASSES = [name for name in gbengine.__all__ if inspect.isclass(getattr(gbengine, name))]


@pytest.mark.parametrize("name", ["gbengine", *MODULES])
def test_examples(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module)
    assert result.failed == 0
    # All that are written are run: none is where doctest does not look.
    assert result.attempted == len(re.findall(r"^ *>>> ", inspect.getsource(module), re.MULTILINE))


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_has_an_example(name):
    assert ">>> " in getattr(gbengine, name).__doc__
