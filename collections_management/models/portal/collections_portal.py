from typing import NamedTuple

from odoo import api, models
from odoo.tools import is_html_empty

from ...tools import portal_forms

# Agreements that a customer sees once somebody offered or accepted them.
SEEN_STATES = ("accepted", "active", "fulfilled", "broken")
# So long the link of a reminder opens the customer's page.
REMINDER_DAYS = 90


class Visit(NamedTuple):
    """A customer at the door: everything in it is as superuser.

    :param case: the case of the customer; empty: there is no such page
    :param person: who looks: the contact of the login, or of the link
    :param token: the link that was used, ``None`` for a login
    """

    case: models.BaseModel
    person: models.BaseModel
    token: str | None = None


class CollectionsPortal(models.AbstractModel):
    """What a customer may see: the one place that decides whose case is whose.

    Customers have no right to any model of ours. A login reaches the cases of its
    whole commercial entity in the companies of the login, a link its one case; all
    else is not there. What follows a `Visit` needs no further check: the controllers
    ask this model as superuser, in the name of who is logged in.
    """

    _name = "collections.portal"
    _description = "Customer Portal"
    _inherit = ["collections.portal.actions"]

    # === WHO === #

    @api.model
    def _cases(self):
        """Return the cases of who is logged in, as superuser."""
        user = self.env.user
        Case = self.env["collections.case"]
        if user._is_public():
            return Case
        return Case.with_context(active_test=False).search(
            [
                ("partner_id", "=", user.partner_id.commercial_partner_id.id),
                ("company_id", "in", user.company_ids.ids),
            ],
            order="company_id",
        )

    @api.model
    def _enter(self, case_id, token=None) -> Visit:
        """Return the visit of a case by login or by link; reading changes nothing."""
        none = self.env["collections.case"]
        wanted = portal_forms.identifier(case_id)
        case = self._cases().filtered(lambda own: own.id == wanted)
        if case:
            return self._visit(case, self.env.user.partner_id.sudo())
        found = self.env["collections.token"]._redeem(token or "", "portal")
        if not wanted or found.case_id.id != wanted:
            return Visit(none, none.env["res.partner"])
        return self._visit(found.case_id, found.partner_id, token)

    @api.model
    def _visit(self, case, person, token=None) -> Visit:
        context = {"allowed_company_ids": case.company_id.ids}
        return Visit(
            case.with_context(**context), person.with_context(**context), token
        )

    @api.model
    def _url(self, case, partner, days) -> str:
        """Return a new link to the page of a case, for one person."""
        token = self.env["collections.token"]._issue(case, partner, "portal", days)
        return self._address(case, token)

    @api.model
    def _urls(self, reminders) -> dict[int, str]:
        """Return new links to the pages of who gets reminders, by reminder id.

        Who tries reminders out, with a redirect address, must not speak for a
        customer: those links ask for a login.
        """
        real = reminders.filtered(
            lambda rem: not rem.company_id.sudo().collections_redirect_email
        )
        tokens = self.env["collections.token"]._issue_many(
            [
                (rem.case_id, rem.recipient_ids[:1] or rem.partner_id, rem)
                for rem in real
            ],
            "portal",
            REMINDER_DAYS,
        )
        found = dict(zip(real.ids, tokens, strict=True))
        return {
            rem.id: self._address(rem.case_id, found.get(rem.id)) for rem in reminders
        }

    @api.model
    def _address(self, case, token=None) -> str:
        address = f"{case.get_base_url()}/my/collections/{case.id}"
        return f"{address}?access_token={token}" if token else address

    # === WHAT === #

    @api.model
    def _open_count(self) -> int:
        """Return how many documents of who is logged in are open."""
        cases = self._cases()
        return self.env["collections.item"].search_count(
            [("case_id", "in", cases.ids), ("is_credit", "=", False)]
        )

    @api.model
    def _overview(self, visit) -> dict:
        """Return what the page of a case shows: today's ledger, and what was said."""
        case = visit.case
        statement = self.env["collections.statement"]._statement(case)
        rows = [row for table in statement["tables"] for row in table["debits"]]
        whole = self.env["collections.pause"]._rows(
            case.company_id, statement["date"], case.partner_id.ids
        )
        return {
            "statement": statement,
            "tables": statement["tables"],
            "today": statement["date"],
            "whole_dispute": any(
                pause.kind == "disputed" and not pause.line_id for pause in whole
            ),
            "documents": self._documents(rows),
            "promises": case.promise_ids.filtered(
                lambda promise: promise.kind != "instalment"
            ).sorted("id", reverse=True)[:10],
            "disputes": case.dispute_ids.sorted("id", reverse=True)[:10],
            "agreements": self._agreements(visit),
        }

    @api.model
    def _documents(self, rows) -> dict:
        """Return those with an issued PDF, by journal item: none is made here."""
        moves = self.env["account.move"].browse({row.move for row in rows})
        known = {move.id: move for move in moves if move.invoice_pdf_report_id}
        return {row.line: known[row.move] for row in rows if row.move in known}

    @api.model
    def _agreements(self, visit):
        """Return the agreements that the customer may see, the newest first."""
        return visit.case.agreement_ids.filtered(
            lambda one: one.is_offered or one.state in SEEN_STATES
        ).sorted("id", reverse=True)

    @api.model
    def _debts(self, visit, currency_id=None) -> dict | None:
        """Return the open documents of a currency, the first if none is asked for."""
        tables = self.env["collections.statement"]._statement(visit.case)["tables"]
        wanted = portal_forms.identifier(currency_id)
        for table in tables:
            if table["debits"] and wanted in (None, table["currency"].id):
                return table
        return None

    @api.model
    def _currencies(self, visit):
        """Return the currencies in which something is owed."""
        tables = self.env["collections.statement"]._statement(visit.case)["tables"]
        found = [table["currency"].id for table in tables if table["debits"]]
        return self.env["res.currency"].browse(found)

    @api.model
    def _proposed_amount(self, table, chosen) -> str:
        """Return what a form starts with: what is chosen, else what is overdue.

        As browsers read numbers, with the digits of the currency.
        """
        if not table:
            return ""
        rows = [row.open for row in table["debits"] if row.line in chosen]
        amount = sum(rows) or table["overdue"] or table["debit"]
        return f"{amount:.{table['currency'].decimal_places}f}"

    @api.model
    def _channels(self, visit) -> list[dict]:
        """Return the channels with what the person said about each."""
        Consent = self.env["collections.consent"]
        company, person = visit.case.company_id.id, visit.person.id
        latest = Consent._latest([company], [person])
        return [
            {
                "code": code,
                "name": name,
                "state": Consent._of_person(latest, company, person, code),
            }
            for code, name in Consent._fields["channel"]._description_selection(
                self.env
            )
            if code != "all"
        ]

    @api.model
    def _reasons(self):
        return self.env["collections.dispute.reason"].search([("name", "!=", False)])

    @api.model
    def _document(self, visit, line_id) -> dict | None:
        """Return the file of an open invoice: ``filename``, ``content``."""
        table_rows = (
            row
            for table in self.env["collections.statement"]._statement(visit.case)[
                "tables"
            ]
            for row in table["debits"] + table["credits"]
            if row.line == line_id
        )
        move = self._documents(list(table_rows)).get(line_id)
        return move and move._get_invoice_legal_documents("pdf")

    # === PAYING === #

    @api.model
    def _ways_to_pay(self, visit) -> dict:
        """Return ``can_pay`` (online), ``instructions`` and ``bank_accounts``."""
        company = visit.case.company_id
        text = company.collections_payment_instructions
        return {
            "can_pay": bool(
                self.env["payment.provider"].search_count(
                    [("company_id", "=", company.id), ("state", "!=", "disabled")],
                    limit=1,
                )
            ),
            "instructions": not is_html_empty(text) and text,
            "bank_accounts": self.env["collections.statement"]._bank_accounts(company),
        }

    @api.model
    def _payment(self, visit, currency_id, line_ids) -> dict:
        """Return what is paid online: the chosen invoices, without any all of them.

        Never more than the balance of the currency: credits count.

        :return: ``currency``, ``lines``, ``moves``, ``rows``, ``amount``,
            ``reference`` and ``credit`` (what is left out because of credits)
        """
        tables = self.env["collections.statement"]._statement(visit.case)["tables"]
        table = self._payment_table(tables, currency_id, line_ids)
        rows = self._payable(table) if table else []
        chosen = [row for row in rows if not line_ids or row.line in line_ids]
        if not chosen:
            none = self.env["account.move"]
            return {
                "currency": table and table["currency"],
                "lines": set(),
                "rows": [],
                "moves": none,
                "amount": 0.0,
                "credit": 0.0,
                "reference": "",
            }
        currency = table["currency"]
        total = currency.round(sum(row.open for row in chosen))
        amount = max(0.0, min(total, table["net"]))
        moves = self.env["account.move"].browse(row.move for row in chosen)
        return {
            "currency": currency,
            "lines": {row.line for row in chosen},
            "rows": chosen,
            "moves": moves,
            "amount": amount,
            "credit": currency.round(total - amount),
            "reference": moves[0].name
            if len(moves) == 1
            else visit.case.partner_id.ref or moves[0].name,
        }

    @api.model
    def _payment_table(self, tables, currency_id, line_ids):
        wanted = portal_forms.identifier(currency_id)
        for table in tables:
            own = {row.line for row in table["debits"]}
            if line_ids & own or (
                not line_ids and wanted in (None, table["currency"].id)
            ):
                return table
        return None

    @api.model
    def _payable(self, table) -> list:
        """Return what Odoo lets customers pay online: no payment of it is under way."""
        moves = self.env["account.move"].browse({row.move for row in table["debits"]})
        payable = moves.filtered(lambda move: move._has_to_be_paid())
        return [row for row in table["debits"] if row.move in payable.ids]
