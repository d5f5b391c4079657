"""Dependencies go one way: between addons, and between the folders of an addon."""

import ast
import sys

import pytest

from .tree import (
    ADDONS,
    MAY_USE,
    OPTIONAL,
    ROOT,
    assert_none,
    imports,
    layer,
    manifest,
    parse,
    python_files,
    where,
)

# What each folder of an addon may import from its siblings.
BELOW = {
    "controllers": {"controllers", "models", "tools"},
    "wizard": {"wizard", "models", "tools"},
    "report": {"report", "models", "tools"},
    "models": {"models", "tools"},
    "tools": {"tools"},
}
# Names on PyPI that differ from what is imported.
IMPORTED_AS = {"python-dateutil": "dateutil", "XlsxWriter": "xlsxwriter"}
NETWORK = {"asyncio", "ftplib", "http", "requests", "smtplib", "socket", "urllib3"}
CLOCK = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
    ("time", "time"),
}
# A client of an outside service is in tools too, but decides nothing.
CLIENT = "_client.py"

pytestmark = pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)


def test_folders_import_downwards_only(addon):
    """controllers, wizard, report → models → tools."""
    prefix = f"odoo.addons.{addon.name}."
    wrong = [
        f"{where(path, line)}: {layer(path, addon)} imports {name}"
        for path in python_files(addon)
        for line, name in imports(path)
        if (allowed := BELOW.get(layer(path, addon))) is not None
        and name.startswith(prefix)
        and (target := name.removeprefix(prefix).split(".")[0]) in {*BELOW, "tests"}
        and target not in allowed
    ]
    assert_none(wrong)


def test_addons_import_in_one_direction(addon):
    others = set(MAY_USE) - MAY_USE[addon.name] - {addon.name}
    wrong = [
        f"{where(path, line)}: imports {name}"
        for path in python_files(addon, tests=True)
        for line, name in imports(path)
        if name.startswith("odoo.addons.") and name.split(".")[2] in others
    ]
    assert_none(wrong)


def test_addons_depend_in_one_direction(addon):
    ours = set(manifest(addon)["depends"]) & set(MAY_USE)
    assert ours <= MAY_USE[addon.name]


def test_addons_refer_in_one_direction(addon):
    """An XML id of an addon that need not be installed would break the installation."""
    others = set(MAY_USE) - MAY_USE[addon.name] - {addon.name}
    files = [path for path in addon.rglob("*") if path.suffix in {".xml", ".csv"}]
    wrong = [
        f"{path.relative_to(ROOT)}: refers to {name}"
        for path in files
        for name in others
        if f"{name}." in path.read_text()
    ]
    assert_none(wrong)


def test_tools_import_no_odoo(addon):
    """Standard library, declared third-party libraries and each other, nothing else."""
    declared = manifest(addon).get("external_dependencies", {}).get("python", [])
    allowed = {
        *(IMPORTED_AS.get(name, name) for name in declared),
        *OPTIONAL.get(addon.name, ()),
        *sys.stdlib_module_names,
    }
    own = f"odoo.addons.{addon.name}.tools."
    wrong = [
        f"{where(path, line)}: imports {name}"
        for path in python_files(addon)
        if layer(path, addon) == "tools"
        for line, name in imports(path)
        if not name.startswith(own) and name.split(".")[0] not in allowed
    ]
    assert_none(wrong)


def test_tools_use_no_network(addon):
    wrong = [
        f"{where(path, line)}: imports {name}"
        for path in python_files(addon)
        if layer(path, addon) == "tools" and not path.name.endswith(CLIENT)
        for line, name in imports(path)
        if name.split(".")[0] in NETWORK or name.startswith("urllib.request")
    ]
    assert_none(wrong)


def test_tools_use_no_clock(addon):
    """Today is an argument: a rule must give the same answer tomorrow."""
    wrong = [
        f"{where(path, node.lineno)}: {ast.unparse(node)}"
        for path in python_files(addon)
        if layer(path, addon) == "tools"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute)
        and (ast.unparse(node.value).split(".")[-1], node.attr) in CLOCK
    ]
    assert_none(wrong)


def test_only_public_parts_of_odoo_are_imported(addon):
    wrong = [
        f"{where(path, line)}: imports {name}"
        for path in python_files(addon, tests=True)
        for line, name in imports(path)
        if name.startswith(("odoo.orm", "odoo.osv"))
    ]
    assert_none(wrong)
