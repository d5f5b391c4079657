import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import transitions

_logger = logging.getLogger(__name__)

LEFT = 500
# A row and its event, at once; a commit empties the cache, so nothing is read first.
MOVE = """
    WITH mine AS (
        SELECT id FROM collections_reminder rem
         WHERE id = %(id)s AND state = ANY(%(sources)s) AND %(condition)s
           FOR NO KEY UPDATE %(waiting)s
    ), moved AS (
        UPDATE collections_reminder rem
           SET state = %(state)s, reason = NULL, reason_detail = NULL,
               write_uid = %(uid)s, write_date = %(now)s, %(values)s
          FROM mine
         WHERE rem.id = mine.id
     RETURNING rem.id, rem.contact_rule_id
    )
    INSERT INTO collections_reminder_event
                (reminder_id, state, contact_rule_id,
                 create_uid, create_date, write_uid, write_date)
         SELECT id, %(state)s, contact_rule_id, %(uid)s, %(now)s, %(uid)s, %(now)s
           FROM moved
      RETURNING id
"""


class CollectionsOutboxMoves(models.AbstractModel):
    """What is written for each message by itself, in one statement, and what is not.

    Log, case and the channel's own record of what went out follow for many at once.
    Until then ``to_conclude`` is set, so that the next worker does it for one that
    was killed.
    """

    _name = "collections.outbox.moves"
    _description = "Moves of the Outbox"

    @api.model
    def _take(self, reminder) -> bool:
        """Mark one as *sending*, unless somebody has it or moved it since."""
        now = fields.Datetime.now()
        return self._move_one(
            reminder,
            transitions.SENDING,
            condition=SQL(
                "(state = %s OR (state = %s AND date_deferred <= %s))",
                transitions.QUEUED,
                transitions.DEFERRED,
                now,
            ),
            waiting=SQL("SKIP LOCKED"),
            values=SQL("attempts = coalesce(attempts, 0) + 1"),
        )

    @api.model
    def _mark_sent(self, reminder, today) -> bool:
        return self._move_one(
            reminder,
            transitions.SENT,
            condition=SQL("TRUE"),
            waiting=SQL(""),
            values=SQL(
                "date_sent = %s, date = %s, to_conclude = TRUE",
                fields.Datetime.now(),
                today,
            ),
        )

    @api.model
    def _move_one(self, reminder, state, **parts) -> bool:
        """Move one along the state machine, with its event; return whether it moved."""
        reminder.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                MOVE,
                id=reminder.id,
                state=state,
                sources=list(transitions.sources(state)),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                **parts,
            )
        )
        reminder.invalidate_recordset(flush=False)
        return bool(rows)

    # === FOR MANY === #

    @api.model
    def _conclude(self, reminders) -> None:
        """Log reminders that went out, end jumps, refresh their cases.

        In a transaction of its own: who else changes one of them makes it wait for
        the next worker.
        """
        try:
            with self.env.cr.savepoint():
                # First of all: what is locked now cannot change until the end.
                mine = reminders.try_lock_for_update().filtered("to_conclude")
                self._conclude_locked(mine)
        except psycopg2.errors.SerializationFailure:
            _logger.info("%s are concluded by the next worker", reminders)

    @api.model
    def _conclude_locked(self, reminders) -> None:
        register = self.env["collections.channel"]
        reminders.case_id._end_jump()
        for code, own in reminders.grouped("channel").items():
            way = register._by_code(code)
            way._conclude(own)
            if way._is_contact:
                self.env["collections.interaction"]._log_reminder(own)
        reminders.to_conclude = False
        reminders._touch_cases()

    @api.model
    def _conclude_left(self) -> None:
        """Conclude what a worker that is gone did not come to."""
        left = (
            self.env["collections.reminder"]
            .sudo()
            .search([("to_conclude", "=", True)], order="id", limit=LEFT)
        )
        locked = self._lock(left) if left else []
        self._commit()
        for company, own in left.browse(locked).grouped("company_id").items():
            self.with_company(company)._conclude(own)
            self._commit()
        self._unlock(locked)
