"""Check that es.po of each addon translates every term that Odoo would export.

And that the addon's template has the term: Odoo drops translations of all others.
Usage: check_translations.py DATABASE ADDON… ; prints what is missing, exits 1.
Runs in the project's venv with Odoo on the path.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import polib


def main(database: str, addons: list[Path]) -> int:
    complaints = []
    for addon in addons:
        complaints += check(addon.name, export(database, addon.name), addon / "i18n")
    sys.stdout.writelines(f"{line}\n" for line in complaints)
    return 1 if complaints else 0


def export(database: str, module: str) -> polib.POFile:
    """The terms of ``module`` as Odoo itself finds them."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{module}.pot"
        command = ["-m", "odoo", "i18n", "export", "-d", database, "-o", target, module]
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        return polib.pofile(str(target))


def check(module: str, terms: polib.POFile, folder: Path) -> list[str]:
    """Complaints about the translations of one addon."""
    path = folder / "es.po"
    if not path.is_file():
        return [f"{module}: i18n/es.po is missing"] if len(terms) else []
    entries = _entries(path)
    template = _entries(folder / f"{module}.pot")
    complaints = []
    for term in terms:
        entry = entries.get((term.msgctxt, term.msgid))
        text = " ".join(term.msgid.split())[:70]
        if (term.msgctxt, term.msgid) not in template:
            complaints.append(f"{module}: not in {module}.pot: {text!r}")
        if entry is None:
            complaints.append(f"{module}: not in es.po: {text!r}")
        elif entry.fuzzy or not entry.msgstr.strip():
            complaints.append(f"{module}: not translated in es.po: {text!r}")
    known = {(term.msgctxt, term.msgid) for term in terms}
    for key, entry in entries.items():
        if key not in known and not entry.obsolete:
            text = " ".join(entry.msgid.split())[:70]
            complaints.append(f"{module}: es.po has a term that is gone: {text!r}")
    return complaints


def _entries(path: Path) -> dict[tuple, polib.POEntry]:
    """The entries of a file by context and term; of a missing file none."""
    found = polib.pofile(str(path)) if path.is_file() else ()
    return {(entry.msgctxt, entry.msgid): entry for entry in found}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [Path(argument) for argument in sys.argv[2:]]))
