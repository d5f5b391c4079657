from odoo import fields, models

from ..tools import transitions


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    collections_reminder_id = fields.Many2one(
        comodel_name="collections.reminder", ondelete="cascade", index="btree_not_null"
    )

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        """A report of delivery reaches the reminder."""
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        # The provider's report has no user with rights of ours.
        reminders = self.collections_reminder_id.sudo()
        if sms_state == "sent":
            reminders._move_to(transitions.DELIVERED)
        elif sms_state == "error":
            self._collections_fail(failure_type, failure_reason)
        return result

    def _action_update_from_provider_error(self, provider_error):
        status, kind, reason = super()._action_update_from_provider_error(
            provider_error
        )
        self._collections_fail(kind, reason, bad=status == "bounce")
        return status, kind, reason

    def _collections_fail(self, kind, reason, bad=False):
        """What is being sent right now is settled by the outbox."""
        reminders = self.collections_reminder_id.sudo().filtered(
            lambda rem: rem.state != transitions.SENDING
        )
        reminders._bounced(reason or kind or None, mark=bad)
