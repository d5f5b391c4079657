"""Classifying every case into ten segments, one per kind of criterion."""

import statistics

from .run import Bench, Result, clocked

TURNS = 5
# Every kind of criterion: ledger, history, customer, documents, process.
DOMAINS = (
    [("amount_overdue", ">", 20000)],
    ["&", ("days_overdue", ">", 180), ("amount_actionable", ">", 100)],
    [("average_days_late", ">", 20)],
    [("broken_promise_count", ">", 2)],
    [("category_ids.name", "=", "Key account")],
    [("product_category_ids.name", "ilike", "a"), ("days_overdue", ">", 90)],
    [("average_invoice_amount", "<", 500)],
    [("payment_term_id", "!=", False), ("country_id.code", "=", "MX")],
    [("first_invoice_date", "<", "today -1095d"), ("has_paid", "=", True)],
    [("level_delay", ">=", 10)],
)


def classify(bench: Bench) -> list[Result]:
    with bench.environment() as env:
        _prepare(env)
        _make(env, DOMAINS)
        env.cr.commit()
        moving = [_classify(env) for _turn in range(TURNS)][1:]
        env["collections.segment"]._classify(env.company)
        env.cr.commit()
        still = [_classify(env) for _turn in range(TURNS)][1:]
        env.cr.execute("SELECT count(*), min(partner_id) FROM collections_case")
        [(cases, customer)] = env.cr.fetchall()
        one = _classify(env, [customer])
    return [
        Result(
            what="ten segments, cases that move",
            value=statistics.median(turn["took"] for turn in moving),
            limit=2000,
            note=f"{moving[-1]['moved']:,} of {cases:,} cases",
        ),
        Result(
            what="ten segments, nobody moves",
            value=statistics.median(turn["took"] for turn in still),
            limit=2000,
        ),
        Result(
            what="statements of classifying",
            value=moving[-1]["statements"],
            unit="statements",
            limit=8,
            note=f"one customer who stays where it is: {one['statements']}",
        ),
    ]


def _prepare(env) -> None:
    """Cases as they are, one segment of our own, and the one that takes the rest."""
    env["collections.case"].refresh()
    segments = env["collections.segment"].search([])
    policy = segments[:1].policy_id
    segments.active = False
    segments.create({"name": "Rest", "sequence": 1000, "policy_id": policy.id})


def _make(env, domains) -> None:
    segments = env["collections.segment"]
    policy = segments.search([], limit=1).policy_id
    for domain in domains:
        name = f"Bench {domain}"
        segments.create({"name": name, "domain": str(domain), "policy_id": policy.id})


def _classify(env, partners=None) -> dict[str, float]:
    """One pass from the same start, undone."""
    env.invalidate_all()
    before = env.cr.sql_log_count
    moved = []
    took = clocked(
        lambda: moved.append(
            env["collections.segment"]._classify(env.company, partners)
        )
    )
    found = {
        "took": took,
        "statements": env.cr.sql_log_count - before,
        "moved": moved[0],
    }
    env.cr.rollback()
    return found
