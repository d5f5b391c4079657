from odoo import fields, models


class CollectionsHoldReason(models.Model):
    _name = "collections.hold.reason"
    _description = "Reason for a Hold"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    days = fields.Integer(
        default=15, required=True, help="How long, unless somebody says otherwise"
    )
    max_days = fields.Integer(
        default=90, required=True, help="Longer needs a supervisor"
    )

    _days_positive = models.Constraint(
        "CHECK (days > 0 AND max_days >= days)",
        "A hold lasts at least a day, and its limit is not below its usual length.",
    )
