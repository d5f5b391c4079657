from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command

from ...tools import contact_rules as engine
from ...tools import transitions

# Where no contact rule says how long: what Chile asks for.
MONTHS = 24


class CollectionsErasure(models.AbstractModel):
    """Takes persons out of what is kept as evidence, after the law's retention.

    Names, addresses and texts go. Type, date, channel, rule, outcome and the seals
    stay: the chain of the log still verifies.
    """

    _name = "collections.erasure"
    _description = "Erasure of Personal Data"

    @api.model
    def _limit(self, case):
        """Return the moment before which nothing personal has to be kept."""
        case = case.sudo()
        rules = self.env["collections.contact.rule"].sudo()
        picked = [
            rules._pick(
                case.company_id,
                case.partner_id.country_id.code or None,
                case.partner_id.is_company,
                kind,
            )[0]
            for kind in (engine.VOICE, engine.WRITTEN)
        ]
        found = rules.browse(filter(None, picked)).mapped("retention_months")
        return fields.Datetime.now() - relativedelta(months=max(found, default=MONTHS))

    @api.model
    def _entries(self, case):
        """Return what is to be erased, and how many entries have to stay for now.

        An addon with texts of its own puts them before the number, and erases them in
        :meth:`_erase`.
        """
        case, limit = case.sudo(), self._limit(case)
        contacts = case.interaction_ids
        reminders = case.reminder_ids.filtered(
            lambda reminder: reminder.state not in transitions.WAITING
        )
        consents = self.env["collections.consent"].sudo()
        consents = consents.search(
            [
                ("company_id", "=", case.company_id.id),
                ("partner_id", "child_of", case.partner_id.id),
            ]
        )
        old = (
            contacts.filtered(lambda row: row.date < limit),
            reminders.filtered(lambda row: row.date < limit.date()),
            consents.filtered(lambda row: row.date < limit),
        )
        everything = len(contacts) + len(reminders) + len(consents)
        return *old, everything - sum(map(len, old))

    @api.model
    def _erase(self, case) -> int:
        """Erase what may be erased; return how many entries lost their person."""
        contacts, reminders, consents, *_others = self._entries(case)
        contacts._erase_person()
        consents.write(dict.fromkeys(("partner_name", "address", "evidence"), False))
        reminders.event_ids.filtered("detail").write({"detail": False})
        reminders.mail_id.unlink()
        self._erase_agencies(case)
        reminders.write(
            {
                "recipient_ids": [Command.clear()],
                **dict.fromkeys(
                    ("email_to", "subject", "body", "reason_detail"), False
                ),
            }
        )
        return len(contacts) + len(reminders) + len(consents)

    @api.model
    def _erase_agencies(self, case) -> None:
        """Clear what was given to agencies, and what they said, before the limit.

        Of a file the checksum stays, and who exchanged it when.
        """
        case, limit = case.sudo(), self._limit(case)
        agencies = case.escalation_ids.agency_id
        results = self.env["collections.agency.result"].sudo()
        results.search(
            [("case_id", "=", case.id), ("date", "<", limit.date())]
        ).text = False
        files = self.env["collections.agency.file"].sudo()
        files.search(
            [("agency_id", "in", agencies.ids), ("date", "<", limit)]
        ).content = False
