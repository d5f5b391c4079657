from odoo import models

# Fields of a posted entry that a case shows.
WATCHED = {"invoice_user_id"}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _collections_touch(self):
        self.env["collections.touch"]._touch_lines(
            self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        )

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._collections_touch()
        return posted

    def button_draft(self):
        self._collections_touch()
        return super().button_draft()

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self.filtered(lambda move: move.state == "posted")._collections_touch()
        return result
