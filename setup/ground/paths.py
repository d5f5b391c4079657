"""Where things are. Everything made by setup/ is under LOCAL, which git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
MAIL = LOCAL / "mail"
LOGS = LOCAL / "log"
STAMPS = LOCAL / "stamps"
DATA = LOCAL / "data"
FILESTORE = DATA / "filestore"
VENV = LOCAL / "venv"
NODE = LOCAL / "node"
ODOO_PACKAGE = LOCAL / "odoo"
REQUIREMENTS = ROOT / "setup" / "requirements"

# In the order of their dependencies; those that are not in the tree are left out.
ADDON_NAMES = (
    "collections_management",
    "collections_sale",
    "collections_whatsapp",
    "collections_reports",
)
ADDONS = [
    ROOT / name for name in ADDON_NAMES if (ROOT / name / "__manifest__.py").is_file()
]
