"""Fill a database that has Odoo's accounting with a large ledger, by SQL.

The rows are what Odoo would have written, down to the stored figures; checks.sql holds
the laws of the ledger, and a broken one is an error. Indexes and foreign keys are
dropped for the load and made again after it, which validates every reference.
"""

import argparse
import datetime
import sys
import time
from pathlib import Path

from psycopg2.extras import Json

from inside import session

from . import setting

HERE = Path(__file__).resolve().parent
TABLES = (
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "account_payment",
    "account_move__account_payment",
    "account_full_reconcile",
    "account_partial_reconcile",
)
MEMORY = """
    SET jit = off;
    SET work_mem = '256MB';
    SET maintenance_work_mem = '512MB';
    SET synchronous_commit = off
"""
INDEXES = """
    SELECT format('DROP INDEX %%I', class.relname), pg_get_indexdef(indexrelid)
      FROM pg_index
      JOIN pg_class AS class ON class.oid = indexrelid
     WHERE indrelid = ANY (%s::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
                  pg_get_constraintdef(oid))
      FROM pg_constraint
     WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])
"""
# At the size that the limits of the project are stated for.
FULL_SIZE = (20_000, 500_000)
FULL_SHAPE = {
    "lines": (1_800_000, 2_000_000),
    "partials": (420_000, 480_000),
    "open_items": (65_000, 75_000),
    "overdue_items": (30_000, 60_000),
    "customers_with_open_items": (16_000, 20_000),
}


class BrokenLedgerError(Exception):
    """The SQL made something that Odoo would never have."""


def fill(database: str, today: datetime.date, customers: int, invoices: int) -> dict:
    """Prepare, load, check and analyze; return the shape that came out."""
    with session.environment(database) as env:
        row = setting.prepare(env, today, customers, invoices)
        env.cr.commit()
    with session.connection(database) as connection:
        with connection.cursor() as cr:
            cr.execute(MEMORY)
            _create_setting(cr, row)
            _load(cr)
            _check(cr)
            shape = _shape(cr)
            if (customers, invoices) == FULL_SIZE:
                _check_shape(shape)
            cr.execute("DROP SCHEMA bench CASCADE")
        connection.commit()
    with session.connection(database, autocommit=True) as connection:
        with connection.cursor() as cr:
            _say("vacuum and analyze", lambda: cr.execute("VACUUM (FREEZE, ANALYZE)"))
    return shape


def _say(what, work):
    started = time.monotonic()
    work()
    sys.stdout.write(f"  {what}: {time.monotonic() - started:.1f} s\n")
    sys.stdout.flush()


def _create_setting(cr, row: dict) -> None:
    kinds = {datetime.date: "date", float: "numeric", list: "integer[]"}
    columns = ", ".join(
        f"{name} {kinds.get(type(row[name]), 'integer')}" for name in row
    )
    cr.execute("CREATE SCHEMA bench")
    cr.execute(f"CREATE TABLE bench.setting ({columns})")
    values = {**row, "today": row["today"].isoformat()}
    cr.execute(
        "INSERT INTO bench.setting SELECT * FROM jsonb_populate_record("
        "NULL::bench.setting, %s)",
        [Json(values)],
    )


def _load(cr) -> None:
    definitions = []
    for query in (FOREIGN_KEYS, INDEXES):
        cr.execute(query, [list(TABLES)])
        found = cr.fetchall()
        for drop, _create in found:
            cr.execute(drop)
        definitions = [create for _drop, create in found] + definitions
    for path in sorted((HERE / "steps").glob("*.sql")):
        _say(path.stem, lambda path=path: _run_step(cr, path))
    _say("indexes and foreign keys", lambda: [cr.execute(sql) for sql in definitions])


def _run_step(cr, path: Path) -> None:
    """Run a step, and tell the planner what it made."""
    cr.execute(path.read_text())
    cr.execute(
        "SELECT oid::regclass FROM pg_class"
        " WHERE relnamespace = 'bench'::regnamespace AND relkind = 'r'"
    )
    for [table] in cr.fetchall():
        cr.execute(f"ANALYZE {table}")


def _check(cr) -> None:
    cr.execute((HERE / "checks.sql").read_text())
    broken = [f"{law}: {count} rows" for law, count in cr.fetchall() if count]
    if broken:
        raise BrokenLedgerError("; ".join(broken))


def _shape(cr) -> dict:
    cr.execute((HERE / "shape.sql").read_text())
    names = [column.name for column in cr.description]
    return dict(zip(names, cr.fetchone(), strict=True))


def _check_shape(shape: dict) -> None:
    off = [
        f"{name} is {shape[name]}, not {low} to {high}"
        for name, (low, high) in FULL_SHAPE.items()
        if not low <= shape[name] <= high
    ]
    if off:
        raise BrokenLedgerError(f"{'; '.join(off)} in {shape}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--invoices", type=int, required=True)
    parser.add_argument("--today", type=datetime.date.fromisoformat, required=True)
    options = parser.parse_args(arguments)
    session.configure()
    try:
        shape = fill(
            options.database, options.today, options.customers, options.invoices
        )
    except BrokenLedgerError as error:
        sys.stderr.write(f"the volume database is inconsistent: {error}\n")
        return 1
    sys.stdout.write("".join(f"  {name}: {value:,}\n" for name, value in shape.items()))
    return 0
