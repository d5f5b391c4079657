from datetime import date as Date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class CollectionsReporting(models.AbstractModel):
    """What every report shares: who may see what, and the open items of any date."""

    _name = "collections.reporting"
    _description = "Basis of Reports"

    # === ACCESS === #

    @api.model
    def _check_salesperson(self):
        """Figures are for people of collections; the portal may call any method."""
        if self.env.su or self.env.user.has_group(
            "collections_management.group_salesperson"
        ):
            return
        raise AccessError(
            self.env._("Only people of collections may see these figures.")
        )

    @api.model
    def _sees_all(self) -> bool:
        """Collectors see every customer; salespeople their own and their team's."""
        return self.env.su or self.env.user.has_group(
            "collections_management.group_collector"
        )

    @api.model
    def _own_customers_sql(self, partner: SQL, company: SQL) -> SQL:
        """Restrict to the customers whose case the user may read."""
        if self._sees_all():
            return SQL("TRUE")
        Case = self.env["collections.case"].with_context(active_test=False)
        cases = Case._search([])
        return SQL(
            """(%s, %s) IN (SELECT partner_id, company_id FROM collections_case
                             WHERE id IN %s)""",
            partner,
            company,
            cases.subselect(),
        )

    @api.model
    def _report_companies(self, company_ids=None):
        """Return the companies asked for that the user has; default: the current one.

        :param company_ids: ids; those of other people's companies are left out
        """
        if company_ids is None:
            return self.env.company
        if self.env.su:
            return self.env["res.company"].browse(company_ids).exists()
        return self.env.user.company_ids.filtered(lambda c: c.id in set(company_ids))

    # === ARGUMENTS === #

    @api.model
    def _to_date(self, value) -> Date:
        """Return a date from a date or an ISO text; else say what is wrong."""
        try:
            found = fields.Date.to_date(value)
        except (TypeError, ValueError):
            found = None
        if not found:
            raise UserError(
                self.env._("“%(value)s” is not a date (YYYY-MM-DD).", value=value)
            )
        return found

    # === OPEN ITEMS AS OF A DATE === #

    @api.model
    def _parts_sql(self, companies, date) -> SQL:
        """Return what adds up to the open items at the end of a day.

        A line that is open today is one part, its residual; a reconciliation after
        the date is one more part of each of its lines, undone. A line with a part is
        open at the date, so nothing has to be grouped by line: on a large ledger this
        takes less than half the time of grouping. Without later reconciliations it is
        today's residual, which comes from an index.

        :return: a SELECT with the columns of ``collections.ledger``, ``dated`` (the
            document's date), ``is_credit, amount, amount_currency``; a line may have
            several rows
        """
        ledger = self.env["collections.ledger"]
        columns = SQL(
            """%s, coalesce(line.invoice_date, line.date) AS dated,
               CASE WHEN line.balance <> 0 THEN line.balance < 0
                    ELSE line.amount_currency < 0 END AS is_credit""",
            ledger._line_columns_sql(),
        )
        where = SQL(
            "%s AND line.date <= %s",
            ledger._line_conditions_sql(companies.ids),
            date,
        )
        return SQL(
            """SELECT %(columns)s, line.amount_residual AS amount,
                      line.amount_residual_currency AS amount_currency
                 FROM account_move_line line
                WHERE %(where)s AND line.reconciled IS NOT TRUE
                  AND (line.amount_residual <> 0 OR line.amount_residual_currency <> 0)
            UNION ALL
               SELECT %(columns)s, later.amount, later.debit_amount_currency
                 FROM account_partial_reconcile later
                 JOIN account_move_line line ON line.id = later.debit_move_id
                WHERE later.max_date > %(date)s AND %(where)s
            UNION ALL
               SELECT %(columns)s, -later.amount, -later.credit_amount_currency
                 FROM account_partial_reconcile later
                 JOIN account_move_line line ON line.id = later.credit_move_id
                WHERE later.max_date > %(date)s AND %(where)s""",
            columns=columns,
            where=where,
            date=date,
        )

    @api.model
    def _prepare(self):
        """Let statements see what this transaction changed, and not be compiled.

        PostgreSQL estimates these statements as expensive and would spend seconds on
        compiling what then runs for some tenths of one.
        """
        for model in (
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "collections.case",
            "res.partner",
        ):
            self.env[model].flush_model()
        self.env.cr.execute("SET LOCAL jit = off")

    # === CURRENCY === #

    @api.model
    def _factors(self, companies, date) -> dict[int, float]:
        """Return what one unit of each company's currency is worth in the current one.

        At the rates of the current company on the date.
        """
        target = self.env.company.currency_id
        return {
            company.id: self.env["res.currency"]._get_conversion_rate(
                company.currency_id, target, self.env.company, date
            )
            if company.currency_id != target
            else 1.0
            for company in companies.sudo()
        }

    @api.model
    def _in_currency_sql(self, amount: SQL, company: SQL, factors: dict) -> SQL:
        """Return an amount of a company in the current company's currency."""
        others = {key: factor for key, factor in factors.items() if factor != 1.0}
        if not others:
            return amount
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s::numeric", key, repr(factor))
            for key, factor in others.items()
        )
        return SQL("%s * CASE %s %s ELSE 1 END", amount, company, whens)
