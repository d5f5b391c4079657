import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.collections_management.tools import opt_out, promises

from ..tools import numbers, payloads, replies

_logger = logging.getLogger(__name__)

SLIP_HOURS = 48
# As people say a day: a label has 20 letters.
DAY = "EEE d MMM"


class CollectionsWhatsappReply(models.AbstractModel):
    """What is done about an answer: a button of ours, a slip, or words to stop."""

    _name = "collections.whatsapp.reply"
    _description = "Answers by WhatsApp"

    @api.model
    def _answer(self, message, event) -> None:
        """Understand an answer and do what it asks for.

        What the customer gets is in the customer's language, what stays with us in
        that of the message's environment: the company's.
        """
        lang = message._person().lang or self.env.lang
        self.with_context(lang=lang)._understand(message, event)

    @api.model
    def _understand(self, message, event) -> None:
        contact = message.contact_id
        purpose, days = replies.read_payload(event.payload)
        asks = replies.asks_to_stop(event.text) or opt_out.wants_out(event.text)
        if asks and purpose is None:
            purpose = replies.STOP
        if purpose == replies.STOP:
            self._on_stop(message)
        elif purpose == replies.PAID:
            self._on_paid(message)
        elif purpose == replies.PROMISE and days is None:
            self._ask_for_date(message)
        elif purpose == replies.PROMISE:
            self._on_promise(message, days)
        elif purpose == replies.PROBLEM:
            self._on_problem(message)
        elif message.media_id and self._awaits_slip(contact, message):
            message.is_slip = True
        if not message.case_id:
            self.with_env(message.env)._ask_whose(message)

    @api.model
    def _awaits_slip(self, contact, message) -> bool:
        until = contact.awaits_slip_until
        return bool(until and message.date <= until)

    # === WHAT THE BUTTONS DO === #

    @api.model
    def _on_stop(self, message) -> None:
        """Nobody writes to this person by WhatsApp again.

        A number of nobody, or of several customers, goes on the blacklist of numbers.
        """
        contact = message.contact_id
        said = {
            "address": contact.e164 or contact.user_id,
            "evidence": message.body,
            "reminder_id": message.reply_to_id.reminder_id.id,
        }
        if message.case_id:
            person = message._person()
            message.case_id.sudo()._opt_out(person, "whatsapp", "reply", **said)
        elif contact.partner_id:
            # Who pays for others need not owe anything itself.
            self.env["collections.consent"].sudo().create(
                {
                    "company_id": message.company_id.id,
                    "partner_id": contact.partner_id.id,
                    "channel": "whatsapp",
                    "state": "revoked",
                    "origin": "reply",
                    **said,
                }
            )
        if not contact.partner_id:
            self._blacklist(contact)

    @api.model
    def _blacklist(self, contact) -> None:
        """Each way to write the number: a customer's may be kept as any of them."""
        for form in numbers.forms(contact.key) if contact.key else ():
            try:
                with self.env.cr.savepoint():
                    self.env["phone.blacklist"].sudo()._add([form])
            except UserError as error:
                _logger.info("Not a number for the blacklist: %s", error)

    @api.model
    def _on_paid(self, message) -> None:
        """Register the notice, and ask for the slip: the next image or PDF is it."""
        today = message.company_id._collections_today()
        if not self._notices(message.case_id):
            self.with_env(message.env)._make_promise(message, promises.REPORTED, today)
        message.contact_id.awaits_slip_until = fields.Datetime.now() + timedelta(
            hours=SLIP_HOURS
        )
        self._say(
            message,
            self.env._("Thank you. Please send us a photo or PDF of the payment slip."),
        )

    @api.model
    def _ask_for_date(self, message) -> None:
        """Ask by when; each choice is a button."""
        today = message.company_id._collections_today()
        choices = [
            (
                replies.payload(replies.PROMISE, days),
                format_date(self.env, today + timedelta(days=days), date_format=DAY),
            )
            for days in replies.PROMISE_DAYS
        ]
        text = self.env._("Thank you. By when will you pay?")
        payload = payloads.choice_message("", text, choices)
        self._queue(message, payload, text)

    @api.model
    def _on_promise(self, message, days) -> None:
        """Register by when the customer says to pay."""
        day = message.company_id._collections_today() + timedelta(days=days)
        made = self.with_env(message.env)._make_promise(message, promises.PROMISE, day)
        noted = self.env._(
            "Noted: you will pay by %s. Thank you.", format_date(self.env, day)
        )
        asked = self.env._("Thank you. We will look into it and write to you.")
        self._say(message, noted if made and not made.to_approve else asked)

    @api.model
    def _on_problem(self, message) -> None:
        """Open a dispute about what the customer was asked for, and ask what it is."""
        self.with_env(message.env)._open_dispute(message)
        self._say(
            message,
            self.env._(
                "We are sorry. Please tell us what is wrong, and we will look into it."
            ),
        )

    @api.model
    def _make_promise(self, message, kind, day):
        """Register a promise, or a payment notice, about all that is overdue.

        What the policy does not allow stays what the customer wrote: on the case, for
        a person.
        """
        case = message.case_id.sudo()
        promise = self.env["collections.promise"].sudo()
        if not case:
            return promise
        dialog = self.env["collections.promise.make"].sudo()
        try:
            with self.env.cr.savepoint():
                dialog = dialog.with_company(case.company_id).create(
                    {
                        "case_id": case.id,
                        "kind": kind,
                        "date": day,
                        "channel": "whatsapp",
                        "contact_id": message._person().id,
                    }
                )
                if dialog.amount <= 0:
                    return promise
                values = {
                    **dialog._values(),
                    "line_ids": dialog._line_commands(),
                    "to_approve": case._customer_promised_enough(kind),
                }
                return promise.create(values)
        except UserError as error:
            _logger.info("Promise by WhatsApp not registered: %s", error)
            return promise

    @api.model
    def _notices(self, case):
        """Return the customer's payment notices that are not judged yet."""
        found = self.env["collections.promise"].sudo()
        return found.search(
            [
                ("case_id", "=", case.id),
                ("kind", "=", promises.REPORTED),
                ("state", "=", promises.OPEN),
            ],
            order="id desc",
        )

    @api.model
    def _open_dispute(self, message) -> None:
        """One at a time: pressing the button again says nothing new."""
        case = message.case_id.sudo()
        disputes = self.env["collections.dispute"].sudo()
        known = [("case_id", "=", case.id), ("is_pausing", "=", True)]
        if not case or disputes.search_count(known, limit=1):
            return
        shown = message.reply_to_id.reminder_id.line_ids.move_line_id
        items = case.item_ids.filtered(
            lambda item: item.move_line_id in shown and not item.is_credit
        )
        reason = self.env.ref(
            "collections_management.dispute_reason_other", raise_if_not_found=False
        ) or self.env["collections.dispute.reason"].search([], limit=1)
        disputes._open(
            [
                {
                    "case": case,
                    "reason_id": reason.id,
                    "items": dict.fromkeys(items.ids),
                    "description": self.env._("Pressed by WhatsApp: %s", message.body),
                    # Whoever only presses a button pauses as long as a notice does.
                    "date_pause_end": fields.Date.add(
                        case.company_id._collections_today(),
                        days=case.policy_id.notice_days if case.policy_id else -1,
                    ),
                }
            ]
        )

    @api.model
    def _ask_whose(self, message) -> None:
        """A number of nobody or of several customers goes to a person, once."""
        contact = message.contact_id
        if message.search_count([("contact_id", "=", contact.id)], limit=2) > 1:
            return
        text = (
            self.env._("Several customers have this number. Say whose it is.")
            if contact.is_ambiguous
            else self.env._("No customer has this number. Say whose it is.")
        )
        message.account_id._tell_supervisors(
            self.env._("WhatsApp from %s", contact.display_name), text
        )

    # === ANSWERING === #

    @api.model
    def _say(self, message, text) -> None:
        self._queue(message, payloads.text_message("", text), text)

    @api.model
    def _queue(self, message, payload, text) -> None:
        """Answer on the case; without one there is nobody to answer for."""
        if message.case_id:
            message.case_id.sudo()._whatsapp_queue(
                message.account_id, message.contact_id, payload, text
            )
