from odoo import models


class CollectionsCase(models.Model):
    _name = "collections.case"
    _inherit = ["collections.case", "collections.whatsapp.conversation"]

    def action_view_whatsapp(self):
        """Open the customer's messages as a list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("WhatsApp"),
            "res_model": "collections.whatsapp.message",
            "view_mode": "list,form,pivot",
            "domain": [("case_id", "=", self.id)],
        }
