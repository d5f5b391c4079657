from odoo import models


class ResCurrencyRate(models.Model):
    """Rates are remembered by `collections.ledger`."""

    _name = "res.currency.rate"
    _inherit = ["res.currency.rate", "collections.cached"]
