from odoo import api, models
from odoo.tools import SQL

from ...tools import transitions

RECIPIENTS = """
    INSERT INTO collections_reminder_recipient_rel
                (collections_reminder_id, res_partner_id)
         SELECT id, partner_id FROM (
             SELECT rem.id, contact.id AS partner_id, rank.rank,
                    min(rank.rank) OVER (PARTITION BY rem.id) AS best
               FROM collections_reminder rem
               JOIN res_partner customer ON customer.id = rem.partner_id
          LEFT JOIN account_move move ON move.id = rem.trigger_move_id
               JOIN res_partner contact
                 ON contact.commercial_partner_id
                    IN (customer.id, customer.collections_payer_id)
                AND contact.active AND (%(reachable)s)
         CROSS JOIN LATERAL (
             SELECT CASE WHEN contact.collections_contact THEN 1
                         WHEN contact.type = 'invoice' THEN 2
                         WHEN contact.id = move.partner_id THEN 3
                         WHEN contact.id = contact.commercial_partner_id THEN 4 END
                  + CASE WHEN contact.commercial_partner_id
                              = coalesce(customer.collections_payer_id, customer.id)
                         THEN 0 ELSE 4 END
                    ) AS rank (rank)
              WHERE %(chosen)s AND rank.rank IS NOT NULL) ranked
          WHERE rank = best
"""
NOBODY = """
    NOT EXISTS (SELECT FROM collections_reminder_recipient_rel rel
                 WHERE rel.collections_reminder_id = rem.id)
"""
NEXT_CHANNEL = """
    UPDATE collections_reminder rem
       SET channel = next.channel, level_channel_id = next.id
      FROM collections_level_channel way
      JOIN LATERAL (
             SELECT id, channel FROM collections_level_channel other
              WHERE other.level_id = way.level_id
                AND (other.sequence, other.id) > (way.sequence, way.id)
           ORDER BY sequence, id LIMIT 1) next ON true
     WHERE way.id = rem.level_channel_id AND %(reminders)s
"""
# What a contact marked for collections prefers, else who pays does.
PREFERRED_CHANNEL = """
    UPDATE collections_reminder rem
       SET channel = way.channel, level_channel_id = way.id
      FROM collections_level_channel way, res_partner owing
      JOIN res_partner customer
        ON customer.id = coalesce(owing.collections_payer_id, owing.id)
 LEFT JOIN LATERAL (
             SELECT collections_channel FROM res_partner contact
              WHERE contact.commercial_partner_id = customer.id AND contact.active
                AND contact.collections_contact
                AND contact.collections_channel IS NOT NULL
           ORDER BY contact.id LIMIT 1) chosen ON true
     WHERE owing.id = rem.partner_id AND way.level_id = rem.level_id
       AND way.channel
           = coalesce(chosen.collections_channel, customer.collections_channel)
       AND way.id <> rem.level_channel_id AND %(reminders)s
"""
FIRST_CHANNEL = """
    UPDATE collections_reminder rem
       SET channel = first.channel, level_channel_id = first.id
      FROM collections_dunning_level level
      JOIN LATERAL (
             SELECT id, channel FROM collections_level_channel
              WHERE level_id = level.id ORDER BY sequence, id LIMIT 1) first ON true
     WHERE level.id = rem.level_id AND rem.level_channel_id <> first.id
       AND %(reminders)s
"""


class CollectionsReminderAddresses(models.AbstractModel):
    """By which channel reminders go, and to whom, in bulk.

    A constant number of statements: for each channel, not for each reminder.
    """

    _name = "collections.reminder.addresses"
    _description = "Recipients of Reminders in Bulk"

    @api.model
    def _address(self, reminders: SQL) -> None:
        """Write who gets each reminder, as its channel can reach them.

        Contacts marked for collections, else the invoice address, else the partner
        of the document, else the company: the first with an address that works. Of
        the payer before those of the customer, where another one pays for it.
        """
        self.env["res.partner"].flush_model()
        self.env["mail.blacklist"].flush_model()
        self.env["phone.blacklist"].flush_model()
        self.env.cr.execute(
            SQL(
                """DELETE FROM collections_reminder_recipient_rel rel
                    USING collections_reminder rem
                    WHERE rem.id = rel.collections_reminder_id AND %s""",
                reminders,
            )
        )
        register = self.env["collections.channel"]
        used = self.env.execute_query(
            SQL(
                "SELECT DISTINCT channel FROM collections_reminder rem WHERE %s",
                reminders,
            )
        )
        for (code,) in used:
            reachable = register._by_code(code)._reachable_sql()
            chosen = SQL("%s AND rem.channel = %s", reminders, code)
            self.env.cr.execute(SQL(RECIPIENTS, reachable=reachable, chosen=chosen))
        self._reminders().invalidate_model(["recipient_ids"])

    @api.model
    def _choose_channels(self, reminders: SQL) -> None:
        """Give each reminder the first channel of its level that reaches somebody.

        What the customer prefers comes before the first, where the level offers it.
        Who can be reached by none keeps the first channel.
        """
        self.env["res.partner"].flush_model()
        self.env.cr.execute(SQL(PREFERRED_CHANNEL, reminders=reminders))
        self._address(reminders)
        unreached = SQL("%s AND %s", reminders, SQL(NOBODY))
        self.env.cr.execute(SQL(FIRST_CHANNEL, reminders=unreached))
        if self.env.cr.rowcount:
            self._address(unreached)
        while self._try_next_channel(unreached):
            self._address(unreached)
        self.env.cr.execute(SQL(FIRST_CHANNEL, reminders=unreached))

    @api.model
    def _try_next_channel(self, reminders: SQL) -> int:
        """Take the next channel of the level; return how many had one."""
        self.env.cr.execute(SQL(NEXT_CHANNEL, reminders=reminders))
        return self.env.cr.rowcount

    @api.model
    def _hold_for_approval(self, reminders: SQL) -> None:
        """What its channel only proposes waits for a supervisor."""
        self.env.cr.execute(
            SQL(
                """UPDATE collections_reminder rem SET state = %s
                     FROM collections_level_channel way
                    WHERE way.id = rem.level_channel_id AND way.release = 'approve'
                      AND rem.state = %s AND %s""",
                transitions.TO_APPROVE,
                transitions.QUEUED,
                reminders,
            )
        )
