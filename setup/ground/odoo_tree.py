"""The Odoo 19 source tree: the unpacked package, or one a person points to."""

import ast
import shutil
from pathlib import Path

from . import debian, stamps, system
from .console import step
from .errors import SetupError
from .paths import LOCAL, ODOO_PACKAGE

PACKAGE_TREE = ODOO_PACKAGE / "usr/lib/python3/dist-packages"
CHOICE = LOCAL / "odoo-path"
UNPACKED = "odoo-unpacked"
# Raise it when _repair or the list of packages changes.
LAYOUT = "2"
DOWNLOAD_GIGABYTES = 2.0
# Left out of Debian's package, but named in an asset bundle.
OMITTED = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)


def prepare(choice: str | None = None) -> Path:
    """Return the folder that holds the package ``odoo``.

    A ``choice`` (``--odoo PATH``) is kept, so that every later command uses the
    same Odoo; ``package`` goes back to Debian's.
    """
    if choice == "package":
        CHOICE.unlink(missing_ok=True)
    elif choice:
        tree = find_tree(Path(choice).expanduser().resolve())
        CHOICE.write_text(f"{tree}\n")
        return tree
    if CHOICE.is_file():
        return find_tree(Path(CHOICE.read_text().strip()))
    if not stamps.is_current(UNPACKED, LAYOUT):
        _unpack()
    return find_tree(PACKAGE_TREE)


def find_tree(path: Path) -> Path:
    """The folder with the package ``odoo`` for a checkout, its file or its package."""
    for folder in (path, path.parent, path / "usr/lib/python3/dist-packages"):
        release = folder / "odoo" / "release.py"
        if release.is_file():
            series = read_series(release)
            if series != "19.0":
                raise SetupError(
                    f"{path} is Odoo {series}, these addons need Odoo 19.0"
                )
            return folder
    raise SetupError(f"{path} holds no Odoo (no odoo/release.py)")


def read_series(release: Path) -> str:
    """``19.0`` from Odoo's release.py, without importing it."""
    for node in ast.walk(ast.parse(release.read_text())):
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "version_info"
        ):
            parts = [ast.unparse(part) for part in node.value.elts[:2]]
            return ".".join(part.strip("'") for part in parts)
    return "of unknown version"


def addons_folders(tree: Path) -> list[Path]:
    """Where Odoo's own addons are: together in the package, apart in a checkout."""
    together = tree / "odoo" / "addons"
    # The package has an "addons" too, of incomplete copies.
    return (
        [together] if (together / "account").is_dir() else [tree / "addons", together]
    )


def version(tree: Path) -> str:
    """What a cached database depends on: the release and when it was unpacked."""
    release = tree / "odoo" / "release.py"
    return f"{release.read_text()}{LAYOUT}{release.stat().st_mtime_ns}"


def _unpack() -> None:
    system.check_space(LOCAL, DOWNLOAD_GIGABYTES)
    if not (PACKAGE_TREE / "odoo" / "release.py").is_file():
        with step("Odoo 19: downloading and unpacking Debian's package (133 MB)"):
            # Elsewhere first, so that an interrupted run leaves no half of an Odoo.
            fresh = LOCAL / "odoo.new"
            shutil.rmtree(fresh, ignore_errors=True)
            debian.unpack(fresh)
            shutil.rmtree(ODOO_PACKAGE, ignore_errors=True)
            fresh.rename(ODOO_PACKAGE)
    elif _dangling():
        with step("Odoo 19: adding missing fonts"):
            debian.unpack(ODOO_PACKAGE, (debian.PACKAGES[-1],))
    _repair()
    stamps.write(UNPACKED, LAYOUT)


def _repair() -> None:
    """Make up for files that the package names but does not have."""
    for name in OMITTED:
        path = PACKAGE_TREE / "odoo" / "addons" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("/* not in Debian's package */\n")
    for link in _dangling():
        link.unlink()


def _dangling() -> list[Path]:
    addons = PACKAGE_TREE / "odoo" / "addons"
    return [
        path
        for folder in ("web/static", "point_of_sale/static")
        for path in (addons / folder).rglob("*")
        if path.is_symlink() and not path.exists()
    ]
