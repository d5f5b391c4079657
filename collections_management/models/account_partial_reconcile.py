from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _collections_touch(self, reopened=False):
        lines = (self.debit_move_id | self.credit_move_id).filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        closed = lines.filtered("reconciled") if reopened else ()
        self.env["collections.touch"]._touch_lines(lines, closed)

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._collections_touch()
        return partials

    def unlink(self):
        # Before: afterwards nobody can tell which items had been paid.
        self._collections_touch(reopened=True)
        return super().unlink()
