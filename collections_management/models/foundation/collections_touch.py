import threading
from collections.abc import Iterable
from functools import partial

from odoo import api, fields, models
from odoo.sql_db import db_connect
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION

BUFFER = "collections_touch"
# Changes of this long are announced to the workers together.
PATIENCE = 0.5
_waking = set()


def wake(dbname: str) -> None:
    """Tell the workers soon that there is something to refresh.

    From a thread of its own and at most once per moment and process; a notice that
    is lost with the process only means that the workers' next look finds the work.
    """
    if dbname in _waking:
        return
    _waking.add(dbname)
    timer = threading.Timer(PATIENCE, _notify, [dbname])
    timer.daemon = True
    timer.start()


def _notify(dbname: str) -> None:
    _waking.discard(dbname)
    with db_connect("postgres").cursor() as cr:
        cr.execute(
            SQL(
                "SELECT %s('cron_trigger', %s)",
                SQL.identifier(ODOO_NOTIFY_FUNCTION),
                dbname,
            )
        )


class CollectionsTouch(models.Model):
    """What changed in the ledger since the last refresh: an append-only queue.

    One row per customer and transaction, no foreign key, no shared row to update:
    two people who post for the same customer at once never wait for each other.
    """

    _name = "collections.touch"
    _description = "Ledger Change to Refresh"
    _log_access = False
    _order = "id"

    company = fields.Integer(required=True)
    partner = fields.Integer(required=True, help="Commercial partner")
    reopened_line = fields.Integer(
        help="Journal item whose reconciliation was undone: its cycle ended"
    )

    _company_idx = models.Index("(company, id)")

    @api.model
    def _touch(self, pairs: Iterable[tuple[int, int]], reopened=()) -> None:
        """Remember that figures of customers changed, until the commit.

        :param pairs: company id and commercial partner id
        :param reopened: triples with the id of a line that is open again
        """
        rows = {(company, partner, 0) for company, partner in pairs}
        rows |= set(reopened)
        rows = {row for row in rows if row[0] and row[1]}
        if not rows:
            return
        data = self.env.cr.precommit.data
        if BUFFER not in data:
            data[BUFFER] = set()
            self.env.cr.precommit.add(self.sudo()._write_buffer)
        data[BUFFER] |= rows

    @api.model
    def _touch_lines(self, lines, reopened=()) -> None:
        """Touch the customers of journal items, whatever their account."""
        lines = lines.sudo()
        self._touch(
            (
                (line.company_id.id, line.partner_id.commercial_partner_id.id)
                for line in lines
                if line.partner_id
            ),
            [
                (
                    line.company_id.id,
                    line.partner_id.commercial_partner_id.id,
                    line.id,
                )
                for line in reopened
            ],
        )

    @api.model
    def _write_buffer(self) -> None:
        """Append the buffered rows and wake the refresh."""
        rows = self.env.cr.precommit.data.pop(BUFFER, None)
        if not rows:
            return
        cron = self.env.ref(
            "collections_management.ir_cron_refresh", raise_if_not_found=False
        )
        # What `ir.cron._trigger` does, in the same statement and without its notice
        # inside the user's commit: the two would cost 6 ms of every posting.
        self.env.cr.execute(
            SQL(
                """WITH touched AS (
                       INSERT INTO collections_touch (company, partner, reopened_line)
                       VALUES %s)
                INSERT INTO ir_cron_trigger (cron_id, call_at)
                SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron WHERE id = %s""",
                SQL(", ").join(SQL("(%s, %s, %s)", *row) for row in rows),
                cron.id if cron else 0,
            )
        )
        self.env.cr.postcommit.add(partial(wake, self.env.cr.dbname))

    @api.model
    def _consume(self, company_id, partner_ids=None, limit=None) -> tuple[set, set]:
        """Take rows off the queue of a company.

        :param partner_ids: only these customers' rows
        :return: commercial partner ids, and ids of reopened lines
        """
        self._write_buffer()
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM collections_touch WHERE id IN (
                       SELECT id FROM collections_touch WHERE company = %s AND %s
                     ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                RETURNING partner, reopened_line""",
                company_id,
                SQL("TRUE")
                if partner_ids is None
                else SQL("partner = ANY(%s)", list(partner_ids)),
                limit,
            )
        )
        return {partner for partner, _line in rows}, {line for _p, line in rows if line}
