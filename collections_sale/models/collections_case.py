from odoo import api, fields, models


class CollectionsCase(models.Model):
    _inherit = "collections.case"

    credit_hold_ids = fields.One2many(
        comodel_name="collections.credit.hold",
        inverse_name="case_id",
    )
    credit_hold_id = fields.Many2one(
        comodel_name="collections.credit.hold",
        string="Current Credit Hold",
        compute="_compute_credit_hold_id",
        help="Proposed, or in force",
    )
    credit_hold_state = fields.Selection(
        selection=lambda self: (
            self.env["collections.credit.hold"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        string="State of the Credit Hold",
        compute="_compute_credit_hold_id",
    )

    @api.depends("credit_hold_ids.state")
    def _compute_credit_hold_id(self):
        for case in self:
            case.credit_hold_id = case.credit_hold_ids.filtered(
                lambda hold: hold.state in ("proposed", "approved")
            )[:1]
            case.credit_hold_state = case.credit_hold_id.state

    def action_propose_credit_hold(self):
        """Open the dialog that proposes a credit hold."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a Credit Hold"),
            "res_model": "collections.credit.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_view_credit_hold(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.credit.hold",
            "res_id": self.credit_hold_id.id,
            "view_mode": "form",
        }
