from datetime import timedelta

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.collections_management.models.run import collections_gate as gate

from ..tools import numbers, pacing, payloads
from ..tools.account_news import LIMITS

# The reminder waits in the queue of the WhatsApp sender, which will settle it.
HANDED_ON = "handed_on"
# In the transaction: by number, who will be written to.
PROMISED = "collections_whatsapp_people"


class CollectionsChannelWhatsapp(models.AbstractModel):
    """WhatsApp: an approved template, or free text while the customer's window is open.

    The gate and the text are decided here, under the outbox's lock; the message is
    queued in the same transaction as the reminder's *sending* and handed over by
    `collections.whatsapp.sender`, many at once.
    """

    _name = "collections.channel.whatsapp"
    _description = "WhatsApp"
    _inherit = ["collections.channel"]

    _sequence = 20
    _icon = "fa-whatsapp"
    _receipts = ("delivered", "read")

    # === WHOM === #

    @api.model
    def _reachable_sql(self) -> SQL:
        return SQL(
            """contact.phone_sanitized <> ''
               AND NOT EXISTS (SELECT FROM phone_blacklist blocked
                                WHERE blocked.number = contact.phone_sanitized
                                  AND blocked.active)
               AND NOT EXISTS (SELECT FROM collections_whatsapp_contact wa
                                WHERE wa.is_bad AND wa.company_id = rem.company_id
                                  AND wa.e164 = contact.phone_sanitized)
            """
        )

    @api.model
    def _spent_sql(self) -> SQL:
        self.env["collections.whatsapp.message"].flush_model()
        return SQL(
            """SELECT message.company_id, kase.partner_id, account.currency_id,
                      (message.date AT TIME ZONE 'UTC' AT TIME ZONE
                       coalesce(company.collections_tz, 'UTC'))::date AS date,
                      message.cost AS amount
                 FROM collections_whatsapp_message message
                 JOIN collections_whatsapp_account account
                   ON account.id = message.account_id
                 JOIN res_company company ON company.id = message.company_id
            LEFT JOIN collections_case kase ON kase.id = message.case_id
                WHERE message.cost > 0"""
        )

    @api.model
    def _blocked(self, contacts) -> list[str]:
        blocked = (
            self.env["phone.blacklist"]
            .sudo()
            .search([("number", "in", contacts.mapped("phone_sanitized"))])
        )
        return blocked.mapped("number")

    @api.model
    def _check_recipient(self, reminder):
        account = self._account(reminder)
        if not account:
            every = self.env["collections.whatsapp.account"].sudo()
            paused = every.search(
                [("company_id", "=", reminder.company_id.id)], limit=1
            )
            reason = "channel_paused" if paused else "no_number"
            return gate.DEFER, reason, paused.pause_reason or None
        if draft := self._draft(reminder):
            return self._check_draft(reminder, draft)
        if answer := super()._check_recipient(reminder):
            return answer
        template = self._template(reminder, account)
        if not template:
            return gate.DEFER, "no_template", self._wanted(reminder).display_name
        if template.category == "MARKETING" and self._refuses(reminder):
            return gate.DEFER, "opted_out", None
        if not self._people_left(account, self._key(reminder)):
            return gate.DEFER, "people_limit", None
        return None

    @api.model
    def _check_draft(self, reminder, draft):
        """An answer goes to whom it answers, whatever is known of the number."""
        company = reminder.company_id.sudo()
        if company.collections_redirect_email:
            return gate.DEFER, "trial", None
        if self.env["collections.channel.switch"]._is_paused(company, self._code()):
            return gate.DEFER, "channel_paused", None
        if not draft.contact_id._is_open():
            return gate.CANCEL, "window_closed", None
        return None

    @api.model
    def _account(self, reminder):
        if draft := self._draft(reminder):
            account = draft.account_id
            return account.filtered(lambda one: one.active and not one.is_paused)
        return self.env["collections.whatsapp.account"]._of_company(reminder.company_id)

    @api.model
    def _draft(self, reminder):
        """Return the free text or answer that a reminder carries, if it does."""
        return reminder.sudo().whatsapp_message_ids.filtered(
            lambda one: one.state == "queued" and one.kind != "template"
        )[:1]

    @api.model
    def _recipient(self, reminder):
        return reminder.recipient_ids.sudo()[:1]

    @api.model
    def _key(self, reminder) -> str:
        return numbers.key(self._recipient(reminder).phone_sanitized or "")

    @api.model
    def _contact(self, reminder):
        if draft := self._draft(reminder):
            return draft.contact_id
        partner = self._recipient(reminder)
        contacts = self.env["collections.whatsapp.contact"].sudo()
        return contacts._for_number(
            reminder.company_id, partner.phone_sanitized, partner
        )

    @api.model
    def _people_left(self, account, key) -> bool:
        """Tell whether this person may be written to within the day's limit.

        Many are asked about before the first is queued: who got a yes in this
        transaction counts for the next.
        """
        limit = LIMITS[account.people_limit]
        if limit is None:
            return True
        promised = self.env.cr.precommit.data.setdefault(PROMISED, {})
        promised = promised.setdefault(account.id, set())
        left = pacing.allowance(limit, self._people_reached(account, key, promised))
        if left:
            promised.add(key)
        return left != 0

    @api.model
    def _people_reached(self, account, key="", promised=()) -> int:
        """Return how many people the portfolio wrote to in 24 hours, without one.

        Somebody written to already costs nothing again.

        :param promised: keys of people who will be written to as well
        """
        since = fields.Datetime.now() - timedelta(days=1)
        self.env["collections.whatsapp.message"].flush_model()
        [(reached, again)] = self.env.execute_query(
            SQL(
                """SELECT count(DISTINCT key), coalesce(bool_or(key = %(key)s), false)
                     FROM (SELECT key FROM collections_whatsapp_message
                            WHERE account_id = ANY(%(accounts)s) AND direction = 'out'
                              AND kind = 'template'
                              AND state NOT IN ('failed', 'cancelled')
                              AND coalesce(date_handed, date) > %(since)s
                        UNION ALL
                           SELECT unnest(%(promised)s::varchar[])) people""",
                key=key,
                accounts=account._same_portfolio().ids,
                since=since,
                promised=sorted(promised),
            )
        )
        return 0 if again else reached

    @api.model
    def _mark_bad(self, reminder) -> None:
        """WhatsApp does not reach the number; the customer's telephone may be good."""
        for message in reminder.sudo().whatsapp_message_ids[:1]:
            message.contact_id.write({"is_bad": True, "bad_reason": message.error})

    @api.model
    def _refuses(self, reminder) -> bool:
        """Tell whether a person told WhatsApp to get no marketing from us."""
        contacts = self.env["collections.whatsapp.contact"].sudo()
        domain = [
            ("company_id", "=", reminder.company_id.id),
            ("key", "=", self._key(reminder)),
            ("refuses_marketing", "=", True),
        ]
        return bool(contacts.search_count(domain, limit=1))

    # === WHAT === #

    @api.model
    def _prepare(self, reminders) -> dict:
        """Make the statements of those whose template carries one, at once."""
        wanted = reminders.filtered(
            lambda reminder: self._wanted(reminder).header_type == "document"
        )
        return self.env["collections.reminder.attachments"]._prepare(wanted)

    @api.model
    def _wanted(self, reminder):
        """Return the template that a person, or the level, chose in some language."""
        chosen = reminder.whatsapp_template_id
        return (chosen or reminder.level_channel_id.whatsapp_template_id).sudo()

    @api.model
    def _template(self, reminder, account):
        wanted = self._wanted(reminder)
        return wanted and wanted._usable(account, reminder.lang)

    @api.model
    def _compose(self, reminder) -> None:
        """Queue the message, with its text as the customer will read it."""
        if draft := self._draft(reminder):
            to = draft.contact_id._address()
            draft.write({"to": to, "date": fields.Datetime.now()})
            draft.payload = payloads.addressed(draft.payload, to)
            text = draft.body
        else:
            # What an earlier try left: it never went out.
            reminder.sudo().whatsapp_message_ids.filtered(
                lambda one: one.state == "queued"
            ).write({"state": "cancelled"})
            text = self._queue_template(reminder).body
        address = self._contact(reminder)
        reminder.write(
            {
                "subject": self._subject(reminder, text),
                "body": Markup("<p>%s</p>") % self._html(text),
                "email_to": address.e164 or address.wa_id or address.user_id,
            }
        )

    @api.model
    def _queue_template(self, reminder):
        account = self._account(reminder)
        template = self._template(reminder, account)
        contact = self._contact(reminder)
        values = template._values(reminder)
        payload = payloads.template_message(
            contact._address(),
            template.name,
            template.language,
            values,
            document=self._statement(reminder, account, template),
            buttons=[(b._kind(), b._value(reminder)) for b in template.button_ids],
            callback=reminder.uuid,
        )
        return (
            self.env["collections.whatsapp.message"]
            .sudo()
            .create(
                {
                    "account_id": account.id,
                    "company_id": reminder.company_id.id,
                    "contact_id": contact.id,
                    "case_id": reminder.case_id.id,
                    "reminder_id": reminder.id,
                    "template_id": template.id,
                    "kind": "template",
                    "body": payloads.fill(template.body, values),
                    "payload": payload,
                    "uuid": reminder.uuid,
                    "to": payload["to"],
                    "key": contact.key,
                }
            )
        )

    @api.model
    def _statement(self, reminder, account, template):
        """Upload the customer's statement for a header that wants it."""
        if template.header_type != "document":
            return None
        file = self.env["collections.reminder.attachments"]._statement(reminder)
        client = account._client()
        return client.upload(file["raw"], file["mimetype"], file["name"]), file["name"]

    @api.model
    def _subject(self, reminder, text):
        level = reminder.level_id.with_context(lang=reminder.lang).name
        return level or (text or "").partition("\n")[0][:80]

    @api.model
    def _html(self, text):
        return Markup("<br/>").join(escape(text or "").splitlines())

    @api.model
    def _preview(self, reminder, way=None) -> dict:
        account = self._account(reminder)
        template = account and self._template(reminder, account)
        way = way or reminder.level_channel_id
        template = template or way.sudo().whatsapp_template_id._origin
        if not template:
            return {"subject": None, "body": None}
        text = payloads.fill(template.body, template._values(reminder))
        return {
            "subject": self._subject(reminder, text),
            "body": Markup("<p>%s</p>") % self._html(text),
        }

    # === OUT === #

    @api.model
    def _transmit(self, reminder, session) -> tuple[str, str | None]:
        """It is queued already, in the transaction that made the reminder *sending*."""
        return HANDED_ON, None
