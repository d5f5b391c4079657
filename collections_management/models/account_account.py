from odoo import api, models

# What decides whether `collections.ledger` counts it in.
WATCHED = {"account_type", "non_trade", "active"}


class AccountAccount(models.Model):
    _inherit = "account.account"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if WATCHED & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)
