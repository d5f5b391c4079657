"""What the addons cost the accountant: posting and paying, with and without them."""

import datetime
import statistics
import threading
import time

import psycopg2

from odoo import Command, fields
from odoo.tools import mute_logger

from .run import Bench, Result

SESSION_ROUNDS = 20
LIMIT = 1.05
WARM_UP = 10  # the first ones fill the caches


def post_and_pay(bench: Bench) -> list[Result]:
    """Single invoices, each with its own commits, alternating between two databases."""
    samples = {bench.plain: [], bench.addons: []}
    with (
        bench.environment(bench.plain) as plain,
        bench.environment(bench.addons) as ours,
    ):
        pairs = [(bench.plain, plain), (bench.addons, ours)]
        for turn, customer in enumerate(_customers(plain, WARM_UP + bench.rounds)):
            for name, env in pairs if turn % 2 else reversed(pairs):
                sample = _one(env, customer)
                if turn >= WARM_UP:
                    samples[name].append(sample)
    steps = (("create a draft", None), ("post", LIMIT), ("pay", LIMIT), ("all", LIMIT))
    results = []
    for position, (what, limit) in enumerate(steps):
        plain, ours = (
            [sample[position] if position < 3 else sum(sample) for sample in one]
            for one in (samples[bench.plain], samples[bench.addons])
        )
        results.append(
            Result(
                what=what,
                value=statistics.median(ours),
                reference=statistics.median(plain),
                reference_what="without us",
                limit=limit,
                is_ratio=True,
                note=f"{len(ours)} each, sums x {sum(ours) / sum(plain):.3f}",
            )
        )
    return results


def _customers(env, count: int) -> list[int]:
    """Customers of all sizes, the same in both databases."""
    domain = [("ref", "=like", "BENCH%"), ("parent_id", "=", False)]
    ids = env["res.partner"].search(domain, order="id").ids
    return [ids[(turn * 7919) % len(ids)] for turn in range(count)]


def _one(env, partner_id: int) -> tuple[float, float, float]:
    """Create, post and pay one invoice; milliseconds of each, commit included."""
    env.invalidate_all()
    times = [time.perf_counter()]

    def lap():
        env.cr.commit()
        times.append(time.perf_counter())

    move = _draft(env, partner_id)
    lap()
    move.action_post()
    lap()
    register = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=move.ids
    )
    register.create({"payment_date": _today()})._create_payments()
    lap()
    first, second, third, last = (moment * 1000 for moment in times)
    return second - first, third - second, last - third


def _draft(env, partner_id: int, journal_id: int | None = None):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner_id,
            "invoice_date": _today(),
            **({"journal_id": journal_id} if journal_id else {}),
            "invoice_line_ids": [
                Command.create({"name": "Goods", "quantity": 1, "price_unit": 100})
            ],
        }
    )


def _today() -> datetime.date:
    return fields.Date.today()


def sessions(bench: Bench) -> list[Result]:
    """Two sessions post for one customer at once, a third refreshes the case.

    Each has a journal of its own: at one journal Odoo itself makes them wait for the
    next number. Plain Odoo does the same without refresh, for comparison.
    """
    ours = _clashes(bench, bench.addons, refresh=True)
    plain = _clashes(bench, bench.plain, refresh=False)
    return [
        Result(
            what="transactions that failed",
            value=len(ours),
            unit="failures",
            reference=len(plain),
            reference_what="without us",
            limit=0,
            note=f"{2 * SESSION_ROUNDS} posted at once"
            + (f": {ours[0]}" if ours else ""),
        )
    ]


@mute_logger("odoo.sql_db")  # Odoo itself gives way on the partner's rank, and says so
def _clashes(bench: Bench, database: str, refresh: bool) -> list[str]:
    with bench.environment(database) as env:
        journals = [_journal(env, number).id for number in (1, 2)]
        customers = _customers(env, SESSION_ROUNDS)
        env.cr.commit()
    failures = []
    for customer in customers:
        barrier = threading.Barrier(3 if refresh else 2)
        jobs = [(_post_at_once, (journal, customer)) for journal in journals]
        jobs += [(_refresh_at_once, (customer,))] if refresh else []
        threads = [
            threading.Thread(
                target=_attempt, args=(bench, database, job, barrier, failures)
            )
            for job in jobs
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return failures


def _attempt(bench, database, job, barrier, failures) -> None:
    function, arguments = job
    try:
        with bench.environment(database) as env:
            env.cr.execute("SELECT 1")  # takes the snapshot
            barrier.wait(30)
            function(env, barrier, *arguments)
    except Exception as error:  # noqa: BLE001 whatever it is, it is what we count
        barrier.abort()
        failures.append(f"{function.__name__}: {type(error).__name__} {error}".strip())


def _post_at_once(env, barrier, journal_id: int, customer: int) -> None:
    """Both have written before either commits."""
    _draft(env, customer, journal_id).action_post()
    env.flush_all()
    barrier.wait(30)
    env.cr.commit()


def _refresh_at_once(env, barrier, customer: int) -> None:
    """Between their writing and their commit; its own failures are retried by Odoo."""
    try:
        env["collections.case"].refresh([customer])
        env.cr.commit()
    except psycopg2.OperationalError:
        env.cr.rollback()
    barrier.wait(30)


def _journal(env, number: int):
    journal = env["account.journal"].search([("code", "=", f"BEN{number}")])
    return journal or env["account.journal"].create(
        {"name": f"Bench sales {number}", "code": f"BEN{number}", "type": "sale"}
    )
