from odoo import fields, models
from odoo.exceptions import UserError


class CollectionsCaseCharge(models.AbstractModel):
    """Late interest and fees of a case."""

    _name = "collections.case.charge"
    _description = "Interest of a Case"

    charge_ids = fields.One2many(
        comodel_name="collections.charge", inverse_name="case_id"
    )

    def action_propose_charge(self):
        """Calculate interest and fees to today, and show them line by line."""
        self.env["collections.role"]._check_collector(self)
        if not self:
            raise UserError(self.env._("Choose at least one customer."))
        charges = self.env["collections.charge"]._propose(self)
        if not charges:
            raise UserError(self._why_no_charge())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_charge_action"
        )
        if len(charges) == 1:
            return {
                **action,
                "views": [(False, "form")],
                "res_id": charges.id,
                "context": {},
            }
        return {**action, "domain": [("id", "in", charges.ids)], "context": {}}

    def _why_no_charge(self) -> str:
        rules = self.env["collections.interest.rule"]._of_cases(self)
        if not any(rule._charges_anything() for rule in rules.values()):
            return self.env._(
                "No rule charges anything here. A supervisor adds one under "
                "Configuration, Late Interest."
            )
        return self.env._(
            "Nothing is to be charged today: nothing is late enough, or it was booked "
            "already."
        )
