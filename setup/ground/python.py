"""The project's own virtual environment."""

import shutil
import subprocess
import sys
from pathlib import Path

from . import stamps, system
from .console import step
from .errors import SetupError
from .paths import REQUIREMENTS, VENV
from .process import output, run

SUPPORTED = ((3, 10), (3, 13))
PYTHON = VENV / "bin" / "python"


def prepare(*, tests: bool) -> Path:
    """Return the Python of a venv that has the packages; install what is missing."""
    names = ["odoo", "addons", *(["test"] if tests else [])]
    wanted = {name: (REQUIREMENTS / f"{name}.txt").read_text() for name in names}
    if not _works():
        with step("Python: creating the virtual environment"):
            _create()
    version = output([PYTHON, "-c", "import sys; print(sys.version)"])
    missing = [
        name
        for name, text in wanted.items()
        if not stamps.is_current(f"python-{name}", stamps.digest(text, version))
    ]
    if missing:
        with step(f"Python: installing packages ({', '.join(missing)})"):
            _install(missing)
        for name in missing:
            stamps.write(f"python-{name}", stamps.digest(wanted[name], version))
    return PYTHON


def _works() -> bool:
    return output([PYTHON, "-c", "import pip; print('yes')"]).strip() == "yes"


def _create() -> None:
    python = find_python()
    if subprocess.call(
        [python, "-c", "import ensurepip, venv"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ):
        system.install(["python3-venv"], needed_for="a Python virtual environment")
    shutil.rmtree(VENV, ignore_errors=True)
    run([python, "-m", "venv", VENV], log="venv", failure="no virtual environment")


def find_python() -> str:
    """The running Python if Odoo supports it, else a supported one on the PATH."""
    lowest, highest = SUPPORTED
    if lowest <= sys.version_info[:2] <= highest:
        return sys.executable
    for minor in range(highest[1], lowest[1] - 1, -1):
        if found := shutil.which(f"python3.{minor}"):
            return found
    raise SetupError(
        f"Odoo 19 needs Python 3.{lowest[1]} to 3.{highest[1]}, "
        f"this is {sys.version_info.major}.{sys.version_info.minor}"
    )


def _install(names: list[str]) -> None:
    files = [part for name in names for part in ("-r", REQUIREMENTS / f"{name}.txt")]
    run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", *files],
        log="pip",
        failure="Python packages could not be installed",
    )
