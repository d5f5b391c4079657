from odoo import fields, models


class CollectionsDisputeReason(models.Model):
    _name = "collections.dispute.reason"
    _description = "Reason for a Dispute"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    category = fields.Selection(
        selection=[
            ("contract", "Contract terms"),
            ("billing", "Billing error"),
            ("product", "Product or service"),
            ("payment", "Payment problem"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    days = fields.Integer(
        string="Days to Solve",
        default=10,
        required=True,
        help="The deadline, unless somebody says otherwise",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Usual Owner",
        company_dependent=True,
        domain=lambda self: self.env["collections.dispute"]._owner_domain(),
        help="Who solves it. Empty: the customer's collector.",
    )

    _days_positive = models.Constraint(
        "CHECK (days > 0)", "It takes at least a day to solve a dispute."
    )
