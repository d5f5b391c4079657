"""Odoo's command line and scripts inside the prepared environment."""

import subprocess
from pathlib import Path

from .environment import Environment
from .errors import SetupError
from .process import run as run_logged


def run(env: Environment, *args: str | Path, check: bool = True) -> int:
    """Run ``odoo ARGS`` in the foreground; return its exit code."""
    return _call([env.python, "-m", "odoo", *args], env, check)


def run_script(
    env: Environment, script: Path, *args: str | Path, check: bool = True
) -> int:
    """Run a Python script that may import odoo; return its exit code."""
    return _call([env.python, script, *args], env, check)


def run_quietly(env: Environment, *args: str | Path, log: str, failure: str) -> Path:
    """Run ``odoo ARGS`` with its output in a log file; return that file."""
    command = [env.python, "-m", "odoo", *args]
    return run_logged(command, log=log, env=env.env, failure=failure)


def _call(command: list[str | Path], env: Environment, check: bool) -> int:
    code = subprocess.call([str(part) for part in command], env=env.env)
    if check and code:
        raise SetupError(f"{Path(str(command[0])).name} ended with exit code {code}")
    return code
