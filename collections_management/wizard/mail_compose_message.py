from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """A statement is let out when it is sent, not when the window was opened."""
        if self.env.context.get("collections_statement"):
            for wizard in self.filtered(lambda w: w.model == "collections.case"):
                cases = self.env["collections.case"].browse(wizard._evaluate_res_ids())
                cases._check_may_send()
        return super()._action_send_mail(auto_commit=auto_commit)
