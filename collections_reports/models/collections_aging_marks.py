from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.collections_management.tools import pauses

from .collections_aging_groups import JOINS

TO_CONFIRM = "to_confirm"
CODES = (*pauses.KINDS, TO_CONFIRM)


class CollectionsAgingMarks(models.AbstractModel):
    """What of the open items is disputed, agreed, promised, on hold or to confirm.

    Parts of the amounts of an aging, never added to them. What is to confirm is not in
    the books yet and belongs to no document: it is known by customer, and as of today.
    """

    _name = "collections.aging.marks"
    _inherit = ["collections.aging.request"]
    _description = "Marks of the Aging"

    @api.model
    def _labels(self) -> dict[str, str]:
        return {
            pauses.DISPUTED: self.env._("Disputed"),
            pauses.AGREED: self.env._("In agreement"),
            pauses.CHEQUE: self.env._("In cheques"),
            pauses.PROMISED: self.env._("Promised"),
            pauses.REPORTED: self.env._("Payment notices"),
            pauses.HELD: self.env._("On hold"),
            TO_CONFIRM: self.env._("To confirm"),
        }

    @api.model
    def _add_marks(self, request, rows) -> list[dict]:
        """Add ``marks`` to the rows, an amount for each; return those of the total."""
        rounded = self.env.company.currency_id.round
        amounts = self._amounts(request)
        for row in rows:
            row["marks"] = [0.0] * len(CODES)
            if found := amounts.get(row["key"]):
                row["marks"] = [rounded(found.get(code, 0.0)) for code in CODES]
        labels = self._labels()
        return [
            {
                "key": code,
                "label": labels[code],
                "amount": rounded(sum(row["marks"][place] for row in rows)),
            }
            for place, code in enumerate(CODES)
        ]

    @api.model
    def _amounts(self, request) -> dict:
        """Return what is marked, by key of the group."""
        amounts = defaultdict(lambda: defaultdict(float))
        for company in request["companies"]:
            factor = request["factors"][company.id]
            for query in (self._paused_sql, self._to_confirm_of_sql):
                sql = query(request, company)
                for key, code, amount in self.env.execute_query(sql) if sql else ():
                    amounts[key or False][code] += float(amount) * factor
        return amounts

    @api.model
    def _paused_sql(self, request, company) -> SQL | None:
        """Return key, kind and amount of what is paused; ``None``: nothing is."""
        pause = self.env["collections.pause"].sudo()
        found = pause._rows(company, request["date"])
        if not found:
            return None
        items = SQL(
            """SELECT part.* FROM (%(items)s) part
            LEFT JOIN res_partner contact ON contact.id = part.partner_id
                WHERE NOT part.is_credit AND part.company_id = %(company)s
                  AND (part.id = ANY(%(lines)s)
                       OR contact.commercial_partner_id = ANY(%(customers)s))""",
            items=self.env["collections.aging"]._items_sql(request),
            company=company.id,
            lines=[row.line_id for row in found if row.line_id],
            customers=[row.partner_id for row in found if not row.line_id],
        )
        kinds = SQL(", ").join(
            SQL("(%s, part.%s)", kind, SQL.identifier(kind)) for kind in pauses.KINDS
        )
        return SQL(
            """SELECT %(key)s, mark.code, sum(mark.amount)
                 FROM (%(covered)s) part %(joins)s
           CROSS JOIN LATERAL (VALUES %(kinds)s) AS mark (code, amount)
                WHERE mark.amount > 0 AND %(own)s
             GROUP BY 1, 2""",
            key=request["group"].key,
            covered=pause._covered_sql(items, found),
            joins=self._aging_joins_sql(request["group"]),
            kinds=kinds,
            own=self._own_customers_sql(
                SQL("contact.commercial_partner_id"), SQL("part.company_id")
            ),
        )

    @api.model
    def _to_confirm_of_sql(self, request, company) -> SQL | None:
        today = company._collections_today()
        if request["date"] < today or not request["domain"].is_true():
            return None
        group = request["group"]
        rates = self.env["collections.ledger"]._rates(company, request["date"])
        amount = SQL(
            "part.amount_currency * CASE part.currency_id %s ELSE 1 END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s::numeric", currency, repr(rate))
                for currency, rate in rates.items()
            ),
        )
        # It belongs to no document, hence to no group of documents.
        by_document = "move" in group.needs or group.model == "product.category"
        return SQL(
            """SELECT %(key)s, %(code)s, sum(%(amount)s)
                 FROM (SELECT way.*, %(company)s AS company_id
                         FROM (%(ways)s) way) part %(joins)s
                WHERE %(own)s GROUP BY 1""",
            key=SQL("NULL::int") if by_document else group.key,
            code=TO_CONFIRM,
            amount=amount,
            company=company.id,
            ways=self.env["collections.ledger"].sudo()._to_confirm_sql(company),
            joins=JOINS["contact"]
            if by_document
            else self._aging_joins_sql(request["group"]),
            own=self._own_customers_sql(
                SQL("contact.commercial_partner_id"), SQL("part.company_id")
            ),
        )
