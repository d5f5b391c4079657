from odoo import api, fields, models


class CollectionsSettings(models.TransientModel):
    _inherit = "collections.settings"

    financing_rate = fields.Float(string="Cost of Money", digits=(6, 3))

    @api.model
    def _settings(self):
        return [*super()._settings(), "financing_rate"]
