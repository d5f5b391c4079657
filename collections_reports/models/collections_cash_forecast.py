from odoo import api, fields, models

from ..tools import cash

COLUMNS = (
    *("number", "amount", "low", "high", "total", "total_low", "total_high"),
    *("deviation", "total_deviation", "predicted", "promised", "agreed", "cheques"),
    "amount_due",
)
EVERY = 7


class CollectionsCashForecast(models.Model):
    """What was expected on a day, kept as it was said: created once, never edited."""

    _name = "collections.cash.forecast"
    _description = "Cash Forecast of a Day"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Said On", required=True, readonly=True, help="Weeks begin the day after"
    )
    is_rebuilt = fields.Boolean(
        string="Rebuilt",
        readonly=True,
        help="Made afterwards from the books, with what was known on the day: "
        "documents only, no promises or cheques",
    )
    line_ids = fields.One2many(
        comodel_name="collections.cash.forecast.line",
        inverse_name="forecast_id",
        string="Weeks",
        readonly=True,
    )

    _day_uniq = models.UniqueIndex("(company_id, date)")

    @api.model
    def _keep(self, company, date, weeks, *, is_rebuilt=False):
        """Keep a forecast of a company in its own currency.

        :param weeks: as of `collections.cash`
        """
        return self.sudo().create(
            {
                "company_id": company.id,
                "date": date,
                "is_rebuilt": is_rebuilt,
                "line_ids": [
                    fields.Command.create({name: week[name] for name in COLUMNS})
                    for week in weeks
                ],
            }
        )

    @api.model
    def _cron_keep(self) -> None:
        """Keep the forecast of each company once a week."""
        companies = self.env["res.company"].search([("active", "=", True)])
        cron = self.env["ir.cron"]
        for position, company in enumerate(companies):
            self.with_company(company)._keep_weekly(company)
            cron._commit_progress(1, remaining=len(companies) - position - 1)

    @api.model
    def _keep_weekly(self, company) -> None:
        """Nothing is kept of a company without predictions: due dates are known."""
        today = company._collections_today()
        own = [("company_id", "=", company.id)]
        since = fields.Date.subtract(today, days=EVERY - 1)
        recent = [*own, ("date", ">=", since), ("is_rebuilt", "=", False)]
        if self.search_count(recent, limit=1):
            return
        model = self.env["collections.prediction.model"]._current(company)
        if not model.method:
            return
        if not self.search_count(own, limit=1):
            self.env["collections.cash.rebuild"]._rebuild(company, today)
        Cash = self.env["collections.cash"]
        Cash._prepare()
        shock = self.env["collections.cash.backtest"]._shock(company, today)
        found = Cash._forecast(company, {company.id: 1.0}, shock)
        self._keep(company, today, found["weeks"])

    # === READING === #

    @api.model
    def _latest(self, company, date):
        """Return the last forecast up to a day that still says something."""
        since = fields.Date.subtract(date, weeks=cash.HORIZON)
        return self.search(
            [
                ("company_id", "=", company.id),
                ("date", "<=", date),
                ("date", ">", since),
            ],
            limit=1,
        )
