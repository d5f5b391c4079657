from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Older invoices are not news: whoever turns the alert on is not flooded.
NEVER_SENT_WINDOW = 60


class CollectionsAlertQuery(models.AbstractModel):
    """What each alert looks for: one query per kind, over all customers."""

    _name = "collections.alert.query"
    _description = "Queries of Alerts"

    @api.model
    def _found_sql(self, rule, company, today) -> SQL:
        """Return ``case_id, move_id, number, amount, reference`` of what holds today.

        ``reference`` is the date that counts: last contact or due date.
        """
        for model in ("collections.case", "account.move", "collections.interaction"):
            self.env[model].flush_model()
        return getattr(self, f"_{rule.kind}_sql")(rule, company, today)

    @api.model
    def _never_sent_sql(self, rule, company, today) -> SQL:
        return SQL(
            """SELECT DISTINCT kase.id AS case_id, move.id AS move_id,
                      move.name AS number, move.amount_residual_signed AS amount,
                      move.invoice_date AS reference
                 FROM (%(items)s) item
                 JOIN account_move move ON move.id = item.move_id
                 JOIN collections_case kase ON kase.company_id = move.company_id
                  AND kase.partner_id = move.commercial_partner_id
                WHERE item.amount > 0 AND move.move_type = 'out_invoice'
                  AND move.is_move_sent IS NOT TRUE
                  AND move.invoice_date <= %(last)s
                  AND move.invoice_date > %(first)s""",
            items=self.env["collections.ledger"]._open_lines_sql(company.ids),
            last=today - timedelta(days=rule.days),
            first=today - timedelta(days=rule.days + NEVER_SENT_WINDOW),
        )

    @api.model
    def _silent_sql(self, rule, company, today) -> SQL:
        """Something to ask for, and nobody asked: R10."""
        return SQL(
            """SELECT kase.id AS case_id, NULL::int AS move_id, NULL AS number,
                      kase.amount_actionable AS amount, last.contact AS reference
                 FROM collections_case kase
           CROSS JOIN LATERAL (
                      SELECT greatest(kase.oldest_due_date, max(
                                 (log.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                             )) AS contact
                        FROM collections_interaction log
                       WHERE log.case_id = kase.id AND log.channel <> 'system') last
                WHERE kase.company_id = %(company)s AND kase.amount_actionable > 0
                  AND kase.stop_flag IS NULL AND last.contact <= %(limit)s""",
            tz=company.sudo().collections_tz or "UTC",
            company=company.id,
            limit=today - timedelta(days=max(rule.days, 1)),
        )

    @api.model
    def _first_late_sql(self, rule, company, today) -> SQL:
        """Paid before, never late, and now overdue."""
        Ledger = self.env["collections.ledger"]
        return SQL(
            """SELECT kase.id AS case_id, NULL::int AS move_id, NULL AS number,
                      kase.amount_overdue_net AS amount,
                      kase.oldest_due_date AS reference
                 FROM collections_case kase
           CROSS JOIN LATERAL (
                      SELECT bool_or(rec.max_date
                                 > coalesce(line.date_maturity, line.date)) AS late
                        FROM res_partner contact
                        JOIN account_move_line line ON line.partner_id = contact.id
                        JOIN account_partial_reconcile rec
                          ON rec.debit_move_id = line.id
                        JOIN account_move_line credit
                          ON credit.id = rec.credit_move_id
                       WHERE contact.commercial_partner_id = kase.partner_id
                         AND %(lines)s AND %(collected)s) paid
                WHERE kase.company_id = %(company)s AND kase.amount_overdue_net > 0
                  AND kase.days_overdue >= %(days)s AND paid.late IS FALSE""",
            lines=Ledger._line_conditions_sql(company.ids),
            collected=Ledger._collected_sql(company, "credit"),
            company=company.id,
            days=max(rule.days, 1),
        )

    @api.model
    def _over_limit_sql(self, rule, company, today) -> SQL:
        """Where the company uses credit limits; the amount is what is over it."""
        Partner = self.env["res.partner"].sudo().with_company(company)
        Partner.flush_model()
        return SQL(
            """SELECT kase.id AS case_id, NULL::int AS move_id, NULL AS number,
                      kase.amount_balance - partner.credit_limit AS amount,
                      NULL::date AS reference
                 FROM collections_case kase
                 JOIN (SELECT partner.id, (%(limit)s)::numeric AS credit_limit
                         FROM res_partner partner) partner
                   ON partner.id = kase.partner_id
                WHERE kase.company_id = %(company)s AND %(used)s
                  AND partner.credit_limit > 0
                  AND kase.amount_balance > partner.credit_limit""",
            limit=Partner._field_to_sql("partner", "credit_limit"),
            company=company.id,
            used=bool(company.sudo().account_use_credit_limit),
        )

    @api.model
    def _big_due_sql(self, rule, company, today) -> SQL:
        return SQL(
            """SELECT kase.id AS case_id, item.move_id, min(move.name) AS number,
                      sum(item.amount) AS amount, min(item.due) AS reference
                 FROM (%(items)s) item
                 JOIN account_move move ON move.id = item.move_id
                 JOIN res_partner contact ON contact.id = item.partner_id
                 JOIN collections_case kase ON kase.company_id = %(company)s
                  AND kase.partner_id = contact.commercial_partner_id
                WHERE item.amount > 0 AND NOT item.no_followup
                  AND item.due >= %(today)s AND item.due <= %(last)s
             GROUP BY kase.id, item.move_id
               HAVING sum(item.amount) >= %(amount)s""",
            items=self.env["collections.ledger"]._open_lines_sql(company.ids),
            company=company.id,
            today=today,
            last=today + timedelta(days=rule.days),
            amount=rule.amount,
        )

    @api.model
    def _worse_risk_sql(self, rule, company, today) -> SQL:
        """The grade fell in the last days; letters compare as they stand."""
        return SQL(
            """SELECT kase.id AS case_id, NULL::int AS move_id, NULL AS number,
                      kase.amount_balance AS amount,
                      kase.risk_grade_date AS reference
                 FROM collections_case kase
                WHERE kase.company_id = %(company)s
                  AND kase.risk_grade > kase.risk_grade_before
                  AND kase.risk_grade_date >= %(first)s""",
            company=company.id,
            first=today - timedelta(days=rule.days),
        )

    @api.model
    def _to_present_sql(self, rule, company, today) -> SQL:
        """From the days before the reception day on, until it is over."""
        return self._presentations_sql(
            company,
            SQL(
                "row.date_planned BETWEEN %s AND %s",
                today,
                today + timedelta(days=rule.days),
            ),
        )

    @api.model
    def _not_presented_sql(self, rule, company, today) -> SQL:
        last = today - timedelta(days=max(rule.days, 1))
        return self._presentations_sql(company, SQL("row.date_planned <= %s", last))

    @api.model
    def _presentations_sql(self, company, planned: SQL) -> SQL:
        self.env["collections.presentation"].flush_model()
        return SQL(
            """SELECT row.case_id, row.move_id, row.number,
                      move.amount_residual_signed AS amount,
                      row.date_planned AS reference
                 FROM collections_presentation row
                 JOIN account_move move ON move.id = row.move_id
                WHERE row.company_id = %s AND row.state = 'to_present' AND %s""",
            company.id,
            planned,
        )
