import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.collections_management.models.channel import (
    collections_channel as channel,
)

from ..tools import errors, graph_client
from .conflicts import retrying

# Beyond this a retry is the outbox's, which asks the gate first.
SHORT_WAIT = 60.0
ARRIVED = """
    UPDATE collections_whatsapp_message msg
       SET wamid = new.wamid, worker = 0, write_date = %(now)s,
           state = CASE WHEN msg.state IN ('sending', 'uncertain', 'queued')
                        THEN 'sent' ELSE msg.state END
      FROM unnest(%(ids)s::int[], %(wamids)s::varchar[]) AS new (id, wamid)
     WHERE msg.id = new.id
"""
OWN_FORM = """
    UPDATE collections_whatsapp_contact contact
       SET wa_id = new.wa_id, write_date = %(now)s
      FROM unnest(%(ids)s::int[], %(wa_ids)s::varchar[]) AS new (id, wa_id)
      JOIN collections_whatsapp_message msg ON msg.id = new.id
     WHERE contact.id = msg.contact_id AND new.wa_id <> ''
       AND contact.wa_id IS DISTINCT FROM new.wa_id
"""


class CollectionsWhatsappSettler(models.AbstractModel):
    """Writes down what WhatsApp answered, many messages at once.

    What went well is a few statements for all; what did not is done one by one, as
    the class of its error asks for.
    """

    _name = "collections.whatsapp.settler"
    _description = "Answers of WhatsApp to Our Messages"

    @api.model
    def _settle_all(self, done) -> None:
        """Settle pairs of a message's id and WhatsApp's answer, and commit."""
        retrying(self.env, lambda: self._settle(done))

    @api.model
    def _settle(self, done) -> None:
        messages = self.env["collections.whatsapp.message"].sudo()
        self._settle_sent(
            [row for row in done if isinstance(row[1], graph_client.Sent)]
        )
        for message_id, problem in done:
            if isinstance(problem, errors.Problem):
                self._settle_problem(messages.browse(message_id), problem)

    @api.model
    def _settle_sent(self, rows) -> None:
        """WhatsApp has them: that is *sent*, unless a receipt already said more."""
        if not rows:
            return
        messages = self.env["collections.whatsapp.message"].sudo()
        messages.flush_model()
        ids = [message_id for message_id, _answer in rows]
        values = {"ids": ids, "now": fields.Datetime.now()}
        wamids = [answer.wamid for _id, answer in rows]
        self.env.cr.execute(SQL(ARRIVED, wamids=wamids, **values))
        wa_ids = [answer.wa_id for _id, answer in rows]
        self.env.cr.execute(SQL(OWN_FORM, wa_ids=wa_ids, **values))
        messages.browse(ids).invalidate_recordset()
        self.env["collections.whatsapp.contact"].invalidate_model(["wa_id"])
        reminders = messages.browse(ids).reminder_id
        reminders._move_to("sent")
        reminders._confirm_out()

    @api.model
    def _settle_problem(self, message, problem) -> None:
        """Do what the class of an error asks for."""
        kind, code, text = problem
        detail = f"{code}: {text}" if code else text
        message.write({"code": code, "error": detail, "worker": 0})
        if message.state not in ("sending", "queued"):
            # A receipt was faster: it knows better.
            return
        action = {
            errors.RETRY: self._retry,
            errors.UNKNOWN: self._leave_uncertain,
            errors.STOP: self._stop,
            errors.RECIPIENT: self._change_channel,
            errors.WAIT: self._wait_a_day,
            errors.TEMPLATE_ONLY: self._close_window,
            errors.BLOCK: self._block_template,
        }[kind]
        action(message, code, detail)

    def _outcome(self, message, outcome, detail) -> None:
        self.env["collections.outbox"]._settle(message.reminder_id, outcome, detail)

    def _retry(self, message, code, detail) -> None:
        if message.attempts >= errors.tries(code):
            message.state = "failed"
            self._outcome(message, channel.FAILED, detail)
            return
        delay = errors.delay(code, message.attempts, random.random())
        if delay <= SHORT_WAIT:
            moment = fields.Datetime.now() + timedelta(seconds=delay)
            message.write({"state": "queued", "not_before": moment})
            cron = self.env.ref("collections_whatsapp.ir_cron_send").sudo()
            cron._trigger(moment)
        else:
            message.state = "cancelled"
            self._outcome(message, channel.LATER, detail)

    def _leave_uncertain(self, message, _code, detail) -> None:
        message.state = "uncertain"
        self._outcome(message, channel.UNKNOWN, detail)

    def _stop(self, message, _code, detail) -> None:
        message.write({"state": "queued"})
        message.account_id._pause(detail)

    def _change_channel(self, message, _code, detail) -> None:
        message.state = "failed"
        self._outcome(message, channel.REFUSED, detail)

    def _wait_a_day(self, message, _code, detail) -> None:
        reminder = message.reminder_id
        if any(reminder.whatsapp_message_ids.mapped("waited")):
            message.state = "failed"
            self._outcome(message, channel.FAILED, detail)
            return
        message.write({"state": "cancelled", "waited": True})
        until = fields.Datetime.now() + timedelta(days=1)
        reminder._put_back("wait_a_day", detail, until)

    def _close_window(self, message, _code, detail) -> None:
        """Only a template goes out now: the one that asks for an answer instead.

        The text stays on the case, for the collector to send once there is an answer.
        """
        message.state = "failed"
        message.contact_id.last_inbound = False
        self._outcome(message, channel.FAILED, detail)
        case = message.case_id
        asked = case._whatsapp_ask_for_answer(message.account_id)
        case._schedule_once(
            "collections_management.mail_activity_type_reply",
            self.env._("WhatsApp: the 24 hours were over, the customer is asked again")
            if asked
            else self.env._("WhatsApp: send a template, the 24 hours are over"),
        )

    def _block_template(self, message, _code, detail) -> None:
        message.state = "failed"
        message.template_id._block(detail)
        self._outcome(message, channel.FAILED, detail)
