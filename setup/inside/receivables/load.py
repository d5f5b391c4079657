"""Load the rows of an invoice file with Odoo's ORM, in batches, each committed."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path

from odoo.tools import split_every

from inside import session

from . import ledger, options, rows
from .progress import Bar

BATCH = 100
ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    chosen = options.parse(arguments)
    started = time.monotonic()
    try:
        found = list(options.read(chosen, ROOT))
    except rows.FormatError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    session.configure()
    with session.environment(chosen.database) as env:
        counts = load(env, found, chosen.until)
    _report(counts, len(found), time.monotonic() - started)
    return 0


def load(
    env, found: Iterable[rows.Invoice | rows.Problem], until=None
) -> dict[str, int]:
    """Load what is missing of ``found``; commit each batch; return what was done."""
    ledger.ensure_chart(env)
    found = list(found)
    known = [row for row in found if isinstance(row, rows.Invoice)]
    currencies, unknown = ledger.currencies(env, known)
    problems = _show_problems(found, unknown)
    for code in ledger.without_rate(env, currencies):
        sys.stdout.write(f"{code} has no rate in Odoo yet and counts 1 to 1\n")
    dated = [rows.until(row, until) for row in known if row.currency not in unknown]
    wanted = sorted((row for row in dated if row), key=lambda row: (row.date, row.line))
    partners = ledger.partners(env, wanted)
    env.cr.commit()
    return {
        "skipped": problems,
        "later": dated.count(None),
        "customers": len(partners),
        **_load_invoices(env, wanted, partners, currencies),
        **_load_payments(env, wanted, partners),
    }


def _show_problems(found, unknown: set[str]) -> int:
    """Print what is wrong with which line, in the file's order; return how many."""
    problems = [
        rows.Problem(row.line, f"currency {row.currency} is not known to Odoo")
        if getattr(row, "currency", None) in unknown
        else row
        for row in found
    ]
    problems = [row for row in problems if isinstance(row, rows.Problem)]
    for problem in sorted(problems, key=lambda problem: problem.line):
        sys.stdout.write(f"line {problem.line} skipped: {problem.message}\n")
    return len(problems)


def _load_invoices(env, wanted, partners, currencies) -> dict[str, int]:
    missing = ledger.without_move(env, wanted, partners)
    bar = Bar("Invoices", len(missing))
    for batch in split_every(BATCH, missing, list):
        moves = ledger.create_moves(env, batch, partners, currencies)
        disputed = [row.disputed for row in batch]
        ledger.mark_disputed(env, moves.browse(_where(moves.ids, disputed)))
        env.cr.commit()
        env.invalidate_all()
        bar.advance(len(batch))
    return {
        "invoices": len(missing),
        "disputed": sum(row.disputed for row in missing),
    }


def _load_payments(env, wanted, partners) -> dict[str, int]:
    unpaid = ledger.without_payment(env, wanted, partners)
    bar = Bar("Payments", len(unpaid))
    for batch in split_every(BATCH, unpaid, list):
        ledger.pay(env, batch)
        env.cr.commit()
        env.invalidate_all()
        bar.advance(len(batch))
    return {"payments": len(unpaid)}


def _where(values, chosen):
    return [value for value, take in zip(values, chosen, strict=True) if take]


def _report(counts: dict[str, int], read: int, seconds: float) -> None:
    sys.stdout.write(
        f"{read:,} rows read, {counts['skipped']:,} skipped,"
        f" {counts['later']:,} after the date; {counts['customers']:,} customers.\n"
        f"Added {counts['invoices']:,} invoices ({counts['disputed']:,} disputed)"
        f" and {counts['payments']:,} payments in {seconds:.1f} s.\n"
    )
