from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL


class CollectionsLedger(models.AbstractModel):
    """The one source of open items: every figure of ours is built on this SQL.

    *Decisions* (cases, plan, gate) read the residual columns, so that money
    received counts whatever its date. *Reports* rebuild the residual as of a date
    from ``account_partial_reconcile.max_date``. Identity, for every date d: the
    sum over all items at d equals the balance of the posted receivable lines
    dated ≤ d, to the cent.
    """

    _name = "collections.ledger"
    _description = "Open Items of the Ledger"

    @api.model
    def _tune(self) -> None:
        """Set what suits our large statements, for this transaction.

        Compiling costs more than it brings on these shapes, sorting on disk too:
        measured.
        """
        self.env.cr.execute(
            """SELECT set_config('jit', 'off', true),
                      set_config('work_mem', '64MB', true)"""
        )

    # Asked for several times in every refresh; forgotten when an account or a journal
    # changes: see `account.account` and `account.journal`.

    @tools.ormcache()
    def _receivable_account_ids(self) -> list[int]:
        """Trade receivables; ``non_trade`` accounts are out of collections."""
        return self._ids_of(
            SQL(
                """SELECT id FROM account_account
                    WHERE account_type = 'asset_receivable'
                      AND non_trade IS NOT TRUE"""
            )
        )

    @tools.ormcache()
    def _money_journal_ids(self) -> list[int]:
        return self._ids_of(
            SQL("SELECT id FROM account_journal WHERE type IN ('bank','cash','credit')")
        )

    @api.model
    def _ids_of(self, query: SQL) -> list[int]:
        return [row[0] for row in self.env.execute_query(query)]

    # === OPEN ITEMS === #

    @api.model
    def _open_lines_sql(self, company_ids, date=None, partner_ids=None) -> SQL:
        """Return the open items as a query.

        :param company_ids: companies of the lines
        :param date: ``None`` for decisions; a date for what the ledger says today
            about the end of that day
        :param partner_ids: commercial partners to restrict to
        :return: a SELECT with ``id, move_id, company_id, account_id, partner_id``
            (the line's, not the commercial partner), ``currency_id, date, due,
            amount, amount_currency`` (signed, open part), ``no_followup``
        """
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        where = self._line_conditions_sql(company_ids, partner_ids)
        if date is None:
            return SQL(
                """SELECT %(columns)s,
                          line.amount_residual AS amount,
                          line.amount_residual_currency AS amount_currency
                     FROM account_move_line line
                    WHERE %(where)s
                      AND line.reconciled IS NOT TRUE
                      AND (line.amount_residual <> 0
                           OR line.amount_residual_currency <> 0)""",
                columns=self._line_columns_sql(),
                where=where,
            )
        return SQL(
            """SELECT %(columns)s, residual.amount, residual.amount_currency
                 FROM (%(residual)s) residual
                 JOIN account_move_line line ON line.id = residual.id
                WHERE %(where)s AND line.date <= %(date)s""",
            columns=self._line_columns_sql(),
            residual=self._residual_at_sql(where, date),
            where=where,
            date=date,
        )

    @api.model
    def _line_columns_sql(self) -> SQL:
        return SQL(
            """line.id, line.move_id, line.company_id, line.account_id,
               line.partner_id, line.currency_id, line.date,
               coalesce(line.date_maturity, line.date) AS due,
               coalesce(line.no_followup, false) AS no_followup"""
        )

    @api.model
    def _line_conditions_sql(self, company_ids, partner_ids=None) -> SQL:
        where = SQL(
            """line.company_id = ANY(%s) AND line.account_id = ANY(%s)
               AND line.parent_state = 'posted'""",
            list(company_ids),
            self._receivable_account_ids(),
        )
        if partner_ids is None:
            return where
        return SQL(
            "%s AND line.partner_id = ANY(%s)", where, self._contacts_sql(partner_ids)
        )

    @api.model
    def _contacts_sql(self, partner_ids) -> SQL:
        """Return the contacts of customers as an array: planned faster than a join."""
        return SQL(
            """ARRAY(SELECT id FROM res_partner
                      WHERE commercial_partner_id = ANY(%s))""",
            list(partner_ids),
        )

    @api.model
    def _residual_at_sql(self, where: SQL, date) -> SQL:
        """Today's residual, with every reconciliation after the date undone."""
        return SQL(
            """SELECT id, sum(amount) AS amount,
                      sum(amount_currency) AS amount_currency
                 FROM (
                    SELECT line.id, line.amount_residual AS amount,
                           line.amount_residual_currency AS amount_currency
                      FROM account_move_line line
                     WHERE %(where)s AND line.date <= %(date)s
                       AND line.reconciled IS NOT TRUE
                      AND (line.amount_residual <> 0
                            OR line.amount_residual_currency <> 0)
                 UNION ALL
                    SELECT debit_move_id, amount, debit_amount_currency
                      FROM account_partial_reconcile WHERE max_date > %(date)s
                 UNION ALL
                    SELECT credit_move_id, -amount, -credit_amount_currency
                      FROM account_partial_reconcile WHERE max_date > %(date)s
                 ) part
             GROUP BY id
               HAVING sum(amount) <> 0 OR sum(amount_currency) <> 0""",
            where=where,
            date=date,
        )

    # === NATURE OF A PARTIAL === #

    @api.model
    def _nature_sql(self, company, line: str = "credit", move: str = "move") -> SQL:
        """Return the nature of a partial as one expression.

        *paid* (a payment, a statement line, or an entry in a bank, cash or credit
        journal), *withheld* (an entry in one of the company's withholding
        journals), *credited* (a refund), *adjusted* (write-off, exchange
        difference, discount). Only *paid* and *withheld* count as collected.

        :param line: alias of the partial's credit line
        :param move: alias of that line's entry
        """
        return SQL(
            """CASE WHEN %(paid)s THEN 'paid'
                    WHEN %(withheld)s THEN 'withheld'
                    WHEN %(move)s.move_type = 'out_refund' THEN 'credited'
                    ELSE 'adjusted' END""",
            paid=self._paid_sql(line),
            withheld=self._withheld_sql(company, line),
            move=SQL.identifier(move),
        )

    @api.model
    def _paid_sql(self, line: str) -> SQL:
        return SQL(
            """(%(line)s.payment_id IS NOT NULL
                OR %(line)s.statement_line_id IS NOT NULL
                OR %(line)s.journal_id = ANY(%(journals)s))""",
            line=SQL.identifier(line),
            journals=self._money_journal_ids(),
        )

    @api.model
    def _withheld_sql(self, company, line: str) -> SQL:
        journals = company._collections_settings().withholding_journal_ids
        return SQL("%s.journal_id = ANY(%s)", SQL.identifier(line), journals)

    @api.model
    def _collected_sql(self, company, line: str) -> SQL:
        """Money that came in: paid or withheld."""
        return SQL(
            "(%s OR %s)", self._paid_sql(line), self._withheld_sql(company, line)
        )

    # === TO CONFIRM === #

    @api.model
    def _to_confirm_sql(self, company, partner_ids=None) -> SQL:
        """Payments under way: neither in the ledger yet, nor to be dunned.

        Payments without entry that are linked to invoices, and online
        transactions that are pending or authorised.

        :return: a SELECT with ``partner_id, currency_id, amount_currency``
        """
        self.env["account.payment"].flush_model()
        self.env["payment.transaction"].flush_model()
        partners = SQL("TRUE")
        if partner_ids is not None:
            partners = SQL("pay.partner_id = ANY(%s)", self._contacts_sql(partner_ids))
        return SQL(
            """SELECT pay.partner_id, pay.currency_id, pay.amount AS amount_currency
                 FROM account_payment pay
                WHERE pay.move_id IS NULL AND pay.state IN ('in_process', 'paid')
                  AND pay.payment_type = 'inbound'
                  AND pay.company_id = %(company)s AND %(partners)s
                  AND EXISTS (SELECT 1 FROM account_move__account_payment rel
                               WHERE rel.payment_id = pay.id)
            UNION ALL
               SELECT pay.partner_id, pay.currency_id, pay.amount
                 FROM payment_transaction pay
                WHERE pay.state IN ('pending', 'authorized')
                  AND pay.payment_id IS NULL AND pay.operation <> 'refund'
                  AND pay.company_id = %(company)s AND %(partners)s
                  AND EXISTS (SELECT 1 FROM account_invoice_transaction_rel rel
                               WHERE rel.transaction_id = pay.id)""",
            company=company.id,
            partners=partners,
        )

    @api.model
    def _to_confirm(self, company, partner_ids=None) -> dict[int, dict[int, float]]:
        """Return payments under way, ``{partner id: {currency id: amount}}``."""
        found = defaultdict(dict)
        for partner_id, currency_id, amount in self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, pay.currency_id,
                          sum(pay.amount_currency)::float8
                     FROM (%s) pay JOIN res_partner p ON p.id = pay.partner_id
                 GROUP BY p.commercial_partner_id, pay.currency_id
                 ORDER BY pay.currency_id""",
                self._to_confirm_sql(company, partner_ids),
            )
        ):
            found[partner_id][currency_id] = amount
        return found

    @api.model
    def _rates(self, company, date) -> dict[int, float]:
        """Return company currency for one unit of each active currency, on a date."""
        return self._rates_of(company.id, date)

    # Forgotten when a rate or a currency changes: see `res.currency.rate`.
    @tools.ormcache("company_id", "date")
    def _rates_of(self, company_id, date) -> dict[int, float]:
        company = self.env["res.company"].sudo().browse(company_id)
        currencies = self.env["res.currency"].search([("active", "=", True)])
        per_unit = (currencies | company.currency_id)._get_rates(company, date)
        own = per_unit[company.currency_id.id] or 1.0
        return {currency: own / rate for currency, rate in per_unit.items() if rate}

    # === REFERENCES TO IT === #

    @api.model
    def _relink(
        self,
        model,
        whose: SQL,
        *,
        alias="own",
        columns=("move_line_id", "move_id", "date_due"),
    ) -> bool:
        """Find the lines that a reset to draft replaced: same entry and due date.

        The only line of its entry is it, whatever its due date.

        :param whose: a condition on the rows of ``model``, which are called ``alias``
        :param columns: of the journal item, the entry and the due date
        :return: whether one was found
        """
        line, move, due = (SQL.identifier(alias, name) for name in columns)
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s %(alias)s SET %(column)s = line.id
                     FROM account_move_line line
                    WHERE %(line)s IS NULL AND %(whose)s AND line.move_id = %(move)s
                      AND line.account_id = ANY(%(accounts)s)
                      AND line.parent_state = 'posted'
                      AND (coalesce(line.date_maturity, line.date) = %(due)s
                           OR NOT EXISTS (
                               SELECT 1 FROM account_move_line other
                                WHERE other.move_id = line.move_id
                                  AND other.account_id = line.account_id
                                  AND other.id <> line.id))""",
                table=SQL.identifier(model._table),
                alias=SQL.identifier(alias),
                column=SQL.identifier(columns[0]),
                line=line,
                move=move,
                due=due,
                whose=whose,
                accounts=self._receivable_account_ids(),
            )
        )
        return bool(self.env.cr.rowcount)
