import logging
import smtplib
from contextlib import contextmanager, suppress
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.modules import module
from odoo.tools import SQL

from ..tools import backoff, transitions
from . import collections_channel as channel
from . import collections_gate as gate

_logger = logging.getLogger(__name__)

BATCH = 50
# First key of our advisory locks: one per reminder while a worker sends it.
LOCK = 0x00C0111


class CollectionsOutbox(models.AbstractModel):
    """Sends what is queued: each reminder once, whatever happens to the worker.

    A reminder is committed as *sending* before the outside call. The worker holds
    an advisory lock on its connection meanwhile; PostgreSQL drops the lock with
    the connection, so what is *sending* without a lock was left by a dead worker
    and becomes *uncertain*, never sent again by itself.
    """

    _name = "collections.outbox"
    _description = "Outbox"

    @api.model
    def _wake(self) -> None:
        self.env.ref("collections_management.ir_cron_send").sudo()._trigger()

    @api.model
    def _cron_send(self) -> None:
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._due_count())
        self._send_due(lambda: cron._commit_progress(1))

    @api.model
    def _drain(self, company=None) -> None:
        """Send all that is due, for scripts and tests."""
        self._send_due(lambda: 1, company)

    @api.model
    def _send_due(self, progress, company=None) -> None:
        """Send by rising id, each reminder looked at once.

        :param progress: called after each; stop when it returns zero
        """
        self._recover()
        last = 0
        with self._sessions() as sessions:
            while batch := self._next_batch(last, company):
                prepared = self._prepare(batch)
                for reminder in batch:
                    last = reminder.id
                    self._send_one(reminder, sessions, prepared.get(reminder.id))
                    if not progress():
                        return
                # Thousands in one go: memory stays flat.
                self.env.invalidate_all()

    @api.model
    def _due_domain(self, company=None):
        domain = [
            "|",
            ("state", "=", transitions.QUEUED),
            "&",
            ("state", "=", transitions.DEFERRED),
            ("date_deferred", "<=", fields.Datetime.now()),
        ]
        return domain + ([("company_id", "=", company.id)] if company else [])

    @api.model
    def _next_batch(self, last, company=None):
        domain = [("id", ">", last), *self._due_domain(company)]
        return (
            self.env["collections.reminder"]
            .sudo()
            .search(domain, order="id", limit=BATCH)
        )

    @api.model
    def _prepare(self, batch) -> dict:
        """Let each channel make at once what is cheaper for many reminders."""
        found = {}
        for company, own in batch.grouped("company_id").items():
            register = self.with_company(company).env["collections.channel"]
            for code, reminders in own.grouped("channel").items():
                found |= register._by_code(code)._prepare(reminders)
        self._commit()
        return found

    @api.model
    def _due_count(self) -> int:
        return self.env["collections.reminder"].sudo().search_count(self._due_domain())

    @api.model
    def _commit(self) -> None:
        """The only place that commits: *sending* has to outlive this worker."""
        # As in `mail.mail`: a test's transaction is never committed.
        if not module.current_test:
            self.env["ir.cron"]._commit_progress()

    # === ONE REMINDER === #

    @api.model
    def _send_one(self, reminder, sessions, prepared=None) -> None:
        locked = self._lock(reminder)
        # A new transaction: what another worker did until it unlocked is seen.
        self._commit()
        if not locked:
            return
        try:
            reminder.invalidate_recordset()
            mine = reminder.try_lock_for_update()
            if mine.filtered_domain(self._due_domain()):
                company = mine.company_id
                context = {"collections_prepared": {mine.id: prepared}}
                self.with_company(company).with_context(**context)._process(
                    mine.with_company(company).with_context(**context), sessions
                )
            self._commit()
        except psycopg2.Error:
            # The lock outlives the transaction, which can give nothing back now.
            self.env.cr.rollback()
            raise
        finally:
            self._unlock(reminder)

    @api.model
    def _process(self, reminder, sessions) -> None:
        reminder._refresh_content()
        channel_before = reminder.channel
        verdict, reason, detail = reminder._ask_gate()
        changed = reminder.channel != channel_before
        if changed and reminder._needs_approval(reminder.level_channel_id):
            reminder._move_to(transitions.TO_APPROVE)
        elif verdict == gate.CANCEL:
            reminder._move_to(transitions.CANCELLED, reason, detail)
        elif verdict == gate.DEFER:
            self._defer(reminder, reason, detail, timedelta(days=1))
        else:
            self._transmit(reminder, sessions)

    @api.model
    def _transmit(self, reminder, sessions) -> None:
        way = self.env["collections.channel"]._of(reminder)
        if not self._compose(way, reminder):
            return
        try:
            session = sessions.get(way, reminder)
        except Exception as error:  # noqa: BLE001 whatever it is, nothing went out
            _logger.info("No connection for reminder %s: %s", reminder.id, error)
            self._retry_later(reminder, "connection_failed", str(error))
            return
        reminder._move_to(transitions.SENDING, attempts=reminder.attempts + 1)
        self._commit()
        outcome, detail = way._transmit(reminder, session)
        if outcome == channel.UNKNOWN:
            sessions.drop(way)
        self._settle(reminder, outcome, detail)

    @api.model
    def _compose(self, way, reminder) -> bool:
        try:
            with self.env.cr.savepoint():
                way._compose(reminder)
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001 one bad text never stops the others
            _logger.warning("Reminder %s not composed: %s", reminder.id, error)
            reminder._move_to(transitions.FAILED, "not_composed", str(error))
            return False
        return True

    @api.model
    def _settle(self, reminder, outcome, detail) -> None:
        if outcome == channel.SENT:
            reminder._move_to(
                transitions.SENT,
                date_sent=fields.Datetime.now(),
                date=reminder._logical_today(),
            )
            # A jump is for one reminder.
            reminder.case_id.jump_level_id = False
            if self.env["collections.channel"]._of(reminder)._is_contact:
                self.env["collections.interaction"]._log_reminder(reminder)
        elif outcome == channel.LATER:
            self._retry_later(reminder, "delivery_failed", detail)
        elif outcome == channel.UNKNOWN:
            self._doubt(reminder, detail)
        elif outcome == channel.PAUSE:
            self.env["collections.channel.switch"]._pause(
                reminder.company_id, reminder.channel, detail
            )
            self._defer(reminder, "channel_paused", detail, timedelta(days=1))
        else:
            reminder._move_to(transitions.FAILED, "delivery_failed", detail)
            if outcome == channel.REFUSED:
                reminder._mark_addresses_bad()
            reminder._go_on()

    @api.model
    def _doubt(self, reminder, detail=None) -> None:
        """It may have gone out: a person finds out and says so."""
        reminder._move_to(transitions.UNCERTAIN, "worker_gone", detail)
        reminder.case_id._schedule_once(
            "collections_management.mail_activity_type_uncertain",
            lambda env: env._(
                "A reminder may have gone out: ask before sending it again"
            ),
        )

    @api.model
    def _defer(self, reminder, reason, detail, delay) -> None:
        allowed = reminder._next_allowed(reason)
        reminder._move_to(
            transitions.DEFERRED,
            reason,
            detail,
            date_deferred=allowed or fields.Datetime.now() + delay,
        )
        if reason in ("no_address", "blacklisted"):
            reminder.case_id._ask_for_address()

    @api.model
    def _retry_later(self, reminder, reason, detail) -> None:
        """Back off by the kind of error; then a person looks at it."""
        attempts = reminder.attempts + (reminder.state != transitions.SENDING)
        reminder.attempts = attempts
        minutes = backoff.wait(reason, attempts)
        if minutes is None:
            reminder._move_to(transitions.FAILED, reason, detail)
            return
        self._defer(reminder, reason, detail, timedelta(minutes=minutes))

    # === WORKERS === #

    @api.model
    def _lock(self, reminder) -> bool:
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK, reminder.id)
        )
        return locked

    @api.model
    def _unlock(self, reminder) -> None:
        self.env.execute_query(
            SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, reminder.id)
        )

    @api.model
    def _recover(self) -> None:
        """What is *sending* and nobody holds was left by a worker that is gone."""
        for reminder in self._stuck():
            locked = self._lock(reminder)
            self._commit()
            if not locked:
                continue
            reminder.invalidate_recordset()
            if reminder.state == transitions.SENDING:
                self._doubt(reminder)
            self._commit()
            self._unlock(reminder)

    @api.model
    def _stuck(self):
        """Hook: what may have been left by a worker that is gone."""
        return (
            self.env["collections.reminder"]
            .sudo()
            .search([("state", "=", transitions.SENDING)])
        )

    @contextmanager
    def _sessions(self):
        sessions = Sessions()
        try:
            yield sessions
        finally:
            sessions.close()


class Sessions:
    """Connections of a batch, opened when first needed, one per channel."""

    def __init__(self):
        self._open = {}

    def get(self, way, reminder):
        if way._name not in self._open:
            self._open[way._name] = way._connect(reminder)
        return self._open[way._name]

    def drop(self, way):
        self._open.pop(way._name, None)

    def close(self):
        for session in self._open.values():
            if session is not None:
                with suppress(smtplib.SMTPException, OSError):
                    session.quit()
