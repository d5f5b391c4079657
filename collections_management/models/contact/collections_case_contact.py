from odoo import models
from odoo.exceptions import UserError

CALL = "mail.mail_activity_data_call"
MEETING = "mail.mail_activity_data_meeting"
# What a talk with the customer ends, whoever asked for it: by channel.
ASKED = (
    "collections_management.mail_activity_type_reply",
    "collections_management.mail_activity_type_promise",
)
TALKS = {"call": (CALL, *ASKED), "visit": (MEETING, *ASKED)}


class CollectionsCaseContact(models.AbstractModel):
    """What happens when somebody logs a contact with a customer."""

    _name = "collections.case.contact"
    _description = "Contacts with a Customer"

    def _log_contact(self, values):
        """Write an interaction and put its next step on somebody's list.

        :param values: of the interaction; a call to the customer unless they say so
        :return: the interaction
        """
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        self.check_access("read")
        contact = self.env["res.partner"].browse(values.get("contact_id") or ())
        contact = contact or self.partner_id
        if contact.commercial_partner_id not in self._parties():
            raise UserError(
                self.env._(
                    "%(contact)s is not a contact of %(customer)s.",
                    contact=contact.display_name,
                    customer=self.partner_id.display_name,
                )
            )
        channel = values.get("channel") or "call"
        if "is_reply" not in values:
            values = {**values, "is_reply": self._waits_for_answer()}
        row = self.env["collections.interaction"].create(
            {
                **values,
                "case_id": self.id,
                "contact_id": contact.id,
                "address": contact.phone if channel == "call" else contact.email,
                "channel": channel,
            }
        )
        self._close_contact_activities(row)
        self._plan_next_contact(row)
        return row

    def _may_ask_reason(self, channel="call", contacts=None) -> bool:
        """Tell whether the law of the customer's country lets the reason be asked."""
        self.ensure_one()
        rules = self.env["collections.contact"].sudo()
        return not rules._of_case(self, channel, contacts)[0].no_reason_question

    def _undo_contact(self, row):
        """Take back a contact that was logged by mistake: a new row says so.

        What was planned and ended in the same transaction carries its time: that
        tells what to remove and what to reopen.
        """
        self.ensure_one()
        if not row._can_undo(self.company_id._collections_today()):
            raise UserError(
                self.env._(
                    "Only your own entry of today that nobody corrected can be taken "
                    "back. Add a correction instead."
                )
            )
        self.env["collections.interaction"].create(
            {
                "case_id": self.id,
                "contact_id": row.contact_id.id,
                "direction": row.direction,
                "channel": "system",
                "text": self.env._("Taken back: logged by mistake"),
                "corrects_id": row.id,
            }
        )
        logged = row.create_date
        activities = self.with_context(active_test=False).activity_ids
        activities.filtered(
            lambda activity: (
                activity.active
                and activity.create_uid == self.env.user
                and activity.create_date == logged
                and activity.date_deadline == (row.next_date or activity.date_deadline)
            )
        ).unlink()
        activities.exists().filtered(
            lambda activity: (
                not activity.active
                and activity.write_uid == self.env.user
                and activity.write_date == logged
            )
        ).active = True

    def _close_contact_activities(self, row):
        """The call or meeting that was due is done; who was talked to has an answer."""
        if row.channel not in TALKS or row.direction != "out":
            return
        names = TALKS[row.channel]
        found = [self.env.ref(name, raise_if_not_found=False) for name in names]
        type_ids = {kind.id for kind in found if kind}
        users = self._answers_for()
        self.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id.id in type_ids and activity.user_id in users
            )
        ).action_feedback()

    def _answers_for(self):
        """Return the users whose calls the current user makes."""
        company = self.company_id
        return self.env["collections.worklist"]._owners(
            company, self.env.user, company._collections_today()
        )

    def _plan_next_contact(self, row):
        """What comes next becomes an activity of who has to do it."""
        step = row.result_id.next_step
        if not row.next_date and step in (False, "none"):
            return
        if step == "address":
            self._ask_for_address()
            return
        self.activity_schedule(
            CALL,
            date_deadline=row.next_date,
            summary=row.result_id.name or self.env._("Call again"),
            user_id=self._responsible_for(step).id,
        )

    def _responsible_for(self, step):
        if step != "supervisor":
            return self.env.user
        return self._responsibles("supervisor")[self]
