"""The examples in the docstrings of the functional core are true."""

import doctest

import pytest

import collections_tools

MODULES = [
    getattr(collections_tools, name)
    for name in dir(collections_tools)
    if not name.startswith("_")
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples(module):
    assert doctest.testmod(module).failed == 0
