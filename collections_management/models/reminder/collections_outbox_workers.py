import smtplib
from contextlib import contextmanager, suppress

from odoo import api, models
from odoo.tools import SQL

from ...tools import transitions

# First key of our advisory locks: one per reminder while a worker sends it.
LOCK = 0x00C0111


class CollectionsOutboxWorkers(models.AbstractModel):
    """Several workers at once, and what is left of one that was killed."""

    _name = "collections.outbox.workers"
    _description = "Workers of the Outbox"

    @api.model
    def _lock(self, reminders) -> list[int]:
        """Return the ids of those that no other worker has."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM (SELECT id, pg_try_advisory_lock(%s, id) AS mine
                                     FROM unnest(%s::int[]) AS id) locked WHERE mine""",
                LOCK,
                reminders.ids,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _unlock(self, reminder_ids) -> None:
        self.env.execute_query(
            SQL(
                "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s::int[]) AS id",
                LOCK,
                list(reminder_ids),
            )
        )

    @api.model
    def _recover(self) -> None:
        """What is *sending* and nobody holds was left by a worker that is gone."""
        self._conclude_left()
        for reminder in self._stuck():
            locked = self._lock(reminder)
            self._commit()
            if not locked:
                continue
            reminder.invalidate_recordset()
            if reminder.state == transitions.SENDING:
                self._doubt(reminder)
            self._commit()
            self._unlock(reminder.ids)

    @api.model
    def _stuck(self):
        """Hook: what may have been left by a worker that is gone."""
        return (
            self.env["collections.reminder"]
            .sudo()
            .search(
                [
                    ("state", "=", transitions.SENDING),
                    # A person has those, not a worker.
                    ("channel", "not in", self.env["collections.channel"]._by_hand()),
                ]
            )
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
