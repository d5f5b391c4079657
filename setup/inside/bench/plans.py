"""Planning the reminders of a whole company."""

import statistics

from .run import Bench, Result, clocked

TURNS = 3
# Customers who owe something overdue that is followed up, with their oldest item.
CANDIDATES = """
    SELECT DISTINCT ON (customer.commercial_partner_id)
           customer.commercial_partner_id, line.id, level.id
      FROM account_move_line AS line
      JOIN res_partner AS customer ON customer.id = line.partner_id
      JOIN account_account AS account ON account.id = line.account_id
      JOIN collections_case AS kase
        ON kase.partner_id = customer.commercial_partner_id
       AND kase.company_id = line.company_id
      JOIN LATERAL (
          SELECT id FROM collections_dunning_level
           WHERE policy_id = kase.policy_id
             AND delay <= CURRENT_DATE - coalesce(line.date_maturity, line.date)
           ORDER BY delay DESC LIMIT 1) AS level ON true
     WHERE line.company_id = %s AND line.parent_state = 'posted'
       AND account_type = 'asset_receivable' AND non_trade IS NOT TRUE
       AND line.amount_residual > 0 AND line.no_followup IS NOT TRUE
     ORDER BY customer.commercial_partner_id, coalesce(line.date_maturity, line.date)
"""
# Leaves one customer in a hundred with something open.
SHRINK = """
    UPDATE account_move_line SET amount_residual = 0, amount_residual_currency = 0
     WHERE amount_residual <> 0 AND mod(partner_id, 100) > 0
"""


def plan_all(bench: Bench) -> list[Result]:
    with bench.environment() as env:
        _prepare(env)
        turns = [_plan(env) for _turn in range(TURNS)]
        reference = clocked(lambda: env.cr.execute(CANDIDATES, [env.company.id]))
        env.cr.execute(SHRINK)
        few = _plan(env)
    many = turns[-1]
    return [
        Result(
            what="planning alone",
            value=statistics.median(turn["plan"] - turn["gate"] for turn in turns),
            reference=reference,
            reference_what="candidates by hand",
            limit=5000,
            note=f"{many['planned']:,} reminders of {many['cases']:,} cases,"
            f" {many['items']:,} items",
        ),
        Result(
            what="plan and gate: contact rules of every reminder",
            value=statistics.median(turn["plan"] for turn in turns),
            limit=15000,
            note=f"{many['ruled']:,} asked, {many['refused']:,} may not go now",
        ),
        Result(
            what="the run: refresh, classify, plan",
            value=statistics.median(turn["run"] for turn in turns),
        ),
        Result(
            what="statements of the run",
            value=many["statements"],
            unit="statements",
            reference=few["statements"],
            reference_what=f"for {few['planned']:,} reminders",
            limit=1,
            is_ratio=True,
        ),
    ]


def plan_again(bench: Bench) -> list[Result]:
    with bench.environment() as env:
        _prepare(env)
        env["collections.run"].run()
        turns = [_run(env) for _turn in range(TURNS)]
    return [
        Result(
            what="planning alone",
            value=statistics.median(turn["plan"] for turn in turns),
            limit=2000,
        ),
        Result(
            what="reminders planned again",
            value=sum(turn["planned"] for turn in turns),
            unit="reminders",
            limit=0,
        ),
    ]


def _prepare(env) -> None:
    """Cases are there, and a person would approve what is planned."""
    env["collections.case"].refresh()
    env.company.collections_mode = "propose"
    env.cr.commit()


def _plan(env) -> dict[str, float]:
    """One run from the same start, undone.

    Undone rows leave the planner of PostgreSQL with a table that it believes to be
    empty, as the daily clean-up of simulations does: the plan has to bear that.
    """
    found = _run(env)
    env.cr.rollback()
    env.invalidate_all()
    return found


def _run(env) -> dict[str, float]:
    env.invalidate_all()
    before = env.cr.sql_log_count
    made = []
    milliseconds = clocked(lambda: made.append(env["collections.run"].run()))
    env.flush_all()
    run = made[0]
    return {
        "run": milliseconds,
        "statements": env.cr.sql_log_count - before,
        "plan": run.plan_seconds * 1000,
        "gate": run.gate_seconds * 1000,
        "ruled": _count(run, "contact_rule_id"),
        "refused": _count(run, "reason"),
        "planned": run.planned_count,
        "cases": run.case_count,
        "items": run.item_count,
    }


def _count(run, field) -> int:
    """How many reminders of a run have something in a field."""
    domain = [("run_id", "=", run.id), (field, "!=", False)]
    return run.env["collections.reminder"].search_count(domain)
