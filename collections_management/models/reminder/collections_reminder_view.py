from odoo import api, fields, models
from odoo.tools.mail import email_split_tuples

from ...tools import transitions


class CollectionsReminderView(models.AbstractModel):
    """What the screens of a reminder show beside its columns; nothing is stored."""

    _name = "collections.reminder.view"
    _description = "Reminder on Screen"

    version_id = fields.Many2one(
        comodel_name="collections.policy.version",
        string="Collection Policy",
        compute="_compute_version_id",
        help="What was in force when it was sent, else when it was planned",
    )
    why = fields.Char(compute="_compute_why", help="What made this reminder due")
    recipient_names = fields.Char(
        string="Who Gets It", compute="_compute_recipient_names"
    )
    shown_subject = fields.Char(
        string="Subject of the Message", compute="_compute_shown_text"
    )
    shown_body = fields.Html(
        string="Message", compute="_compute_shown_text", sanitize=False
    )

    @api.depends("date_sent", "run_id")
    def _compute_version_id(self):
        versions = self.env["collections.policy.version"]
        for company, reminders in self.grouped("company_id").items():
            sent = set(filter(None, reminders.mapped("date_sent")))
            found = versions._in_force(company, sent)
            for reminder in reminders:
                own = found.get(reminder.date_sent) or reminder.run_id.version_id
                reminder.version_id = own

    @api.depends("trigger_number", "trigger_date_due", "date", "level_id")
    def _compute_why(self):
        for reminder in self:
            reminder.why = reminder.trigger_date_due and reminder._explain_trigger()

    def _explain_trigger(self):
        days = (self.date - self.trigger_date_due).days
        values = {"number": self.trigger_number or "", "days": abs(days)}
        if days > 0:
            return self.env._("%(number)s: %(days)s days overdue", **values)
        if days < 0:
            return self.env._("%(number)s: due in %(days)s days", **values)
        return self.env._("%(number)s: due that day", **values)

    @api.depends("recipient_ids", "email_to")
    def _compute_recipient_names(self):
        """Addresses as they were used; before that, who would get it."""
        for reminder in self:
            used = email_split_tuples(reminder.email_to)
            planned = [(rec.name, rec.email) for rec in reminder.recipient_ids]
            if reminder.channel != "email":
                # A number or a postal address: the first one gets it.
                names = reminder.recipient_ids.mapped("name")[:1] or [""]
                used = [(names[0], reminder.email_to or "")] if names[0] else used
            reminder.recipient_names = ", ".join(
                f"{name} ({address})" if name and address else name or address
                for name, address in used or planned
            )

    @api.depends("subject", "body", "level_id", "line_ids", "recipient_ids")
    def _compute_shown_text(self):
        """The text as it was sent, else as it would be sent now."""
        for reminder in self:
            reminder.shown_subject = reminder.subject
            reminder.shown_body = reminder.body
            if not reminder.body and reminder.state not in transitions.GONE:
                reminder._preview_text()

    def _preview_text(self):
        if not self.id:
            return
        reminder = self.sudo()
        text = self.env["collections.channel"]._of(reminder)._preview(reminder)
        self.shown_subject, self.shown_body = text.get("subject"), text.get("body")
