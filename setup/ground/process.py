"""Running other programs: quiet, logged, and one line when they fail."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import SetupError
from .paths import LOGS, ROOT


def run(
    command: Sequence[str | Path],
    *,
    log: str,
    env: dict[str, str] | None = None,
    cwd: Path = ROOT,
    failure: str = "",
) -> Path:
    """Run ``command`` with its output in ``.local/log/<log>.log``; return that file."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with path.open("wb") as output:
        try:
            code = subprocess.call(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
            )
        except FileNotFoundError as error:
            raise SetupError(f"{command[0]} is not installed") from error
    if code:
        what = failure or f"{Path(command[0]).name} failed"
        raise SetupError(f"{what}: {last_line(path)} (all of it: {path})")
    return path


def last_line(path: Path) -> str:
    """The last line with text, which is where programs say why they stopped."""
    lines = path.read_text(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "no output")


def output(command: Sequence[str | Path], *, env: dict[str, str] | None = None) -> str:
    """Standard output of ``command``, empty when it is missing or fails."""
    try:
        return subprocess.run(
            [str(part) for part in command],
            check=True,
            capture_output=True,
            text=True,
            env=env or {**os.environ, "LC_ALL": "C.UTF-8"},
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
