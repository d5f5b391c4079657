from odoo import models


class CollectionsEscalation(models.Model):
    _inherit = "collections.escalation"

    def _started(self):
        """Ask for a credit hold where the stage says so and there is none."""
        result = super()._started()
        asking = self.filtered(
            lambda row: (
                row.stage_id.proposes_credit_hold and not row.case_id.credit_hold_id
            )
        )
        holds = self.env["collections.credit.hold"].sudo()
        for row in asking:
            reason = self.env._(
                "%(stage)s: %(reason)s", stage=row.stage_id.name, reason=row.reason
            )
            holds.create({"case_id": row.case_id.id, "reason": reason})
        return result
