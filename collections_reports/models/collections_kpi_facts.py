from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools import series
from ..tools.facts import Facts

# Odoo keeps receivable lines of invoices and credit notes apart from all others by
# their kind, and only receipts share it: they are few, and found by an index. Joining
# all entries to ask for their type would take twice the time.
SALES = SQL(
    """(line.display_type = 'payment_term' AND line.move_id NOT IN (
        SELECT id FROM account_move WHERE move_type = 'out_receipt'))"""
)


class CollectionsKpiFacts(models.AbstractModel):
    """What the KPIs are made of: a statement for each group of figures."""

    _name = "collections.kpi.facts"
    _inherit = ["collections.reporting"]
    _description = "Facts of a Period"

    @api.model
    def _read(self, request) -> Facts:
        self._prepare()
        until = request["date_to"]
        process = self.env["collections.kpi.process"]
        cost = self.env["collections.kpi.cost"]
        apart = self.env["collections.kpi.apart"]
        return Facts(
            request,
            {
                "opening": lambda: self._balances(request, request["opening"]),
                "closing": lambda: self._balances(request, until),
                "apart": lambda: apart._apart(request, [until])[until],
                # Some months: enough for most countbacks.
                "recent": lambda: self._monthly(
                    request, until, series.months_before(until)
                ),
                "monthly": lambda: self._monthly(request, until),
                "sales": lambda: self._sales(request),
                "collected": lambda: self._collected(request),
                "compliance": lambda: self._compliance(request),
                "at_risk": lambda: self._at_risk(request),
                "coverage": lambda: self._coverage(request),
                "promises": lambda: process._judged_promises(request),
                "managed": lambda: process._managed(request),
                "contacts": lambda: process._contacts(request),
                "promises_made": lambda: process._promises_made(request),
                "spent": lambda: cost._spent(request),
                "carried": lambda: cost._carried(request),
                "lifetime": lambda: cost._lifetime(request),
            },
        )

    # === PIECES === #

    @api.model
    def _amount_sql(self, request, amount: SQL, company: SQL | None = None) -> SQL:
        company = company or SQL("line.company_id")
        return self._in_currency_sql(amount, company, request["factors"])

    @api.model
    def _own_sql(self, company: SQL | None = None) -> SQL:
        return self._own_customers_sql(
            SQL("contact.commercial_partner_id"), company or SQL("line.company_id")
        )

    @api.model
    def _lines_sql(self, request) -> SQL:
        """Conditions on a receivable line of the companies."""
        ledger = self.env["collections.ledger"]
        return ledger._line_conditions_sql(request["companies"].ids)

    @api.model
    def _money_sql(self, request) -> SQL:
        """The partial's credit line is money that came in: paid or withheld."""
        ledger = self.env["collections.ledger"]
        parts = [ledger._collected_sql(c, "credit") for c in request["companies"]]
        return SQL("(%s)", SQL(" OR ").join(parts))

    @api.model
    def _due_between_sql(self, first, last) -> SQL:
        """A debit line's due date, or its own, is in a period."""
        return SQL(
            """line.balance > 0 AND (line.date_maturity BETWEEN %(first)s AND %(last)s
               OR line.date_maturity IS NULL
                  AND line.date BETWEEN %(first)s AND %(last)s)""",
            first=first,
            last=last,
        )

    @api.model
    def _one(self, query: SQL, names) -> dict:
        [row] = self.env.execute_query(query)
        return dict(zip(names, row, strict=True))

    # === BALANCES === #

    @api.model
    def _balances(self, request, date) -> dict:
        """Return the receivables at the end of a day.

        Credits reduce what is overdue first: the net not due part is never more than
        the net total.
        """
        amount = self._amount_sql(request, SQL("part.amount"), SQL("part.company_id"))
        found = self._one(
            SQL(
                """SELECT coalesce(sum(amount), 0),
                          coalesce(sum(amount) FILTER (WHERE debit AND age <= 0), 0),
                          coalesce(sum(amount) FILTER (WHERE debit AND age > 0), 0),
                          coalesce(sum(amount) FILTER (WHERE NOT debit), 0),
                          coalesce(sum(amount * age)
                                   FILTER (WHERE debit AND age > 0), 0)
                     FROM (SELECT %(amount)s AS amount, NOT part.is_credit AS debit,
                                  %(date)s - part.due AS age
                             FROM (%(parts)s) part
                        LEFT JOIN res_partner contact ON contact.id = part.partner_id
                            WHERE %(own)s) item""",
                amount=amount,
                date=date,
                parts=self._parts_sql(request["companies"], date),
                own=self._own_sql(SQL("part.company_id")),
            ),
            ("total", "gross_not_due", "overdue", "credits", "overdue_days"),
        )
        found["not_due"] = min(found["gross_not_due"], max(found["total"], 0.0))
        return found

    @api.model
    def _monthly(self, request, until, since=None) -> list[tuple]:
        """Return month, change of the receivables and sales; default: all history."""
        return self.env.execute_query(
            SQL(
                """SELECT date_trunc('month', line.date)::date,
                          sum(%(amount)s),
                          coalesce(sum(%(amount)s)
                                   FILTER (WHERE %(sales)s), 0)
                     FROM account_move_line line
                LEFT JOIN res_partner contact ON contact.id = line.partner_id
                    WHERE %(lines)s AND line.date <= %(until)s AND %(since)s
                      AND %(own)s
                 GROUP BY 1 ORDER BY 1""",
                since=SQL("line.date >= %s", since) if since else SQL("TRUE"),
                amount=self._amount_sql(request, SQL("line.balance")),
                sales=SALES,
                lines=self._lines_sql(request),
                until=until,
                own=self._own_sql(),
            )
        )

    @api.model
    def _sales(self, request) -> float:
        """Return invoices less credit notes of the period, with tax."""
        [(found,)] = self.env.execute_query(
            SQL(
                """SELECT coalesce(sum(%(amount)s), 0)
                     FROM account_move_line line
                LEFT JOIN res_partner contact ON contact.id = line.partner_id
                    WHERE %(lines)s AND line.date BETWEEN %(first)s AND %(last)s
                      AND %(sales)s AND %(own)s""",
                amount=self._amount_sql(request, SQL("line.balance")),
                lines=self._lines_sql(request),
                first=request["date_from"],
                last=request["date_to"],
                sales=SALES,
                own=self._own_sql(),
            )
        )
        return found

    @api.model
    def _not_due_at(self, request, ends) -> dict:
        """Return what was not due at each of several days, in one statement.

        A line counts from its date to its due date, and what was settled of it from
        then on less: lines are added up by the first and the last of the days.
        """
        due = SQL("coalesce(line.date_maturity, line.date)")
        spans = self.env.execute_query(
            SQL(
                """SELECT width_bucket(line.date - 1, %(ends)s::date[]),
                          width_bucket(%(due)s, %(ends)s::date[]), sum(%(balance)s)
                     FROM account_move_line line
                LEFT JOIN res_partner contact ON contact.id = line.partner_id
                    WHERE %(lines)s
                 GROUP BY 1, 2
                UNION ALL
                   SELECT width_bucket(partial.max_date - 1, %(ends)s::date[]),
                          width_bucket(%(due)s, %(ends)s::date[]), -sum(%(paid)s)
                     FROM account_partial_reconcile partial
                     JOIN account_move_line line ON line.id = partial.debit_move_id
                LEFT JOIN res_partner contact ON contact.id = line.partner_id
                    WHERE %(lines)s AND partial.max_date <= %(due)s
                 GROUP BY 1, 2""",
                balance=self._amount_sql(request, SQL("line.balance")),
                paid=self._amount_sql(request, SQL("partial.amount")),
                ends=list(ends),
                due=due,
                lines=SQL(
                    """%s AND line.balance > 0 AND line.date <= %s AND %s
                       AND (line.date_maturity >= %s
                            OR line.date_maturity IS NULL AND line.date >= %s)""",
                    self._lines_sql(request),
                    ends[-1],
                    self._own_sql(),
                    ends[0],
                    ends[0],
                ),
            )
        )
        amounts = series.spread(
            ((first, after, float(amount)) for first, after, amount in spans),
            len(ends),
        )
        return dict(zip(ends, amounts, strict=True))

    # === MONEY === #

    @api.model
    def _collected(self, request) -> dict:
        """Return the money of the period, how late it was, and of what."""
        return self._one(
            SQL(
                """SELECT coalesce(sum(amount), 0),
                          coalesce(sum(amount * greatest(0, paid - due)), 0),
                          coalesce(sum(amount * (paid - dated)), 0),
                          coalesce(sum(amount)
                                   FILTER (WHERE due < %(opening)s
                                             AND entered <= %(opening)s), 0)
                     FROM (SELECT %(amount)s AS amount, partial.max_date AS paid,
                                  coalesce(line.date_maturity, line.date) AS due,
                                  coalesce(line.invoice_date, line.date) AS dated,
                                  line.date AS entered
                             FROM account_partial_reconcile partial
                             JOIN account_move_line line
                               ON line.id = partial.debit_move_id
                             JOIN account_move_line credit
                               ON credit.id = partial.credit_move_id
                        LEFT JOIN res_partner contact ON contact.id = line.partner_id
                            WHERE partial.max_date BETWEEN %(first)s AND %(last)s
                              AND %(lines)s AND %(money)s AND %(own)s) paid""",
                amount=self._amount_sql(request, SQL("partial.amount")),
                opening=request["opening"],
                first=request["date_from"],
                last=request["date_to"],
                lines=self._lines_sql(request),
                money=self._money_sql(request),
                own=self._own_sql(),
            ),
            ("total", "late_days", "days", "of_opening_overdue"),
        )

    @api.model
    def _settled_sql(self, until: SQL) -> SQL:
        """Return what was reconciled with a debit line up to a day."""
        return SQL(
            """(SELECT coalesce(sum(partial.amount), 0)
                  FROM account_partial_reconcile partial
                 WHERE partial.debit_move_id = line.id
                   AND partial.max_date <= %s)""",
            until,
        )

    @api.model
    def _compliance(self, request) -> dict:
        """Return customers and amounts due in the period, and settled by then."""
        due = SQL("coalesce(line.date_maturity, line.date)")
        return self._one(
            SQL(
                """SELECT count(*), count(*) FILTER (WHERE settled >= amount),
                          coalesce(sum(amount), 0), coalesce(sum(settled), 0)
                     FROM (SELECT contact.commercial_partner_id,
                                  sum(%(amount)s) AS amount, sum(%(settled)s) AS settled
                             FROM account_move_line line
                             JOIN res_partner contact ON contact.id = line.partner_id
                            WHERE %(lines)s AND %(due)s AND line.date <= %(last)s
                              AND %(own)s
                         GROUP BY 1) customer""",
                amount=self._amount_sql(request, SQL("line.balance")),
                settled=self._amount_sql(
                    request,
                    SQL("least(line.balance, %s)", self._settled_sql(due)),
                ),
                lines=self._lines_sql(request),
                due=self._due_between_sql(request["date_from"], request["date_to"]),
                last=request["date_to"],
                own=self._own_sql(),
            ),
            ("customers", "on_time", "amount", "amount_on_time"),
        )

    @api.model
    def _at_risk(self, request) -> dict:
        """Return items that reached their 91st day overdue in the period, or could."""
        late = SQL(
            """line.balance > %s""",
            self._settled_sql(SQL("coalesce(line.date_maturity, line.date) + 90")),
        )
        days = timedelta(days=91)
        return self._one(
            SQL(
                """SELECT count(*), count(*) FILTER (WHERE late),
                          coalesce(sum(amount), 0),
                          coalesce(sum(amount) FILTER (WHERE late), 0)
                     FROM (SELECT %(amount)s AS amount, %(late)s AS late
                             FROM account_move_line line
                        LEFT JOIN res_partner contact ON contact.id = line.partner_id
                            WHERE %(lines)s AND %(due)s AND %(own)s
                              AND line.date <= %(last)s) item""",
                amount=self._amount_sql(request, SQL("line.balance")),
                late=late,
                lines=self._lines_sql(request),
                due=self._due_between_sql(
                    request["date_from"] - days, request["date_to"] - days
                ),
                last=request["date_to"],
                own=self._own_sql(),
            ),
            ("items", "late_items", "amount", "late_amount"),
        )

    # === WORK === #

    @api.model
    def _coverage(self, request) -> dict:
        """Return customers overdue at any time in the period, and contacted."""
        entered = SQL("greatest(coalesce(line.date_maturity, line.date), line.date)")
        day = timedelta(days=1)
        return self._one(
            SQL(
                """WITH late AS (
                        SELECT contact.commercial_partner_id AS partner_id
                          FROM (%(parts)s) part
                          JOIN res_partner contact ON contact.id = part.partner_id
                         WHERE NOT part.is_credit AND part.due <= %(opening)s
                           AND %(own_part)s
                        UNION
                        SELECT contact.commercial_partner_id
                          FROM account_move_line line
                          JOIN res_partner contact ON contact.id = line.partner_id
                         WHERE %(lines)s AND line.balance > 0 AND %(own)s
                           AND (%(due)s OR line.date BETWEEN %(first)s AND %(last)s)
                           AND %(entered)s BETWEEN %(first)s AND %(last)s
                           AND line.balance > %(settled)s)
                   SELECT count(*), count(*) FILTER (WHERE partner_id IN (%(contacts)s))
                     FROM late""",
                parts=self._parts_sql(request["companies"], request["opening"]),
                opening=request["opening"],
                own_part=self._own_sql(SQL("part.company_id")),
                lines=self._lines_sql(request),
                due=self._due_between_sql(
                    request["date_from"], request["date_to"] - day
                ),
                first=request["date_from"],
                last=request["date_to"] - day,
                entered=entered,
                settled=self._settled_sql(entered),
                own=self._own_sql(),
                contacts=self.env["collections.kpi.process"]._contacts_sql(request),
            ),
            ("customers", "contacted"),
        )
