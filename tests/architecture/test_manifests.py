"""Manifests say the same in all addons, and name every file there is."""

import ast
import re
import sys

import pytest

from .test_layers import IMPORTED_AS
from .tree import (
    ADDONS,
    MANAGEMENT,
    OPTIONAL,
    ROOT,
    assert_none,
    imports,
    manifest,
    python_files,
    where,
)

DATA_FOLDERS = ("security", "data", "views", "wizard", "report", "demo")
BROUGHT_BY_ODOO = {"dateutil", "lxml", "markupsafe", "odoo", "psycopg2", "pytz"}
BROUGHT_BY_ODOO |= {"freezegun", "requests", "werkzeug", "xlsxwriter"}

pytestmark = pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)


def test_common_keys(addon):
    found = manifest(addon)
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", found["version"])
    assert found["license"] == "LGPL-3"
    assert found["author"] == "Collections for Odoo contributors"
    assert found.get("application", False) is (addon.name == MANAGEMENT)


def test_every_data_file_is_listed(addon):
    found = manifest(addon)
    listed = {*found.get("data", []), *found.get("demo", [])}
    present = {
        str(path.relative_to(addon))
        for folder in DATA_FOLDERS
        for path in (addon / folder).glob("*")
        if path.suffix in {".xml", ".csv"}
    }
    assert_none(
        f"{addon.name}/{name}: not in the manifest" for name in present - listed
    )
    missing = (name for name in listed if not (addon / name).is_file())
    assert_none(f"{addon.name}/{name}: in the manifest, not there" for name in missing)


def test_demo_data_is_only_demo(addon):
    assert not [name for name in manifest(addon).get("data", []) if "demo" in name]


def test_third_party_libraries_are_declared(addon):
    declared = manifest(addon).get("external_dependencies", {}).get("python", [])
    known = {IMPORTED_AS.get(name, name) for name in declared}
    known |= BROUGHT_BY_ODOO | sys.stdlib_module_names | OPTIONAL.get(addon.name, set())
    wrong = [
        f"{where(path, line)}: imports {name}"
        for path in python_files(addon)
        for line, name in imports(path)
        if name.split(".")[0] not in known
    ]
    assert_none(wrong)


def test_addresses_in_data_lead_nowhere(addon):
    """Demo data and templates are sent by somebody one day."""
    address = re.compile(r"[\w.+-]+@([\w-]+\.[\w.-]*\w)")
    wrong = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in ("data", "demo")
        for path in sorted((addon / folder).rglob("*"))
        if path.suffix in {".xml", ".csv"}
        for match in address.finditer(path.read_text())
        if match[1] not in {"example.com", "example.org"}
    ]
    assert_none(wrong)


def test_no_conflict_markers(addon):
    texts = {".py", ".xml", ".csv", ".js", ".scss", ".po", ".pot", ".md", ".sql"}
    wrong = [
        str(path.relative_to(ROOT))
        for path in addon.rglob("*")
        if path.suffix in texts
        and re.search(r"^(<{7}|>{7}) ", path.read_text(), re.MULTILINE)
    ]
    assert_none(wrong)


def test_manifest_is_plain_data(addon):
    assert isinstance(ast.literal_eval((addon / "__manifest__.py").read_text()), dict)
