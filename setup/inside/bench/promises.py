"""Judging open promises and pausing what they cover, for a whole company."""

from .run import Bench, Result, clocked

PROMISES = 20_000
DOCUMENTS = 50_000
SHARE = 100
# Customer by customer, so that a promise is about several documents.
MAKE = """
    WITH item AS (
        SELECT line.id, line.move_id, kase.id AS case_id, kase.partner_id,
               line.currency_id, line.amount_residual_currency AS amount,
               coalesce(line.date_maturity, line.date) AS due,
               row_number() OVER (ORDER BY kase.id, line.id) AS number
          FROM account_move_line line
          JOIN res_partner customer ON customer.id = line.partner_id
          JOIN collections_case kase
            ON kase.partner_id = customer.commercial_partner_id
           AND kase.company_id = line.company_id
         WHERE line.company_id = %(company)s AND line.account_id = ANY(%(accounts)s)
           AND line.parent_state = 'posted' AND line.amount_residual_currency > 0
         ORDER BY kase.id, line.id
         LIMIT %(documents)s),
         grouped AS (
        SELECT *,
               (row_number() OVER (PARTITION BY case_id, currency_id ORDER BY number)
                - 1)
               / ceil(%(documents)s::float8 / %(promises)s)::int AS bundle
          FROM item),
         made AS (
        INSERT INTO collections_promise (case_id, company_id, partner_id, kind, state,
               currency_id, amount, date, date_made, to_approve, create_uid,
               create_date, write_uid, write_date, note)
        SELECT case_id, %(company)s, partner_id, 'promise', 'open', currency_id,
               sum(amount) / 2, %(today)s::date + 3, %(today)s::date - 3, false, 1,
               now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC', bundle::text
          FROM grouped GROUP BY case_id, partner_id, currency_id, bundle
     RETURNING id, case_id, currency_id, note)
    INSERT INTO collections_promise_line (promise_id, move_line_id, move_id, date_due,
           amount_residual, amount, create_uid, write_uid)
    SELECT made.id, grouped.id, grouped.move_id, grouped.due, grouped.amount,
           grouped.amount / 2, 1, 1
      FROM made JOIN grouped ON grouped.case_id = made.case_id
       AND grouped.currency_id = made.currency_id
       AND grouped.bundle::text = made.note
"""


def judge_and_pause(bench: Bench) -> list[Result]:
    with bench.environment() as env:
        company = env.company
        today = company._collections_today()
        env["collections.case"].refresh()
        env.flush_all()
        _make(env, company, today)
        judge = env["collections.promise"]._judge
        changed = []
        first = clocked(lambda: changed.append(judge(company, today)))
        many = _measure(env, company, today, None)
        few = _measure(env, company, today, _some_customers(env))
        env.cr.rollback()
    return _results(many, few, first, len(changed[0]))


def _results(many, few, first, verdicts) -> list[Result]:
    return [
        Result(
            what="judging all open promises",
            value=many["judge"],
            limit=5000,
            note=f"{many['promises']:,} promises",
        ),
        Result(
            what="the same, with verdicts to log",
            value=first,
            note=f"{verdicts:,} verdicts",
        ),
        Result(
            what="pausing what they cover",
            value=many["pause"],
            limit=5000,
            note=f"{many['documents']:,} documents",
        ),
        Result(
            what="statements of both",
            value=many["statements"],
            unit="statements",
            reference=few["statements"],
            reference_what=f"of {SHARE} customers",
            limit=1,
            is_ratio=True,
        ),
    ]


def _make(env, company, today) -> None:
    env.cr.execute(
        MAKE,
        {
            "company": company.id,
            "accounts": env["collections.ledger"]._receivable_account_ids(),
            "documents": DOCUMENTS,
            "promises": PROMISES,
            "today": today,
        },
    )
    env.cr.execute("ANALYZE collections_promise, collections_promise_line")
    env.invalidate_all()


def _some_customers(env) -> list[int]:
    env.cr.execute(
        """SELECT DISTINCT partner_id FROM collections_promise
            ORDER BY partner_id LIMIT %s""",
        [SHARE],
    )
    return [row[0] for row in env.cr.fetchall()]


def _measure(env, company, today, partner_ids) -> dict:
    Promise = env["collections.promise"]
    found = {}
    Promise._pauses(company, today, partner_ids)
    before = env.cr.sql_log_count
    judge = clocked(lambda: Promise._judge(company, today, partner_ids))
    pause = clocked(
        lambda: found.update(pauses=Promise._pauses(company, today, partner_ids))
    )
    return {
        "judge": judge,
        "pause": pause,
        "statements": env.cr.sql_log_count - before,
        "promises": Promise.search_count([("state", "=", "open")]),
        "documents": len({pause.line_id for pause in found["pauses"]}),
    }
