from collections import Counter, defaultdict

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
        parts = defaultdict(batch.browse)
        for (company, _payer), own in batch._by_payer().items():
            messages, seen = [], Counter()
            for reminder in own:
                # A second one of the same customer is never in the same message.
                key = (len(own) > 1 and reminder._bundle_key(), seen[reminder.case_id])
                seen[reminder.case_id] += 1
                if key not in messages:
                    messages.append(key)
                parts[company, messages.index(key)] |= reminder
        return parts.values()

    @api.model
    def _take_all(self, task) -> bool:
        """Mark a message's reminders as *sending*; none where one of them is gone."""
        if len(task.reminders) == 1:
            return self._take(task.reminder)
        try:
            with self.env.cr.savepoint():
                for reminder in task.reminders:
                    if not self._take(reminder):
                        raise _Changed
        except _Changed:
            task.reminders.invalidate_recordset(flush=False)
            return False
        return True
