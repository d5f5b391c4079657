from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools import series
from ..tools.rates import percent

FIGURES = ("dso", "average_days_delinquent", "cei", "recovery_rate")
MONTHS = 12
TOP = 10
WEEKS = 8


class CollectionsDashboard(models.AbstractModel):
    """The state of the portfolio on one page."""

    _name = "collections.dashboard"
    _inherit = ["collections.reporting"]
    _description = "Dashboard of Collections"

    @api.model
    @api.readonly
    def get_dashboard(self, date=None, company_ids=None):
        """Return what the page shows at a date; default: today.

        Rates are of the three months that end at the date.
        """
        self._check_salesperson()
        date = self._to_date(date or self.env.company._collections_today())
        Kpi = self.env["collections.kpi"]
        aging = self.env["collections.aging"].get_aging(date, company_ids)
        first = series.month_start(series.month_ends(date, 3)[0])
        return {
            "date": date,
            "date_from": first,
            "currency_id": aging["currency_id"],
            "figures": [
                *self._amounts(aging),
                *Kpi.get_kpis(first, date, FIGURES, company_ids).values(),
            ],
            "aging": {
                "columns": aging["columns"],
                "amounts": aging["amounts"],
                "total": aging["total"],
            },
            "series": Kpi.get_series(date, MONTHS, company_ids),
            "stages": self._stages(company_ids),
            "debtors": self._debtors(aging),
            "expected": self._expected(date, company_ids),
            "companies": self._report_companies(company_ids).sudo().mapped("name"),
        }

    @api.model
    def _amounts(self, aging) -> list[dict]:
        """Return the overdue amount, with its share."""
        overdue = sum(aging["amounts"][1:-1])
        debits = sum(aging["amounts"][:-1])
        return [
            {
                "name": self.env._("Overdue"),
                "value": overdue,
                "unit": "money",
                "share": percent(overdue, debits),
                "formula": self.env._(
                    "Open items whose due date has passed; the share is of all debits, "
                    "before unapplied credits."
                ),
                "inputs": {"overdue": overdue, "debits": debits},
            }
        ]

    @api.model
    def _debtors(self, aging) -> list[dict]:
        """Return the customers that owe most of what is overdue."""
        rows = [
            {
                "key": row["key"],
                "label": row["label"],
                "overdue": sum(row["amounts"][1:-1]),
                "total": row["total"],
            }
            for row in aging["rows"]
        ]
        rows = [row for row in rows if row["overdue"] > 0]
        return sorted(rows, key=lambda row: (-row["overdue"], row["label"]))[:TOP]

    @api.model
    def _stages(self, company_ids) -> list[dict]:
        """Return today's cases by stage, those that the user may read."""
        companies = self._report_companies(company_ids)
        groups = self.env["collections.case"]._read_group(
            [("company_id", "in", companies.ids), ("stage_id.fold", "=", False)],
            ["stage_id"],
            ["__count", "amount_actionable:sum"],
        )
        return [
            {"id": stage.id, "label": stage.name, "count": count, "amount": amount}
            for stage, count, amount in groups
        ]

    @api.model
    def _expected(self, date, company_ids) -> list[dict]:
        """Return open debits by the week in which they fall due."""
        companies = self._report_companies(company_ids)
        self._prepare()
        amount = self._in_currency_sql(
            SQL("part.amount"),
            SQL("part.company_id"),
            self._factors(companies, date),
        )
        found = dict(
            self.env.execute_query(
                SQL(
                    """SELECT (part.due - %(date)s) / 7, sum(%(amount)s)
                         FROM (%(parts)s) part
                    LEFT JOIN res_partner contact ON contact.id = part.partner_id
                        WHERE NOT part.is_credit AND %(own)s
                          AND part.due >= %(date)s AND part.due < %(end)s
                     GROUP BY 1""",
                    date=date,
                    amount=amount,
                    parts=self._parts_sql(companies, date),
                    end=date + timedelta(weeks=WEEKS),
                    own=self._own_customers_sql(
                        SQL("contact.commercial_partner_id"), SQL("part.company_id")
                    ),
                )
            )
        )
        return [
            {"date": date + timedelta(weeks=week), "amount": found.get(week, 0.0)}
            for week in range(WEEKS)
        ]
