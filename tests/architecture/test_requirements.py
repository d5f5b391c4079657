"""Every requirement that issue 3 names has a test that says its number."""

import re

from .tree import ADDONS, ROOT

WANTED = {
    *range(1, 17),
    *range(40, 53),
    55,
    56,
    *range(60, 69),
    *range(70, 75),
    *range(80, 86),
    89,
}
NUMBER = re.compile(r"\bR(\d{2})(?:-R(\d{2}))?\b")
NAME = re.compile(r"\bdef test_(?:r\d{2}_)+")


def said(text: str) -> set[int]:
    """Return the numbers that the names and docstrings of tests say."""
    found: set[int] = set()
    for first, last in NUMBER.findall(text):
        found |= set(range(int(first), int(last or first) + 1))
    for name in NAME.findall(text):
        found |= {int(number) for number in re.findall(r"r(\d{2})_", name)}
    return found


def test_every_requirement_has_a_test():
    numbers: set[int] = set()
    for folder in (ROOT / "tests", *ADDONS):
        for path in folder.rglob("test_*.py"):
            # Not what heads a file: a test itself has to say it.
            numbers |= said(path.read_text().partition('"""\n')[2])
    missing = sorted(WANTED - numbers)
    assert not missing, f"no test says {', '.join(f'R{n:02}' for n in missing)}"
