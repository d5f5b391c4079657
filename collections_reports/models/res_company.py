from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collections_financing_rate = fields.Float(
        string="Cost of Money",
        digits=(6, 3),
        help="Percent a year: what it costs to finance what customers pay late. 0: the "
        "cost of lateness is not shown.",
    )
    collections_loss_rates = fields.Json(
        help="Loss rates of the provision that a supervisor keeps: the limits of the "
        "buckets and a rate for each"
    )
