from odoo import api, models
from odoo.tools import SQL

from . import collections_channel as channel


class CollectionsChannelActivity(models.AbstractModel):
    """A call or a meeting: an activity for the collector, with the script."""

    _name = "collections.channel.activity"
    _description = "Call or Meeting"
    _inherit = ["collections.channel"]

    _sequence = 90
    _icon = "fa-phone"
    _contact_class = "voice"
    _can_redirect = True
    # The contact takes place when somebody logs it.
    _is_contact = False

    @api.model
    def _reachable_sql(self) -> SQL:
        return SQL("TRUE")

    @api.model
    def _compose(self, reminder) -> None:
        reminder.write(self._preview(reminder))

    @api.model
    def _preview(self, reminder, way=None) -> dict:
        level = reminder.level_id.with_context(lang=reminder.lang)
        return {"subject": level.name, "body": level.script}

    @api.model
    def _transmit(self, reminder, session) -> tuple[str, str | None]:
        case = reminder.case_id
        user = case.collector_id or case.salesperson_id or self.env.user
        kind = reminder.level_id.activity_type_id or self.env.ref(
            "mail.mail_activity_data_call"
        )
        # On the list of whoever works on it is enough: Odoo would write an e-mail, too.
        case.with_context(mail_activity_quick_update=True).activity_schedule(
            activity_type_id=kind.id,
            summary=reminder.subject,
            note=reminder.body,
            date_deadline=reminder._logical_today(),
            user_id=user.id,
        )
        return channel.SENT, None
