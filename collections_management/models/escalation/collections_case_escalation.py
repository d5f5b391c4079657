from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

CURRENT = ("requested", "in_force")


class CollectionsCaseEscalation(models.AbstractModel):
    """Who else has the case: the supervisor, an agency, a lawyer; and the way back."""

    _name = "collections.case.escalation"
    _description = "Escalation of a Case"

    escalation_ids = fields.One2many(
        comodel_name="collections.escalation", inverse_name="case_id"
    )
    escalation_request_id = fields.Many2one(
        comodel_name="collections.escalation", compute="_compute_escalation"
    )
    escalation_id = fields.Many2one(
        comodel_name="collections.escalation",
        string="Handed Over",
        compute="_compute_escalation",
    )
    agency_id = fields.Many2one(
        comodel_name="collections.agency",
        compute="_compute_escalation",
        search="_search_agency_id",
    )

    @api.depends("escalation_ids.state")
    def _compute_escalation(self):
        current = self.env["collections.escalation"].search(
            [("case_id", "in", self.ids), ("state", "in", CURRENT)]
        )
        asked = current.filtered(lambda row: row.state == "requested")
        in_force = (current - asked).grouped("case_id")
        requested = asked.grouped("case_id")
        for case in self:
            own = in_force.get(case._origin, current.browse())
            case.escalation_request_id = requested.get(case._origin)
            case.escalation_id = own
            case.agency_id = own.agency_id

    def _search_agency_id(self, operator, value):
        return [
            (
                "escalation_ids",
                "any",
                [("state", "=", "in_force"), ("agency_id", operator, value)],
            )
        ]

    # === BUTTONS === #

    def action_set_stage(self):
        """Open the dialog that asks for a manual stage and its reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Stage"),
            "res_model": "collections.case.stage",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def action_release_stage(self):
        """Let the stage follow the ledger again; who handed it over says why."""
        self.env["collections.role"]._check_collector()
        self.check_access("write")
        if self.escalation_id:
            return self._release_dialog()
        self._release(self.env._("The stage follows the ledger again."))
        return None

    def action_approve_escalation(self):
        """Hand the case over as requested."""
        self.env["collections.role"]._check_supervisor(self)
        self.escalation_request_id.action_approve()

    def action_decline_escalation(self):
        self.env["collections.role"]._check_supervisor(self)
        self.escalation_request_id.action_decline()

    def action_withdraw_escalation(self):
        self.env["collections.role"]._check_collector(self)
        self.escalation_request_id.action_withdraw()

    def _release_dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take the Case Back"),
            "res_model": "collections.case.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": [Command.set(self.ids)]},
        }

    def _release(self, text):
        """Let the stages follow the ledger again."""
        self.sudo().write({"manual_stage_id": False, "manual_stage_reason": False})
        for case in self:
            case.message_post(body=text)
        self.action_refresh()

    # === GUARD === #

    def _check_manual_stage(self, stage):
        """Handing over and taking back are decided by buttons, also for the API."""
        special = stage if stage.escalation else self.manual_stage_id
        special = special.filtered("escalation")[:1]
        if special:
            raise UserError(
                self.env._(
                    "Cases are handed to %(stage)s, and taken back, with Set Stage and "
                    "Release Stage: it is requested, approved and logged.",
                    stage=special.name,
                )
            )
