import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from ..tools import webhooks
from .collections_whatsapp_receipt import moment
from .collections_whatsapp_template_sync import STATES
from .conflicts import retrying

_logger = logging.getLogger(__name__)

BATCH = 200
MAX_ATTEMPTS = 5
# After which what was held is looked at again.
HELD = timedelta(seconds=2)


class CollectionsWhatsappReceiver(models.AbstractModel):
    """Understands what was stored: receipts, answers, news of templates.

    Webhooks come twice, late and in any order. Every event is looked up by WhatsApp's
    id, else by our own, and changes nothing the second time. A receipt that is faster
    than the answer to the request is held for a moment: the message is the sender's
    until that is settled.
    """

    _name = "collections.whatsapp.receiver"
    _description = "WhatsApp Receiver"

    @api.model
    def _cron_receive(self) -> None:
        cron = self.env["ir.cron"]
        self._read_all(
            lambda count: cron._commit_progress(count, remaining=self._waiting())
        )

    @api.model
    def _drain(self) -> None:
        """Understand all that came, for scripts and tests."""
        self._read_all(lambda _count: 1)

    @api.model
    def _read_all(self, progress) -> None:
        """Process what is stored by rising id, each webhook looked at once.

        :param progress: called with the number that was read; stop when it returns zero
        """
        last, held = 0, False
        while rows := self._next_rows(last):
            last = rows[-1].id
            self._process_safely(rows)
            held = held or not all(rows.mapped("is_done"))
            self.env.invalidate_all()
            if not progress(len(rows)):
                return
        if held:
            cron = self.env.ref("collections_whatsapp.ir_cron_receive").sudo()
            cron._trigger(fields.Datetime.now() + HELD)

    @api.model
    def _next_rows(self, last):
        webhooks_ = self.env["collections.whatsapp.webhook"].sudo()
        domain = [("is_done", "=", False), ("id", ">", last)]
        return webhooks_.search(domain, order="id", limit=BATCH)

    @api.model
    def _waiting(self) -> int:
        webhooks_ = self.env["collections.whatsapp.webhook"].sudo()
        return webhooks_.search_count([("is_done", "=", False)])

    @api.model
    def _process_safely(self, rows) -> None:
        """Process a batch; where it fails, one by one, and put aside what fails."""
        try:
            retrying(self.env, lambda: self._process(rows))
            return
        except psycopg2.errors.SerializationFailure:
            raise
        except Exception as error:  # noqa: BLE001 one bad webhook stops no other
            _logger.info("Webhooks one by one after: %s", error)
        for row in rows:
            self._process_one(row)

    @api.model
    def _process_one(self, row) -> None:
        try:
            retrying(self.env, lambda: self._process(row))
        except psycopg2.errors.SerializationFailure:
            raise
        except Exception as error:  # noqa: BLE001 see above
            _logger.warning("Webhook %s failed: %s", row.id, error)
            row.write(
                {
                    "attempts": row.attempts + 1,
                    "error": str(error)[:500],
                    "is_done": row.attempts + 1 >= MAX_ATTEMPTS,
                }
            )
            self.env["collections.outbox"]._commit()

    @api.model
    def _process(self, rows) -> None:
        events = {
            row: webhooks.parse(webhooks.decode(row.body.encode())) for row in rows
        }
        receipts = [
            event
            for own in events.values()
            for event in own
            if isinstance(event, webhooks.Status)
        ]
        found = self._messages_of(receipts)
        held = {event for event in found if found[event].state == "sending"}
        ready = rows.filtered(lambda row: held.isdisjoint(events[row]))
        told = [event for row in ready for event in events[row]]
        self.env["collections.whatsapp.receipt"]._apply(
            {event: found[event] for event in told if event in found}
        )
        for event in told:
            if isinstance(event, webhooks.Inbound):
                self._apply_inbound(event)
            elif isinstance(event, webhooks.TemplateEvent):
                self._apply_template(event)
            elif isinstance(event, webhooks.Preference):
                self._apply_preference(event)
            elif isinstance(event, webhooks.AccountEvent):
                self.env["collections.whatsapp.account"].sudo()._hear(event)
        ready.is_done = True

    @api.model
    def _account(self, phone_number_id):
        accounts = self.env["collections.whatsapp.account"].sudo()
        return accounts.search([("phone_number_id", "=", phone_number_id)], limit=1)

    @api.model
    def _messages_of(self, events) -> dict:
        """Return the message of each receipt: by WhatsApp's id, else by ours."""
        messages = self.env["collections.whatsapp.message"].sudo()
        wamids = [event.wamid for event in events]
        uuids = [event.callback for event in events if event.callback]
        domain = [
            ("direction", "=", "out"),
            "|",
            ("wamid", "in", wamids),
            ("uuid", "in", uuids),
        ]
        rows = messages.search(domain, order="id")
        by_wamid = {row.wamid: row for row in rows if row.wamid}
        # Of several tries of one reminder the last without an id of its own.
        by_uuid = {row.uuid: row for row in rows if row.uuid and not row.wamid}
        found = {}
        for event in events:
            row = by_wamid.get(event.wamid) or by_uuid.get(event.callback)
            if row and row.account_id.phone_number_id == event.phone_number_id:
                found[event] = row
        return found

    # === ANSWERS === #

    @api.model
    def _apply_inbound(self, event) -> None:
        account = self._account(event.phone_number_id)
        messages = self.env["collections.whatsapp.message"].sudo()
        known = messages.search([("wamid", "=", event.wamid)], limit=1)
        if account and not known:
            # What stays with us is in the company's language.
            lang = account.company_id.partner_id.lang or self.env.lang
            self.with_context(lang=lang)._keep_inbound(account, event)

    @api.model
    def _keep_inbound(self, account, event) -> None:
        messages = self.env["collections.whatsapp.message"].sudo()
        contacts = self.env["collections.whatsapp.contact"].sudo()
        contact = contacts._of_inbound(account.company_id, event)
        when = moment(event.timestamp)
        if event.kind == "system":
            self._number_changed(contact, event)
        elif not contact.last_inbound or contact.last_inbound < when:
            contact.last_inbound = when
        message = messages.create(self._inbound_values(account, contact, event, when))
        if message.media_id:
            self.env.ref("collections_whatsapp.ir_cron_fetch").sudo()._trigger()
        if event.kind in ("reaction", "system"):
            return
        if message.case_id:
            message._log_inbound()
        self.env["collections.whatsapp.reply"]._answer(message, event)

    @api.model
    def _inbound_values(self, account, contact, event, when) -> dict:
        replied = self.env["collections.whatsapp.message"].sudo()
        if event.reply_to:
            replied = replied.search([("wamid", "=", event.reply_to)], limit=1)
        return {
            "account_id": account.id,
            "company_id": account.company_id.id,
            "contact_id": contact.id,
            # What answers a message is about what that was about.
            "case_id": (replied.case_id or contact._case()).id,
            "direction": "in",
            "state": "received",
            "kind": event.kind[:32],
            "date": when,
            "body": event.text,
            "wamid": event.wamid,
            "to": event.sender or event.user_id,
            "key": contact.key,
            "reply_to_id": replied.id,
            "media_id": event.media_id,
            "mime": event.mime,
            "file_name": event.file_name,
            "media_state": "wait" if event.media_id else False,
        }

    @api.model
    def _number_changed(self, contact, event) -> None:
        """Somebody has a new number: a person decides what to write on the customer."""
        new = event.new_number
        if not new or not contact:
            return
        contact.write({"is_bad": True, "bad_reason": self.env._("New number: %s", new)})
        contact._case()._schedule_once(
            "collections_management.mail_activity_type_address",
            self.env._("New WhatsApp number +%s: please confirm it", new),
        )

    @api.model
    def _apply_preference(self, event) -> None:
        """Somebody wants no marketing from us: reminders are none, offers are."""
        account = self._account(event.phone_number_id)
        if account:
            contacts = self.env["collections.whatsapp.contact"].sudo()
            contact = contacts._known(account.company_id, event)
            contact.refuses_marketing = event.stops

    # === TEMPLATES === #

    @api.model
    def _apply_template(self, event) -> None:
        templates = self.env["collections.whatsapp.template"].sudo()
        found = templates.search(
            [
                ("account_id.waba_id", "=", event.waba_id),
                ("name", "=", event.name),
                ("language", "=", event.language),
            ]
        )
        if event.field == "message_template_status_update":
            state = STATES.get(event.value)
            reason = event.reason if event.reason not in ("", "NONE") else False
            if state:
                found.write({"state": state, "reason": reason})
        elif event.field == "message_template_quality_update":
            if event.value in ("GREEN", "YELLOW", "RED"):
                found.quality = event.value
        elif event.value in dict(templates._fields["category"].selection):
            found.category = event.value
