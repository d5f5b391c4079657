from datetime import timedelta

from odoo import api, fields, models

from ..tools import cash


class CollectionsCashForecastLine(models.Model):
    """A week of a forecast: what was said of it, and what came."""

    _name = "collections.cash.forecast.line"
    _description = "Week of a Cash Forecast"
    _order = "forecast_id desc, number"
    _rec_name = "number"

    forecast_id = fields.Many2one(
        comodel_name="collections.cash.forecast",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="forecast_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="forecast_id.currency_id")
    is_rebuilt = fields.Boolean(related="forecast_id.is_rebuilt")
    date = fields.Date(related="forecast_id.date")
    number = fields.Integer(string="Week", readonly=True, aggregator=None)
    date_from = fields.Date(string="From", compute="_compute_dates")
    date_to = fields.Date(string="To", compute="_compute_dates")
    amount = fields.Monetary(string="Expected", readonly=True)
    low = fields.Monetary(string="At Least", readonly=True, aggregator=None)
    high = fields.Monetary(string="At Most", readonly=True, aggregator=None)
    total = fields.Monetary(string="Expected so Far", readonly=True, aggregator=None)
    total_low = fields.Monetary(
        string="At Least so Far", readonly=True, aggregator=None
    )
    total_high = fields.Monetary(
        string="At Most so Far", readonly=True, aggregator=None
    )
    deviation = fields.Monetary(
        string="By Chance", readonly=True, aggregator=None, help="Standard deviation"
    )
    total_deviation = fields.Monetary(
        string="By Chance so Far", readonly=True, aggregator=None
    )
    predicted = fields.Monetary(readonly=True)
    promised = fields.Monetary(readonly=True)
    agreed = fields.Monetary(string="In Agreement", readonly=True)
    cheques = fields.Monetary(string="Cheques Held", readonly=True)
    amount_due = fields.Monetary(string="By Due Date", readonly=True)
    amount_came = fields.Monetary(
        string="Came In",
        compute="_compute_came",
        help="Collected in the week on documents that were open on the day",
    )

    @api.depends("number", "date")
    def _compute_dates(self):
        for line in self:
            line.date_to = line.date + timedelta(weeks=line.number)
            line.date_from = line.date_to - timedelta(days=6)

    def _compute_came(self):
        came = self.env["collections.cash.backtest"].sudo()._came(self.forecast_id)
        for line in self:
            line.amount_came = came.get((line.forecast_id.id, line.number), 0.0)

    def _pair(self, came) -> cash.Pair:
        """Return what was said of the week beside what came.

        :param came: amounts by forecast and week
        """
        found = came.get((self.forecast_id.id, self.number), 0.0)
        return cash.Pair(self.amount, self.low, self.high, self.deviation, found)

    def _pair_of_total(self, came) -> cash.Pair:
        """The same of all weeks up to this one."""
        found = sum(
            came.get((self.forecast_id.id, number), 0.0)
            for number in range(1, self.number + 1)
        )
        return cash.Pair(
            self.total, self.total_low, self.total_high, self.total_deviation, found
        )
