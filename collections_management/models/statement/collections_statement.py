from odoo import api, models
from odoo.tools import SQL

from ...tools import pauses, qr, statements

# What customers know of; holds are ours.
SHOWN = [kind for kind in pauses.KINDS if kind != pauses.HELD]


class CollectionsStatement(models.AbstractModel):
    """What a customer owes, as a document for the customer.

    Set-based: the data of many statements costs as many SQL statements as that of
    one. The callers check what the user may see; nothing here does.
    """

    _name = "collections.statement"
    _description = "Customer Statement"

    @api.model
    def _statement(self, case, date=None) -> dict:
        """Return the statement of one case, see `_statements`."""
        return self._statements(case, date)[case.id]

    @api.model
    def _statements(self, cases, date=None) -> dict[int, dict]:
        """Return the data of statements, by case.

        :param date: the end of a day as the ledger tells it today; ``None`` for now,
            with the same open amounts as the case
        """
        found = {}
        for company, group in cases.sudo().grouped("company_id").items():
            found |= self._of_company(company, group, date)
        return {case.id: found[case.id] for case in cases}

    @api.model
    def _of_company(self, company, cases, date) -> dict[int, dict]:
        today = date or company._collections_today()
        partner_ids = cases.partner_id.ids
        rows = self._rows(company, partner_ids, date)
        confirm = {} if date else self._to_confirm(company, partner_ids)
        accounts = self._bank_accounts(company)
        late = {} if date else self.env["collections.charge"]._shown(cases, today)
        return {
            case.id: {
                "case": case,
                "company": company,
                "partner": case.partner_id,
                "lang": self._lang(case),
                "date": today,
                "as_of": bool(date),
                "tables": self._tables(rows.get(case.partner_id.id, ()), today),
                "balance": company.currency_id.round(
                    sum(row.amount for row in rows.get(case.partner_id.id, ()))
                ),
                "to_confirm": confirm.get(case.partner_id.id, []),
                "bank_accounts": accounts,
                "late_interest": late.get(case.id, []),
            }
            for case in cases
        }

    @api.model
    def _rows(self, company, partner_ids, date) -> dict[int, list[statements.Row]]:
        """Return the open documents by customer, with what of them is set apart."""
        self.env["account.move"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        found = {}
        for partner, *values in self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, item.currency_id,
                          coalesce(%(number)s, ''),
                          CASE WHEN move.move_type = 'entry' THEN ''
                               ELSE coalesce(move.ref, '') END,
                          coalesce(move.invoice_date, item.date), item.due,
                          line.amount_currency, item.amount_currency, item.amount,
                          item.move_id, item.id, %(apart)s
                     FROM (%(items)s) item
                     JOIN account_move_line line ON line.id = item.id
                     JOIN account_move move ON move.id = item.move_id
                     JOIN res_partner partner ON partner.id = item.partner_id""",
                number=self.env["collections.reminder.builder"]._number_sql(),
                apart=SQL(", ").join(map(self._apart_sql, SHOWN)),
                items=self._items_sql(company, partner_ids, date),
            )
        ):
            found.setdefault(partner, []).append(statements.Row(*map(_plain, values)))
        return found

    @api.model
    def _items_sql(self, company, partner_ids, date) -> SQL:
        Pause = self.env["collections.pause"]
        today = date or company._collections_today()
        return Pause._covered_sql(
            self.env["collections.ledger"]._open_lines_sql(
                company.ids, date, partner_ids
            ),
            Pause._rows(company, today, partner_ids),
        )

    @api.model
    def _apart_sql(self, kind) -> SQL:
        """Return a part in the document's currency."""
        return SQL(
            """CASE WHEN item.amount > 0
                    THEN item.amount_currency * item.%s / item.amount ELSE 0 END""",
            SQL.identifier(kind),
        )

    @api.model
    def _to_confirm(self, company, partner_ids) -> dict[int, list[dict]]:
        """Return payments under way by customer, one amount per currency."""
        Currency = self.env["res.currency"]
        return {
            partner_id: [
                {"currency": currency, "amount": currency.round(amount)}
                for currency_id, amount in amounts.items()
                for currency in Currency.browse(currency_id)
            ]
            for partner_id, amounts in self.env["collections.ledger"]
            ._to_confirm(company, partner_ids)
            .items()
        }

    @api.model
    def _tables(self, rows, today) -> list[dict]:
        """Return what is open, one table per currency, rounded as it is shown."""
        result = []
        for table in statements.tables(rows, today):
            currency = self.env["res.currency"].browse(table.currency)
            result.append(
                {
                    "currency": currency,
                    "debits": table.debits,
                    "credits": table.credits,
                    "ages": [currency.round(amount) for amount in table.ages],
                    "debit": currency.round(table.debit),
                    "credit": currency.round(table.credit),
                    "overdue": currency.round(table.overdue),
                    "disputed": currency.round(table.disputed),
                    "net": currency.round(table.net),
                }
            )
        return result

    # === WHO, AND HOW TO PAY === #

    @api.model
    def _lang(self, case) -> str:
        """Return the customer's language where it is installed, else ours."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (case.partner_id.lang, case.company_id.partner_id.lang, self.env.lang)
        return next((code for code in wanted if code in installed), "en_US")

    @api.model
    def _bank_accounts(self, company):
        """Return the accounts of the company's bank journals, in their order."""
        journals = (
            self.env["account.journal"]
            .sudo()
            .search([("company_id", "=", company.id), ("type", "=", "bank")])
        )
        return journals.bank_account_id

    @api.model
    def _labels(self) -> list[str]:
        """Return the names of the age buckets, in the language of the context."""
        overdue = [
            self.env._("%(first)s-%(last)s days", first=first, last=last)
            if last
            else self.env._("Over %s days", first - 1)
            for first, last in statements.bucket_bounds()
        ]
        return [self.env._("Not due"), *overdue]

    @api.model
    def _codes(self, statement) -> list[dict]:
        """Return QR codes for paying, where the company uses those of Odoo.

        That of the bank asks for all that is open in a currency; that of the payment
        page for the oldest invoice. Never for a date in the past.
        """
        if statement["as_of"]:
            return []
        company = statement["company"]
        codes = []
        for table in statement["tables"]:
            if table["net"] <= 0:
                continue
            if company.qr_code and (code := self._bank_code(statement, table)):
                codes.append({"src": code, "kind": "bank", **table})
            if company.link_qr_code:
                codes += self._link_codes(table)
        return codes

    @api.model
    def _bank_code(self, statement, table):
        """Return the code of the first account that has one for this payment."""
        partner = statement["partner"]
        payment = {
            "amount": table["net"],
            "free_communication": partner.ref or partner.name or "",
            "structured_communication": "",
            "currency": table["currency"],
            "debtor_partner": partner,
        }
        for account in statement["bank_accounts"]:
            values = account._build_qr_code_vals(**payment, silent_errors=True)
            if not values:
                continue
            values.pop("silent_errors", None)
            code = account._get_qr_code_generation_params(**values)
            if code and code["barcode_type"] == "QR" and not code.get("mask"):
                return qr.data_uri(code["value"])
            return account._get_qr_code_base64(**values)
        return None

    @api.model
    def _link_codes(self, table) -> list[dict]:
        moves = self.env["account.move"].sudo()
        moves = moves.browse(row.move for row in table["debits"])
        invoice = moves.filtered(lambda move: move.is_invoice())[:1]
        link = invoice and invoice._get_portal_payment_link()
        if not link:
            return []
        code = qr.data_uri(link)
        return [{"src": code, "kind": "link", **table, "number": invoice.name}]


def _plain(value):
    """A number of the database as a float, anything else as it is."""
    return float(value) if hasattr(value, "as_tuple") else value
