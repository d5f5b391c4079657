import logging
from datetime import datetime, timedelta, timezone

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import errors, statuses, webhooks
from .collections_whatsapp_template import STATES

_logger = logging.getLogger(__name__)

BATCH = 200
MAX_ATTEMPTS = 5


class CollectionsWhatsappReceiver(models.AbstractModel):
    """Understands what was stored: receipts, answers, news of templates.

    Webhooks come twice, late and in any order. Every event is looked up by WhatsApp's
    id, else by our own, and changes nothing the second time.
    """

    _name = "collections.whatsapp.receiver"
    _description = "WhatsApp Receiver"

    @api.model
    def _cron_receive(self) -> None:
        cron = self.env["ir.cron"]
        while rows := self._next_rows():
            self._process_safely(rows)
            if not cron._commit_progress(len(rows), remaining=self._waiting()):
                return

    @api.model
    def _drain(self) -> None:
        """Understand all that came, for scripts and tests."""
        while rows := self._next_rows():
            self._process_safely(rows)
            self.env["collections.outbox"]._commit()

    @api.model
    def _next_rows(self):
        webhooks_ = self.env["collections.whatsapp.webhook"].sudo()
        return webhooks_.search([("is_done", "=", False)], order="id", limit=BATCH)

    @api.model
    def _waiting(self) -> int:
        webhooks_ = self.env["collections.whatsapp.webhook"].sudo()
        return webhooks_.search_count([("is_done", "=", False)])

    @api.model
    def _process_safely(self, rows) -> None:
        """Process a batch; where it fails, one by one, and put aside what fails."""
        try:
            with self.env.cr.savepoint():
                self._process(rows)
                rows.is_done = True
            return
        except psycopg2.errors.SerializationFailure:
            # A sender wrote the same message: again, with what it wrote.
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            return
        except Exception as error:  # noqa: BLE001 one bad webhook stops no other
            _logger.info("Webhooks one by one after: %s", error)
        for row in rows:
            self._process_one(row)

    @api.model
    def _process_one(self, row) -> None:
        try:
            with self.env.cr.savepoint():
                self._process(row)
                row.is_done = True
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

    @api.model
    def _process(self, rows) -> None:
        events = [
            event
            for row in rows
            for event in webhooks.parse(webhooks.decode(row.body.encode()))
        ]
        self._apply_statuses(
            [one for one in events if isinstance(one, webhooks.Status)]
        )
        for event in events:
            if isinstance(event, webhooks.Inbound):
                self._apply_inbound(event)
            elif isinstance(event, webhooks.TemplateEvent):
                self._apply_template(event)

    @api.model
    def _account(self, phone_number_id):
        accounts = self.env["collections.whatsapp.account"].sudo()
        return accounts.search([("phone_number_id", "=", phone_number_id)], limit=1)

    @api.model
    def _moment(self, timestamp):
        """Return a webhook's time; now, where it is none or in the future."""
        now = fields.Datetime.now()
        if not 0 < timestamp < 4_000_000_000:
            return now
        moment = datetime.fromtimestamp(timestamp, timezone.utc)
        return min(now, moment.replace(tzinfo=None))

    # === RECEIPTS === #

    @api.model
    def _apply_statuses(self, events) -> None:
        found = self._messages_of(events)
        fresh = self._keep_statuses(events, found)
        grouped = {}
        for event in fresh:
            grouped.setdefault(found[event], []).append(event)
        for message, own in grouped.items():
            self._move(message, own)

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

    @api.model
    def _keep_statuses(self, events, found) -> list:
        """Store receipts; return those that were not there yet."""
        rows = {}
        for event in events:
            if event in found:
                when = self._moment(event.timestamp)
                rows.setdefault((found[event].id, event.status, when), event)
        if not rows:
            return []
        columns = list(zip(*rows, strict=True))
        new = self.env.execute_query(
            SQL(
                """INSERT INTO collections_whatsapp_status
                          (message_id, status, date, code, detail)
                   SELECT * FROM unnest(%s::int[], %s::varchar[], %s::timestamp[],
                                        %s::int[], %s::varchar[])
              ON CONFLICT (message_id, status, date) DO NOTHING
                RETURNING message_id, status, date""",
                *map(list, columns),
                [event.code for event in rows.values()],
                [event.error or None for event in rows.values()],
            )
        )
        return [rows[key] for key in rows if key in set(new)]

    @api.model
    def _move(self, message, events) -> None:
        """Move a message, and its reminder, to what its receipts say."""
        state, failure = message.state, None
        for event in events:
            state = statuses.merge(state, event.status)
            if event.status == statuses.FAILED:
                failure = event
        values = {"wamid": message.wamid or events[0].wamid, "worker": 0}
        if state != message.state:
            values["state"] = state
        if failure:
            values.update(code=failure.code, error=failure.error)
        message.write(values)
        priced = [event for event in events if event.category]
        if priced:
            message._bill(priced[-1].category, priced[-1].billable is not False)
        reminder = message.reminder_id
        if state == statuses.FAILED:
            if failure:
                self._failed(message, failure)
        elif reminder and state in statuses.ORDER:
            reminder._move_to(state)
            reminder._confirm_out()

    @api.model
    def _failed(self, message, event) -> None:
        """It was accepted and came back: what the class of its error asks for."""
        reminder = message.reminder_id
        detail = f"{event.code}: {event.error}" if event.code else event.error
        kind = errors.classify(event.code)
        if kind == errors.STOP:
            message.account_id._pause(detail)
        elif kind == errors.BLOCK:
            message.template_id._block(detail)
        elif kind == errors.TEMPLATE_ONLY:
            message.contact_id.last_inbound = False
        if not reminder:
            return
        if reminder.state in ("sending", "uncertain"):
            # It did go out: only what went out comes back.
            reminder._move_to("sent")
        waited = reminder.whatsapp_message_ids.filtered("waited")
        if kind == errors.WAIT and not waited:
            message.waited = True
            until = fields.Datetime.now() + timedelta(days=1)
            reminder._move_to("failed", "came_back", detail)
            reminder._put_back("wait_a_day", detail, until)
        else:
            mark = kind == errors.RECIPIENT
            reminder._bounced(detail, reason="came_back", mark=mark)
        reminder.case_id._touch()

    # === ANSWERS === #

    @api.model
    def _apply_inbound(self, event) -> None:
        account = self._account(event.phone_number_id)
        messages = self.env["collections.whatsapp.message"].sudo()
        known = messages.search([("wamid", "=", event.wamid)], limit=1)
        if not account or known:
            return
        contacts = self.env["collections.whatsapp.contact"].sudo()
        contact = contacts._of_inbound(account.company_id, event)
        when = self._moment(event.timestamp)
        if event.kind == "system":
            self._number_changed(contact, event)
        elif not contact.last_inbound or contact.last_inbound < when:
            contact.last_inbound = when
        message = messages.create(self._inbound_values(account, contact, event, when))
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
            "case_id": contact._case().id,
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
