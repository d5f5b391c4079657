"""What the architecture tests look at: our addons and their parsed sources."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANAGEMENT = "collections_management"
# Each addon may use those after the colon; see "direction of dependency" in the design.
MAY_USE = {
    MANAGEMENT: set(),
    "collections_sale": {MANAGEMENT},
    "collections_whatsapp": {MANAGEMENT},
    "collections_reports": {MANAGEMENT},
}
ADDONS = [
    ROOT / name for name in MAY_USE if (ROOT / name / "__manifest__.py").is_file()
]
# Taken where they are there, imported inside a function: what needs them says so.
OPTIONAL = {"collections_management": {"numpy", "sklearn"}}


def manifest(addon: Path) -> dict:
    return ast.literal_eval((addon / "__manifest__.py").read_text())


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def python_files(addon: Path, *, tests: bool = False) -> list[Path]:
    """Python files of an addon, by default without its tests."""
    return [
        path
        for path in sorted(addon.rglob("*.py"))
        if tests or "tests" not in path.relative_to(addon).parts
    ]


def layer(path: Path, addon: Path) -> str:
    """``models``, ``tools``, … of a file; empty at the top of the addon."""
    parts = path.relative_to(addon).parts
    return parts[0] if len(parts) > 1 else ""


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of each import of ``path``.

    Relative imports are resolved as below ``odoo.addons``, as Odoo does.
    """
    package = ("odoo", "addons", *path.relative_to(ROOT).parent.parts)
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def assert_none(wrong: Iterable[str]) -> None:
    """Fail with one line for each thing that is wrong."""
    lines = sorted(wrong)
    assert not lines, "\n" + "\n".join(lines)
