from odoo import api, models
from odoo.tools import SQL

from odoo.addons.collections_management.tools import escalation

# Customers handed to a lawyer or written off at each of several days.
APART = """
    SELECT day.day, sum(%(amount)s),
           coalesce(sum(%(open)s) FILTER (
               WHERE line.balance > 0
                 AND coalesce(line.date_maturity, line.date) >= day.day), 0)
      FROM unnest(%(days)s::date[]) AS day (day)
      JOIN collections_escalation row
        ON row.date_start <= day.day
       AND (row.date_end IS NULL OR row.date_end > day.day)
       AND row.kind = ANY(%(kinds)s) AND row.company_id = ANY(%(companies)s)
      JOIN collections_case kase ON kase.id = row.case_id
      JOIN res_partner contact ON contact.commercial_partner_id = kase.partner_id
      JOIN account_move_line line
        ON line.partner_id = contact.id AND line.company_id = row.company_id
       AND line.date <= day.day AND %(lines)s
     WHERE %(own)s
  GROUP BY day.day
"""
NOTHING = (0.0, 0.0)


class CollectionsKpiApart(models.AbstractModel):
    """What is with a lawyer or written off: left out of the days of sales.

    It stays in receivables, aging and recovery; only the figures that tell how fast
    sales become money do without what nobody expects by its due date.
    """

    _name = "collections.kpi.apart"
    _inherit = ["collections.reporting"]
    _description = "Receivables Set Apart"

    @api.model
    def _apart(self, request, days) -> dict:
        """Return ``{day: (receivables set apart, of these not due)}``, all days."""
        found = dict.fromkeys(days, NOTHING)
        self.env["collections.escalation"].flush_model()
        facts = self.env["collections.kpi.facts"]
        settled = facts._settled_sql(SQL("day.day"))
        for day, total, not_due in self.env.execute_query(
            SQL(
                APART,
                amount=facts._amount_sql(request, SQL("line.balance")),
                open=facts._amount_sql(request, SQL("line.balance - %s", settled)),
                days=list(days),
                kinds=list(escalation.SET_APART),
                companies=request["companies"].ids,
                lines=facts._lines_sql(request),
                own=facts._own_sql(),
            )
        ):
            found[day] = float(total), float(not_due)
        return found

    @api.model
    def _expected(self, facts) -> dict:
        """Return what is expected of the closing balance: all but what is set apart."""
        total, not_due = facts.apart
        closing = facts.closing
        left = closing["total"] - total
        return {
            "total": left,
            "not_due": min(closing["gross_not_due"] - not_due, max(left, 0.0)),
            "set_apart": total,
        }
