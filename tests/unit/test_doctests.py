"""The examples in the docstrings of the functional core are true."""

import doctest

import pytest

import collections_tools

PACKAGES = (collections_tools, collections_tools.prediction)
MODULES = [
    getattr(package, name)
    for package in PACKAGES
    for name in dir(package)
    if not name.startswith("_")
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples(module):
    assert doctest.testmod(module).failed == 0
