from odoo import api, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _collections_touch(self):
        self.env["collections.touch"]._touch(
            (transaction.company_id.id, transaction.partner_id.commercial_partner_id.id)
            for transaction in self
            if transaction.invoice_ids
        )

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        transactions._collections_touch()
        return transactions

    def write(self, vals):
        result = super().write(vals)
        if {"state", "invoice_ids", "payment_id"} & vals.keys():
            self._collections_touch()
        return result
