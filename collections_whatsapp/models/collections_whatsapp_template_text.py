from odoo import models
from odoo.tools import format_date, formatLang, html2plaintext

# Code, name and example of what a variable may be filled with. The names are
# translated where they are shown: see `_selection_source`.
SOURCES = (
    "contact",
    "customer",
    "document",
    "documents",
    "amount",
    "total",
    "due_date",
    "days",
    "company",
    "collector",
    "bank",
)
MOST_DOCUMENTS = 3


class CollectionsWhatsappTemplateText(models.AbstractModel):
    """Fills a template's variables from a reminder."""

    _name = "collections.whatsapp.template.text"
    _description = "Texts of a WhatsApp Template"

    def _source_labels(self) -> dict[str, str]:
        """Return what people may choose for a variable."""
        return {
            "contact": self.env._("Name of the contact"),
            "customer": self.env._("Name of the customer"),
            "document": self.env._("Number of the document that is due"),
            "documents": self.env._("Numbers of the documents, the oldest first"),
            "amount": self.env._("Amount of the document that is due"),
            "total": self.env._("Total to pay, net of credits"),
            "due_date": self.env._("Due date of the document"),
            "days": self.env._("Days overdue"),
            "company": self.env._("Name of the company"),
            "collector": self.env._("Name of the collector"),
            "bank": self.env._("How to pay: first line of the payment instructions"),
        }

    def _source_examples(self) -> dict[str, str]:
        """Return the examples that WhatsApp asks for; nobody's data."""
        return {
            "contact": "Ana",
            "customer": "Comercial Andina",
            "document": "F-001",
            "documents": "F-001, F-002",
            "amount": "$ 1,250.00",
            "total": "$ 2,400.00",
            "due_date": "15/06/2024",
            "days": "12",
            "company": self.env.company.name or "Company",
            "collector": "Luis",
            "bank": "Bank 123, account 456",
        }

    def _fill_values(self, reminder) -> dict[str, str]:
        """Return the value of each source for a reminder, in its language.

        Amounts are in the document's currency; a total over several currencies is
        written currency by currency.
        """
        reminder = reminder.with_context(lang=reminder.lang).sudo()
        env = reminder.env
        line = (
            reminder.line_ids.filtered("is_trigger")[:1]
            or (reminder.line_ids.filtered(lambda row: row.amount_residual > 0)[:1])
        )
        debits = reminder.line_ids.filtered(lambda row: row.amount_residual > 0)
        numbers = debits.sorted("date_due").mapped("number")
        shown = ", ".join(filter(None, numbers[:MOST_DOCUMENTS]))
        more = len(numbers) - MOST_DOCUMENTS
        company = reminder.company_id
        days = max(0, (reminder._logical_today() - line.date_due).days if line else 0)
        return {
            "contact": (reminder.recipient_ids[:1] or reminder.partner_id).name or "",
            "customer": reminder.partner_id.name or "",
            "document": line.number or reminder.trigger_number or "",
            "documents": f"{shown} (+{more})" if more > 0 else shown,
            "amount": formatLang(
                env, line.amount_residual, currency_obj=line.currency_id
            )
            if line
            else "",
            "total": " + ".join(
                formatLang(env, table["net"], currency_obj=table["currency"])
                for table in reminder._items_by_currency()
            ),
            "due_date": format_date(env, line.date_due) if line else "",
            "days": str(days),
            "company": company.name or "",
            "collector": reminder.case_id.collector_id.name or company.name or "",
            "bank": self._first_line(company.collections_payment_instructions),
        }

    def _first_line(self, html) -> str:
        lines = html2plaintext(html or "").strip().splitlines()
        return lines[0] if lines else ""
