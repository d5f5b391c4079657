from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.collections_management.models.run import collections_gate as gate


class CollectionsGate(models.AbstractModel):
    _inherit = "collections.gate"

    @api.model
    def _check_contact_rule(self, reminders):
        found = super()._check_contact_rule(reminders)
        for reminder in reminders.filtered(lambda rem: rem.id not in found):
            if answer := self._check_arrival(reminder):
                found[reminder.id] = answer
        return found

    @api.model
    def _check_arrival(self, reminder):
        """A telephone that is off gets a message later: not after the lawful hours.

        WhatsApp tries as long as the template's time to live; the message goes out
        only if that ends before the day's window closes.
        """
        way = self.env["collections.channel.whatsapp"]
        if reminder.channel != "whatsapp" or way._draft(reminder):
            return None
        template = way._template(reminder, way._account(reminder))
        contact = self.env["collections.contact"]
        found = contact._of_reminders(SQL("rem.id = %s", reminder.id))
        _rule_id, answer = found[reminder.id]
        if not answer.until:
            return None
        closes = answer.until.replace(tzinfo=None)
        if fields.Datetime.now() + timedelta(seconds=template.ttl) <= closes:
            return None
        _rule, following = contact._of_case(
            reminder.case_id,
            reminder.channel,
            reminder.recipient_ids,
            closes + timedelta(minutes=1),
        )
        moment = following.moment and following.moment.replace(tzinfo=None)
        reminder.date_deferred = moment or closes + timedelta(hours=12)
        return gate.DEFER, "too_late", None
