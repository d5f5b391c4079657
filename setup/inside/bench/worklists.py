"""What a collector waits for: the first page of the day, an outcome, the next case."""

import itertools
import statistics

from .run import Bench, Result, clocked
from .screens import collector

TURNS = 9
OUTCOMES = 20
RESULT = "collections_management.interaction_result_callback"
# The same order without rights, labels and Odoo.
BY_HAND = """
    SELECT kase.id, partner.name, kase.amount_actionable, kase.days_overdue
      FROM collections_case kase
      JOIN res_partner partner ON partner.id = kase.partner_id
     WHERE kase.company_id = %(company)s AND kase.amount_actionable > 0
     ORDER BY kase.amount_actionable * kase.days_overdue DESC, kase.id LIMIT 40
"""
SPOILED = "UPDATE collections_case SET priority_value = -1"
# As after months of work: one person has all cases, most were talked to lately.
TALKS = """
    INSERT INTO collections_interaction (
               case_id, company_id, partner_id, partner_name, direction, channel, date,
               user_id, create_uid, create_date)
        SELECT id, company_id, partner_id, 'Customer', 'out', 'call',
               now() AT TIME ZONE 'UTC' - mod(id, 25) * interval '1 day',
               %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC'
          FROM collections_case
"""


def worklist(bench: Bench) -> list[Result]:
    """The worst list: every case is one person's. Each turn on a new cursor."""
    with bench.environment() as env:
        env["collections.case"].refresh()
        uid = collector(env)
        env.cr.execute("UPDATE collections_case SET collector_id = %s", [uid])
        env.cr.execute(TALKS, {"uid": uid})
        env.cr.commit()
        env.cr.execute("SELECT count(*) FROM collections_case")
        [(cases,)] = env.cr.fetchall()
        reference = statistics.median(_by_hand(env) for _turn in range(TURNS))
    pages = [_page(bench, uid) for _turn in range(TURNS + 1)][1:]
    times = [took for took, _page_shown in pages]
    shown = pages[-1][1]
    ids = [row["id"] for row in shown["rows"]]
    stories = [_story(bench, uid, case_id) for case_id in ids[: TURNS + 1]][1:]
    outcomes = [_outcome(bench, uid, case_id) for case_id in ids[: OUTCOMES + 1]][1:]
    return [
        Result(
            what="first page of the day",
            value=statistics.median(times),
            reference=reference,
            reference_what="by hand",
            limit=300,
            note=f"{cases} cases of one collector, {shown['total']} on the list,"
            f" slowest {max(times):.0f}",
        ),
        Result(what="story of a case", value=statistics.median(stories), limit=200),
        Result(
            what="outcome saved, with its next date",
            value=statistics.median(outcomes),
            limit=200,
            note=f"commit included, slowest {max(outcomes):.0f}",
        ),
        *_later(bench, uid),
    ]


def _later(bench: Bench, uid: int) -> list[Result]:
    """What a collector waits for between two cases, and what comes by itself."""
    nexts = [
        _outcome(bench, uid, case_id) + _story(bench, uid, next_id)
        for case_id, next_id in itertools.pairwise(_left(bench, uid))
    ][1:]
    return [
        Result(
            what="next case: outcome saved, next story there",
            value=statistics.median(nexts),
            limit=200,
            note=f"slowest {max(nexts):.0f}",
        ),
        Result(
            what="target of the month",
            value=statistics.median(_target(bench, uid) for _turn in range(TURNS)),
        ),
    ]


def priority(bench: Bench) -> list[Result]:
    """What acting is worth for every case: all anew, then with nothing to change."""
    with bench.environment() as env:
        env["collections.case"].refresh()
        uid = collector(env)
        env.cr.execute("DELETE FROM collections_interaction")
        env.cr.execute(TALKS, {"uid": uid})
        env.cr.commit()
        company = env.company
        today = company._collections_today()

        def rate():
            return env["collections.prioritizer"]._prioritize(company, today)

        rate()
        times = []
        for _turn in range(TURNS):
            env.cr.execute(SPOILED)
            times.append(clocked(rate))
        same = [clocked(rate) for _turn in range(TURNS)]
        env.cr.execute("SELECT count(*), max(partner_id) FROM collections_case")
        [(cases, partner)] = env.cr.fetchall()
        one = [
            clocked(
                lambda: env["collections.prioritizer"]._prioritize(
                    company, today, [partner]
                )
            )
            for _turn in range(TURNS)
        ]
        reference = statistics.median(_spoil(env) for _turn in range(TURNS))
    return [
        Result(
            what="every case anew",
            value=statistics.median(times),
            reference=reference,
            reference_what="one value into every case",
            note=f"{cases} cases",
        ),
        Result(what="every case, nothing changed", value=statistics.median(same)),
        Result(what="one case", value=statistics.median(one), limit=10),
    ]


def _spoil(env) -> float:
    took = clocked(lambda: env.cr.execute(SPOILED))
    env.cr.rollback()
    return took


def _left(bench: Bench, uid: int) -> list[int]:
    with bench.environment(uid=uid) as env:
        rows = env["collections.worklist"].get_worklist(limit=TURNS + 2)["rows"]
    return [row["id"] for row in rows]


def _target(bench: Bench, uid: int) -> float:
    with bench.environment(uid=uid) as env:
        users = env.user
        company = env.company
        return clocked(
            lambda: env["collections.target"]._reached(
                company, users, company._collections_today()
            )
        )


def _by_hand(env) -> float:
    def work():
        env.cr.execute(BY_HAND, {"company": env.company.id})
        env.cr.fetchall()

    return clocked(work)


def _page(bench: Bench, uid: int) -> tuple[float, dict]:
    found = []
    with bench.environment(uid=uid) as env:
        took = clocked(lambda: found.append(env["collections.worklist"].get_worklist()))
    return took, found[0]


def _story(bench: Bench, uid: int, case_id: int) -> float:
    with bench.environment(uid=uid) as env:
        return clocked(lambda: env["collections.worklist"].get_story(case_id))


def _outcome(bench: Bench, uid: int, case_id: int) -> float:
    with bench.environment(uid=uid) as env:
        result_id = env.ref(RESULT).id
        tomorrow = env["collections.worklist"].get_worklist(limit=1)["next_dates"][0]

        def work():
            env["collections.worklist"].log_outcome(
                case_id, result_id, next_date=tomorrow["date"], text="Busy"
            )
            env.cr.commit()

        return clocked(work)
