"""Call every reading method on a replica, and print what the replica says of it."""

import argparse
import datetime
import sys
import time

from odoo import api
from odoo.modules.registry import Registry

from inside import session

# Of the replica itself, not of the primary.
STATISTICS = """
    SELECT pg_is_in_recovery(), (SELECT status FROM pg_stat_wal_receiver),
           sum(seq_scan + coalesce(idx_scan, 0)), sum(seq_tup_read)
      FROM pg_stat_user_tables
     WHERE relname IN ('account_move_line', 'account_partial_reconcile')
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True)
    options = parser.parse_args(arguments)
    session.configure(
        f"--db_replica_host={options.host}", f"--db_replica_port={options.port}"
    )
    registry = Registry(options.database)
    before = _statistics(registry)
    with registry.cursor(readonly=True) as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        for name, call in _calls(env).items():
            call()
            sys.stdout.write(f"  {name}: read\n")
        cr.execute("SHOW transaction_read_only")
        [read_only] = cr.fetchone()
    after = _statistics(registry)
    sys.stdout.write(
        f"in recovery: {after[0]}; WAL receiver: {after[1]}; read only: {read_only}\n"
        f"scans of the ledger on the replica: {before[2]:.0f} before, "
        f"{after[2]:.0f} after; rows read {before[3]:.0f} before, "
        f"{after[3]:.0f} after\n"
    )
    served = after[0] and read_only == "on" and after[2] > before[2]
    sys.stdout.write("The replica served the reports.\n" if served else "It did not.\n")
    return 0 if served else 1


def _statistics(registry) -> tuple:
    time.sleep(2)  # a backend tells its counts about once a second
    with registry.cursor(readonly=True) as cr:
        cr.execute(STATISTICS)
        return cr.fetchone()


def _calls(env) -> dict:
    today = env.company._collections_today()
    quarter = today - datetime.timedelta(days=90)
    aging, kpi = env["collections.aging"], env["collections.kpi"]
    risk, screen = env["collections.risk"], env["collections.kpi.screen"]
    return {
        "aging": lambda: aging.get_aging(today),
        "aging of a past date": lambda: aging.get_aging(quarter),
        "items": lambda: aging.get_items(today),
        "workbook": lambda: aging.export_xlsx(today),
        "key figures": lambda: kpi.get_kpis(quarter, today),
        "series": lambda: kpi.get_series(today, 12),
        "roll rates": lambda: risk.get_roll_rates(quarter, today),
        "provision": lambda: risk.get_provision(today, [0.01] * 6),
        "dashboard": env["collections.dashboard"].get_dashboard,
        "aging on paper": lambda: aging.export_pdf(today),
        "page of the aging": lambda: env["collections.aging.screen"].get_page(today),
        "page of the key figures": lambda: screen.get_page(quarter, today),
        "matrices": lambda: screen.get_matrices(today),
        "workbook of the key figures": lambda: screen.export_xlsx(quarter, today),
        "effectiveness": lambda: _grouped(env, "reminder", "level_id", "sent_count"),
        "payments": lambda: _grouped(env, "payment", "payment_term_id", "amount"),
    }


def _grouped(env, name, by, measure):
    model = env[f"collections.{name}.analysis"]
    return model.formatted_read_group([], [by], [f"{measure}:sum"])
