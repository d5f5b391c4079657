"""Odoo 19 from Debian, unpacked under .local without touching the system.

Debian carries odoo-19 in its unstable suite only. A private apt configuration,
which also works without root, fetches it from the mirror this machine already
uses; the packages are unpacked, not installed, so no dependency of unstable
reaches the machine.
"""

import os
import shutil
import urllib.parse
from pathlib import Path

from .errors import SetupError
from .paths import LOCAL
from .process import output, run

ODOO_SUITE = "sid"
# unstable's Font Awesome 7 has dropped the files of version 4 that Odoo links to.
FONT_SUITE = "trixie"
PACKAGES = (
    "odoo-19",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    f"fonts-font-awesome/{FONT_SUITE}",
)
KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)


def unpack(target: Path, packages: tuple[str, ...] = PACKAGES) -> None:
    """Download ``packages`` and unpack them into ``target``."""
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise SetupError(
                "Odoo's package can only be fetched on Debian: give --odoo PATH"
            )
    work = LOCAL / "apt"
    downloads = work / "downloads"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir(parents=True)
    apt = ["apt-get", "-q", *_options(work)]
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    run(
        [*apt, "update"], log="odoo-update", env=env, failure="no list of Odoo packages"
    )
    run(
        [*apt, "download", *packages],
        log="odoo-download",
        env=env,
        cwd=downloads,
        failure="Odoo could not be downloaded",
    )
    for package in sorted(downloads.glob("*.deb")):
        run(["dpkg-deb", "--extract", package, target], log="odoo-unpack")
    shutil.rmtree(work)


def _options(work: Path) -> list[str]:
    """Options that give apt its own sources, lists and cache below ``work``."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    sources = work / "sources.list"
    keyring = next((path for path in KEYRINGS if path.is_file()), None)
    if keyring is None:
        raise SetupError("the package debian-archive-keyring is missing")
    mirror = find_mirror()
    sources.write_text(
        "".join(
            f"deb [signed-by={keyring}] {mirror} {suite} main\n"
            for suite in (ODOO_SUITE, FONT_SUITE)
        )
    )
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    return [
        part for key, value in settings.items() for part in ("-o", f"{key}={value}")
    ]


def find_mirror() -> str:
    """The Debian mirror this machine is set up with (not the security archive)."""
    listing = output(["apt-get", "indextargets", "--format", "$(REPO_URI)"])
    for uri in listing.split():
        folder = urllib.parse.urlsplit(uri).path.strip("/")
        if "security" not in folder and "debian" in folder:
            return uri
    raise SetupError("apt has no Debian mirror configured: give --odoo PATH")
