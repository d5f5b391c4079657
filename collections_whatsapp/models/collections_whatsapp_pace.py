from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import pacing


class CollectionsWhatsappPace(models.Model):
    """When each number may send next: shared by all workers, one row a number.

    Its table is also the lock under which a worker takes messages: asked for before
    the transaction's first statement, so that what it then reads is not older.
    """

    _name = "collections.whatsapp.pace"
    _description = "Pace of a WhatsApp Number"
    _rec_name = "account_id"
    _log_access = False

    account_id = fields.Many2one(
        comodel_name="collections.whatsapp.account",
        required=True,
        ondelete="cascade",
        index=True,
    )
    free_at = fields.Float(
        digits=(16, 6), help="Seconds since 1970, by the database's clock"
    )

    _account_uniq = models.Constraint("UNIQUE (account_id)", "One row a number.")

    @api.model
    def _lock(self) -> None:
        """Be the only one to take messages until the end of the transaction."""
        self.env.cr.execute("LOCK TABLE collections_whatsapp_pace IN EXCLUSIVE MODE")

    @api.model
    def _reserve(self, account_id, count, rate) -> list[float]:
        """Return in how many seconds each of the next messages may leave."""
        rows = self.env.execute_query(
            SQL(
                """SELECT extract(epoch FROM clock_timestamp())::float8,
                          (SELECT free_at FROM collections_whatsapp_pace
                            WHERE account_id = %s)""",
                account_id,
            )
        )
        now, free_at = rows[0]
        times, following = pacing.slots(float(free_at or 0), float(now), count, rate)
        self.env.cr.execute(
            SQL(
                """INSERT INTO collections_whatsapp_pace (account_id, free_at)
                        VALUES (%s, %s) ON CONFLICT (account_id)
                     DO UPDATE SET free_at = EXCLUDED.free_at""",
                account_id,
                following,
            )
        )
        return [max(0.0, time - float(now)) for time in times]
