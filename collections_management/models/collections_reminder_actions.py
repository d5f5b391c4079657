from odoo import models
from odoo.exceptions import AccessError

from ..tools import transitions


class CollectionsReminderActions(models.AbstractModel):
    """The buttons of a reminder."""

    _name = "collections.reminder.actions"
    _description = "Buttons of a Reminder"

    def _check_supervisor(self):
        if not self.env.user.has_group("collections_management.group_supervisor"):
            raise AccessError(
                self.env._("Only a collections supervisor may do this. Ask yours.")
            )
        self.check_access("read")

    def action_approve(self):
        """Let proposed reminders go out."""
        self._check_supervisor()
        reminders = self.sudo()._move_to(transitions.QUEUED)
        self.env["collections.outbox"]._wake()
        return self._notify(self.env._("%s reminders queued.", len(reminders)))

    def action_cancel(self):
        self._check_supervisor()
        self.sudo()._move_to(transitions.CANCELLED, "superseded")

    def action_retry(self):
        """Queue failed reminders again."""
        self._check_supervisor()
        self.sudo()._move_to(transitions.QUEUED)
        self.env["collections.outbox"]._wake()

    def action_it_went_out(self):
        """A person found out that an uncertain reminder arrived."""
        self._check_supervisor()
        self.sudo()._move_to(transitions.SENT)

    def action_send_again(self):
        """A person found out that an uncertain reminder never arrived."""
        self._check_supervisor()
        self.sudo()._move_to(transitions.FAILED, "worker_gone")
        self.action_retry()

    def action_open_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.case",
            "res_id": self.case_id.id,
            "view_mode": "form",
        }

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
