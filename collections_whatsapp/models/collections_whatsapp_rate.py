from odoo import fields, models

# In the words of tools.webhooks: what is billed.
CATEGORIES = [
    ("utility", "Utility"),
    ("service", "Service"),
    ("marketing", "Marketing"),
    ("marketing_lite", "Marketing (Lite)"),
    ("authentication", "Authentication"),
    ("authentication_international", "Authentication (International)"),
    ("referral_conversion", "From an Advertisement"),
    ("other", "Other"),
]


class CollectionsWhatsappRate(models.Model):
    """What WhatsApp charges for a message: copied from its price list by a person."""

    _name = "collections.whatsapp.rate"
    _description = "WhatsApp Price"
    _order = "account_id, category, country_id"

    account_id = fields.Many2one(
        comodel_name="collections.whatsapp.account",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="account_id.company_id")
    currency_id = fields.Many2one(related="account_id.currency_id")
    category = fields.Selection(
        selection=CATEGORIES,
        required=True,
        default="utility",
    )
    country_id = fields.Many2one(
        comodel_name="res.country", help="Empty: all other countries"
    )
    price = fields.Float(digits=(16, 6), required=True, string="Price per Message")
