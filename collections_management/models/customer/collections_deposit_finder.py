import json
from collections import defaultdict
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import deposits, promises

# Whoever has a case, with the words and numbers by which a bank may call them.
CUSTOMERS = """
    SELECT kase.partner_id,
           array_remove(array_agg(DISTINCT person.name), NULL),
           max(person.vat) FILTER (WHERE person.id = kase.partner_id),
           array_remove(array_agg(DISTINCT bank.acc_number), NULL)
      FROM collections_case kase
      JOIN res_partner person ON person.commercial_partner_id = kase.partner_id
 LEFT JOIN res_partner_bank bank ON bank.partner_id = person.id AND bank.active
     WHERE kase.company_id = %(company)s AND person.active
  GROUP BY kase.partner_id
"""
# Open debits and credits in the currencies of the deposits, in their smallest unit.
ITEMS = """
    SELECT item.id, partner.commercial_partner_id, item.currency_id,
           round(item.amount_currency * 10 ^ currency.decimal_places)::bigint,
           item.due, %(number)s, move.ref
      FROM (%(items)s) item
      JOIN account_move_line line ON line.id = item.id
      JOIN account_move move ON move.id = item.move_id
      JOIN res_partner partner ON partner.id = item.partner_id
      JOIN res_currency currency ON currency.id = item.currency_id
     WHERE item.currency_id = ANY(%(currencies)s)
"""
NOTICES = """
    SELECT kase.partner_id, notice.currency_id,
           round(notice.amount * 10 ^ currency.decimal_places)::bigint, notice.date
      FROM collections_promise notice
      JOIN collections_case kase ON kase.id = notice.case_id
      JOIN res_currency currency ON currency.id = notice.currency_id
     WHERE notice.company_id = %(company)s AND notice.kind = %(reported)s
       AND notice.state = ANY(%(open)s)
"""
# One statement for all; what a person decided stays.
STORE = """
    INSERT INTO collections_deposit_match
                (deposit_id, case_id, company_id, score, likelihood, reasons, state,
                 amount, currency_id, date, label, create_uid, create_date,
                 write_uid, write_date)
         SELECT found.deposit_id, kase.id, kase.company_id, found.score,
                found.likelihood, found.reasons::jsonb, 'suggested', deposit.amount,
                deposit.currency_id, deposit.date, deposit.label, %(user)s, %(now)s,
                %(user)s, %(now)s
           FROM unnest(%(deposits)s::int[], %(customers)s::int[], %(scores)s::int[],
                       %(likelihoods)s::text[], %(reasons)s::text[])
                AS found (deposit_id, partner_id, score, likelihood, reasons)
           JOIN collections_case kase ON kase.partner_id = found.partner_id
                                     AND kase.company_id = %(company)s
           JOIN (%(open)s) deposit ON deposit.id = found.deposit_id
    ON CONFLICT (deposit_id, case_id) DO UPDATE
            SET score = excluded.score, likelihood = excluded.likelihood,
                reasons = excluded.reasons, write_date = excluded.write_date
          WHERE collections_deposit_match.likelihood <> 'certain'
            AND (collections_deposit_match.score, collections_deposit_match.reasons)
                IS DISTINCT FROM (excluded.score, excluded.reasons)
"""
# Deposits that were identified, and what is no longer suggested.
FORGET = """
    DELETE FROM collections_deposit_match match
          WHERE match.company_id = %(company)s
            AND (NOT EXISTS (SELECT 1 FROM (%(open)s) deposit
                              WHERE deposit.id = match.deposit_id)
                 OR (match.state = 'suggested' AND match.likelihood <> 'certain'
                     AND NOT EXISTS (
                         SELECT 1
                           FROM unnest(%(deposits)s::int[], %(customers)s::int[])
                                AS found (deposit_id, partner_id)
                           JOIN collections_case kase
                             ON kase.partner_id = found.partner_id
                          WHERE found.deposit_id = match.deposit_id
                            AND kase.id = match.case_id)))
"""


