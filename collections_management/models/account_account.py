from odoo import models


class AccountAccount(models.Model):
    """What decides whether `collections.ledger` counts it in is remembered."""

    _name = "account.account"
    _inherit = ["account.account", "collections.cached"]

    _cached_fields = frozenset({"account_type", "non_trade", "active"})
