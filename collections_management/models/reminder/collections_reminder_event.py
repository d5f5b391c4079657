from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import transitions


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
    contact_rule_id = fields.Many2one(
        comodel_name="collections.contact.rule", ondelete="set null"
    )
    rule_reasons = fields.Json()
    rule_words = fields.Char(string="Why Not Now", compute="_compute_rule_words")

    @api.depends("rule_reasons")
    @api.depends_context("lang")
    def _compute_rule_words(self):
        words = self.env["collections.contact.words"]
        for event in self:
            event.rule_words = words._text(event.rule_reasons)

    @api.model_create_multi
    def create(self, vals_list):
        """Keep the contact rule that decided, and what it objected to."""
        for vals in vals_list:
            reminder = self.env["collections.reminder"].browse(vals["reminder_id"])
            vals["contact_rule_id"] = reminder.contact_rule_id.id
            if vals["state"] == transitions.DEFERRED:
                vals["rule_reasons"] = reminder.rule_reasons
        return super().create(vals_list)

    @api.model
    def _selection_state(self):
        return (
            self.env["collections.reminder"]
            ._fields["state"]
            ._description_selection(self.env)
        )

    def write(self, vals):
        if self.env.su and vals == {"detail": False}:  # a person is erased
            return super().write(vals)
        raise UserError(self.env._("Events of a reminder are never changed."))
