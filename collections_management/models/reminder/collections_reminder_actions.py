from odoo import models

from ...tools import transitions


class CollectionsReminderActions(models.AbstractModel):
    """The buttons of a reminder."""

    _name = "collections.reminder.actions"
    _description = "Buttons of a Reminder"

    def action_approve(self):
        """Let proposed reminders go out."""
        self.env["collections.role"]._check_supervisor(self)
        reminders = self.sudo()._move_to(transitions.QUEUED)
        self.env["collections.outbox"]._wake()
        return self._notify(self.env._("%s reminders queued.", len(reminders)))

    def action_cancel(self):
        self.env["collections.role"]._check_supervisor(self)
        self.sudo()._move_to(transitions.CANCELLED, "superseded")

    def action_retry(self):
        """Queue failed reminders again."""
        self.env["collections.role"]._check_supervisor(self)
        self.sudo()._move_to(transitions.QUEUED)
        self.env["collections.outbox"]._wake()

    def action_it_went_out(self):
        """A person found out that an uncertain reminder arrived."""
        self.env["collections.role"]._check_supervisor(self)
        for reminder in self._together().sudo():
            sent = reminder.date_sent or reminder.write_date
            if reminder._move_to(transitions.SENT, date_sent=sent):
                self.env["collections.interaction"]._log_reminder(reminder)
                reminder._close_doubt()

    def action_send_again(self):
        """A person found out that an uncertain reminder never arrived."""
        self.env["collections.role"]._check_supervisor(self)
        doubtful = self._together().filtered(
            lambda rem: rem.state == transitions.UNCERTAIN
        )
        doubtful.sudo()._move_to(transitions.FAILED, "worker_gone")
        doubtful.action_retry()
        doubtful._close_doubt()

    def _close_doubt(self):
        """Somebody found out: the activity that asked for it is done."""
        kind = self.env.ref(
            "collections_management.mail_activity_type_uncertain",
            raise_if_not_found=False,
        )
        if kind:
            asked = self.sudo().case_id.activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
            )
            asked.action_feedback(feedback=self.env._("Found out"))

    def action_open_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.case",
            "res_id": self.case_id.id,
            "view_mode": "form",
        }

    def _notify(self, message, close=False):
        """Return a notification; then close a dialog, or read the screen again."""
        close_dialog = {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": close_dialog
                if close
                else {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
