from odoo import fields, models


class CollectionsStage(models.Model):
    _inherit = "collections.stage"

    proposes_credit_hold = fields.Boolean(
        help="Handing a case over asks a supervisor to stop sales on credit, too.",
    )
