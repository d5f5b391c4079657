"""Stamps say that a step was completed, and for which input."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from .paths import STAMPS


def read(name: str) -> str:
    """What was written, empty when nothing was."""
    stamp = STAMPS / name
    return stamp.read_text() if stamp.is_file() else ""


def is_current(name: str, value: str) -> bool:
    return bool(value) and read(name) == value


def write(name: str, value: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def digest_files(files: Iterable[Path], base: Path) -> str:
    """Digest of the names and contents of ``files``, wherever ``base`` lies."""
    state = hashlib.sha256()
    for path in sorted(files):
        state.update(str(path.relative_to(base)).encode() + b"\0")
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()[:12]
