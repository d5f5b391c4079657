"""Load the addons' ``tools`` alone, as packages of their own, without Odoo.

``import collections_management.tools`` would run the addon's ``__init__`` and with
it Odoo. Pure tests write ``from collections_tools import levels`` instead.
"""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "collections_tools": "collections_management",
    "whatsapp_tools": "collections_whatsapp",
    "reports_tools": "collections_reports",
}


def load_tools() -> None:
    """Make the tools of the addons that are in the tree importable."""
    for package, addon in PACKAGES.items():
        folder = ROOT / addon / "tools"
        if package in sys.modules or not (folder / "__init__.py").is_file():
            continue
        spec = importlib.util.spec_from_file_location(
            package, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules[package] = module
        spec.loader.exec_module(module)
