import logging
import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import errors, graph_client, pacing

_logger = logging.getLogger(__name__)

# Requests open at once: with 200 ms each, 16 are enough for 80 a second.
THREADS = 32
# Taken by a worker and not settled yet: what a kill leaves to be found out, at most.
TAKEN = 80
# Seconds between two looks at the queue and at the answers.
TICK = 0.15
# First key of the advisory locks that say which database session is a sender.
LOCK = 0x00C0112
# Messages that waited longer pass the gate again: much may have changed.
STALE = timedelta(minutes=15)
LATE = "late"
READY = """
    SELECT one.id, account.id, one.payload, account.rate
      FROM collections_whatsapp_account account
CROSS JOIN LATERAL (
           SELECT DISTINCT ON (key, contact_id) id, payload FROM (
                  SELECT msg.id, msg.key, msg.contact_id, msg.payload
                    FROM collections_whatsapp_message msg
                    JOIN collections_reminder rem
                      ON rem.id = msg.reminder_id AND rem.state = 'sending'
                   WHERE msg.account_id = account.id AND msg.state = 'queued'
                     AND (msg.not_before IS NULL OR msg.not_before <= %(now)s)
                     AND NOT EXISTS (
                         SELECT FROM collections_whatsapp_message other
                          WHERE other.account_id = msg.account_id
                            AND other.key = msg.key AND other.key <> ''
                            AND other.direction = 'out'
                            AND other.state <> 'cancelled'
                            AND other.date_handed > %(pair)s
                            AND other.id <> msg.id)
                ORDER BY msg.id LIMIT %(look)s) ready
         ORDER BY key, contact_id, id) one
     WHERE account.active AND account.is_paused IS NOT TRUE
  ORDER BY one.id LIMIT %(count)s
"""


class Job(NamedTuple):
    """A message to be handed over, without the ORM.

    :ivar at: its moment, by this machine's monotonic clock
    """

    message_id: int
    account_id: int
    payload: dict
    rate: float
    at: float = 0.0


class CollectionsWhatsappSender(models.AbstractModel):
    """Hands queued messages over: paced, many at once, each once.

    A worker takes the messages of the next moment under a lock that all workers share,
    reserves their slots, marks them *sending* as its own and commits; only then do
    threads, which know nothing of the ORM, hand them over. What is *sending* of a
    session that is gone was left by a dead worker: it may be out, so it is *uncertain*
    until a receipt with our own id, or a person, says more.
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
    def _send_due(self, progress=lambda done: 1) -> None:
        """Send all that is queued.

        :param progress: called with the number that was settled; stop taking more
            when it returns zero
        """
        self._recover()
        settler = self.env["collections.whatsapp.settler"]
        worker = self._enter()
        clients, flight, late, going = {}, {}, [], True
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                while True:
                    room = TAKEN - len(flight) - len(late) if going else 0
                    jobs, late, waiting = self._take(worker, late, room)
                    for job in jobs:
                        client = self._client(clients, job.account_id)
                        flight[pool.submit(_hand_over, client, job)] = job
                    if not (flight or late or waiting):
                        break
                    done = self._answered(flight)
                    late += [job for job, answer in done if answer == LATE]
                    answers = [(j.message_id, a) for j, a in done if a != LATE]
                    if answers:
                        settler._settle_all(answers)
                        going = going and progress(len(answers)) > 0
            finally:
                self._leave(worker)
        self._come_back()

    @api.model
    def _answered(self, flight) -> list:
        """Wait for a moment; return the jobs that ended meanwhile, and how."""
        if not flight:
            # Only slots are missing.
            time.sleep(TICK)
        done, _open = wait(flight, timeout=TICK)
        return [(flight.pop(future), future.result()) for future in done]

    @api.model
    def _client(self, clients, account_id):
        if account_id not in clients:
            account = self.env["collections.whatsapp.account"].browse(account_id)
            clients[account_id] = account._client()
        return clients[account_id]

    # === TAKING === #

    @api.model
    def _take(self, worker, late, room) -> tuple[list[Job], list[Job], bool]:
        """Take the messages of the next moment: mark them as this worker's, commit.

        :param late: taken already; they missed their slots and get others first
        :param room: how many more may be taken
        :return: with a slot each; those of ``late`` without one; whether more wait
        """
        commit = self.env["collections.outbox"]._commit
        commit()
        pace = self.env["collections.whatsapp.pace"]
        pace._lock()
        rows = self._ready(room) if room > 0 else []
        jobs = []
        for account_id in dict.fromkeys(job.account_id for job in [*late, *rows]):
            own = [job for job in [*late, *rows] if job.account_id == account_id]
            waits = pace._reserve(account_id, len(own), own[0].rate)
            # Read after the database's: never too early.
            now = _clock()
            jobs += [
                job._replace(at=now + moment)
                for job, moment in zip(own, waits, strict=False)
            ]
        taken = {job.message_id for job in jobs}
        self._mark([job for job in rows if job.message_id in taken], worker)
        commit()
        left = [job for job in late if job.message_id not in taken]
        return sorted(jobs, key=lambda job: job.at), left, len(jobs) < len(rows)

    @api.model
    def _ready(self, count) -> list[Job]:
        """Return the next messages: one a person, and not within the pair's limit."""
        self.env["collections.whatsapp.message"].flush_model()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                READY,
                now=now,
                pair=now - timedelta(seconds=pacing.PAIR_SECONDS),
                look=count * 2,
                count=count,
            )
        )
        return [Job(*row) for row in rows]

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

    @api.model
    def _come_back(self) -> None:
        """Who was just written to gets the next message after the pair's seconds."""
        messages = self.env["collections.whatsapp.message"].sudo()
        domain = [
            ("state", "=", "queued"),
            ("not_before", "=", False),
            ("reminder_id.state", "=", "sending"),
            ("account_id.is_paused", "=", False),
        ]
        if messages.search_count(domain, limit=1):
            moment = fields.Datetime.now() + timedelta(seconds=pacing.PAIR_SECONDS)
            cron = self.env.ref("collections_whatsapp.ir_cron_send").sudo()
            cron._trigger(moment)

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
                self.env["collections.whatsapp.settler"]._leave_uncertain(
                    message, 0, None
                )
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


def _clock() -> float:
    """Return seconds that pass in all threads, also where a test stops time."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def _hand_over(client, job: Job):
    """Wait for the message's moment and hand it over; never raises.

    :return: what WhatsApp answered, a problem, or LATE: nothing was tried
    """
    time.sleep(max(0.0, job.at - _clock()))
    if _clock() > job.at + pacing.LATE:
        return LATE
    try:
        return client.send(job.payload)
    except graph_client.ApiError as error:
        return error.problem
    except Exception as error:  # whatever it is, it may be out
        _logger.exception("WhatsApp request failed")
        return errors.Problem(errors.UNKNOWN, 0, graph_client.mask(str(error)))
