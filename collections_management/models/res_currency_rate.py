from odoo import api, models


class ResCurrencyRate(models.Model):
    """Rates are remembered by `collections.ledger`: what changes one says so."""

    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
