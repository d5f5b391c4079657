from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools import pauses

# Amounts of a case, and what they are called in `_per_case_sql`.
AMOUNTS = {
    "amount_not_due": "not_due",
    "amount_due_soon": "due_soon",
    "amount_overdue": "overdue",
    "amount_excluded": "excluded",
    "amount_credit": "credit",
    "amount_to_confirm": "to_confirm",
    "amount_overdue_net": "net",
    "amount_actionable": "actionable",
    "amount_balance": "balance",
    **{f"amount_{kind}": kind for kind in pauses.KINDS},
}
# What the ledger says about a case, in the order of `_figures_sql`.
FIGURES = (
    *AMOUNTS,
    "oldest_due_date",
    "days_overdue",
    "item_count",
    "overdue_item_count",
    "last_payment_date",
    "last_payment_amount",
    "average_days_late",
    "salesperson_id",
)
SUMMED = (
    "not_due",
    "due_soon",
    "overdue",
    "excluded",
    "asked_currency",
    "credit",
    "credit_currency",
    "balance",
    *pauses.KINDS,
    "confirm_currency",
    "items",
    "overdue_items",
    "late",
    "paid",
)
PART_SUMS = SQL(
    """%s, min(oldest) AS oldest, max(newest) AS newest, max(payment) AS payment""",
    SQL(", ").join(
        SQL("coalesce(sum(%s), 0) AS %s", column, column)
        for column in map(SQL.identifier, SUMMED)
    ),
)
PAUSED_SUMS = SQL(", ").join(
    SQL("sum(%s) AS %s", kind, kind) for kind in map(SQL.identifier, pauses.KINDS)
)
ALL_PAUSED = SQL(" - ").join(SQL("sum(%s)", SQL.identifier(k)) for k in pauses.KINDS)


def _net_sql(cover: str) -> SQL:
    """What is left to be asked; what one currency has too much covers others.

    At the day's rate, and as a share of what the others leave: the books may have
    them at another rate.
    """
    return SQL(
        """sum(CASE WHEN asked_currency > %(cover)s
                    THEN (overdue - excluded) * (asked_currency - %(cover)s)
                         / asked_currency ELSE 0 END)
           * greatest(0, 1 - coalesce(
               sum(greatest(0, %(cover)s - asked_currency) * rate)
               / nullif(sum(greatest(0, asked_currency - %(cover)s) * rate), 0), 0))""",
        cover=SQL(cover),
    )


NET = _net_sql("credit_currency")
FREE = _net_sql("(credit_currency + confirm_currency)")


