from odoo import models


class AccountJournal(models.Model):
    """What decides whether `collections.ledger` counts it in is remembered."""

    _name = "account.journal"
    _inherit = ["account.journal", "collections.cached"]

    _cached_fields = frozenset({"type"})
