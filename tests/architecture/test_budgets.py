"""Files and functions stay small enough to be read in one go."""

import ast

from .tree import ADDONS, ROOT, assert_none, parse, python_files, where

LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def _sources():
    for addon in ADDONS:
        yield from python_files(addon)
    yield from sorted((ROOT / "setup").rglob("*.py"))


def _length(node: ast.AST) -> int:
    """Lines of a function, without its docstring."""
    body = node.body
    if ast.get_docstring(node, clean=False) is not None:
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_files_are_short():
    lengths = {path: len(path.read_text().splitlines()) for path in _sources()}
    long = [
        f"{path.relative_to(ROOT)}: {length} lines"
        for path, length in lengths.items()
        if length > LONGEST_FILE
    ]
    assert_none(long)


def test_functions_are_short():
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        f"{where(path, node.lineno)}: {node.name} has {_length(node)} lines"
        for path in _sources()
        for node in ast.walk(parse(path))
        if isinstance(node, functions) and _length(node) > LONGEST_FUNCTION
    ]
    assert_none(long)
