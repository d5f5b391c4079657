from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import transitions

RETRY, CANCEL, RESCHEDULE = "retry", "cancel", "reschedule"
# What each action applies to; what waits for approval keeps waiting for it.
APPLIES = {
    RETRY: (transitions.FAILED, transitions.DEFERRED),
    CANCEL: (*transitions.WAITING, transitions.FAILED),
    RESCHEDULE: (transitions.QUEUED, transitions.DEFERRED),
}


class CollectionsReminderBulk(models.TransientModel):
    """Tries again, cancels or puts off many reminders, after a look at what moves."""

    _name = "collections.reminder.bulk"
    _description = "Change Reminders"

    reminder_ids = fields.Many2many(
        comodel_name="collections.reminder",
        default=lambda self: self.env.context.get("active_ids"),
        required=True,
    )
    action = fields.Selection(
        selection=[
            (RETRY, "Try again now"),
            (CANCEL, "Cancel"),
            (RESCHEDULE, "Put off until"),
        ],
        required=True,
        default=lambda self: self._default_action(),
    )
    date = fields.Datetime(string="Not Before")
    moving_ids = fields.Many2many(
        comodel_name="collections.reminder", compute="_compute_moving"
    )
    moving_count = fields.Integer(compute="_compute_moving")
    staying_count = fields.Integer(compute="_compute_moving")
    moving_amount = fields.Monetary(compute="_compute_moving")
    currency_id = fields.Many2one(
        comodel_name="res.currency", default=lambda self: self.env.company.currency_id
    )

    @api.model
    def _default_action(self) -> str:
        """Return the first that does something for what was chosen, the mildest."""
        ids = self.env.context.get("active_ids") or ()
        states = set(self.env["collections.reminder"].browse(ids).mapped("state"))
        mild = (RETRY, RESCHEDULE, CANCEL)
        return next((one for one in mild if states.intersection(APPLIES[one])), RETRY)

    @api.depends("reminder_ids", "action")
    def _compute_moving(self):
        for wizard in self:
            moving = wizard._moving()
            wizard.moving_ids = moving
            wizard.moving_count = len(moving)
            wizard.staying_count = len(wizard.reminder_ids) - len(moving)
            wizard.moving_amount = sum(moving.mapped("amount_net"))

    def _moving(self):
        states = APPLIES.get(self.action, ())
        return self.reminder_ids._origin.filtered(lambda rem: rem.state in states)

    def action_apply(self):
        """Do what the preview says, to those that are still as it says."""
        self.ensure_one()
        reminders = self._moving()
        self.env["collections.role"]._check_supervisor()
        if not reminders:
            raise UserError(
                self.env._("None of the reminders can be changed like this.")
            )
        if self.action == CANCEL:
            reminders.action_cancel()
        elif self.action == RETRY:
            reminders.action_retry()
        else:
            self._put_off(reminders)
        return reminders._notify(
            self.env._("%s reminders changed.", len(reminders)), close=True
        )

    def _put_off(self, reminders):
        if not self.date or self.date <= fields.Datetime.now():
            raise UserError(
                self.env._("Choose a moment in the future to put them off until.")
            )
        reminders.sudo()._move_to(
            transitions.DEFERRED, "put_off", date_deferred=self.date
        )
        reminders.sudo().case_id._touch()
