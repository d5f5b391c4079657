"""The files of a dossier: safe names, each once, and a list of what they are."""

import hashlib
import re
import zipfile
from collections.abc import Iterable
from typing import IO, NamedTuple

UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
LONGEST = 100
CHECKSUMS = "SHA256SUMS.txt"


class Entry(NamedTuple):
    """A file: the folder and name it is to have, and its content."""

    folder: str
    name: str
    content: bytes


def safe_name(name: str) -> str:
    """Return a name that every system takes, and that leads out of no folder.

    >>> safe_name("../INV/2024: 7.pdf"), safe_name("  ")
    ('_INV_2024_ 7.pdf', 'file')
    """
    cleaned = UNSAFE.sub("_", name).strip(" .") or "file"
    if len(cleaned) <= LONGEST:
        return cleaned
    stem, dot, suffix = cleaned.rpartition(".")
    if not dot or len(suffix) > 10:
        return cleaned[:LONGEST]
    return f"{stem[: LONGEST - len(suffix) - 1]}.{suffix}"


def unique(path: str, used: set[str]) -> str:
    """Return a path that is not used yet, whatever the case of its letters.

    >>> unique("a.pdf", {"a.pdf"})
    'a (2).pdf'
    """
    stem, dot, suffix = path.rpartition(".")
    if not dot or "/" in suffix:
        stem, dot, suffix = path, "", ""
    number = 1
    while path.casefold() in used:
        number += 1
        path = f"{stem} ({number}){dot}{suffix}"
    used.add(path.casefold())
    return path


def write_zip(target: IO[bytes], entries: Iterable[Entry]) -> list[str]:
    """Write entries one by one, so that only one is in memory; return their paths.

    The last file lists the SHA-256 of each, as ``sha256sum --check`` reads it.
    """
    used = {CHECKSUMS.casefold()}
    sums = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            folder = f"{safe_name(entry.folder)}/" if entry.folder else ""
            path = unique(folder + safe_name(entry.name), used)
            archive.writestr(path, entry.content)
            sums.append((hashlib.sha256(entry.content).hexdigest(), path))
        listed = "".join(f"{digest}  {path}\n" for digest, path in sums)
        archive.writestr(CHECKSUMS, listed)
    return [path for _digest, path in sums]
