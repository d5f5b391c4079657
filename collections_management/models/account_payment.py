from odoo import api, models

# A payment without entry counts as "to confirm" while one of these says so.
WATCHED = {"state", "move_id", "invoice_ids", "amount", "partner_id", "currency_id"}


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _collections_touch(self):
        self.env["collections.touch"]._touch(
            (payment.company_id.id, payment.partner_id.commercial_partner_id.id)
            for payment in self
            if payment.payment_type == "inbound" and not payment.move_id
        )

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._collections_touch()
        return payments

    def write(self, vals):
        watched = bool(WATCHED & vals.keys())
        if watched:
            self._collections_touch()
        result = super().write(vals)
        if watched:
            self._collections_touch()
        return result
