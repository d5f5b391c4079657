"""Debian packages, installed when we are root, asked for when we are not."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from . import stamps
from .console import say, step
from .errors import SetupError
from .process import output, run

_APT = ["apt-get", "-y", "-q", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends"]
_updated = False


def is_root() -> bool:
    return os.geteuid() == 0


def check_space(path: Path, gigabytes: float) -> None:
    """Stop early, in words, rather than half-way through a download."""
    free = shutil.disk_usage(path).free / 1024**3
    if free < gigabytes:
        raise SetupError(
            f"only {free:.1f} GiB free in {path}, {gigabytes:g} GiB are needed"
        )


def install(packages: Sequence[str], *, needed_for: str) -> None:
    """Install Debian ``packages``, or say which ones an administrator has to."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise SetupError(
            f"{needed_for} needs {names}, and this is no Debian: install it"
        )
    if not is_root():
        raise SetupError(
            f"{needed_for} is missing and only root may install it: "
            f"run 'apt-get install {names}' as root"
        )
    with step(f"Debian: installing {names}"):
        update()
        run(
            [*_APT, "install", *packages],
            log="apt-install",
            env=_apt_env(),
            failure=f"{names} could not be installed",
        )


def install_if_offered(packages: Sequence[str], *, needed_for: str) -> None:
    """Like :func:`install` for what we can do without; newer Debians drop some."""
    if not (is_root() and shutil.which("apt-get")):
        return
    update()
    offered = [name for name in packages if _is_offered(name)]
    if offered:
        install(offered, needed_for=needed_for)


def update() -> None:
    global _updated  # noqa: PLW0603 - one package list per process is the point
    if not _updated:
        run(["apt-get", "-q", "update"], log="apt-update", env=_apt_env())
        _updated = True


def _is_offered(name: str) -> bool:
    policy = output(["apt-cache", "policy", name])
    return "Candidate:" in policy and "Candidate: (none)" not in policy


def _apt_env() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def prepare_printing() -> None:
    """wkhtmltopdf and a font for PDFs; without them Odoo shows HTML instead."""
    if shutil.which("wkhtmltopdf") or stamps.is_current("printing", "looked for"):
        return
    install_if_offered(["wkhtmltopdf", "fonts-dejavu-core"], needed_for="printing")
    if not shutil.which("wkhtmltopdf"):
        say("Debian: no wkhtmltopdf to be had here, so documents show as HTML, not PDF")
        stamps.write("printing", "looked for")


def prepare_browser() -> None:
    """Chromium for the tests that look at a real page."""
    if any(map(shutil.which, ("google-chrome", "chromium", "chromium-browser"))):
        return
    install(["chromium", "chromium-driver"], needed_for="the tests' browser")


def prepare_office() -> None:
    """LibreOffice for the test that opens and recomputes a workbook."""
    if any(map(shutil.which, ("soffice", "libreoffice"))):
        return
    install(["libreoffice-calc-nogui"], needed_for="the test of workbooks")
