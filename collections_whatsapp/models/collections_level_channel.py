from odoo import fields, models


class CollectionsLevelChannel(models.Model):
    _inherit = "collections.level.channel"

    whatsapp_template_id = fields.Many2one(
        comodel_name="collections.whatsapp.template",
        string="WhatsApp Template",
        ondelete="restrict",
        help="The customer gets the approved text of this name in their language, or "
        "the nearest one.",
    )
