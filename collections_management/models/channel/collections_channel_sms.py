from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, plaintext2html

from . import collections_channel as channel

# What Odoo's `sms` and its providers say about a failure.
BAD_NUMBER = {
    "sms_number_missing",
    "sms_number_format",
    "sms_country_not_supported",
    "sms_blacklist",
    "sms_optout",
    "sms_invalid_destination",
}
# Nothing will go out until somebody looks at the account.
ACCOUNT = {
    "sms_credit",
    "sms_acc",
    "sms_registration_needed",
    "twilio_authentication",
    "twilio_callback",
    "twilio_from_missing",
}
# The provider gave no answer that says what became of it.
NO_ANSWER = {"sms_server", False}


class CollectionsChannelSms(models.AbstractModel):
    """SMS by Odoo's `sms`: its own provider, or the one of `sms_twilio`.

    As with e-mails, a message is never *outgoing* in a committed transaction, so
    that Odoo's queue cannot send it. Reports of delivery come by `sms.tracker`.
    """

    _name = "collections.channel.sms"
    _description = "SMS"
    _inherit = ["collections.channel"]

    _sequence = 20
    _icon = "fa-mobile"
    _receipts = ("delivered",)

    @api.model
    def _reachable_sql(self) -> SQL:
        return SQL(
            """contact.phone_sanitized <> ''
               AND contact.phone_sanitized
                   IS DISTINCT FROM contact.collections_bad_phone
               AND NOT EXISTS (SELECT FROM phone_blacklist blocked
                                WHERE blocked.number = contact.phone_sanitized
                                  AND blocked.active)"""
        )

    @api.model
    def _blocked(self, contacts) -> list[str]:
        blacklist = self.env["phone.blacklist"].sudo()
        numbers = contacts.filtered("phone_sanitized").mapped("phone_sanitized")
        return blacklist.search([("number", "in", numbers)]).mapped("number")

    @api.model
    def _mark_bad(self, reminder) -> None:
        for partner in reminder.recipient_ids[:1].sudo():
            partner.collections_bad_phone = partner.phone_sanitized

    @api.model
    def _reference(self, reminder) -> str:
        """Return the reminder's reference as reports of delivery know it.

        Odoo's routes, of its own provider and of `sms_twilio`, refuse any other form.
        """
        return reminder.uuid.replace("-", "")

    @api.model
    def _text(self, reminder, way=None) -> str:
        template = (way or reminder.level_channel_id).sms_template_id._origin.sudo()
        template = template.with_context(lang=reminder.lang)
        return template._render_field("body", reminder.ids)[reminder.id]

    @api.model
    def _preview(self, reminder, way=None) -> dict:
        if not (way or reminder.level_channel_id).sms_template_id:
            return {}
        return {"subject": None, "body": plaintext2html(self._text(reminder, way))}

    @api.model
    def _compose(self, reminder) -> None:
        """Write the text; one message, to the first of the recipients."""
        text = self._text(reminder)
        recipient = reminder.recipient_ids[:1]
        messages = self.env["sms.sms"].sudo()
        # What an earlier try left: it never went out.
        reference = self._reference(reminder)
        messages.search([("uuid", "=", reference)]).unlink()
        messages.create(
            {
                "uuid": reference,
                "number": recipient.phone_sanitized,
                "body": text,
                "partner_id": recipient.id,
                "state": "canceled",
            }
        )
        trackers = self.env["sms.tracker"].sudo()
        if not trackers.search_count([("sms_uuid", "=", reference)], limit=1):
            trackers.create(
                {"sms_uuid": reference, "collections_reminder_id": reminder.id}
            )
        reminder.write(
            {
                "subject": False,
                "body": plaintext2html(text),
                "email_to": recipient.phone_sanitized,
            }
        )

    @api.model
    def _transmit(self, reminder, session) -> tuple[str, str | None]:
        messages = self.env["sms.sms"].sudo()
        message = messages.search([("uuid", "=", self._reference(reminder))])
        message.state = "outgoing"
        try:
            message.send(unlink_failed=False, unlink_sent=False, raise_exception=True)
        except AccessError as error:
            return self._unknown(message, error)
        except UserError as error:
            # The provider is not set up: it says so before anything is sent.
            message.write({"state": "error", "failure_type": "sms_server"})
            return channel.PAUSE, str(error)
        except (OSError, ValueError) as error:
            return self._unknown(message, error)
        if message.state == "outgoing":
            message.state = "canceled"
            return channel.LATER, None
        return self._outcome(message)

    @api.model
    def _unknown(self, message, error) -> tuple[str, str]:
        """Nobody knows whether the provider has it."""
        message.write({"state": "error", "failure_type": "sms_server"})
        return channel.UNKNOWN, str(error)

    @api.model
    def _outcome(self, message) -> tuple[str, str | None]:
        if message.state != "error":
            return channel.SENT, None
        kind = message.failure_type
        labels = dict(message._fields["failure_type"]._description_selection(self.env))
        if kind in BAD_NUMBER:
            outcome = channel.REFUSED
        elif kind in ACCOUNT:
            outcome = channel.PAUSE
        elif kind in NO_ANSWER:
            outcome = channel.UNKNOWN
        else:
            outcome = channel.FAILED
        return outcome, labels.get(kind)
