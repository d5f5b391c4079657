from odoo import api, fields, models


class CollectionsCaseCost(models.AbstractModel):
    """What a case has cost so far, beside what it is about."""

    _name = "collections.case.cost"
    _description = "Costs of a Case"
    _inherit = ["collections.case.figures"]

    cost_ids = fields.One2many(
        comodel_name="collections.cost", inverse_name="case_id", string="Costs"
    )
    amount_costs = fields.Monetary(
        string="Costs So Far",
        compute="_compute_amount_costs",
        help="What collecting from this customer has cost: lawyer, court, agency",
    )

    @api.depends("cost_ids.amount")
    def _compute_amount_costs(self):
        totals = dict(
            self.env["collections.cost"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["amount:sum"]
            )
        )
        for case in self:
            # Also while one is being typed in.
            unsaved = case.cost_ids.filtered(lambda cost: not cost.id)
            case.amount_costs = totals.get(case._origin, 0.0) + sum(
                unsaved.mapped("amount")
            )
