from odoo import api, models

from .collections_channel_whatsapp import HANDED_ON
from .conflicts import retrying


class CollectionsOutbox(models.AbstractModel):
    """What goes by WhatsApp passes the gate here and is sent by the WhatsApp sender.

    In between the reminder is *sending* and its message *queued*: nothing was handed
    over yet, so a killed worker leaves nothing uncertain.
    """

    _inherit = "collections.outbox"

    @api.model
    def _settle(self, reminder, outcome, detail) -> None:
        if outcome == HANDED_ON:
            return
        super()._settle(reminder, outcome, detail)

    @api.model
    def _stuck(self):
        """The sender knows which of its messages were left by a dead worker."""
        return super()._stuck().filtered(lambda one: one.channel != "whatsapp")

    @api.model
    def _cron_send(self) -> None:
        result = super()._cron_send()
        # The sender may just be noting when it ran last: that is no reason to fail.
        retrying(self.env, self.env["collections.whatsapp.sender"]._wake)
        return result

    @api.model
    def _drain(self, company=None) -> None:
        result = super()._drain(company)
        self.env["collections.whatsapp.sender"]._send_due()
        return result
