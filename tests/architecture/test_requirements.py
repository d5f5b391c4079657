"""Every requirement has a test that says its number.

It holds for all of reference/requirements.md but what asks for nothing that a test
could see (R123-R125: hosting and the names of other products).
"""

import ast
import re

from .tree import ADDONS, ROOT

WANTED = {
    *range(1, 17),
    *range(20, 31),
    *range(40, 57),
    *range(60, 76),
    *range(80, 91),
    *range(100, 113),
    *range(120, 123),
    *range(126, 131),
}
NUMBER = re.compile(r"\bR(\d{2,3})(?:-R(\d{2,3}))?\b")
NAME = re.compile(r"test_(?:r\d{2,3}_)+")


def said(source: str) -> set[int]:
    """Return the numbers that the names and docstrings of tests say.

    Not what heads a file: a test itself, or the class of a few, has to say it.
    """
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for first, last in NUMBER.findall(ast.get_docstring(node) or ""):
            found |= set(range(int(first), int(last or first) + 1))
        if NAME.match(node.name):
            found |= {int(number) for number in re.findall(r"r(\d{2,3})_", node.name)}
    return found


def test_every_requirement_has_a_test():
    numbers: set[int] = set()
    for folder in (ROOT / "tests", *ADDONS):
        for path in folder.rglob("test_*.py"):
            numbers |= said(path.read_text())
    missing = sorted(WANTED - numbers)
    assert not missing, f"no test says {', '.join(f'R{n:02}' for n in missing)}"
