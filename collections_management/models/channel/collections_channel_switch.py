from odoo import api, fields, models


class CollectionsChannelSwitch(models.Model):
    """Pauses a channel of a company: what is due waits until a person resumes it."""

    _name = "collections.channel.switch"
    _description = "Paused Channel"
    _order = "company_id, id"
    _rec_name = "channel"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    channel = fields.Selection(selection="_selection_channel", required=True)
    reason = fields.Char()

    _channel_uniq = models.Constraint(
        "UNIQUE (company_id, channel)", "The channel is paused already."
    )

    @api.model
    def _selection_channel(self):
        return self.env["collections.channel"]._selection()

    @api.model
    def _paused(self, companies) -> set[tuple[int, str]]:
        """Return which channels are paused: companies' ids and codes."""
        rows = self.sudo().search([("company_id", "in", companies.ids)])
        return {(row.company_id.id, row.channel) for row in rows}

    @api.model
    def _is_paused(self, company, code) -> bool:
        """Whether a channel is paused now; the gate asks once for all, by context."""
        paused = self.env.context.get("collections_paused")
        if paused is None:
            paused = self._paused(company)
        return (company.id, code) in paused

    @api.model
    def _pause(self, company, code, reason=None) -> None:
        """Pause a channel: nothing goes out by it until a person resumes it."""
        if not self._is_paused(company, code):
            self.sudo().create(
                {"company_id": company.id, "channel": code, "reason": reason}
            )

    def unlink(self):
        """Resume: what waited because of the pause goes on now."""
        channels = [(row.company_id.id, row.channel) for row in self]
        result = super().unlink()
        reminders = self.env["collections.reminder"].sudo()
        for company_id, code in channels:
            reminders.search(
                [
                    ("company_id", "=", company_id),
                    ("channel", "=", code),
                    ("state", "=", "deferred"),
                    ("reason", "=", "channel_paused"),
                ]
            )._move_to("queued")
        self.env["collections.outbox"]._wake()
        return result
