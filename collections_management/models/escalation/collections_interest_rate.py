from odoo import fields, models


class CollectionsInterestRate(models.Model):
    """A yearly rate, from a day on."""

    _name = "collections.interest.rate"
    _description = "Late Interest Rate"
    _inherit = ["collections.cached"]
    _order = "date_from desc"
    _rec_name = "date_from"

    rule_id = fields.Many2one(
        comodel_name="collections.interest.rule",
        required=True,
        ondelete="cascade",
        index=True,
    )
    date_from = fields.Date(string="From", required=True)
    rate = fields.Float(string="A Year (%)", digits=(6, 3), required=True)
    source = fields.Char(help="Where it was published")

    _date_uniq = models.Constraint(
        "UNIQUE (rule_id, date_from)", "A rule has one rate from a day on."
    )
    _rate_sane = models.Constraint(
        "CHECK (rate >= 0 AND rate <= 200)",
        "A yearly rate is from 0 to 200 percent: write 12 for 12 %.",
    )
