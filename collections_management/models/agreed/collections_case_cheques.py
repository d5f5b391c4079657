from odoo import fields, models

from ...tools import cheques, promises


class CollectionsCaseCheques(models.AbstractModel):
    """The cheques of a customer in our drawer."""

    _name = "collections.case.cheques"
    _description = "Cheques of a Case"

    cheque_ids = fields.One2many(
        comodel_name="collections.cheque", inverse_name="case_id"
    )
    cheque_count = fields.Integer(
        string="Cheques Held", compute="_compute_cheque_counts"
    )
    bounced_cheque_count = fields.Integer(
        string="Bounced Cheques", compute="_compute_cheque_counts"
    )

    def _compute_cheque_counts(self):
        groups = self.env["collections.cheque"]._read_group(
            [("case_id", "in", self.ids)], ["case_id", "state"], ["__count"]
        )
        counts = {(case.id, state): count for case, state, count in groups}
        for case in self:
            case.cheque_count = sum(
                counts.get((case.id, state), 0)
                for state in (cheques.HELD, cheques.DEPOSITED)
            )
            case.bounced_cheque_count = counts.get((case.id, cheques.BOUNCED), 0)

    def action_cheque(self):
        """Open the dialog that registers cheques of a later date."""
        return self._open_promise_dialog(
            self.env._("Register Cheques"), promises.CHEQUE
        )

    def action_view_cheques(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_cheque_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}
