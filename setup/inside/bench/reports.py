"""Reports of the whole portfolio, against SQL that adds the same up by hand."""

import datetime
import resource

from .run import Bench, Result, clocked, timed

YEAR = datetime.timedelta(days=365)
LINES = """
    SELECT line.id, line.partner_id, line.balance, line.amount_residual, line.date,
           coalesce(line.date_maturity, line.date) AS due
      FROM account_move_line AS line
      JOIN account_account AS account ON account.id = line.account_id
     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
       AND account.account_type = 'asset_receivable'
       AND account.non_trade IS NOT TRUE AND line.date <= %(date)s
"""
# What is open today, by customer and bucket.
TODAY = """
    SELECT customer.commercial_partner_id,
           width_bucket(%(date)s - line.due, ARRAY[1, 31, 61, 91, 121]) AS bucket,
           sum(line.amount_residual)
      FROM (LINES) AS line
      LEFT JOIN res_partner AS customer ON customer.id = line.partner_id
     WHERE line.amount_residual <> 0
     GROUP BY 1, 2
""".replace("LINES", LINES)
# The same on a past day: each line less what was reconciled with it by then.
PAST = """
    WITH line AS (LINES),
         settled AS (
             SELECT id, sum(amount) AS amount FROM (
                 SELECT debit_move_id AS id, amount
                   FROM account_partial_reconcile WHERE max_date <= %(date)s
                 UNION ALL
                 SELECT credit_move_id, -amount
                   FROM account_partial_reconcile WHERE max_date <= %(date)s) AS part
              GROUP BY id)
    SELECT customer.commercial_partner_id,
           width_bucket(%(date)s - line.due, ARRAY[1, 31, 61, 91, 121]) AS bucket,
           sum(line.balance - coalesce(settled.amount, 0))
      FROM line
      LEFT JOIN settled ON settled.id = line.id
      LEFT JOIN res_partner AS customer ON customer.id = line.partner_id
     WHERE line.balance <> coalesce(settled.amount, 0)
     GROUP BY 1, 2
""".replace("LINES", LINES)


def aging(bench: Bench) -> list[Result]:
    """Today and a year back, and that both say what the hand-written SQL says."""
    results = []
    with bench.environment() as env:
        today = env.company._collections_today()
        for what, date, query, limit in (
            ("today", today, TODAY, 800),
            ("a year back", today - YEAR, PAST, 2000),
        ):
            arguments = {"date": date, "company": env.company.id}
            reference = timed(lambda q=query, a=arguments: _fetch(env, q, a), 3)
            ours = timed(lambda d=date: env["collections.aging"].get_aging(d), 3)
            by_hand = sum(row[2] for row in _fetch(env, query, arguments))
            total = env["collections.aging"].get_aging(date)["total"]
            results += [
                Result(
                    what=f"all customers, {what}",
                    value=ours,
                    reference=reference,
                    reference_what="by hand",
                    limit=2,
                    is_ratio=True,
                ),
                Result(what=f"the same, {what}", value=ours, limit=limit),
                Result(
                    what=f"difference from the total by hand, {what}",
                    value=abs(round(total - float(by_hand), 2)),
                    unit="money",
                    limit=0,
                ),
            ]
    return [*results, _memory()]


def figures(bench: Bench) -> list[Result]:
    with bench.environment() as env:
        today = env.company._collections_today()
        first = today.replace(day=1) - datetime.timedelta(days=92)
        kpi = env["collections.kpi"]
        return [
            Result(
                what="all key figures of a quarter",
                value=timed(lambda: kpi.get_kpis(first, today), 3),
                limit=3000,
            ),
            Result(
                what="DSO and CEI of 24 months",
                value=timed(lambda: kpi.get_series(today, 24), 3),
                limit=10_000,
            ),
        ]


def workbook(bench: Bench) -> list[Result]:
    with bench.environment() as env:
        today = env.company._collections_today()
        found: list[bytes] = []
        took = clocked(
            lambda: found.append(env["collections.aging"].export_xlsx(today))
        )
        items = env["collections.aging"].get_aging(today)["item_count"]
    return [
        Result(
            what="workbook with every item",
            value=took,
            limit=5000,
            note=f"{items:,} items, {len(found[0]) / 1e6:.1f} MB",
        ),
        _memory(),
    ]


def dashboard(bench: Bench) -> list[Result]:
    """What the server does for the page: the first time, and again."""
    with bench.environment() as env:
        page = env["collections.dashboard"]
        return [
            Result(
                what="the first time", value=clocked(page.get_dashboard), limit=3000
            ),
            Result(what="again", value=timed(page.get_dashboard, 3), limit=1500),
        ]


def _fetch(env, query: str, arguments: dict) -> list[tuple]:
    env.cr.execute("SET LOCAL jit = off")
    env.cr.execute(query, arguments)
    return env.cr.fetchall()


def _memory() -> Result:
    """The most that this process has ever held, Odoo included."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Result(
        what="most memory of the process", value=kilobytes / 1024, unit="MB", limit=300
    )
