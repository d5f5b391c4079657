"""Refreshing cases, against SQL that computes the same figures by hand."""

import datetime
import statistics
from pathlib import Path

from odoo.tools import SQL

from inside import session

from .run import Bench, Result, clocked, timed

SQL_FILE = Path(__file__).resolve().parent / "cases.sql"
# What the addons allow themselves for these shapes; the reference gets the same.
MEMORY = "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
ACCOUNTS = """
    SELECT id FROM account_account
     WHERE account_type = 'asset_receivable' AND non_trade IS NOT TRUE
"""
JOURNALS = "SELECT id FROM account_journal WHERE type IN ('bank', 'cash', 'credit')"
TURNS = 5
CUSTOMERS = 60


def refresh_first(bench: Bench) -> list[Result]:
    """Every case is made anew, then rolled back."""
    with bench.environment() as env:

        def work():
            env["collections.case"].refresh()

        times = []
        for _turn in range(3):
            env.cr.execute("DELETE FROM collections_case")
            env.invalidate_all()
            times.append(clocked(work))
            env.cr.rollback()
        reference = timed(lambda: _compute(env), TURNS)
    _vacuum(bench)
    return [
        Result(
            what="creates every case",
            value=statistics.median(times),
            reference=reference,
            reference_what="figures by hand, into a table",
        )
    ]


def refresh_all(bench: Bench) -> list[Result]:
    with bench.environment() as env:
        env["collections.case"].refresh()
        env.cr.commit()
        _vacuum(bench)
        ours = timed(lambda: _refresh(env), TURNS)
        reference = timed(lambda: _compute(env), TURNS)
        different = _differences(env)
    return [
        Result(
            what="all cases",
            value=ours,
            reference=reference,
            reference_what="figures by hand, into a table",
            limit=1.5,
            is_ratio=True,
        ),
        Result(
            what="figures that are not those by hand",
            value=sum(different.values()),
            unit="cases",
            limit=0,
            note=", ".join(f"{name}: {count}" for name, count in different.items()),
        ),
    ]


def refresh_one(bench: Bench) -> list[Result]:
    """One customer whose figures changed, as after a payment; of all sizes."""
    with bench.environment() as env:
        env["collections.case"].refresh()
        env.cr.commit()
        # As PostgreSQL does by itself within a minute of the first refresh.
        _vacuum(bench)
        query = "SELECT partner_id FROM collections_case ORDER BY partner_id"
        env.cr.execute(query)
        partners = [row[0] for row in env.cr.fetchall()]
        chosen = [partners[(n * 7919) % len(partners)] for n in range(CUSTOMERS)]
        ours = [_changed(env, partner) for partner in chosen]
        heaviest = [_changed(env, partner) for partner in partners[:10]]
        figures = [_changed(env, partner, _rewrite) for partner in chosen]
        reference = [clocked(lambda p=p: _compute(env, [p])) for p in chosen]
    return [
        Result(
            what="one customer",
            value=statistics.median(ours[5:]),
            reference=statistics.median(reference[5:]),
            reference_what="figures by hand",
            limit=10,
            note=f"slowest {max(ours[5:]):.1f}",
        ),
        Result(
            what="one customer, its figures alone",
            value=statistics.median(figures[5:]),
            limit=10,
            note=f"slowest {max(figures[5:]):.1f}",
        ),
        Result(
            what="one of the ten largest customers",
            value=statistics.median(heaviest),
            note=f"slowest {max(heaviest):.1f}",
        ),
    ]


def _changed(env, partner: int, work=None) -> float:
    spoil = "UPDATE collections_case SET amount_balance = 1 WHERE partner_id = %s"
    env.cr.execute(spoil, [partner])
    env.cr.commit()
    env.invalidate_all()
    return clocked(lambda: (work or _refresh)(env, [partner]))


def _rewrite(env, partners) -> None:
    """What the hand-written SQL does, and writing it: no segment, no next step."""
    company = env.company
    env["collections.figures"]._rewrite(company, company._collections_today(), partners)
    env.cr.commit()


def _refresh(env, partners=None) -> None:
    env["collections.case"].refresh(partners)
    env.cr.commit()


def _vacuum(bench: Bench) -> None:
    with session.connection(bench.addons, autocommit=True) as connection:
        connection.cursor().execute("VACUUM ANALYZE collections_case")


def _compute(env, partners=None) -> None:
    _make_figures(env, partners)
    env.cr.rollback()


def _make_figures(env, partners=None) -> None:
    """The figures of the hand-written SQL, in the temporary table bench_figures."""
    env.cr.execute(MEMORY)
    chosen = "AND {}partner_id = ANY (%(partners)s)" if partners else ""
    select = SQL_FILE.read_text().format(
        partners=chosen.format(""), debit_partners=chosen.format("debit.")
    )
    company = env.company
    today = company._collections_today()
    soon = today + datetime.timedelta(days=company.collections_due_soon_days)
    parameters = {
        "company": company.id,
        "today": today,
        "soon": soon,
        "accounts": _ids(env, ACCOUNTS),
        "journals": _ids(env, JOURNALS),
        "withholding": company.collections_withholding_journal_ids.ids,
        "currency": company.currency_id.id,
        "partners": partners,
    }
    # The text is ours, and no value is put into it.
    env.cr.execute(
        f"CREATE TEMP TABLE bench_figures ON COMMIT DROP AS {select}", parameters
    )


def _ids(env, query: str) -> list[int]:
    env.cr.execute(query)
    return [row[0] for row in env.cr.fetchall()]


def _differences(env) -> dict[str, int]:
    """For each figure, in how many cases ours is not the one by hand."""
    _make_figures(env)
    env.cr.execute("SELECT * FROM bench_figures LIMIT 0")
    names = [column.name for column in env.cr.description[1:]]
    counts = [
        SQL(
            "count(*) FILTER (WHERE kase.%(name)s IS DISTINCT FROM figures.%(name)s)",
            name=SQL.identifier(name),
        )
        for name in names
    ]
    [(*different, missing)] = env.execute_query(
        SQL(
            """SELECT %s, count(*) FILTER (WHERE kase.id IS NULL)
                 FROM bench_figures AS figures
                 LEFT JOIN collections_case AS kase
                   ON kase.partner_id = figures.partner_id AND kase.company_id = %s
                WHERE kase.id IS NOT NULL OR figures.item_count > 0""",
            SQL(", ").join(counts),
            env.company.id,
        )
    )
    env.cr.rollback()
    found = {**dict(zip(names, different, strict=True)), "missing": missing}
    return {name: count for name, count in found.items() if count}
