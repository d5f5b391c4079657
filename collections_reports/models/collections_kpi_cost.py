from odoo import api, models
from odoo.tools import SQL

# What Odoo's own figure on a customer counts as sales, receipts included.
SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")


class CollectionsKpiCost(models.AbstractModel):
    """What collecting costs and lateness ties up; Odoo's own days of sales."""

    _name = "collections.kpi.cost"
    _inherit = ["collections.reporting"]
    _description = "Cost of Lateness"

    @api.model
    def _spent(self, request) -> dict[str, float]:
        """Return what was noted as a cost on cases, and what messages cost.

        Both in the current company's currency, at the rates of the last day.
        """
        own = SQL(
            """SELECT cost.company_id, cost.partner_id, cost.date, cost.amount,
                      company.currency_id
                 FROM collections_cost cost
                 JOIN res_company company ON company.id = cost.company_id"""
        )
        self.env["collections.cost"].flush_model()
        channels = self.env["collections.channel"]
        billed = [channels._by_code(code)._spent_sql() for code in channels._codes()]
        return {
            "costs": self._spent_on(request, own),
            "messages": sum(self._spent_on(request, rows) for rows in billed if rows),
        }

    @api.model
    def _spent_on(self, request, rows: SQL) -> float:
        found = self.env.execute_query(
            SQL(
                """SELECT spent.currency_id, sum(spent.amount)::float8
                     FROM (%(rows)s) spent
                    WHERE spent.company_id = ANY(%(companies)s)
                      AND spent.date BETWEEN %(first)s AND %(last)s AND %(own)s
                 GROUP BY spent.currency_id""",
                rows=rows,
                companies=request["companies"].ids,
                first=request["date_from"],
                last=request["date_to"],
                own=self._own_customers_sql(
                    SQL("spent.partner_id"), SQL("spent.company_id")
                ),
            )
        )
        company, day = self.env.company, request["date_to"]
        currencies = self.env["res.currency"]
        return sum(
            amount
            * currencies._get_conversion_rate(
                currencies.browse(currency_id), company.currency_id, company, day
            )
            for currency_id, amount in found
        )

    @api.model
    def _carried(self, request) -> float:
        """Return the overdue amount at the end of each day of a period, added up.

        What is open at the end counts for its days overdue in the period; what was
        settled in it, for those before that day.
        """
        facts = self.env["collections.kpi.facts"]
        since = SQL(
            "greatest(item.due + 1, item.entered, %(first)s)",
            first=request["date_from"],
        )
        [(days,)] = self.env.execute_query(
            SQL(
                """SELECT coalesce(sum(%(amount)s
                          * greatest(0, item.until - %(since)s)), 0)
                     FROM (SELECT part.company_id, part.partner_id, part.amount,
                                  part.due, part.date AS entered, %(last)s + 1 AS until
                             FROM (%(parts)s) part WHERE NOT part.is_credit
                        UNION ALL
                           SELECT line.company_id, line.partner_id, partial.amount,
                                  coalesce(line.date_maturity, line.date), line.date,
                                  partial.max_date
                             FROM account_partial_reconcile partial
                             JOIN account_move_line line
                               ON line.id = partial.debit_move_id
                            WHERE partial.max_date BETWEEN %(first)s AND %(last)s
                              AND %(lines)s) item
                LEFT JOIN res_partner contact ON contact.id = item.partner_id
                    WHERE %(own)s""",
                amount=facts._amount_sql(
                    request, SQL("item.amount"), SQL("item.company_id")
                ),
                since=since,
                first=request["date_from"],
                last=request["date_to"],
                parts=self._parts_sql(request["companies"], request["date_to"]),
                lines=facts._lines_sql(request),
                own=facts._own_sql(SQL("item.company_id")),
            )
        )
        return float(days)

    @api.model
    def _lifetime(self, request) -> dict:
        """Return all that was ever invoiced, and since when."""
        facts = self.env["collections.kpi.facts"]
        [(amount, first)] = self.env.execute_query(
            SQL(
                """SELECT coalesce(sum(%(amount)s), 0), min(move.invoice_date)
                     FROM account_move move
                    WHERE move.company_id = ANY(%(companies)s)
                      AND move.state = 'posted' AND move.move_type = ANY(%(types)s)
                      AND move.date <= %(until)s AND %(own)s""",
                amount=facts._amount_sql(
                    request, SQL("move.amount_total_signed"), SQL("move.company_id")
                ),
                companies=request["companies"].ids,
                types=list(SALE_TYPES),
                until=request["date_to"],
                own=self._own_customers_sql(
                    SQL("move.commercial_partner_id"), SQL("move.company_id")
                ),
            )
        )
        days = (request["date_to"] - first).days if first else 0
        return {"invoiced": float(amount), "days": days}
