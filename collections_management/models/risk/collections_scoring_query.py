from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import promises
from ...tools.prediction.documents import BROKEN, DISPUTE, Document, Event

# Older documents say little about how a customer pays today.
HISTORY_YEARS = 3

DOCUMENTS = """
    SELECT line.id, contact.commercial_partner_id,
           coalesce(move.invoice_date, line.date) - DATE '0001-01-01' + 1,
           coalesce(line.date_maturity, line.date) - DATE '0001-01-01' + 1,
           line.balance::float8,
           CASE WHEN line.reconciled
                THEN paid.day - DATE '0001-01-01' + 1 END,
           kase.segment_id, line.amount_residual::float8
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
      JOIN res_partner contact ON contact.id = line.partner_id
      JOIN res_partner customer ON customer.id = contact.commercial_partner_id
 LEFT JOIN (SELECT rec.debit_move_id, max(rec.max_date) AS day,
                   sum(rec.amount) FILTER (WHERE %(collected)s) AS collected
              FROM account_partial_reconcile rec
              JOIN account_move_line credit ON credit.id = rec.credit_move_id
             WHERE rec.company_id = %(company)s
          GROUP BY rec.debit_move_id) paid ON paid.debit_move_id = line.id
 LEFT JOIN collections_case kase
        ON kase.partner_id = customer.id AND kase.company_id = line.company_id
     WHERE %(lines)s AND line.balance > 0 AND NOT %(money)s AND %(people)s
       AND CASE WHEN line.reconciled
                THEN move.move_type IN ('out_invoice', 'out_receipt')
                     AND line.date >= %(since)s AND paid.collected * 2 >= line.balance
                ELSE line.amount_residual > 0 END
  ORDER BY line.id
"""
EVENTS = """
    SELECT partner_id, date_judged - DATE '0001-01-01' + 1, %(broken)s
      FROM collections_promise
     WHERE company_id = %(company)s AND state = %(state)s AND date_judged >= %(since)s
 UNION ALL
    SELECT partner_id, date_opened - DATE '0001-01-01' + 1, %(dispute)s
      FROM collections_dispute
     WHERE company_id = %(company)s AND date_opened >= %(since)s
  ORDER BY 1, 2, 3
"""
RISK = """
    SELECT kase.id, kase.risk_grade, kase.average_days_late::float8,
           coalesce(kase.days_overdue, 0), coalesce(promise.kept, 0),
           coalesce(promise.broken, 0), coalesce(dispute.count, 0),
           kase.amount_balance::float8 / nullif(%(limit)s, 0)::float8,
           trend.days, kase.chance_over_30
      FROM collections_case kase
      JOIN res_partner partner ON partner.id = kase.partner_id
 LEFT JOIN (SELECT case_id, count(*) FILTER (WHERE state = %(kept)s) AS kept,
                   count(*) FILTER (WHERE state = %(broken)s) AS broken
              FROM collections_promise
             WHERE company_id = %(company)s AND date_judged >= %(year)s
          GROUP BY case_id) promise ON promise.case_id = kase.id
 LEFT JOIN (SELECT case_id, count(*) AS count
              FROM collections_dispute
             WHERE company_id = %(company)s AND date_opened >= %(year)s
          GROUP BY case_id) dispute ON dispute.case_id = kase.id
 LEFT JOIN (SELECT case_id, max(trend) AS days
              FROM collections_prediction
             WHERE company_id = %(company)s
          GROUP BY case_id) trend ON trend.case_id = kase.id
     WHERE kase.company_id = %(company)s AND kase.item_count > 0 AND %(people)s
  ORDER BY kase.id
"""


class CollectionsScoringQuery(models.AbstractModel):
    """What predictions and grades are made of: one statement for each kind of fact.

    Only what this company's own ledger, promises and issues say.
    """

    _name = "collections.scoring.query"
    _description = "Facts of Predictions"

    @api.model
    def _documents(self, company, today) -> tuple[list[Document], dict[int, float]]:
        """Return what was paid in the last years and what is open.

        Documents that were credited or written off rather than paid are left out:
        they say nothing about when somebody pays.

        :return: documents, and the open amount of each that is open, by id
        """
        Ledger = self.env["collections.ledger"]
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                DOCUMENTS,
                company=company.id,
                lines=Ledger._line_conditions_sql(company.ids),
                collected=Ledger._collected_sql(company, "credit"),
                money=Ledger._paid_sql("line"),
                people=self._people_sql(company, "customer"),
                since=fields.Date.subtract(today, years=HISTORY_YEARS),
            )
        )
        documents = [Document(*row[:-1]) for row in rows]
        open_amounts = {row[0]: row[-1] for row in rows if row[5] is None}
        return documents, open_amounts

    @api.model
    def _events(self, company, today) -> list[Event]:
        """Return promises found broken and issues reported, on their days."""
        self.env["collections.promise"].flush_model()
        self.env["collections.dispute"].flush_model()
        rows = self.env.execute_query(
            SQL(
                EVENTS,
                company=company.id,
                broken=BROKEN,
                dispute=DISPUTE,
                state=promises.BROKEN,
                since=fields.Date.subtract(today, years=HISTORY_YEARS),
            )
        )
        return [Event(*row) for row in rows]

    @api.model
    def _risk_facts(self, company, today) -> list[tuple]:
        """Return case, its grade so far, and the facts for a new one."""
        Partner = self.env["res.partner"].sudo().with_company(company)
        Partner.flush_model()
        for name in ("collections.case", "collections.promise", "collections.dispute"):
            self.env[name].flush_model()
        used = bool(company.sudo().account_use_credit_limit)
        return self.env.execute_query(
            SQL(
                RISK,
                company=company.id,
                limit=Partner._field_to_sql("partner", "credit_limit")
                if used
                else SQL("NULL::numeric"),
                kept=promises.KEPT,
                broken=promises.BROKEN,
                year=fields.Date.subtract(today, years=1),
                people=self._people_sql(company, "partner"),
            )
        )

    @api.model
    def _people_sql(self, company, customer: str) -> SQL:
        """Natural persons only where the company says so: it is profiling."""
        if company.sudo().collections_scoring == "all":
            return SQL("TRUE")
        return SQL("%s.is_company", SQL.identifier(customer))
