from markupsafe import Markup

from odoo import models
from odoo.tools import format_amount, format_date, is_html_empty

from ...tools import qr


class CollectionsReminderText(models.AbstractModel):
    """What the templates of messages put into a text."""

    _name = "collections.reminder.text"
    _description = "Texts of a Reminder"

    def _template(self):
        """Return the `mail.template` of its e-mail or letter, empty if it has none."""
        if self.promise_id:
            return self.env.ref("collections_management.mail_template_instalment")
        return self.level_channel_id.template_id or self.level_id.template_id

    def _read_together(self):
        """Read at once what the texts of many show; return them ready."""
        lines = self._together().line_ids
        lines.move_line_id.sudo().mapped("discount_date")
        lines.move_id.sudo().mapped("move_type")
        statements = self.env["collections.statement"]
        accounts = {
            company.id: statements._bank_accounts(company)
            for company in self.company_id
        }
        return self.with_context(collections_accounts=accounts)

    def _promise_amount_text(self):
        """Return the amount of the instalment, in the reminder's language."""
        if not self.promise_id:  # a template is tried on any reminder when it is saved
            return ""
        return self.promise_id.with_context(lang=self.lang)._amount_text(
            self.promise_id.amount - self.promise_id.amount_paid
        )

    def _promise_date_text(self):
        """Return the day of the instalment, in the reminder's language."""
        return format_date(self.with_context(lang=self.lang).env, self.promise_id.date)

    def _items_by_currency(self):
        """Return the reminder's items for its text, one table per currency."""
        self.ensure_one()
        tables = []
        for currency, lines in self.line_ids.grouped("currency_id").items():
            debits = lines.filtered(lambda line: line.amount_residual > 0)
            apart = lines.filtered("amount_paused")
            credits = lines - debits - apart
            debit = sum(debits.mapped("amount_residual"))
            credit = -sum(credits.mapped("amount_residual"))
            tables.append(
                {
                    "currency": currency,
                    "lines": debits.sorted("date_due") + credits.sorted("date_due"),
                    "debit": debit,
                    "credit": credit,
                    "net": debit - credit,
                    "apart": apart.sorted("date_due"),
                    "early": debits.filtered(lambda line: line._early_amount()),
                }
            )
        return tables

    def _tables(self):
        """Return the tables of a message, each with the reminder it is about."""
        return [
            {**table, "reminder": reminder}
            for reminder in self._together()
            for table in reminder._items_by_currency()
        ]

    def _totals(self):
        """Return what is asked for in a message, by currency."""
        totals = {}
        for table in self._tables():
            if table["net"] > 0:
                currency = table["currency"]
                totals[currency] = totals.get(currency, 0.0) + table["net"]
        return totals

    def _amount_text(self):
        """Return what is asked for, one amount per currency, for a short text."""
        return ", ".join(
            format_amount(self.env, amount, currency, lang_code=self.lang)
            for currency, amount in self._totals().items()
        )

    def _link(self):
        """Return where the customer sees and pays the oldest document, or nothing."""
        trigger = self.line_ids.filtered("is_trigger")[:1]
        return (trigger and self._line_url(trigger)) or ""

    def _line_url(self, line):
        """Return where the customer sees and pays a document, or ``False``."""
        move = line.move_id.sudo()
        if not move.is_invoice() or line.amount_residual <= 0:
            return False
        return move.get_base_url() + move.get_portal_url()

    def _account_url(self) -> str:
        """Return where the customer sees all, promises, reports and pays.

        While a message is written, a link of who gets it; in a preview, the page that
        asks for a login.
        """
        links = self.env.context.get("collections_links", {})
        return links.get(self.id) or self.env["collections.portal"]._address(
            self.case_id
        )

    def _items_table(self):
        """Return the table of documents for a message, in the reminder's language."""
        self.ensure_one()
        reminder = self.with_context(lang=self.lang)
        return self.env["ir.qweb"]._render(
            "collections_management.reminder_items",
            {
                "reminder": reminder,
                "tables": reminder._tables(),
                "totals": reminder.carried_ids and reminder._totals(),
                "late_interest": reminder._late_interest(),
                "format_date": lambda value: format_date(reminder.env, value),
            },
            lang=self.lang,
            minimal_qcontext=True,
        )

    def _late_interest(self):
        """Return interest and fees to the day as information, where a rule shows it."""
        if self.kind != "dunning" or self.level_delay <= 0:
            return []
        charges = self.env["collections.charge"].sudo()
        cases = self._together().case_id.sudo()
        totals = {}
        for amounts in charges._shown(cases, self._logical_today()).values():
            for currency, amount in amounts:
                totals[currency] = totals.get(currency, 0.0) + amount
        return list(totals.items())

    def _payment_block(self):
        """Return how to pay: the pay button and the company's instructions."""
        self.ensure_one()
        reminder = self.with_context(lang=self.lang)
        trigger = reminder.line_ids.filtered("is_trigger")[:1]
        instructions = reminder.company_id.sudo().collections_payment_instructions
        account_url = reminder._account_url()
        on_paper = self.env.context.get("collections_on_paper")
        return self.env["ir.qweb"]._render(
            "collections_management.reminder_payment",
            {
                "url": trigger and reminder._line_url(trigger),
                "account_url": account_url,
                "code": on_paper and qr.data_uri(account_url),
                "accounts": reminder._bank_accounts(),
                "instructions": not is_html_empty(instructions) and instructions,
            },
            lang=self.lang,
            minimal_qcontext=True,
        )

    def _bank_accounts(self):
        """Return where to transfer: the accounts on the invoices, else the company's.

        None where the company says in its own words how to pay.
        """
        company = self.company_id.sudo()
        if not is_html_empty(company.collections_payment_instructions):
            return self.env["res.partner.bank"]
        own = self.line_ids.move_id.sudo().partner_bank_id.filtered(
            lambda account: account.partner_id == company.partner_id
        )
        shared = self.env.context.get("collections_accounts", {})
        if company.id not in shared:
            shared = self._read_together().env.context["collections_accounts"]
        return own or shared[company.id]

    def _signature(self):
        """Return who writes: the collector, and the company."""
        self.ensure_one()
        collector = self.case_id.collector_id.sudo()
        return Markup("<br/>").join(
            filter(None, [collector.name, self.company_id.name, self.company_id.phone])
        )