class CollectionsFiguresQuery(models.AbstractModel):
    """The one query behind the figures of cases."""

    _name = "collections.figures.query"
    _description = "Query of Case Figures"

    @api.model
    def _figures_sql(self, company, today, partner_ids=None, known=None) -> SQL:
        """One row per customer with an open item, or with a case that had one.

        Pre-aggregated selects are put under each other, then joined to the
        partner once: the fastest of the shapes that were measured. Steps are kept
        apart (MATERIALIZED), as merging them costs the planner more than it gains.
        """
        if known is None:
            known = self.env["collections.pause"]._known(company, today, partner_ids)
        parts = [
            self._items_part_sql(company, today, partner_ids, known.paused),
            self._late_part_sql(company, today, partner_ids),
            self._payment_part_sql(company, partner_ids),
            self._cases_part_sql(company, partner_ids),
        ]
        if known.to_confirm:
            parts.append(self._confirm_part_sql(known.to_confirm))
        return SQL(
            """WITH part AS MATERIALIZED (%(parts)s),
                 per_currency AS MATERIALIZED (
                    SELECT p.commercial_partner_id AS partner_id, part.currency_id,
                           %(sums)s
                      FROM part JOIN res_partner p ON p.id = part.partner_id
                  GROUP BY p.commercial_partner_id, part.currency_id),
                 per_case AS MATERIALIZED (%(per_case)s)
            SELECT per_case.partner_id, %(figures)s
              FROM per_case
              JOIN res_partner partner ON partner.id = per_case.partner_id
         LEFT JOIN account_move newest ON newest.id = per_case.newest_move
         LEFT JOIN account_move_line payment ON payment.id = per_case.last_payment""",
            parts=SQL(" UNION ALL ").join(parts),
            sums=PART_SUMS,
            per_case=self._per_case_sql(company, today),
            figures=self._figure_columns_sql(company, today),
        )

    @api.model
    def _items_part_sql(self, company, today, partner_ids, paused) -> SQL:
        soon = today + timedelta(days=company._collections_settings().due_soon_days)
        return SQL(
            """SELECT partner_id, currency_id,
                      sum(amount) FILTER (WHERE amount > 0 AND due >= %(today)s)
                          AS not_due,
                      sum(amount) FILTER (WHERE amount > 0 AND due >= %(today)s
                          AND due <= %(soon)s) AS due_soon,
                      sum(amount) FILTER (WHERE amount > 0 AND due < %(today)s)
                          AS overdue,
                      sum(amount) FILTER (WHERE amount > 0 AND due < %(today)s
                          AND no_followup) AS excluded,
                      sum(amount_currency) FILTER (WHERE amount > 0
                          AND due < %(today)s AND NOT no_followup) AS asked_currency,
                      -sum(amount) FILTER (WHERE amount < 0) AS credit,
                      -sum(amount_currency) FILTER (WHERE amount_currency < 0)
                          AS credit_currency,
                      sum(amount) AS balance,
                      %(paused)s,
                      0.0 AS confirm_currency,
                      min(due) FILTER (WHERE amount > 0) AS oldest,
                      count(*) AS items,
                      count(*) FILTER (WHERE amount > 0 AND due < %(today)s)
                          AS overdue_items,
                      -- date and id in one number: max() keeps the newest entry
                      max(((date - DATE '1970-01-01')::bigint << 32) | move_id)
                          FILTER (WHERE amount > 0) AS newest,
                      NULL::bigint AS payment, 0.0 AS late, 0.0 AS paid
                 FROM (%(open)s) item
                WHERE partner_id IS NOT NULL
             GROUP BY partner_id, currency_id""",
            today=today,
            soon=soon,
            paused=self._paused_sums_sql(today),
            open=self.env["collections.pause"]._covered_sql(
                self.env["collections.ledger"]._open_lines_sql(
                    company.ids, partner_ids=partner_ids
                ),
                paused,
            ),
        )

    @api.model
    def _paused_sums_sql(self, today) -> SQL:
        """One sum per kind of pause, of what could be asked."""
        return SQL(", ").join(
            SQL(
                "sum(%s) FILTER (WHERE due < %s AND NOT no_followup) AS %s", k, today, k
            )
            for k in map(SQL.identifier, pauses.KINDS)
        )

    @api.model
    def _padded(self, select: SQL, tail: SQL, confirm: SQL | None = None) -> SQL:
        """A part without open items: the columns of the first one, empty."""
        return SQL(
            """%s, %s, %s, NULL::date, 0, 0, NULL::bigint, %s""",
            select,
            SQL(", ").join([SQL("0.0")] * SUMMED.index("confirm_currency")),
            confirm or SQL("0.0"),
            tail,
        )

    @api.model
    def _confirm_part_sql(self, to_confirm) -> SQL:
        rows = [
            (partner_id, currency_id, amount)
            for partner_id, amounts in to_confirm.items()
            for currency_id, amount in amounts.items()
        ]
        return SQL(
            """%s FROM unnest(%s::int[], %s::int[], %s::numeric[])
                    AS confirm (partner_id, currency_id, amount)""",
            self._padded(
                SQL("SELECT partner_id, currency_id"),
                SQL("NULL::bigint, 0.0, 0.0"),
                SQL("amount"),
            ),
            *map(list, zip(*rows, strict=True)),
        )

    @api.model
    def _late_part_sql(self, company, today, partner_ids) -> SQL:
        """Money received in the last 12 months, and by how many days too late."""
        Ledger = self.env["collections.ledger"]
        return SQL(
            """%(select)s
                 FROM account_move_line line
                 JOIN account_partial_reconcile rec ON rec.debit_move_id = line.id
                 JOIN account_move_line credit ON credit.id = rec.credit_move_id
                WHERE %(where)s AND line.partner_id IS NOT NULL
                  AND rec.max_date > %(since)s AND rec.max_date <= %(today)s
                  AND %(collected)s AND NOT %(given_back)s
             GROUP BY line.partner_id""",
            select=self._padded(
                SQL(
                    "SELECT line.partner_id, %s",
                    company._collections_settings().currency_id,
                ),
                SQL(
                    """NULL::bigint,
                       sum(rec.amount * greatest(0, rec.max_date
                           - coalesce(line.date_maturity, line.date))),
                       sum(rec.amount)"""
                ),
            ),
            where=Ledger._line_conditions_sql(company.ids, partner_ids),
            since=today - timedelta(days=365),
            today=today,
            collected=Ledger._collected_sql(company, "credit"),
            given_back=Ledger._paid_sql("line"),
        )

    @api.model
    def _payment_part_sql(self, company, partner_ids) -> SQL:
        Ledger = self.env["collections.ledger"]
        return SQL(
            """%(select)s
                 FROM account_move_line line
                WHERE %(where)s AND line.partner_id IS NOT NULL
                  AND line.balance < 0
                  AND line.journal_id = ANY(%(journals)s)
             GROUP BY line.partner_id""",
            select=self._padded(
                SQL(
                    "SELECT line.partner_id, %s",
                    company._collections_settings().currency_id,
                ),
                SQL(
                    """max(((line.date - DATE '1970-01-01')::bigint << 32) | line.id),
                       0.0, 0.0"""
                ),
            ),
            where=Ledger._line_conditions_sql(company.ids, partner_ids),
            journals=Ledger._money_journal_ids(),
        )

    @api.model
    def _cases_part_sql(self, company, partner_ids) -> SQL:
        """Existing cases, so that what is paid falls to zero."""
        return SQL(
            """%(select)s FROM collections_case
                WHERE company_id = %(company)s AND %(partners)s""",
            select=self._padded(
                SQL(
                    "SELECT partner_id, %s", company._collections_settings().currency_id
                ),
                SQL("NULL::bigint, 0.0, 0.0"),
            ),
            company=company.id,
            partners=SQL("TRUE")
            if partner_ids is None
            else SQL("partner_id = ANY(%s)", list(partner_ids)),
        )

    @api.model
    def _per_case_sql(self, company, today) -> SQL:
        """Credits against what is overdue: same currency, then at the day's rate."""
        rates = self.env["collections.ledger"]._rates(company, today)
        return SQL(
            """SELECT partner_id,
                      sum(not_due) AS not_due, sum(due_soon) AS due_soon,
                      sum(overdue) AS overdue, sum(excluded) AS excluded,
                      sum(credit) AS credit, sum(balance) AS balance,
                      %(paused)s,
                      sum(confirm_currency * coalesce(rate, 1)) AS to_confirm,
                      %(net)s AS net,
                      greatest(0, %(free)s - %(all_paused)s) AS actionable,
                      min(oldest) AS oldest, sum(items) AS items,
                      sum(overdue_items) AS overdue_items,
                      (max(newest) & 4294967295)::int AS newest_move,
                      (max(payment) & 4294967295)::int AS last_payment,
                      sum(late) AS late, sum(paid) AS paid
                 FROM per_currency
            LEFT JOIN (VALUES %(rates)s) rates (id, rate) ON rates.id = currency_id
             GROUP BY partner_id""",
            paused=PAUSED_SUMS,
            all_paused=ALL_PAUSED,
            net=NET,
            free=FREE,
            rates=SQL(", ").join(
                SQL("(%s, %s::numeric)", currency, rate)
                for currency, rate in rates.items()
            ),
        )

    @api.model
    def _figure_columns_sql(self, company, today) -> SQL:
        return SQL(
            """%(amounts)s,
               per_case.oldest AS oldest_due_date,
               greatest(0, coalesce(%(today)s - per_case.oldest, 0)) AS days_overdue,
               per_case.items::int AS item_count,
               per_case.overdue_items::int AS overdue_item_count,
               payment.date AS last_payment_date,
               round(-payment.balance, %(digits)s) AS last_payment_amount,
               CASE WHEN per_case.paid > 0
                    THEN round(per_case.late / per_case.paid, 1) END
                   AS average_days_late,
               coalesce(partner.user_id, newest.invoice_user_id) AS salesperson_id""",
            amounts=SQL(", ").join(
                SQL(
                    "round(per_case.%s, %s) AS %s",
                    SQL.identifier(source),
                    company._collections_settings().digits,
                    SQL.identifier(figure),
                )
                for figure, source in AMOUNTS.items()
            ),
            today=today,
            digits=company._collections_settings().digits,
        )
