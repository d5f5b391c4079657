from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import buckets as aging_buckets
from ..tools import matrices


class CollectionsRisk(models.AbstractModel):
    """Where balances go, and what of them may be lost."""

    _name = "collections.risk"
    _inherit = ["collections.provision"]
    _description = "Roll Rates and Provision"

    @api.model
    @api.readonly
    def get_roll_rates(
        self,
        date_from,
        date_to,
        company_ids=None,
        buckets=aging_buckets.DEFAULT_LIMITS,
    ):
        """Follow each item from one date to another; the interval is a bucket's width.

        :return: ``{"columns": [{key, label}], "rows": [{key, label, opening, amounts,
            rates}]}``: amounts by bucket, paid, credited and adjusted; rates in
            percent, 100 a row
        """
        self._check_salesperson()
        request = self._aging_request(
            date_from, company_ids, "partner_id", buckets, "due"
        )
        until = self._to_date(date_to)
        if until <= request["date"]:
            raise UserError(self.env._("The second date must be after the first."))
        request["factors"] = self._factors(request["companies"], until)
        flows = []
        for company in request["companies"]:
            flows += self._flows(request, company, until)
        places = request["columns"][:-1] + self._places_left()
        matrix = matrices.roll_matrix(flows)
        empty = matrices.Roll(0.0, {})
        return {
            "columns": places,
            "rows": [
                self._roll_row(bucket, matrix.get(bucket["key"], empty), places)
                for bucket in request["columns"][:-1]
            ],
        }

    @api.model
    def _places_left(self) -> list[dict]:
        return [
            {"key": matrices.PAID, "label": self.env._("Paid")},
            {"key": matrices.CREDITED, "label": self.env._("Credited")},
            {"key": matrices.ADJUSTED, "label": self.env._("Written off, adjusted")},
        ]

    @api.model
    def _roll_row(self, bucket, roll, places) -> dict:
        rounded = self.env.company.currency_id.round
        amounts = [rounded(roll.amounts.get(place["key"], 0.0)) for place in places]
        return {
            "key": bucket["key"],
            "label": bucket["label"],
            "opening": rounded(roll.opening),
            "amounts": amounts,
            "rates": [roll.rates.get(place["key"], 0.0) for place in places]
            if roll.opening
            else [None] * len(places),
        }

    @api.model
    def _flows(self, request, company, until) -> list[tuple]:
        """Return (bucket then, place now, amount) of a company's open debits."""
        factor = request["factors"][company.id]
        keys = [column["key"] for column in request["columns"][:-1]]
        place = SQL("width_bucket(age, %s::int[])", [1, *self._after(request)])
        later = SQL(
            "width_bucket(age + %s, %s::int[])",
            (until - request["date"]).days,
            [1, *self._after(request)],
        )
        found = self.env.execute_query(
            self._flows_sql(request, company, until, place, later)
        )
        return [
            (keys[start], keys[end] if end is not None else nature, amount * factor)
            for start, end, nature, amount in found
            if amount
        ]

    @api.model
    def _flows_sql(self, request, company, until, place: SQL, later: SQL) -> SQL:
        nature = self.env["collections.ledger"]._nature_sql(company)
        return SQL(
            """WITH opening AS (
                    SELECT item.id, sum(item.amount) AS amount,
                           %(date)s - item.due AS age
                      FROM (%(parts)s) item
                 LEFT JOIN res_partner contact ON contact.id = item.partner_id
                     WHERE NOT item.is_credit AND %(own)s
                  GROUP BY item.id, item.due),
                    gone AS (
                    SELECT opening.id, opening.age, partial.amount,
                           CASE %(nature)s WHEN 'withheld' THEN 'paid'
                                ELSE %(nature)s END AS nature
                      FROM opening
                      JOIN account_partial_reconcile partial
                        ON partial.debit_move_id = opening.id
                      JOIN account_move_line credit
                        ON credit.id = partial.credit_move_id
                      JOIN account_move move ON move.id = credit.move_id
                     WHERE partial.max_date > %(date)s
                       AND partial.max_date <= %(until)s),
                    parts AS (
                    SELECT %(place)s AS start, NULL::int AS later, nature, amount
                      FROM gone
                 UNION ALL
                    SELECT %(place)s, %(later)s, NULL, amount FROM opening
                 UNION ALL
                    SELECT %(place)s, %(later)s, NULL, -amount FROM gone)
               SELECT start, later, nature, sum(amount) FROM parts GROUP BY 1, 2, 3""",
            date=request["date"],
            parts=self._parts_sql(company, request["date"]),
            own=self._own_customers_sql(
                SQL("contact.commercial_partner_id"), SQL("item.company_id")
            ),
            nature=nature,
            until=until,
            place=place,
            later=later,
        )
