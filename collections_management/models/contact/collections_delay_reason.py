from odoo import fields, models


class CollectionsDelayReason(models.Model):
    """Why a customer pays late, in its own words.

    Asked only where the contact rule of the customer's country lets it be asked.
    """

    _name = "collections.delay.reason"
    _description = "Reason for a Late Payment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
