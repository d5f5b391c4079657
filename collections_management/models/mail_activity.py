from odoo import api, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _collections_touch(self):
        """An activity may be the next step of its case."""
        ids = self.filtered(lambda a: a.res_model == "collections.case").mapped(
            "res_id"
        )
        if ids:
            cases = self.env["collections.case"].sudo().browse(ids).exists()
            cases._touch()

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._collections_touch()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if {"date_deadline", "active", "res_id"} & vals.keys():
            self._collections_touch()
        return result

    def unlink(self):
        self._collections_touch()
        return super().unlink()
