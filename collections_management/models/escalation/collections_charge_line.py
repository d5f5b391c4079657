from odoo import api, fields, models
from odoo.tools import format_amount, format_date

INTEREST, FLAT, FEE = "interest", "flat", "fee"


class CollectionsChargeLine(models.Model):
    """One step of a calculation: these days, this principal, this rate."""

    _name = "collections.charge.line"
    _description = "Line of Interest or Fees"
    _inherit = ["collections.snapshot"]
    _order = "charge_id, date_due, id"

    charge_id = fields.Many2one(
        comodel_name="collections.charge",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="charge_id.company_id", store=True)
    currency_id = fields.Many2one(related="charge_id.currency_id")
    component = fields.Selection(
        selection=[
            (INTEREST, "Interest"),
            (FLAT, "Fixed amount"),
            (FEE, "Collection fee"),
        ],
        required=True,
        readonly=True,
    )
    date_from = fields.Date(
        string="After", required=True, readonly=True, help="The first day is the next"
    )
    date_to = fields.Date(string="Until", required=True, readonly=True)
    days = fields.Integer(readonly=True)
    principal = fields.Monetary(readonly=True, string="Interest On")
    rate = fields.Float(string="A Year (%)", digits=(6, 3), readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_unit = fields.Float(
        string="Charged On (Unit)",
        readonly=True,
        help="Of a fee in tiers: what it was charged on, in the unit of the tiers",
    )
    fee_unit = fields.Float(string="Fee (Unit)", readonly=True)
    is_booked = fields.Boolean(readonly=True, copy=False)
    explanation = fields.Char(compute="_compute_explanation")

    # The same days of a document are never booked twice, whoever books at a time.
    _booked_uniq = models.UniqueIndex(
        "(move_line_id, component, date_from) WHERE is_booked",
        "Interest of the same days was booked already: propose it again.",
    )

    @api.depends("component", "days", "principal", "rate", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            line.explanation = line._explained()

    def _explained(self) -> str:
        """Return how the amount comes about."""
        self.ensure_one()
        on = format_amount(self.env, self.principal, self.currency_id)
        if self.component == INTEREST:
            return self.env._(
                "%(on)s × %(rate)s %% × %(days)s days / 365, until %(until)s",
                on=on,
                rate=f"{self.rate:.3f}".rstrip("0").rstrip("."),
                days=self.days,
                until=format_date(self.env, self.date_to),
            )
        if self.component == FLAT:
            return self.env._("Fixed amount for the document, once")
        return self.env._("Share of the collection fee on %s, by tiers", on)

    def _invoice_text(self) -> str:
        """Return the text of the invoice line."""
        self.ensure_one()
        labels = dict(self._fields["component"]._description_selection(self.env))
        return f"{labels[self.component]}, {self.number}: {self._explained()}"
