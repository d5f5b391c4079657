import logging
import time
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg2

from odoo import api, fields, models
from odoo.modules import module

from ...tools import backoff, transitions
from ..channel import collections_channel as channel
from ..run import collections_gate as gate

_logger = logging.getLogger(__name__)

BATCH = 50
# So many seconds an answer of the gate holds; then it is asked again.
FRESH = 5


@dataclass(frozen=True)
class Task:
    """A reminder that may go: with whom, its channel and parcel, its day, its limit."""

    reminder: models.BaseModel
    reminders: models.BaseModel
    way: models.BaseModel
    today: date
    is_capped: bool


class CollectionsOutbox(models.AbstractModel):
    """Sends what is queued: each reminder once, whatever happens to the worker.

    A reminder is committed as *sending* before the outside call. The worker holds
    an advisory lock on its connection meanwhile; PostgreSQL drops the lock with
    the connection, so what is *sending* without a lock was left by a dead worker
    and becomes *uncertain*, never sent again by itself.
    """

    _name = "collections.outbox"
    _description = "Outbox"
    _inherit = ["collections.outbox.bundles", "collections.outbox.workers"]

    @api.model
    def _wake(self) -> None:
        self.env.ref("collections_management.ir_cron_send").sudo()._trigger()

    @api.model
    def _cron_send(self) -> None:
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._due_count())
        self._send_due()

    @api.model
    def _drain(self, company=None) -> None:
        """Send all that is due, for scripts and tests."""
        self._send_due(company=company)

    @api.model
    def _send_due(self, progress=lambda: True, company=None) -> None:
        """Send by rising id, each reminder looked at once.

        :param progress: called for each; it is the last one when it returns zero
        """
        self._recover()
        last = 0
        with self._sessions() as sessions:
            while batch := self._next_batch(last, company):
                last = batch[-1].id
                for part in self._parts(batch):
                    # Whoever drains it: what the outbox may do is the gate's matter.
                    own = self.sudo().with_company(part.company_id)
                    if not own._send_part(part.with_env(own.env), sessions, progress):
                        return
                # Thousands in one go: memory stays flat.
                self.env.invalidate_all()

    @api.model
    def _due_domain(self, company=None, by_hand=False):
        """What may be sent now.

        :param by_hand: what waits for a person to send it, instead of all else
        """
        codes = self.env["collections.channel"]._by_hand()
        domain = [
            ("channel", "in" if by_hand else "not in", codes),
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
    def _due_count(self) -> int:
        return self.env["collections.reminder"].sudo().search_count(self._due_domain())

    @api.model
    def _commit(self, done=0) -> float:
        """The only place that commits: *sending* has to outlive this worker.

        :param done: how many were looked at since the last time
        :return: the seconds that are left to this worker
        """
        # As in `mail.mail`: a test's transaction is never committed.
        if module.current_test:
            return float("inf")
        return self.env["ir.cron"]._commit_progress(done)

    # === A BATCH === #

    @api.model
    def _send_part(self, part, sessions, progress) -> bool:
        """Send reminders of one company; return whether there is time for more.

        What is the same for many is done once: files, items, gate, texts. Then each is
        committed as *sending*, handed over and settled by itself. Nobody waits behind
        a slow server with an old answer of the gate: it is asked again.
        """
        locked = self._lock(part)
        # A new transaction: what another worker did until it unlocked is seen.
        self._commit()
        try:
            left = part.filtered(lambda reminder: reminder.id in locked)
            left = left.filtered_domain(self._due_domain())
            prepared = self._by_channel(left, "_prepare")
            self._commit()
            size = BATCH
            while left:
                done = self._send_some(left[:size], prepared, sessions, progress)
                if not done:
                    return False
                # About as many as can be sent while the answer is fresh.
                whole = done == len(left[:size])
                size = min(size + size // 4 + 1, BATCH) if whole else done
                left = left[done:]
        except psycopg2.Error:
            # The locks outlive the transaction, which can give nothing back now.
            self.env.cr.rollback()
            raise
        finally:
            self._unlock(locked)
        return True

    @api.model
    def _send_some(self, some, prepared, sessions, progress) -> int:
        """Send the first of some, until the gate's answer is old.

        One commit says what became of one and that the next is *sending*.

        :return: how many were looked at; zero if there is no time for more
        """
        asked = time.monotonic()
        tasks = self._tasks(some, self._make_ready(some, prepared))
        looked, going, sent = 0, True, some.browse()
        for reminder in some:
            looked += 1
            task = tasks.get(reminder.id)
            session = self._begin(task, sessions) if task else None
            going = self._commit(1) > 0 and progress()
            if session is not None and self._hand_over(task, session, sessions):
                sent += task.reminders
            if not going or time.monotonic() - asked > FRESH:
                break
        # What went out is committed before all else; the rest can be done again.
        self._commit()
        self._conclude(sent)
        self._commit()
        return looked if going else 0

    @api.model
    def _by_channel(self, reminders, method) -> dict:
        """Return what the channels' methods for many give, by reminder id."""
        register, found = reminders.env["collections.channel"], {}
        for code, own in reminders.grouped("channel").items():
            found |= getattr(register._by_code(code), method)(own)
        return found

    @api.model
    def _make_ready(self, part, prepared) -> dict:
        """Ask the gate and write what passes; nothing has left yet.

        :return: what each that may go takes to its channel, by reminder id
        """
        passed = self._pass_gate(part)._bundle()
        ready = self._compose(passed.with_context(collections_prepared=prepared))
        self._commit()
        return ready

    @api.model
    def _pass_gate(self, part, by_hand=False):
        """Ask the gate; cancel and defer what it says, return those that may go.

        :param by_hand: a person is about to send them
        """
        part.invalidate_recordset()
        due = self._due_domain(by_hand=by_hand)
        mine = part.try_lock_for_update().filtered_domain(due)
        mine._refresh_content()
        channels = {reminder.id: reminder.channel for reminder in mine}
        answers = mine._ask_gate()
        passed = mine.filtered(
            lambda rem: self._may_go(rem, channels[rem.id], *answers[rem.id])
        )
        # What changed to a channel of the other kind waits there.
        others = passed.filtered(
            lambda rem: (
                self.env["collections.channel"]._of(rem)._is_by_hand is not by_hand
            )
        )
        others._move_to(transitions.QUEUED)
        if others and by_hand:
            self._wake()
        return passed - others

    @api.model
    def _may_go(self, reminder, channel_before, verdict, reason, detail) -> bool:
        """Do what the gate says; return whether it says that it may go now."""
        changed = reminder.channel != channel_before
        if changed and reminder._needs_approval(reminder.level_channel_id):
            reminder._move_to(transitions.TO_APPROVE)
        elif verdict == gate.CANCEL:
            reminder._move_to(transitions.CANCELLED, reason, detail)
        elif verdict == gate.DEFER:
            self._defer(reminder, reason, detail, timedelta(days=1))
        else:
            return True
        return False

    @api.model
    def _compose(self, reminders) -> dict:
        """Write the texts, all at once; where one cannot be, one by one."""
        try:
            with self.env.cr.savepoint():
                packed = self._by_channel(reminders, "_compose_all")
            return {reminder.id: packed.get(reminder.id) for reminder in reminders}
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001 one bad text never stops the others
            if len(reminders) > 1:
                return {
                    key: parcel
                    for reminder in reminders
                    for key, parcel in self._compose(reminder).items()
                }
            _logger.warning("Reminder %s not composed: %s", reminders.id, error)
            reminders._move_to(transitions.FAILED, "not_composed", str(error))
        return {}

    # === ONE REMINDER === #

    @api.model
    def _tasks(self, reminders, ready) -> dict:
        """Return what is needed to send each, read once: a commit empties the cache."""
        channels = self.env["collections.channel"]
        return {
            reminder.id: Task(
                reminder,
                reminder._together(),
                channels._of(reminder).with_context(
                    collections_parcel=ready[reminder.id]
                ),
                reminder._logical_today(),
                bool(reminder.company_id.sudo().collections_daily_cap),
            )
            for reminder in reminders
            if reminder.id in ready
        }

    @api.model
    def _begin(self, task, sessions) -> tuple | None:
        """Mark one as *sending*, which is committed before it is handed over.

        :return: its session, in a tuple; ``None`` where it does not go now
        """
        session, problem = None, None
        if task.is_capped and self.env["collections.gate"]._check_cap(task.reminder):
            problem = self._defer, "daily_cap", None, timedelta(days=1)
        else:
            try:
                session = sessions.get(task.way, task.reminder)
            except Exception as error:  # noqa: BLE001 whatever it is, nothing went out
                _logger.info("No connection for %s: %s", task.reminder, error)
                problem = self._retry_later, "connection_failed", str(error)
        try:
            # What became of the one before it must not be lost with this one.
            with self.env.cr.savepoint():
                # Somebody may have cancelled it since.
                if problem is None:
                    return (session,) if self._take_all(task) else None
                due = task.reminders.try_lock_for_update()
                due = due.filtered_domain(self._due_domain())
        except psycopg2.errors.SerializationFailure:
            return None
        for reminder in due:
            method, *arguments = problem
            method(reminder, *arguments)
        return None

    @api.model
    def _hand_over(self, task, session, sessions) -> bool:
        """Hand one over and write down what came of it; return whether it went out."""
        outcome, detail = task.way._transmit(task.reminder, *session)
        if outcome == channel.UNKNOWN:
            sessions.drop(task.way)
        for reminder in task.reminders:
            if outcome == channel.SENT:
                self._mark_sent(reminder, task.today)
            else:
                self._settle(reminder, outcome, detail)
        return outcome == channel.SENT

    @api.model
    def _settle(self, reminder, outcome, detail) -> None:
        """Write down what came of one that did not go out, or may not have."""
        if outcome == channel.LATER:
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