class CollectionsDepositFinder(models.AbstractModel):
    """Looks for whose the unidentified deposits may be: six statements, any number."""

    _name = "collections.deposit.finder"
    _description = "Search for the Customers of Deposits"

    @api.model
    def _cron_find(self) -> None:
        """Each company in its turn."""
        companies = self.env["res.company"].search([("active", "=", True)])
        for position, company in enumerate(companies):
            self.env["collections.refresher"]._retrying(
                partial(self.with_company(company)._find, company)
            )
            self.env["ir.cron"]._commit_progress(
                1, remaining=len(companies) - position - 1
            )

    @api.model
    def _find(self, company) -> int:
        """Suggest customers for the deposits of a company, and forget what is settled.

        :return: number of suggestions
        """
        self.env.flush_all()
        rows = self._deposits(company)
        found = []
        if rows:
            book = self._book(company, {row.currency for row in rows})
            found = [
                (row.key, suggestion)
                for row in rows
                for suggestion in deposits.suggest(row, book)
            ]
        self._store(company, found)
        self.env["collections.deposit.match"].invalidate_model()
        self.env["collections.deposit"].invalidate_model()
        self.env["collections.case"].invalidate_model(["deposit_match_ids"])
        return len(found)

    # === LOADING === #

    @api.model
    def _deposits(self, company) -> list[deposits.Deposit]:
        rows = self.env.execute_query(
            SQL(
                """SELECT deposit.id, deposit.currency_id,
                          round(deposit.amount * 10 ^ currency.decimal_places)::bigint,
                          deposit.date, coalesce(deposit.label, ''),
                          coalesce(deposit.payer, ''),
                          coalesce(deposit.account_number, ''), deposit.partner_id
                     FROM (%s) deposit
                     JOIN res_currency currency ON currency.id = deposit.currency_id
                    WHERE deposit.company_id = %s
                 ORDER BY deposit.id""",
                self.env["collections.deposit"]._open_sql(),
                company.id,
            )
        )
        return [deposits.Deposit(*row) for row in rows]

    @api.model
    def _book(self, company, currencies) -> deposits.Book:
        """Return who owes what, for `tools.deposits`."""
        documents, credits = [], defaultdict(lambda: defaultdict(int))
        for row in self._items(company, currencies):
            line_id, customer, currency, amount, due, number, reference = row
            if amount < 0:
                credits[customer][currency] -= amount
                continue
            paper = (line_id, customer, currency, amount, due)
            documents.append(deposits.Document(*paper, number or "", reference or ""))
        people = self.env.execute_query(SQL(CUSTOMERS, company=company.id))
        customers = [
            deposits.Customer(
                customer,
                tuple(names),
                tax or "",
                tuple(accounts),
                tuple(credits[customer].items()),
            )
            for customer, names, tax, accounts in people
        ]
        notices = self.env.execute_query(
            SQL(
                NOTICES,
                company=company.id,
                reported=promises.REPORTED,
                open=[promises.OPEN, promises.BROKEN, promises.PARTIAL],
            )
        )
        return deposits.Book(
            customers,
            documents,
            [deposits.Notice(*row) for row in notices],
            company._collections_today(),
        )

    @api.model
    def _items(self, company, currencies):
        return self.env.execute_query(
            SQL(
                ITEMS,
                number=self.env["collections.reminder.builder"]._number_sql(),
                items=self.env["collections.ledger"]._open_lines_sql(company.ids),
                currencies=list(currencies),
            )
        )

    # === KEEPING === #

    @api.model
    def _store(self, company, found) -> None:
        columns = {
            "deposits": [key for key, _one in found],
            "customers": [one.customer for _key, one in found],
        }
        values = {
            "company": company.id,
            "open": self.env["collections.deposit"]._open_sql(),
            **columns,
        }
        self.env.cr.execute(SQL(FORGET, **values))
        if not found:
            return
        self.env.cr.execute(
            SQL(
                STORE,
                **values,
                scores=[one.score for _key, one in found],
                likelihoods=[deposits.likelihood(one.score) for _key, one in found],
                reasons=[self._as_json(one.reasons) for _key, one in found],
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )

    @api.model
    def _as_json(self, reasons) -> str:
        return json.dumps([[reason.code, list(reason.about)] for reason in reasons])
