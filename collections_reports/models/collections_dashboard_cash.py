from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.collections_management.tools import customer_days, pauses, promises

WEEKS = 8
WEEK = timedelta(days=6)
SHOWN = 8
# What is agreed takes the place of the due date; what is disputed is not expected.
INSTEAD = (
    pauses.DISPUTED,
    pauses.AGREED,
    pauses.CHEQUE,
    pauses.PROMISED,
    pauses.REPORTED,
)
SOURCES = ("due", "promised", "agreed", "cheques")
# The others are promises.
SOURCE_OF = {promises.INSTALMENT: "agreed", promises.CHEQUE: "cheques"}


class CollectionsDashboardCash(models.AbstractModel):
    """Money that may come in: by due date, promise, agreement and cheque held.

    Each document counts once; of a customer who pays on fixed days on the first of
    them from its due date on. Promises and cheques are known of today only: a past date
    shows what fell due after it.
    """

    _name = "collections.dashboard.cash"
    _inherit = ["collections.reporting"]
    _description = "Expected Cash"

    @api.model
    def _expected(self, date, company_ids) -> list[dict]:
        """Return amounts by week and source, in the current company's currency."""
        companies = self._report_companies(company_ids)
        self._prepare()
        factors = self._factors(companies, date)
        weeks = [defaultdict(float) for _week in range(WEEKS)]
        for company in companies:
            for source, week, amount in self._expected_of(company, date):
                weeks[week][source] += float(amount) * factors[company.id]
        rounded = self.env.company.currency_id.round
        return [
            {
                "date": date + timedelta(weeks=place),
                **{source: rounded(week[source]) for source in SOURCES},
                "amount": rounded(sum(week.values())),
            }
            for place, week in enumerate(weeks)
        ]

    @api.model
    def _expected_of(self, company, date) -> list[tuple]:
        """Return source, week and amount in the company's currency."""
        if date < company._collections_today():
            items = self._items_at_sql(company, date)
            return self._by_week("due", self._due_sql(items, [], date))
        # Money dated later is a cheque held, and what it covers is not due besides.
        items = self._on_payment_days(company, date)
        rows = self.env["collections.pause"].sudo()._rows(company, date)
        rows += self.env["collections.cheque"]._unapplied(company)
        last = date + timedelta(weeks=WEEKS) - timedelta(days=1)
        # A promise whose day has passed is due now.
        return [
            *self._by_week("due", self._due_sql(items, rows, date)),
            *(
                (
                    SOURCE_OF.get(kind, "promised"),
                    max(0, (day - date).days // 7),
                    amount,
                )
                for kind, day, amount in self._promises_left(company, date, last)
            ),
            *(
                ("cheques", (day - date).days // 7, amount)
                for day, amount in self._cheques(company, date, last)
            ),
        ]

    @api.model
    def _by_week(self, source, query: SQL) -> list[tuple]:
        return [(source, *row) for row in self.env.execute_query(query)]

    @api.model
    def _items_at_sql(self, company, date) -> SQL:
        return SQL(
            """SELECT id, partner_id, company_id, due, sum(amount) AS amount,
                      sum(amount_currency) AS amount_currency
                 FROM (%s) part GROUP BY id, partner_id, company_id, due""",
            self._parts_sql(company, date),
        )

    @api.model
    def _on_payment_days(self, company, date) -> SQL:
        """Return open items; of who pays on fixed days, due on the next of them."""
        items = self.env["collections.ledger"]._open_lines_sql(company.ids)
        calendars = self.env["collections.customer.calendar"]._of_customers("payment")
        if not calendars:
            return items
        rows = self.env.execute_query(
            SQL(
                """SELECT item.id, contact.commercial_partner_id, item.due
                     FROM (%s) item
                     JOIN res_partner contact ON contact.id = item.partner_id
                    WHERE contact.commercial_partner_id = ANY(%s)
                      AND item.due >= %s""",
                items,
                list(calendars),
                date,
            )
        )
        days = [
            customer_days.expected(calendars[partner_id], due, date)
            for _line_id, partner_id, due in rows
        ]
        return SQL(
            """SELECT item.id, item.partner_id, item.company_id,
                      coalesce(moved.due, item.due) AS due, item.amount,
                      item.amount_currency
                 FROM (%s) item
            LEFT JOIN unnest(%s::int[], %s::date[]) moved (id, due)
                   ON moved.id = item.id""",
            items,
            [row[0] for row in rows],
            days,
        )

    @api.model
    def _due_sql(self, items: SQL, rows, date) -> SQL:
        soon = SQL(
            """SELECT item.* FROM (%s) item
                WHERE item.amount > 0 AND item.due >= %s AND item.due < %s""",
            items,
            date,
            date + timedelta(weeks=WEEKS),
        )
        instead = SQL(" + ").join(
            SQL("item.%s", SQL.identifier(kind)) for kind in INSTEAD
        )
        return SQL(
            """SELECT (item.due - %(date)s) / 7, sum(item.amount - (%(instead)s))
                 FROM (%(covered)s) item
            LEFT JOIN res_partner contact ON contact.id = item.partner_id
                WHERE %(own)s GROUP BY 1""",
            date=date,
            instead=instead,
            covered=self.env["collections.pause"]._covered_sql(soon, rows),
            own=self._own_customers_sql(
                SQL("contact.commercial_partner_id"), SQL("item.company_id")
            ),
        )

    @api.model
    def _cheques(self, company, date, until) -> list[tuple]:
        """Return day and amount of payments that bear a later date, applied or not.

        A cheque held whose payment is one of these is no longer an open promise.
        """
        return self.env.execute_query(
            SQL(
                """SELECT pay.date, sum(pay.amount_company_currency_signed)::float8
                     FROM account_payment pay
                LEFT JOIN res_partner contact ON contact.id = pay.partner_id
                    WHERE pay.company_id = %(company)s AND pay.date > %(date)s
                      AND pay.date <= %(until)s AND pay.payment_type = 'inbound'
                      AND pay.partner_type = 'customer'
                      AND pay.state IN ('in_process', 'paid') AND %(own)s
                 GROUP BY pay.date""",
                date=date,
                company=company.id,
                until=until,
                own=self._own_customers_sql(
                    SQL("contact.commercial_partner_id"), SQL("pay.company_id")
                ),
            )
        )

    # === PROMISES === #

    @api.model
    def _open_promises(self, companies, until) -> Domain:
        return (
            Domain("company_id", "in", companies.ids)
            & Domain("state", "=", promises.OPEN)
            & Domain("to_approve", "=", False)
            & Domain("date", "<=", until)
        )

    @api.model
    def _promises_left(self, company, date, until) -> list[tuple]:
        """Return kind, day and what is left of open promises, in company currency."""
        found = self.env["collections.promise"].search(
            self._open_promises(company, until)
        )
        paid = found._paid()
        rates = self.env["collections.ledger"]._rates(company, date)
        rows = []
        for promise in found.sudo():
            left = promise.amount - paid.get(promise.id, promises.Paid()).on_time
            amount = max(0.0, left) * rates[promise.currency_id.id]
            rows.append((promise.kind, promise.date, amount))
        return rows

    @api.model
    def _promises_due(self, date, company_ids) -> dict:
        """Return the open promises of the seven days from a date, the largest first."""
        companies = self._report_companies(company_ids)
        domain = self._open_promises(companies, date + WEEK)
        domain &= Domain("date", ">=", date) & Domain("kind", "in", promises.GIVEN)
        Promise = self.env["collections.promise"]
        factors = self._factors(companies, date)
        total = count = 0
        for company, currency, amount, number in Promise._read_group(
            domain, ["company_id", "currency_id"], ["amount:sum", "__count"]
        ):
            rates = self.env["collections.ledger"]._rates(company, date)
            total += amount * rates[currency.id] * factors[company.id]
            count += number
        shown = Promise.search(domain, order="date, amount desc, id", limit=SHOWN)
        return {
            "rows": [
                {
                    "id": promise.id,
                    "label": promise.partner_id.display_name,
                    "date": promise.date,
                    "amount": promise.amount,
                    "currency_id": promise.currency_id.id,
                }
                for promise in shown.sudo()
            ],
            "count": count,
            "total": self.env.company.currency_id.round(total),
            "until": date + WEEK,
        }
