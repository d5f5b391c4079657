from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import cash

# What is looked back on: a year.
DAYS = 365
CAME = """
    SELECT said.id, (rec.max_date - said.date - 1) / 7 + 1, sum(rec.amount)::float8
      FROM unnest(%(ids)s::int[], %(dates)s::date[]) AS said (id, date)
      JOIN account_partial_reconcile rec
        ON rec.max_date > said.date AND rec.max_date <= said.date + %(days)s
      JOIN account_move_line line ON line.id = rec.debit_move_id
      JOIN account_move_line credit ON credit.id = rec.credit_move_id
     WHERE %(lines)s AND line.date <= said.date AND line.balance > 0
       AND NOT %(money)s AND %(collected)s
  GROUP BY 1, 2
"""


class CollectionsCashBacktest(models.AbstractModel):
    """What forecasts said, against what came: the same documents, in the same weeks."""

    _name = "collections.cash.backtest"
    _inherit = ["collections.reporting"]
    _description = "Backtest of the Cash Forecast"

    @api.model
    def _came(self, forecasts) -> dict[tuple[int, int], float]:
        """Return what came of the documents open on the day, by forecast and week.

        Collected: paid or withheld, as the books say today. What was invoiced later is
        not in it, as it was not in the forecast.
        """
        Ledger = self.env["collections.ledger"]
        self._prepare()
        found = {}
        for company, own in forecasts.sudo().grouped("company_id").items():
            rows = self.env.execute_query(
                SQL(
                    CAME,
                    ids=own.ids,
                    dates=own.mapped("date"),
                    days=7 * cash.WEEKS,
                    lines=Ledger._line_conditions_sql(company.ids),
                    money=Ledger._paid_sql("line"),
                    collected=Ledger._collected_sql(company, "credit"),
                )
            )
            found.update({(key, week): amount for key, week, amount in rows})
        return found

    @api.model
    def _looked_back(self, company, date):
        """Return the forecasts of the last year, the oldest first."""
        return (
            self.env["collections.cash.forecast"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("date", ">=", date - timedelta(days=DAYS)),
                    ("date", "<", date - timedelta(days=6)),
                ],
                order="date, id",
            )
        )

    @api.model
    def _pairs(self, forecasts, came, date) -> tuple[list, list]:
        """Return weeks that are over, and months of four weeks that are over.

        Only the first four weeks of each forecast: those a plan is made of.
        """
        weeks, months = [], []
        for line in forecasts.line_ids.sorted(lambda line: (line.date, line.number)):
            if line.number > cash.HORIZON or line.date_to >= date:
                continue
            weeks.append((line, line._pair(came)))
            if line.number == cash.HORIZON:
                months.append((line, line._pair_of_total(came)))
        return weeks, months

    @api.model
    def _shock(self, company, date) -> cash.Shock:
        """Return how far forecasts were off beyond chance, as known on a day."""
        forecasts = self._looked_back(company, date)
        weeks, months = self._pairs(forecasts, self._came(forecasts), date)
        return self._shock_of(weeks, months)

    @api.model
    def _shock_of(self, weeks, months) -> cash.Shock:
        return cash.Shock(
            cash.shock_of([pair for _line, pair in weeks]),
            cash.shock_of([pair for _line, pair in months], cash.LEAST_MONTHS),
        )

    # === SHOWN === #

    @api.model
    def _backtest(self, company, date) -> dict:
        """Return what was said four weeks before against what came, and week by week.

        In the company's currency.
        """
        forecasts = self._looked_back(company, date)
        weeks, months = self._pairs(forecasts, self._came(forecasts), date)
        plain = [pair._replace(amount=line.amount_due) for line, pair in weeks]
        return {
            "rows": [self._row(*row, cash.HORIZON) for row in reversed(months)],
            "weeks": [self._row(*row, 1) for row in weeks],
            "of_weeks": self._marks([pair for _line, pair in weeks]),
            "of_months": self._marks([pair for _line, pair in months]),
            "error_due": cash.weighted_error(plain),
            "is_rebuilt": any(forecasts.mapped("is_rebuilt")),
        }

    @api.model
    def _row(self, line, pair, weeks) -> dict:
        """Return what was said of the weeks up to that of a line."""
        rounded = line.currency_id.round
        return {
            "id": line.forecast_id.id,
            "said": line.date,
            "date_from": line.date_to - timedelta(days=7 * weeks - 1),
            "date_to": line.date_to,
            **{name: rounded(value) for name, value in pair._asdict().items()},
            "error": cash.weighted_error([pair]),
            "bias": cash.bias([pair]),
            "covered": cash.covered(pair),
            "is_rebuilt": line.is_rebuilt,
        }

    @api.model
    def _marks(self, pairs) -> dict:
        return {
            "count": len(pairs),
            "error": cash.weighted_error(pairs),
            "bias": cash.bias(pairs),
            "coverage": cash.coverage(pairs),
        }

    @api.model
    def _of_four_weeks_ago(self, company, date) -> dict | None:
        """Return what was last said of four weeks that are over, if it is not old."""
        rows = self._backtest(company, date)["rows"]
        since = fields.Date.subtract(date, weeks=2 * cash.HORIZON)
        return rows[0] if rows and rows[0]["said"] >= since else None
