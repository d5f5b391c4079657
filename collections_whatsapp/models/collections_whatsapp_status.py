from odoo import fields, models

from .collections_whatsapp_rate import CATEGORIES


class CollectionsWhatsappStatus(models.Model):
    """Each receipt of a message, as it came; once, however often it is told."""

    _name = "collections.whatsapp.status"
    _description = "WhatsApp Receipt"
    _order = "date, id"
    _log_access = False

    message_id = fields.Many2one(
        comodel_name="collections.whatsapp.message",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="message_id.company_id")
    status = fields.Char(required=True)
    date = fields.Datetime(required=True)
    code = fields.Integer()
    detail = fields.Char()
    category = fields.Selection(
        selection=CATEGORIES, help="As WhatsApp bills it, where the receipt says so"
    )
    billable = fields.Boolean()

    _once = models.Constraint(
        "UNIQUE (message_id, status, date)", "The receipt is here already."
    )
