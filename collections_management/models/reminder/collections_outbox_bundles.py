from collections import defaultdict

from odoo import api, models


class _Changed(Exception):
    """One of a message's reminders may not go any more."""


class CollectionsOutboxBundles(models.AbstractModel):
    """Messages that are about several reminders: all of them move, or none."""

    _name = "collections.outbox.bundles"
    _description = "Bundles of the Outbox"
    _inherit = ["collections.outbox.moves"]

    @api.model
    def _parts(self, batch):
        """Split by company, one message to each payer: what it does counts next."""
        parts, messages = defaultdict(batch.browse), defaultdict(list)
        for reminder in batch:
            place = (reminder.company_id, reminder._payer())
            key = reminder._bundle_key()
            if key not in messages[place]:
                messages[place].append(key)
            parts[reminder.company_id, messages[place].index(key)] |= reminder
        return parts.values()

    @api.model
    def _take_all(self, task) -> bool:
        """Mark a message's reminders as *sending*; none where one of them is gone."""
        try:
            with self.env.cr.savepoint():
                for reminder in task.reminders:
                    if not self._take(reminder):
                        raise _Changed
        except _Changed:
            task.reminders.invalidate_recordset(flush=False)
            return False
        return True
