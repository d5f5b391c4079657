"""The command line of load_receivables: read by the command and by what it starts."""

import argparse
import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

from . import presets, rows

DESCRIPTION = "Load an invoice file (CSV) into an Odoo database, with its payments."
EPILOG = """
The file's first line names its columns. Where they are called otherwise than
customer, number, date, amount, due, currency, settled and disputed, say so:
--customer CUSTOMER_ID. A negative amount is a credit note. Loading the same file again
adds only what is missing.
"""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="setup/load_receivables", description=DESCRIPTION, epilog=EPILOG
    )
    parser.add_argument("file", nargs="?", type=Path, help="needed without --preset")
    parser.add_argument("--preset", choices=sorted(presets.PRESETS))
    parser.add_argument(
        "--database", default="collections", help="created when missing"
    )
    parser.add_argument(
        "--until",
        type=datetime.date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="load what was known on this day: invoices and payments up to it",
    )
    parser.add_argument("--date-format", choices=rows.DATE_ORDERS, help="default: ymd")
    parser.add_argument("--decimal", choices=(".", ","), help="default: .")
    parser.add_argument("--delimiter", help="default: ,")
    parser.add_argument("--encoding", default="utf-8-sig", help="default: utf-8")
    columns = parser.add_argument_group("columns, by the name they have in the file")
    for name in rows.COLUMNS:
        columns.add_argument(f"--{name}", metavar="COLUMN")
    options = parser.parse_args(arguments)
    if options.file is None and options.preset is None:
        parser.error("name a file, or a preset that knows one: --preset ibm")
    if options.delimiter is not None and len(options.delimiter) != 1:
        parser.error("--delimiter is one character")
    return options


def form(options: argparse.Namespace) -> rows.Format:
    """How to read the file: the preset, and over it what the options say."""
    base = presets.PRESETS[options.preset].form if options.preset else rows.Format()
    named = {name: getattr(options, name) for name in rows.COLUMNS}
    return dataclasses.replace(
        base,
        columns={
            **base.columns,
            **{key: value for key, value in named.items() if value},
        },
        date_order=options.date_format or base.date_order,
        decimal=options.decimal or base.decimal,
        delimiter=options.delimiter or base.delimiter,
    )


def path(options: argparse.Namespace, root: Path) -> Path:
    return options.file or presets.default_path(root, options.preset)


def read(
    options: argparse.Namespace, root: Path
) -> Iterator[rows.Invoice | rows.Problem]:
    """The rows of the file that the options name.

    :raise rows.FormatError: when it is no such file
    """
    name = path(options, root)
    try:
        with name.open(
            encoding=options.encoding, errors="surrogateescape", newline=""
        ) as lines:
            yield from rows.read(lines, form(options))
    except LookupError as error:
        raise rows.FormatError(f"there is no encoding {options.encoding!r}") from error
    except OSError as error:
        raise rows.FormatError(f"cannot read {name}: {error.strerror}") from error
    except UnicodeError as error:
        raise rows.FormatError(f"{name} is not {options.encoding}: {error}") from error
