import logging
import random
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import NamedTuple

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.collections_management.models import collections_channel as channel

from ..tools import errors, graph_client, pacing

_logger = logging.getLogger(__name__)

# Taken at once by a worker. All that it has not handed over when it is killed is at
# most this, and the rest of the queue is untouched.
SLICE = 8
# Requests that may be open at once; with 200 ms each, 16 are enough for 80 a second.
IN_FLIGHT = 40
# First key of the advisory locks that say which database session is a sender.
LOCK = 0x00C0112
# Messages that waited longer pass the gate again: much may have changed.
STALE = timedelta(minutes=15)
# Beyond this a retry is the outbox's, which asks the gate first.
SHORT_WAIT = 60.0
CONFLICTS = 10


class Job(NamedTuple):
    """A message to be handed over, without the ORM."""

    message_id: int
    account_id: int
    payload: dict
    wait: float


class CollectionsWhatsappSender(models.AbstractModel):
    """Hands queued messages over: paced, many at once, each once.

    A worker takes a few messages under a lock that all workers share, reserves their
    moments, marks them *sending* as its own and commits; only then do threads, which
    know nothing of the ORM, hand them over. What is *sending* of a session that is
    gone was left by a dead worker: it may be out, so it is *uncertain* until a receipt
    with our own id, or a person, says more.
    """

    _name = "collections.whatsapp.sender"
    _description = "WhatsApp Sender"

    @api.model
    def _wake(self) -> None:
        self.env.ref("collections_whatsapp.ir_cron_send").sudo()._trigger()

    @api.model
    def _cron_send(self) -> None:
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._queued_count())
        self._send_due(cron._commit_progress)

    @api.model
    def _queued_count(self) -> int:
        messages = self.env["collections.whatsapp.message"].sudo()
        return messages.search_count([("state", "=", "queued")])

    @api.model
    def _send_due(self, progress=lambda done: 1) -> int:
        """Send all that is queued; return how many were handed over.

        :param progress: called with the number that was settled; stop taking more
            when it returns zero
        """
        self._recover()
        worker = self._enter()
        clients, flight, total, going = {}, {}, 0, True
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            try:
                while going or flight:
                    jobs = self._take(worker) if going else []
                    for job in jobs:
                        client = self._client(clients, job.account_id)
                        flight[pool.submit(_hand_over, client, job)] = job
                    total += len(jobs)
                    done = self._finished(flight, full=bool(jobs))
                    if done:
                        self._settle_all(done)
                        going = going and progress(len(done)) > 0
                    going = going and bool(jobs or flight)
            finally:
                self._leave(worker)
        return total

    def _finished(self, flight, full) -> list:
        """Return what was answered; wait where nothing else is to be done."""
        if not flight:
            return []
        # While there is more to take, only the crowd is waited for.
        if full and len(flight) < IN_FLIGHT:
            done = [future for future in flight if future.done()]
            if len(done) < SLICE:
                return []
        else:
            done, _open = wait(flight, timeout=60, return_when=FIRST_COMPLETED)
        return [(flight.pop(future), future.result()) for future in list(done)]

    @api.model
    def _client(self, clients, account_id):
        if account_id not in clients:
            account = self.env["collections.whatsapp.account"].browse(account_id)
            clients[account_id] = account._client()
        return clients[account_id]

    # === TAKING === #

    @api.model
    def _take(self, worker) -> list[Job]:
        """Take a few messages: mark them as this worker's, and commit."""
        commit = self.env["collections.outbox"]._commit
        commit()
        self.env["collections.whatsapp.pace"]._lock()
        rows = self._next_rows()
        jobs = []
        for account_id in dict.fromkeys(row[1] for row in rows):
            own = [row for row in rows if row[1] == account_id]
            waits = self.env["collections.whatsapp.pace"]._reserve(
                account_id, len(own), own[0][3]
            )
            jobs += [
                Job(row[0], account_id, row[2], moment)
                for row, moment in zip(own, waits, strict=True)
            ]
        self._mark(jobs, worker)
        commit()
        return jobs

    @api.model
    def _next_rows(self) -> list[tuple]:
        """Return the next messages: one a person, and not within the pair's limit."""
        self.env["collections.whatsapp.message"].flush_model()
        now = fields.Datetime.now()
        return self.env.execute_query(
            SQL(
                """SELECT id, account_id, payload, rate FROM (
                       SELECT DISTINCT ON (msg.key, msg.contact_id)
                              msg.id, msg.account_id, msg.payload, account.rate
                         FROM (SELECT * FROM collections_whatsapp_message
                                WHERE state = 'queued'
                                  AND (not_before IS NULL OR not_before <= %(now)s)
                             ORDER BY id LIMIT %(look)s) msg
                         JOIN collections_whatsapp_account account
                           ON account.id = msg.account_id AND account.active
                          AND account.is_paused IS NOT TRUE
                         JOIN collections_reminder rem
                           ON rem.id = msg.reminder_id AND rem.state = 'sending'
                        WHERE NOT EXISTS (
                              SELECT FROM collections_whatsapp_message other
                               WHERE other.account_id = msg.account_id
                                 AND other.key = msg.key AND other.key <> ''
                                 AND other.direction = 'out'
                                 AND other.state <> 'cancelled'
                                 AND other.date_handed > %(pair)s
                                 AND other.id <> msg.id)
                     ORDER BY msg.key, msg.contact_id, msg.id) one
                  ORDER BY id LIMIT %(count)s""",
                now=now,
                look=SLICE * 8,
                pair=now - timedelta(seconds=pacing.PAIR_SECONDS),
                count=SLICE,
            )
        )

    @api.model
    def _mark(self, jobs, worker) -> None:
        if not jobs:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE collections_whatsapp_message
                      SET state = 'sending', worker = %s, date_handed = %s,
                          attempts = coalesce(attempts, 0) + 1
                    WHERE id = ANY(%s)""",
                worker,
                fields.Datetime.now(),
                [job.message_id for job in jobs],
            )
        )
        self.env["collections.whatsapp.message"].invalidate_model()

    # === SETTLING === #

    @api.model
    def _settle_all(self, done) -> None:
        """Write down what was answered; again where a receipt came in between."""
        commit = self.env["collections.outbox"]._commit
        for attempt in range(CONFLICTS):
            try:
                with self.env.cr.savepoint():
                    self._settle(done)
                commit()
                return
            except psycopg2.errors.SerializationFailure:
                if attempt == CONFLICTS - 1:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                time.sleep(random.uniform(0.01, 0.1))

    @api.model
    def _settle(self, done) -> None:
        messages = self.env["collections.whatsapp.message"].sudo()
        sent = [(messages.browse(job.message_id), ans) for job, ans in done]
        self._settle_sent(
            [row for row in sent if isinstance(row[1], graph_client.Sent)]
        )
        for message, problem in sent:
            if isinstance(problem, errors.Problem):
                self._settle_problem(message, problem)

    @api.model
    def _settle_sent(self, rows) -> None:
        """WhatsApp has them: that is *sent*, unless a receipt already said more."""
        arrived = self.env["collections.whatsapp.message"].sudo()
        for message, answer in rows:
            values = {"wamid": answer.wamid, "worker": 0}
            if message.state in ("sending", "uncertain", "queued"):
                values["state"] = "sent"
            message.write(values)
            if answer.wa_id and message.contact_id.wa_id != answer.wa_id:
                message.contact_id.wa_id = answer.wa_id
            arrived += message
        reminders = arrived.reminder_id
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
        """Only a template goes out now: the free text stays with the collector."""
        message.state = "failed"
        message.contact_id.last_inbound = False
        self._outcome(message, channel.FAILED, detail)
        message.case_id._schedule_once(
            "collections_management.mail_activity_type_reply",
            self.env._("WhatsApp: send a template, the 24 hours are over"),
        )

    def _block_template(self, message, _code, detail) -> None:
        message.state = "failed"
        message.template_id._block(detail)
        self._outcome(message, channel.FAILED, detail)

    # === WORKERS === #

    @api.model
    def _enter(self) -> int:
        """Be known as a sender as long as this database session lives."""
        [(worker,)] = self.env.execute_query(SQL("SELECT pg_backend_pid()"))
        self.env.cr.execute(SQL("SELECT pg_advisory_lock(%s, %s)", LOCK, worker))
        return worker

    @api.model
    def _leave(self, worker) -> None:
        self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, worker))

    @api.model
    def _recover(self) -> None:
        """Settle what dead workers left, and give back what waited too long."""
        messages = self.env["collections.whatsapp.message"].sudo()
        workers = messages._read_group([("state", "=", "sending")], ["worker"])
        for (worker,) in workers:
            [(gone,)] = self.env.execute_query(
                SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK, worker)
            )
            if not gone:
                continue
            self.env["collections.outbox"]._commit()
            left = messages.search([("state", "=", "sending"), ("worker", "=", worker)])
            for message in left:
                self._leave_uncertain(message, 0, None)
            self.env["collections.outbox"]._commit()
            self._leave(worker)
        stale = messages.search(
            [("state", "=", "queued"), ("date", "<", fields.Datetime.now() - STALE)]
        )
        self._return(stale)
        self.env["collections.outbox"]._commit()

    @api.model
    def _give_back(self, accounts) -> None:
        """Return what is queued on numbers that were paused."""
        messages = self.env["collections.whatsapp.message"].sudo()
        domain = [("state", "=", "queued"), ("account_id", "in", accounts.ids)]
        self._return(messages.search(domain))

    @api.model
    def _return(self, messages) -> None:
        """Nothing of these was handed over: the gate decides again about them."""
        if not messages:
            return
        # Free texts stay queued: the reminder carries them through the gate.
        messages.filtered(lambda one: one.kind == "template").state = "cancelled"
        messages.date = fields.Datetime.now()
        messages.reminder_id._put_back()
        self.env["collections.outbox"]._wake()


def _hand_over(client, job: Job):
    """Wait for the message's moment and hand it over; never raises."""
    time.sleep(job.wait)
    try:
        return client.send(job.payload)
    except graph_client.ApiError as error:
        return error.problem
    except Exception as error:  # whatever it is, it may be out
        _logger.exception("WhatsApp request failed")
        return errors.Problem(errors.UNKNOWN, 0, graph_client.mask(str(error)))
