"""What a collector waits for: the first page of the day, and an outcome saved."""

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
    ]


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
