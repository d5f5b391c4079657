import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from odoo.addons.collections_management.tools import transitions

from ..tools import payloads
from .collections_whatsapp_contact import WINDOW
from .collections_whatsapp_message import CANCELLED

NEWEST = 100
# Of the shipped models: the one that opens a conversation again.
ASKS_FOR_ANSWER = "collections_whatsapp.template_conversation_es"


class CollectionsWhatsappConversation(models.AbstractModel):
    """The conversation with a customer, as messengers show it; part of a case."""

    _name = "collections.whatsapp.conversation"
    _description = "WhatsApp Conversation"

    whatsapp_message_ids = fields.One2many(
        comodel_name="collections.whatsapp.message", inverse_name="case_id"
    )
    whatsapp_message_count = fields.Integer(compute="_compute_whatsapp_message_count")

    def _compute_whatsapp_message_count(self):
        groups = self.env["collections.whatsapp.message"]._read_group(
            [("case_id", "in", self.ids)], ["case_id"], ["__count"]
        )
        found = {case.id: count for case, count in groups}
        for case in self:
            case.whatsapp_message_count = found.get(case.id, 0)

    # === READING === #

    @api.readonly
    def whatsapp_conversation(self):
        """Return the newest messages, with whom, and what may be sent now.

        :return: ``contacts`` (id, name, number, ``until``: end of the window, or
            ``False``), ``messages`` in their order, ``waiting``: what was asked for
            and did not go out yet, or never, and why, ``templates`` that may be sent,
            in the customer's language, ``may_send``, ``costs`` in words, and
            ``trouble``: why nothing can be sent
        """
        self._whatsapp_check("collections_management.group_salesperson")
        self.ensure_one()
        messages = (
            self.env["collections.whatsapp.message"]
            .search([("case_id", "=", self.id)], limit=NEWEST)
            .sudo()
            .sorted(lambda message: (message.date, message.id))
        )
        may_send = self.env.user.has_group("collections_management.group_collector")
        account = self.env["collections.whatsapp.account"]._of_company(self.company_id)
        return {
            "contacts": [self._whatsapp_contact(c) for c in self._whatsapp_contacts()],
            "messages": [self._whatsapp_bubble(message) for message in messages],
            "waiting": [self._whatsapp_note(rem) for rem in self._whatsapp_waiting()],
            "templates": self._whatsapp_templates(account) if may_send else [],
            "may_send": may_send and bool(account),
            "costs": self._whatsapp_costs(),
            "trouble": self._whatsapp_trouble(account),
        }

    def _whatsapp_trouble(self, account):
        """Return why nothing goes out by WhatsApp at all, in words, or ``False``."""
        if account:
            return False
        accounts = self.env["collections.whatsapp.account"].sudo()
        known = accounts.search([("company_id", "=", self.company_id.id)], limit=1)
        if not known:
            return self.env._(
                "The company has no WhatsApp number yet. An administrator connects it "
                "under Configuration, WhatsApp Numbers."
            )
        return self.env._(
            "WhatsApp is paused: %s. A supervisor resumes it on the WhatsApp number.",
            known.pause_reason or known.name,
        )

    def _whatsapp_costs(self):
        """Return what the conversation has cost, in words, by currency of the bill."""
        groups = self.env["collections.whatsapp.message"]._read_group(
            [("case_id", "=", self.id), ("cost", ">", 0)], ["account_id"], ["cost:sum"]
        )
        totals = {}
        for account, cost in groups:
            currency = account.sudo().currency_id
            totals[currency] = totals.get(currency, 0.0) + cost
        # Messages cost parts of a cent.
        return ", ".join(
            f"{currency.name} {formatLang(self.env, cost, digits=4)}"
            for currency, cost in totals.items()
        )

    def _whatsapp_waiting(self):
        """Return what will go out, or lately did not, and is no message therefore."""
        since = fields.Datetime.now() - WINDOW
        reminders = self.env["collections.reminder"].sudo()
        found = reminders.search(
            [
                ("case_id", "=", self.id),
                ("channel", "=", "whatsapp"),
                "|",
                ("state", "in", transitions.WAITING),
                "&",
                ("state", "in", ("failed", "cancelled")),
                ("write_date", ">", since),
            ],
            order="id",
        )
        shown = found.whatsapp_message_ids.filtered(lambda one: one.state != CANCELLED)
        return found - shown.reminder_id

    def _whatsapp_note(self, reminder) -> dict:
        """Return what a reminder that is no message says about itself."""
        field = reminder._fields
        states = dict(field["state"]._description_selection(self.env))
        reasons = dict(field["reason"]._description_selection(self.env))
        way = self.env["collections.channel.whatsapp"]
        later = reminder.state == transitions.DEFERRED and reminder.date_deferred
        return {
            "id": reminder.id,
            "name": reminder.level_id.name or way._wanted(reminder).title or "",
            "state": reminder.state,
            "state_label": states.get(reminder.state),
            "reason": reasons.get(reminder.reason) or "",
            "detail": reminder.reason_detail or "",
            "after": later and fields.Datetime.to_string(later),
        }

    def _whatsapp_contacts(self):
        """Return who of the customer is on WhatsApp, and who else wrote about it."""
        case = self.sudo()
        groups = case.env["collections.whatsapp.message"]._read_group(
            [("case_id", "=", case.id)], ["contact_id"]
        )
        return case.env["collections.whatsapp.contact"].search(
            [
                ("company_id", "=", case.company_id.id),
                "|",
                ("partner_id.commercial_partner_id", "=", case.partner_id.id),
                ("id", "in", [contact.id for [contact] in groups]),
            ]
        )

    def _whatsapp_contact(self, contact) -> dict:
        is_open = contact._is_open()
        return {
            "id": contact.id,
            "name": contact.display_name,
            "number": contact.e164 or contact.user_id or "",
            "until": is_open and fields.Datetime.to_string(contact.window_until),
            "is_bad": contact.is_bad,
        }

    def _whatsapp_bubble(self, message) -> dict:
        states = dict(message._fields["state"]._description_selection(self.env))
        attachment = message.attachment_id
        return {
            "id": message.id,
            "direction": message.direction,
            "date": fields.Datetime.to_string(message.date),
            "body": message.body or "",
            "kind": message.kind,
            "state": message.state,
            "state_label": states.get(message.state),
            "error": message.error or "",
            "contact": message.contact_id.display_name,
            "is_slip": message.is_slip,
            "attachment": bool(attachment)
            and {
                "id": attachment.id,
                "name": attachment.name,
                "is_image": (attachment.mimetype or "").startswith("image/"),
                "url": f"/web/content/{attachment.id}?download=true",
            },
            "buttons": self._whatsapp_buttons(message),
        }

    def _whatsapp_buttons(self, message) -> list[str]:
        """Return the labels below a bubble, as the customer has them."""
        if message.direction == "in":
            return []
        if message.kind == "interactive":
            return payloads.choices(message.payload or {})
        return message.template_id.button_ids.mapped("name")

    def _whatsapp_templates(self, account) -> list[dict]:
        """Return the texts that may be sent: each in the customer's language."""
        templates = (
            self.env["collections.whatsapp.template"]
            .sudo()
            .search(
                [
                    ("account_id", "=", account.id),
                    ("state", "=", "approved"),
                    ("is_blocked", "=", False),
                ]
            )
            .filtered(lambda one: one._can_be_filled())
        )
        near = [
            texts._nearest(self.sudo().partner_id.lang)
            for texts in templates.grouped("name").values()
        ]
        return [{"id": one.id, "name": one.display_name} for one in near]

    @api.readonly
    def whatsapp_preview(self, template_id):
        """Return a template as this customer would read it, as safe HTML."""
        self._whatsapp_check("collections_management.group_collector")
        self.ensure_one()
        template = self._whatsapp_template(template_id)
        return template._bubble(template._values(self._whatsapp_draft()))

    def _whatsapp_draft(self):
        """Return what a reminder of today would be; nothing is kept of it."""
        values = {**self._whatsapp_values(), "create_date": fields.Datetime.now()}
        draft = self.env["collections.reminder"].sudo().new(values)
        draft.line_ids = self._whatsapp_lines()
        return draft

    def _whatsapp_lines(self):
        """Return what a reminder of today would list: what is due, and all credits."""
        today = self.company_id._collections_today()
        items = self.item_ids.sudo().sorted("date_due")
        items = items.filtered(
            lambda item: (
                item.is_credit or (not item.no_followup and item.date_due <= today)
            )
        )
        return [
            (
                0,
                0,
                {
                    "move_id": item.move_id.id,
                    "number": item.number,
                    "date_due": item.date_due,
                    "currency_id": item.currency_id.id,
                    "amount_residual": item.amount_residual,
                },
            )
            for item in items
        ]

    def _whatsapp_template(self, template_id):
        template = self.env["collections.whatsapp.template"].sudo().browse(template_id)
        template = template.exists()
        if template.company_id != self.company_id or template.state != "approved":
            raise UserError(self.env._("This template cannot be sent."))
        return template

    # === SENDING === #

    def whatsapp_send_text(self, contact_id, body):
        """Queue a free text to somebody whose window is open."""
        self._whatsapp_check("collections_management.group_collector")
        self.ensure_one()
        contact = self._whatsapp_contacts().filtered(lambda c: c.id == contact_id)
        if not contact:
            raise UserError(self.env._("This number belongs to another customer."))
        if not contact._is_open():
            raise UserError(
                self.env._(
                    "Free text goes out within 24 hours of the customer's last message "
                    "only. Send a template instead."
                )
            )
        body = (body or "").strip()
        if not body:
            raise UserError(self.env._("Write a text first."))
        accounts = self.env["collections.whatsapp.account"]
        account = accounts._of_company(self.company_id)
        if not account:
            raise UserError(
                self.env._("No WhatsApp number of the company may send now.")
            )
        # The window is of the number that the customer wrote to.
        last = contact.env["collections.whatsapp.message"].search(
            [("contact_id", "=", contact.id), ("direction", "=", "in")], limit=1
        )
        payload = payloads.text_message("", body)
        self.sudo()._whatsapp_queue(last.account_id or account, contact, payload, body)
        return True

    def whatsapp_send_template(self, template_id):
        """Queue a template by hand, to whom a reminder would go."""
        self._whatsapp_check("collections_management.group_collector")
        self.ensure_one()
        template = self._whatsapp_template(template_id)
        values = {**self._whatsapp_values(), "whatsapp_template_id": template.id}
        self.env["collections.reminder"].sudo().create(values)
        self.env["collections.outbox"]._wake()
        return True

    def _whatsapp_ask_for_answer(self, account):
        """Queue the approved text that asks the customer to write to us, once a day.

        :return: its reminder; none where no such text is approved
        """
        self.ensure_one()
        reminders = self.env["collections.reminder"].sudo()
        shipped = self.env.ref(ASKS_FOR_ANSWER, raise_if_not_found=False)
        template = shipped and shipped.sudo()._usable(account, self.partner_id.lang)
        if not template:
            return reminders
        asked = reminders.search(
            [
                ("case_id", "=", self.id),
                ("whatsapp_template_id.name", "=", template.name),
                ("state", "not in", transitions.VOID),
                ("create_date", ">", fields.Datetime.now() - WINDOW),
            ],
            limit=1,
        )
        values = {**self._whatsapp_values(), "whatsapp_template_id": template.id}
        return asked or reminders.create(values)

    def _whatsapp_values(self) -> dict:
        self.ensure_one()
        return {
            "case_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "kind": "manual",
            "policy_id": self.policy_id.id,
            "channel": "whatsapp",
            "state": "queued",
            "date": self.company_id._collections_today(),
            "uuid": str(uuid.uuid4()),
        }

    def _whatsapp_queue(self, account, contact, payload, text):
        """Queue an answer: it passes the gate and the outbox as all that goes out."""
        self.ensure_one()
        values = {**self._whatsapp_values(), "is_reply": True}
        reminder = self.env["collections.reminder"].create(values)
        message = self.env["collections.whatsapp.message"].create(
            {
                "account_id": account.id,
                "company_id": self.company_id.id,
                "contact_id": contact.id,
                "case_id": self.id,
                "reminder_id": reminder.id,
                "kind": payload["type"],
                "body": text,
                "payload": {**payload, "biz_opaque_callback_data": values["uuid"]},
                "uuid": values["uuid"],
                "to": contact._address(),
                "key": contact.key,
            }
        )
        self.env["collections.outbox"]._wake()
        return message

    def _whatsapp_check(self, group):
        if not self.env.user.has_group(group):
            raise AccessError(self.env._("Your role may not use WhatsApp here."))
        self.check_access("read")
