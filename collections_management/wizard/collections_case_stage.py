from odoo import fields, models

from ..tools import stages


class CollectionsCaseStage(models.TransientModel):
    _name = "collections.case.stage"
    _description = "Set the Stage of Cases"

    case_ids = fields.Many2many(comodel_name="collections.case", required=True)
    stage_id = fields.Many2one(
        comodel_name="collections.stage",
        required=True,
        domain=[("kind", "=", stages.MANUAL)],
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Put the cases in the stage; the reason goes to their history."""
        self.ensure_one()
        self.case_ids.check_access("write")
        self.case_ids.sudo().write(
            {"manual_stage_id": self.stage_id.id, "manual_stage_reason": self.reason}
        )
        for case in self.case_ids:
            case.message_post(
                body=self.env._(
                    "Moved to %(stage)s: %(reason)s",
                    stage=self.stage_id.name,
                    reason=self.reason,
                )
            )
        self.case_ids.action_refresh()
        return {"type": "ir.actions.act_window_close"}
