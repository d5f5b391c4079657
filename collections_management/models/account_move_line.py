from odoo import api, models

# Only what moves an open item from one figure to another; amounts change through
# partial reconciles, and everything else is written while the entry is a draft.
WATCHED = {"partner_id", "date_maturity", "account_id", "no_followup"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collections_touch(self):
        self.env["collections.touch"]._touch_lines(
            self.filtered(
                lambda line: (
                    line.parent_state == "posted"
                    and line.account_type == "asset_receivable"
                )
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._collections_touch()
        return lines

    def write(self, vals):
        watched = bool(WATCHED & vals.keys())
        if watched:
            self._collections_touch()
        result = super().write(vals)
        if watched:
            self._collections_touch()
        return result

    def unlink(self):
        self._collections_touch()
        return super().unlink()
