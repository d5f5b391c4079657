from odoo import api, models

# What decides whether `collections.ledger` counts it in.
WATCHED = {"type"}


class AccountJournal(models.Model):
    _inherit = "account.journal"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if WATCHED & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)
