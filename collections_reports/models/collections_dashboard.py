from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.collections_management.tools import promises

from ..tools import buckets as aging_buckets
from ..tools import series
from ..tools.rates import percent

MONTHS = 12
TOP = 10
# Of the last three months, but for the balance.
FIGURES = {
    "dso": "dso",
    "average_days_delinquent": "average_days_delinquent",
    "cei": "cei_quarter",
}
JUDGED = (promises.KEPT, promises.PARTIAL, promises.BROKEN)


class CollectionsDashboard(models.AbstractModel):
    """The state of the portfolio on one page."""

    _name = "collections.dashboard"
    _inherit = ["collections.dashboard.cash"]
    _description = "Dashboard of Collections"

    @api.model
    @api.readonly
    def get_dashboard(self, date=None, company_ids=None):
        """Return what the page shows at a date; default: today.

        Rates are of the three months that end at the date. Each figure has its value at
        the end of the month before (``before``) and of the last twelve (``series``).
        """
        self._check_salesperson()
        date = self._to_date(date or self.env.company._collections_today())
        portfolio = self._portfolio(date, company_ids)
        points = self._points(date, company_ids, portfolio["total"])
        return {
            "date": date,
            "date_from": series.month_start(series.month_ends(date, 3)[0]),
            "currency_id": self.env.company.currency_id.id,
            "figures": self._figures(points, date, company_ids),
            "input_words": self.env["collections.kpi.notes"]._inputs(),
            "aging": {key: portfolio[key] for key in ("columns", "amounts", "total")},
            "series": points,
            "targets": self.env["collections.kpi.target"]._targets(),
            "stages": self._stages(company_ids),
            "promises": self._promises_due(date, company_ids),
            "debtors": portfolio["debtors"],
            "expected": self._expected(date, company_ids),
            "forecast": self.env["collections.cash.screen"]._summary(
                self._report_companies(company_ids), date
            ),
            "companies": self._report_companies(company_ids).sudo().mapped("name"),
        }

    # === BALANCES === #

    @api.model
    def _portfolio(self, date, company_ids) -> dict:
        """Return the aging in total, and of the customers that owe most overdue.

        In one statement: the page needs neither the other rows nor their names.
        """
        Aging = self.env["collections.aging"]
        request = Aging._aging_request(
            date, company_ids, "partner_id", aging_buckets.DEFAULT_LIMITS, "due"
        )
        width = len(request["columns"])
        rows = []
        if request["companies"]:
            rows = self.env.execute_query(self._portfolio_sql(request, width))
        amounts, debtors = [0.0] * width, []
        for is_total, key, total, overdue, *columns in rows:
            if is_total:
                amounts = [column or 0.0 for column in columns]
            else:
                row = {"key": key or False, "overdue": overdue, "total": total}
                debtors.append(row)
        labels = Aging._aging_labels(request["group"], [row["key"] for row in debtors])
        for row in debtors:
            row["label"] = labels[row["key"]]
        return {
            "columns": request["columns"],
            "amounts": amounts,
            "total": self.env.company.currency_id.round(sum(amounts)),
            "debtors": debtors,
        }

    @api.model
    def _portfolio_sql(self, request, width: int) -> SQL:
        columns = [SQL.identifier(f"column_{place}") for place in range(width)]
        names = SQL(", ").join(columns)
        overdue = SQL(" + ").join(columns[1:-1])
        return SQL(
            """WITH customer (key, item_count, total, %(names)s) AS (%(aging)s)
               SELECT TRUE, NULL::int, sum(total), sum(%(overdue)s), %(sums)s
                 FROM customer
            UNION ALL
             (SELECT FALSE, key, total, %(overdue)s, %(names)s
                FROM customer WHERE %(overdue)s > 0
            ORDER BY %(overdue)s DESC, key LIMIT %(top)s)""",
            names=names,
            aging=self.env["collections.aging"]._aging_sql(request, False),
            overdue=overdue,
            sums=SQL(", ").join(SQL("sum(%s)", column) for column in columns),
            top=TOP,
        )

    # === FIGURES === #

    @api.model
    def _points(self, date, company_ids, closing) -> list[dict]:
        """Return the figures at the end of each of the last months."""
        Kpi = self.env["collections.kpi"]
        ends = series.month_ends(date, MONTHS)
        request = Kpi._kpi_request(series.month_start(ends[0]), date, company_ids)
        points = Kpi._points(request, ends, closing)
        for point in points:
            point["overdue"] = point["receivables"] - point["not_due"]
        return points

    @api.model
    def _figures(self, points, date, company_ids) -> list[dict]:
        words = self.env["collections.kpi.glossary"]._words()
        targets = self.env["collections.kpi.target"]._targets()
        found = [self._overdue(points)]
        for code, field in FIGURES.items():
            values = [point[field] for point in points]
            inputs = self._inputs(code, points[-1])
            found.append(self._figure(code, words[code], values, inputs))
        code = "promise_kept_rate"
        values, inputs = self._kept(points, date, company_ids)
        found.append(self._figure(code, words[code], values, inputs))
        return [
            {**figure, "target": targets.get(figure["code"]), **self._trend(figure)}
            for figure in found
        ]

    @api.model
    def _figure(self, code, words, values, inputs) -> dict:
        name, unit, formula = words
        return {
            "code": code,
            "name": name,
            "unit": unit,
            "formula": formula,
            "value": values[-1],
            "series": values,
            "inputs": inputs,
        }

    @api.model
    def _overdue(self, points) -> dict:
        formula = self.env._(
            "Receivables net of unapplied credits − receivables not due. Credits count "
            "against what is overdue first; the share is of the net receivables."
        )
        values = [point["overdue"] for point in points]
        last = points[-1]
        inputs = {"receivables": last["receivables"], "not_due": last["not_due"]}
        words = (self.env._("Overdue"), "money", formula)
        return {
            **self._figure("overdue", words, values, inputs),
            "share": percent(last["overdue"], last["receivables"]),
        }

    @api.model
    def _inputs(self, code, point) -> dict:
        if code == "cei":
            return {
                "opening": point["opening_quarter"],
                "sales": point["sales_quarter"],
                "closing": point["receivables"],
                "closing_not_due": point["not_due"],
            }
        return {
            "receivables": point["receivables"],
            "not_due": point["not_due"],
            "sales": point["sales_quarter"],
            "days": point["days_quarter"],
        }

    @api.model
    def _trend(self, figure) -> dict:
        """Return the value of the month before, and whether it is better now."""
        value, before = figure["value"], ([None, *figure["series"]])[-2]
        if value is None or before is None or value == before:
            return {"before": before, "is_better": None}
        lower = figure["code"] in self.env["collections.kpi.notes"]._better_low()
        return {"before": before, "is_better": (value < before) == lower}

    @api.model
    def _kept(self, points, date, company_ids):
        """Return the rate of kept promises at each month end, by their number."""
        companies = self._report_companies(company_ids)
        first = series.month_start(series.month_ends(points[0]["date"], 3)[0])
        groups = self.env["collections.promise"]._read_group(
            Domain("company_id", "in", companies.ids)
            & Domain("kind", "in", promises.GIVEN)
            & Domain("state", "in", JUDGED)
            & Domain("date_judged", ">=", first)
            & Domain("date_judged", "<=", date),
            ["date_judged:month", "state"],
            ["__count"],
        )
        rates, counts = [], {}
        for point in points:
            since = series.month_start(series.month_ends(point["date"], 3)[0])
            counts = dict.fromkeys(JUDGED, 0)
            for month, state, count in groups:
                if since <= month <= point["date"]:
                    counts[state] += count
            rates.append(percent(counts[promises.KEPT], sum(counts.values())))
        return rates, {
            "promises_kept": counts[promises.KEPT],
            "promises": sum(counts.values()),
        }

    # === WORK === #

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
