from odoo import fields, models

from odoo.addons.collections_management.tools import transitions


class CollectionsReminder(models.Model):
    _inherit = "collections.reminder"

    whatsapp_message_ids = fields.One2many(
        comodel_name="collections.whatsapp.message",
        inverse_name="reminder_id",
        string="WhatsApp Messages",
    )
    whatsapp_template_id = fields.Many2one(
        comodel_name="collections.whatsapp.template",
        string="WhatsApp Template",
        ondelete="set null",
        help="Chosen by a person; else the level's",
    )
    reason = fields.Selection(
        selection_add=[
            ("no_number", "No WhatsApp number of the company is set up"),
            ("no_template", "No approved WhatsApp template"),
            ("people_limit", "WhatsApp's limit of people per day is reached"),
            ("window_closed", "The customer's 24 hours for free text are over"),
            ("wait_a_day", "WhatsApp asks to wait a day"),
            ("came_back", "WhatsApp could not deliver it"),
            ("too_late", "It might arrive after the hours in which it may"),
        ]
    )

    def _next_allowed(self, reason):
        """The gate found the moment for what is too late today."""
        if reason == "too_late":
            return self.date_deferred
        return super()._next_allowed(reason)

    def _line_path(self, line):
        """Return the end of the address of a document's page, or ``False``."""
        move = line.move_id.sudo()
        if not move.is_invoice() or line.amount_residual <= 0:
            return False
        return move.get_portal_url().lstrip("/")

    def _account_path(self):
        """Return the end of the address of the customer's page, with a link's key.

        Who tries reminders out gets one that asks for a login, as in e-mails.
        """
        self.ensure_one()
        address = self.env["collections.portal"]._urls(self)[self.id]
        return address.removeprefix(f"{self.case_id.get_base_url()}/")

    def _confirm_out(self) -> None:
        """Note that reminders went out, whoever found it out first, once.

        A receipt may be there before the answer to the request, or instead of it.
        """
        fresh = self.filtered(lambda one: not one.date_sent)
        if not fresh:
            return
        for day, group in fresh.grouped(lambda one: one._logical_today()).items():
            group.write({"date_sent": fields.Datetime.now(), "date": day})
        fresh.case_id.filtered("jump_level_id").jump_level_id = False
        self.env["collections.interaction"]._log_reminder(fresh)
        fresh.case_id._touch()

    def _put_back(self, reason=None, detail=None, until=None) -> None:
        """Let reminders that were not handed over pass the gate again, maybe later."""
        back = self._move_to(transitions.QUEUED)
        if until:
            back._move_to(transitions.DEFERRED, reason, detail, date_deferred=until)
