from odoo import api, fields, models

from .collections_whatsapp_template_sync import EDITABLE


class CollectionsWhatsappAccountGuide(models.AbstractModel):
    """The way from a new number to the first message, one step after the other."""

    _name = "collections.whatsapp.account.guide"
    _description = "Steps to a WhatsApp Number"

    guide = fields.Html(compute="_compute_guide", sanitize=False)
    is_ready = fields.Boolean(
        string="Ready", compute="_compute_guide", help="Nothing is left to set up"
    )

    @api.depends_context("lang", "uid")
    def _compute_guide(self):
        for account in self:
            steps = account.sudo()._steps()
            account.is_ready = all(done for done, *_words in steps)
            # The step to be taken now is told in full; the others by their name.
            following = next((row for row in steps if not row[0]), None)
            account.guide = self.env["ir.qweb"]._render(
                "collections_whatsapp.account_guide",
                {"steps": [(*row, row is following) for row in steps]},
                minimal_qcontext=True,
            )

    def _steps(self) -> list[tuple[bool, str, str]]:
        """Return the steps in their order: whether done, name, what to do."""
        self.ensure_one()
        return [
            (
                bool(self.phone_number_id and self.waba_id and self.token),
                self.env._("Keys of the Meta app"),
                self.env._(
                    "At developers.facebook.com open your app. WhatsApp, API Setup "
                    "shows the phone number ID and the business account ID. Make the "
                    "permanent token in the business settings, System Users, with the "
                    "permissions whatsapp_business_messaging and "
                    "whatsapp_business_management. Then save."
                ),
            ),
            (
                bool(self.app_secret),
                self.env._("App secret"),
                self.env._(
                    "In the Meta app under App Settings, Basic. It proves that "
                    "receipts and answers come from WhatsApp."
                ),
            ),
            (
                bool(self.display_phone_number),
                self.env._("Test"),
                self.env._("Press Test. It says what is wrong, and what to do."),
            ),
            (
                bool(self._last_webhook()),
                self.env._("Receipts and answers"),
                self.env._(
                    "In the Meta app under WhatsApp, Configuration enter the callback "
                    "URL and the verify token of this page. Subscribe to messages, "
                    "message_template_status_update, message_template_quality_update, "
                    "phone_number_quality_update and account_update. Then write a "
                    "message to the number from your telephone, and press Test again."
                ),
            ),
            *self._template_steps(),
        ]

    def _template_steps(self) -> list[tuple[bool, str, str]]:
        states = set(self.template_ids.mapped("state"))
        is_submitted, is_approved = bool(states - set(EDITABLE)), "approved" in states
        levels = self.env["collections.level.channel"].search_count(
            [
                ("channel", "=", "whatsapp"),
                ("level_id.policy_id.company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )
        return [
            (
                is_submitted,
                self.env._("Texts"),
                self.env._(
                    "Prepare Templates copies the shipped texts. Look at them and "
                    "submit them for approval; Read Templates takes over those that "
                    "you have already."
                ),
            ),
            (
                is_approved,
                self.env._("Approval"),
                self.env._(
                    "WhatsApp approves most texts within minutes, some within a day. "
                    "It tells us by itself."
                ),
            ),
            (
                bool(levels),
                self.env._("Reminders by WhatsApp"),
                self.env._(
                    "Add WhatsApp to the channels of a level, under Configuration, "
                    "Policies."
                ),
            ),
        ]

    def _last_webhook(self):
        """Return the last thing that WhatsApp told about this number."""
        self.ensure_one()
        webhooks = self.env["collections.whatsapp.webhook"].sudo()
        if not self.phone_number_id:
            return webhooks
        return webhooks.search([("body", "like", f'"{self.phone_number_id}"')], limit=1)
