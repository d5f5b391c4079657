from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionsReminderEvent(models.Model):
    """What happened to a reminder: append-only, delivery is read from here."""

    _name = "collections.reminder.event"
    _description = "Reminder Event"
    _order = "id"

    reminder_id = fields.Many2one(
        comodel_name="collections.reminder",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="reminder_id.company_id")
    state = fields.Selection(selection="_selection_state", required=True)
    detail = fields.Char()

    @api.model
    def _selection_state(self):
        return (
            self.env["collections.reminder"]
            ._fields["state"]
            ._description_selection(self.env)
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Events of a reminder are never changed."))
