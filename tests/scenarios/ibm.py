"""IBM's sample of accounts receivable, read by hand: what a ledger must agree to."""

import csv
import datetime
import json
import re
import subprocess
import sys
from typing import NamedTuple

from ground.paths import ROOT

FILE = ROOT.parent / "shared" / "data" / "ibm_accounts_receivable.csv"


class Row(NamedTuple):
    customer: str
    issued: datetime.date
    due: datetime.date
    amount: float
    settled: datetime.date
    disputed: bool
    number: str


def books():
    with FILE.open(newline="") as file:
        return [
            Row(
                row["customerID"].lower(),
                _day(row["InvoiceDate"]),
                _day(row["DueDate"]),
                float(row["InvoiceAmount"]),
                _day(row["SettledDate"]),
                row["Disputed"] == "Yes",
                row["invoiceNumber"],
            )
            for row in csv.DictReader(file)
        ]


def _day(text):
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007


def load(database, *arguments):
    """Load the file as a user does; return what the command said."""
    command = [sys.executable, ROOT / "setup" / "load_receivables", *arguments]
    done = subprocess.run(
        [*map(str, command), "--preset", "ibm", "--database", database],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr


def result(output):
    """Return what a script in Odoo's shell printed after RESULT."""
    return json.loads(re.search(r"^RESULT(.*)$", output, re.MULTILINE)[1])
