"""Running other programs: quiet, logged, and one line when they fail."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import SetupError
from .paths import LOGS, ROOT

_REASONS = (
    re.compile(r"^[\w.]*(Error|Exception|Warning|Violation)\w*(:|$)"),
    re.compile(r" (CRITICAL|ERROR) |^(E|ERROR|error|npm error):? "),
)


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
        raise SetupError(f"{what}: {reason(path)} (all of it: {path})")
    return path


def reason(path: Path) -> str:
    """The line of a log that says why: an exception, an error, else the last one."""
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines()]
    for pattern in _REASONS:
        for line in reversed(lines):
            if pattern.search(line):
                return line
    return next(filter(None, reversed(lines)), "no output")


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
