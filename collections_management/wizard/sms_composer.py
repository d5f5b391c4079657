from odoo import models


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _action_send_sms(self):
        """A text message from cases passes the gate; one by one in their chatter."""
        if self.res_model == "collections.case" and self.composition_mode == "mass":
            self._get_records()._check_may_write("sms")
        return super()._action_send_sms()
