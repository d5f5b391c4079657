"""What the addons' sources are, for caches that must notice a change."""

import json
from collections.abc import Iterable
from pathlib import Path

from . import stamps
from .paths import ADDONS, ROOT

# What an installation reads; tests and texts for people do not change a database.
_NOT_INSTALLED = {"tests", "readme", "__pycache__"}


def digest(addons: Iterable[Path]) -> str:
    """Digest of all that is installed from ``addons``."""
    files = [
        path
        for addon in addons
        for path in addon.rglob("*")
        if path.is_file()
        and not _NOT_INSTALLED.intersection(path.relative_to(addon).parts)
        and path.suffix not in {".pyc", ".pot"}
    ]
    return stamps.digest_files(files, ROOT)


def changed(database: str) -> list[str]:
    """Our addons whose sources differ from what ``database`` was brought up to."""
    known = stamps.read(_stamp(database))
    before = json.loads(known) if known else {}
    now = {addon.name: digest([addon]) for addon in ADDONS}
    return [name for name, value in now.items() if before.get(name) != value]


def remember(database: str) -> None:
    """``database`` now holds our addons as they are in the tree."""
    now = {addon.name: digest([addon]) for addon in ADDONS}
    stamps.write(_stamp(database), json.dumps(now))


def _stamp(database: str) -> str:
    return f"database-{database}.json"
