from base64 import b64encode

from odoo import api, models

from ...tools import agency_file
from .collections_agency_importer import CASE_REF

FORMATS = ("xlsx", "csv")


class CollectionsAgencyExporter(models.AbstractModel):
    """The file of cases for an agency: what it needs to collect, and nothing else."""

    _name = "collections.agency.exporter"
    _description = "Cases for an Agency"

    @api.model
    def _escalations(self, agency, only_new=False):
        """Return what is in force, and what was taken back and not told yet."""
        domain = [("agency_id", "=", agency.id)]
        current = [*domain, ("state", "=", "in_force")]
        if only_new:
            current.append(("is_exported", "=", False))
        recalled = [
            *domain,
            ("state", "=", "ended"),
            ("is_exported", "=", True),
            ("is_recall_exported", "=", False),
        ]
        rows = self.env["collections.escalation"]
        return rows.search(current, order="id"), rows.search(recalled, order="id")

    @api.model
    def _make(self, agency, kind, only_new=False):
        """Make the file, keep it as it is handed over, and return its record."""
        current, recalled = self._escalations(agency, only_new)
        rows = [*self._rows(current), *map(self._recalled, recalled)]
        if kind == "csv":
            content = agency_file.to_csv(agency_file.CASE_COLUMNS, rows)
        else:
            content = agency_file.to_xlsx(
                self.env._("Cases"),
                agency_file.CASE_COLUMNS,
                rows,
                (self.env._("Columns"), self._notes()),
            )
        files = self.env["collections.agency.file"].sudo()
        day = agency.company_id._collections_today()
        file = files.create(
            {
                "agency_id": agency.id,
                "direction": "out",
                "name": f"{agency.name} {day.isoformat()}.{kind}".replace("/", "-"),
                "content": b64encode(content),
                "checksum": files._checksum(content),
                "row_count": len(rows),
                "case_count": len(current) + len(recalled),
                "user_id": self.env.uid,
            }
        )
        current.sudo().write({"is_exported": True})
        recalled.sudo().write({"is_recall_exported": True})
        return file

    # === ROWS === #

    @api.model
    def _rows(self, escalations):
        """Yield a row per open document; those of a case add up to its balance."""
        cases = escalations.case_id.sudo()
        items = (
            self.env["collections.item"]
            .sudo()
            .search_fetch(
                [("case_id", "in", cases.ids)],
                [
                    "case_id",
                    "number",
                    "date",
                    "date_due",
                    "days_overdue",
                    "currency_id",
                    "amount_total",
                    "amount_residual",
                ],
                order="date_due, id",
            )
            .grouped("case_id")
        )
        contacts = self._contacts(cases.partner_id)
        for row in escalations.sudo():
            who = self._who(row, contacts.get(row.partner_id, row.partner_id))
            for item in items.get(row.case_id, ()):
                yield (
                    *who,
                    item.number or "",
                    item.date,
                    item.date_due,
                    max(item.days_overdue, 0),
                    item.currency_id.name,
                    item.amount_total,
                    item.amount_residual,
                )

    @api.model
    def _contacts(self, partners) -> dict:
        """Return the person marked for collections of each customer."""
        marked = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", partners.ids),
                    ("collections_contact", "=", True),
                ],
                order="id",
            )
        )
        found = {}
        for contact in marked:
            found.setdefault(contact.commercial_partner_id, contact)
        return found

    @api.model
    def _who(self, row, contact) -> tuple:
        partner = row.partner_id
        return (
            "open" if row.is_exported else "new",
            self._reference(row),
            partner.name,
            partner.vat,
            "company" if partner.is_company else "person",
            contact.name if contact != partner else "",
            contact.phone or partner.phone,
            contact.email or partner.email,
            ", ".join(filter(None, (partner.street, partner.street2))),
            partner.city,
            partner.state_id.name,
            partner.country_id.code,
        )

    @api.model
    def _reference(self, row) -> str:
        return f"{CASE_REF}{row.case_id.id}"

    @api.model
    def _recalled(self, row) -> tuple:
        """Who is taken back is named, no more."""
        blank = len(agency_file.CASE_COLUMNS) - 3
        name = row.sudo().partner_id.name
        return ("recalled", self._reference(row), name, *[None] * blank)

    # === WHAT THE COLUMNS ARE === #

    @api.model
    def _notes(self) -> list[tuple[str, str]]:
        """Return what explains this file, and the one that is to come back."""
        cases, results = self._case_words(), self._result_words()
        return [
            (self.env._("This file"), self.env._("A row per open document of a case.")),
            *((one.code, cases[one.code]) for one in agency_file.CASE_COLUMNS),
            ("", ""),
            (
                self.env._("Your answer"),
                self.env._(
                    "One table, xlsx or CSV, with these headings in the first line. "
                    "Send corrections with a new key."
                ),
            ),
            *((one.code, results[one.code]) for one in agency_file.RESULT_COLUMNS),
        ]

    @api.model
    def _case_words(self) -> dict[str, str]:
        return {
            "status": self.env._(
                "new: for the first time; open: you have it; recalled: stop at once"
            ),
            "case_ref": self.env._("Our reference: repeat it in your answer"),
            "customer": self.env._("Name of the debtor"),
            "tax_id": self.env._("Tax identification"),
            "person_type": self.env._("company or person: other contact rules apply"),
            "contact": self.env._("Person to talk to"),
            "phone": self.env._("Telephone"),
            "email": self.env._("E-mail"),
            "street": self.env._("Address"),
            "city": self.env._("City"),
            "state": self.env._("State or region"),
            "country": self.env._("Country, ISO 3166 code"),
            "document": self.env._("Number of the document; credits are rows too"),
            "document_date": self.env._("Date of the document, year-month-day"),
            "due_date": self.env._("Due date"),
            "days_overdue": self.env._("Days overdue when the file was made"),
            "currency": self.env._("Currency, ISO 4217 code"),
            "amount": self.env._("Original amount, in that currency"),
            "open_amount": self.env._("Open amount; credits are below zero"),
        }

    @api.model
    def _result_words(self) -> dict[str, str]:
        return {
            "row_key": self.env._(
                "Your own key of the row, never used twice. Required"
            ),
            "case_ref": self.env._("Our reference of the case. Required"),
            "date": self.env._("Day on which it happened, year-month-day. Required"),
            "kind": self.env._(
                "contact, promise, payment (the debtor says it paid us), cost, "
                "commission, or recovery (you were paid). Required"
            ),
            "channel": self.env._(
                "call, email, sms, letter, visit, whatsapp or other; empty: call"
            ),
            "amount": self.env._("1234.50; required except for a contact"),
            "currency": self.env._("ISO 4217 code; empty: our company's currency"),
            "promise_date": self.env._("Of a promise: the day by which it is paid"),
            "text": self.env._("What was said or done; required for a contact"),
        }
