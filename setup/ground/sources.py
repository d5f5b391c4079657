"""What the addons' sources are, for caches that must notice a change."""

from collections.abc import Iterable
from pathlib import Path

from . import stamps
from .paths import ROOT

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
