from datetime import timedelta

from odoo import api, fields, models

from ..tools import numbers

WINDOW = timedelta(hours=24)


class CollectionsWhatsappContact(models.Model):
    """Somebody on WhatsApp, as one company knows them: whose number it is, its form
    there, and until when free text may be written.

    Somebody who hides the number has only a business-scoped id: kept apart, never
    made into a number.
    """

    _name = "collections.whatsapp.contact"
    _description = "WhatsApp Contact"
    _order = "last_inbound desc nulls last, id desc"

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    name = fields.Char(string="Name on WhatsApp", readonly=True)
    key = fields.Char(
        string="Number for Matching",
        readonly=True,
        help="What all forms of the number have in common",
    )
    e164 = fields.Char(string="Number", readonly=True, index="btree_not_null")
    wa_id = fields.Char(
        string="Number on WhatsApp",
        readonly=True,
        help="The form in which WhatsApp answered: it is written to that one",
    )
    user_id = fields.Char(string="WhatsApp User ID", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        help="Empty while a person has to say whose number it is",
    )
    is_ambiguous = fields.Boolean(
        string="Several Customers", readonly=True, help="Several have this number"
    )
    is_bad = fields.Boolean(
        string="Unreachable", help="WhatsApp says that it cannot reach this number"
    )
    bad_reason = fields.Char(readonly=True)
    refuses_marketing = fields.Boolean(
        string="No Marketing",
        readonly=True,
        help="They told WhatsApp so: they get no template of the category Marketing",
    )
    last_inbound = fields.Datetime(string="Last Message From Them", readonly=True)
    window_until = fields.Datetime(
        string="Free Text Until", compute="_compute_window_until"
    )
    awaits_slip_until = fields.Datetime(
        readonly=True, help="An image until then is the slip of a payment"
    )

    _key_uniq = models.UniqueIndex("(company_id, key) WHERE key <> ''")
    _user_uniq = models.UniqueIndex("(company_id, user_id) WHERE user_id <> ''")

    @api.depends("last_inbound")
    def _compute_window_until(self):
        for contact in self:
            last = contact.last_inbound
            contact.window_until = last and last + WINDOW

    @api.depends("name", "wa_id", "partner_id")
    def _compute_display_name(self):
        for contact in self:
            number = contact.e164 or contact.wa_id or contact.user_id
            contact.display_name = contact.partner_id.name or contact.name or number

    def _is_open(self) -> bool:
        """Tell whether free text may be written now."""
        self.ensure_one()
        return bool(self.window_until and self.window_until > fields.Datetime.now())

    def _address(self) -> str:
        """Return whom a message is for: digits, or the id of who hides the number."""
        self.ensure_one()
        return self.wa_id or numbers.digits(self.e164 or "") or self.user_id or ""

    @api.model
    def _for_number(self, company, e164, partner=None):
        """Return who has a number, made when nobody had it yet."""
        key = numbers.key(e164)
        found = self.search([("company_id", "=", company.id), ("key", "=", key)])
        if not found:
            found = self.create({"company_id": company.id, "key": key, "e164": e164})
        if partner and not found.partner_id and not found.is_ambiguous:
            # Others may have the number too: then a person says whose answers are.
            found._find_partner()
            if not found.partner_id and not found.is_ambiguous:
                found.partner_id = partner
        return found

    # === WHO WROTE === #

    @api.model
    def _of_inbound(self, company, event):
        """Return who wrote a message; a number of several customers stays nobody's."""
        contact = self._known(company, event)
        if not contact:
            key = numbers.key(event.sender)
            e164 = key and (numbers.to_e164(f"+{event.sender}") or f"+{event.sender}")
            contact = self.create(
                {
                    "company_id": company.id,
                    "key": key,
                    "e164": e164,
                    "user_id": event.user_id,
                }
            )
        contact._learn(event)
        if not contact.partner_id:
            contact._find_partner()
        return contact

    @api.model
    def _known(self, company, event):
        """Return whom an event is about, if we know them: by number, else by id."""
        key = numbers.key(event.sender)
        domain = [("company_id", "=", company.id)]
        contact = self.browse()
        if key:
            contact = self.search([*domain, ("key", "=", key)])
        if not contact and event.user_id:
            contact = self.search([*domain, ("user_id", "=", event.user_id)])
        return contact

    def _learn(self, event) -> None:
        values = {
            "name": event.name or self.name,
            "wa_id": event.sender or self.wa_id,
            "user_id": event.user_id or self.user_id,
            "is_bad": False,
            "bad_reason": False,
        }
        self.write(
            {name: v for name, v in values.items() if (self[name] or "") != (v or "")}
        )

    def _find_partner(self) -> None:
        """Take the customer who has the number, if there is exactly one."""
        self.ensure_one()
        if not self.key:
            return
        partners = (
            self.env["res.partner"]
            .sudo()
            .search([("phone_sanitized", "in", numbers.forms(self.key))])
        )
        customers = partners.commercial_partner_id
        cases = (
            self.env["collections.case"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "in", customers.ids),
                ]
            )
        )
        found = cases.partner_id or customers
        if len(found) == 1:
            own = partners.filtered(lambda p: p.commercial_partner_id == found)
            self.write({"partner_id": own[:1].id, "is_ambiguous": False})
        elif found:
            self.is_ambiguous = True

    def _case(self):
        """Return the case of the customer in the company, if there is one."""
        self.ensure_one()
        customer = self.sudo().partner_id.commercial_partner_id
        if not customer:
            return self.env["collections.case"]
        return (
            self.env["collections.case"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "=", customer.id),
                ],
                limit=1,
            )
        )

    def _erase_person(self) -> None:
        """Forget who it was; the messages stay, without text and number."""
        gone = ("name", "key", "e164", "wa_id", "user_id", "partner_id", "bad_reason")
        self.write(dict.fromkeys(gone, False))

    def write(self, vals):
        """A person who says whose number it is settles what several had."""
        if vals.get("partner_id") and "is_ambiguous" not in vals:
            vals = {**vals, "is_ambiguous": False}
        result = super().write(vals)
        if vals.get("partner_id"):
            self.env["collections.whatsapp.message"]._assign(self)
        return result
