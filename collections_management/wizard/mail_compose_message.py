from odoo import api, fields, models

SUPERVISOR = "collections_management.group_supervisor"
CASE = "collections.case"


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    collections_not_now = fields.Char(
        string="Not Allowed Now", compute="_compute_collections_not_now"
    )
    collections_override = fields.Char(
        string="Send Anyway Because", groups=SUPERVISOR, help="It is logged"
    )

    @api.depends("model", "res_ids", "partner_ids")
    def _compute_collections_not_now(self):
        for wizard in self:
            case = wizard._collections_cases()
            wizard.collections_not_now = (
                case._why_not_now("email", wizard.partner_ids._origin)
                if len(case) == 1 and not case.sudo()._waits_for_answer()
                else False
            )

    def _collections_cases(self):
        if self.model != CASE:
            return self.env[CASE]
        return self.env[CASE].browse(self._evaluate_res_ids())

    def _action_send_mail(self, auto_commit=False):
        """What leaves from a case passes the gate when it is sent."""
        for wizard in self.filtered(lambda wizard: wizard.model == CASE):
            if wizard.composition_mode == "mass_mail":
                wizard._collections_cases()._check_may_write("email")
            elif wizard.env.context.get("collections_statement"):
                wizard._collections_cases()._check_may_send()
        reason = False
        if len(self) == 1 and self.env.user.has_group(SUPERVISOR):
            reason = self.collections_override
        composers = self.with_context(collections_override=reason) if reason else self
        result = super(MailComposeMessage, composers)._action_send_mail(
            auto_commit=auto_commit
        )
        self.env["collections.deposit.match"]._note_asked()
        return result
