import math

from odoo import api, fields, models
from odoo.tools import SQL

# Rows of this many documents in one statement.
BATCH = 5000
COLUMNS = (
    "case_id",
    "amount",
    "chance_late",
    "chance_over_30",
    "chance_over_60",
    "chance_over_90",
    "chance_soon",
    "date_expected",
    "date_expected_from",
    "date_expected_to",
    "trend",
    "reasons",
    "date",
    "weeks",
)
TYPES = (
    *("int[]", "float8[]", "float8[]", "float8[]", "float8[]", "float8[]"),
    *("float8[]", "date[]", "date[]", "date[]", "float8[]", "jsonb[]"),
    *("date[]", "jsonb[]"),
)
WRITE = """
    INSERT INTO collections_prediction (
               line_id, company_id, model_id, %(columns)s, create_uid, create_date)
        SELECT line_id, %(company)s, %(model)s, %(columns)s, %(uid)s,
               now() AT TIME ZONE 'UTC'
          FROM unnest(%(lines)s::int[], %(values)s) AS row (line_id, %(columns)s)
   ON CONFLICT (line_id) DO UPDATE
           SET model_id = excluded.model_id, company_id = excluded.company_id,
               %(updates)s
         WHERE (collections_prediction.model_id, %(old)s)
               IS DISTINCT FROM (excluded.model_id, %(new)s)
"""
# Weighted by what is open of each document; dates: when all of it should be paid.
CASES = """
    UPDATE collections_case kase
       SET chance_late = found.late, chance_over_30 = found.over_30,
           chance_over_60 = found.over_60, chance_over_90 = found.over_90,
           chance_soon = found.soon, date_expected = found.expected,
           date_expected_from = found.earliest, date_expected_to = found.latest
      FROM (SELECT own.id,
                   round((sum(row.amount * row.chance_late) / sum(row.amount))
                       ::numeric, 4)
                       ::float8 AS late,
                   round((sum(row.amount * row.chance_over_30) / sum(row.amount))
                       ::numeric, 4)::float8 AS over_30,
                   round((sum(row.amount * row.chance_over_60) / sum(row.amount))
                       ::numeric, 4)::float8 AS over_60,
                   round((sum(row.amount * row.chance_over_90) / sum(row.amount))
                       ::numeric, 4)::float8 AS over_90,
                   round((sum(row.amount * row.chance_soon) / sum(row.amount))
                       ::numeric, 4)::float8 AS soon,
                   CASE WHEN bool_and(row.date_expected IS NOT NULL)
                        THEN max(row.date_expected) END AS expected,
                   max(row.date_expected_from) AS earliest,
                   CASE WHEN bool_and(row.date_expected_to IS NOT NULL)
                        THEN max(row.date_expected_to) END AS latest
              FROM collections_case own
         LEFT JOIN collections_prediction row ON row.case_id = own.id
             WHERE own.company_id = %(company)s
          GROUP BY own.id) found
     WHERE kase.id = found.id
       AND (kase.chance_late, kase.chance_over_30, kase.chance_over_60,
            kase.chance_over_90, kase.chance_soon, kase.date_expected,
            kase.date_expected_from, kase.date_expected_to)
           IS DISTINCT FROM (found.late, found.over_30, found.over_60, found.over_90,
            found.soon, found.expected, found.earliest, found.latest)
"""


class CollectionsPrediction(models.Model):
    """When an open item is paid, as it was last predicted.

    Read through open items and cases. The line is a number and no reference: nothing
    of ours may stand in the way of the ledger.
    """

    _name = "collections.prediction"
    _description = "Prediction of a Payment"
    _rec_name = "line_id"

    line_id = fields.Integer(required=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="cascade"
    )
    model_id = fields.Many2one(
        comodel_name="collections.prediction.model",
        required=True,
        index=True,
        ondelete="cascade",
    )
    case_id = fields.Many2one(
        comodel_name="collections.case", index="btree_not_null", ondelete="cascade"
    )
    amount = fields.Float(help="Open amount on the day, in company currency")
    chance_late = fields.Float()
    chance_over_30 = fields.Float()
    chance_over_60 = fields.Float()
    chance_over_90 = fields.Float()
    chance_soon = fields.Float(help="To be paid within two weeks, by itself")
    date_expected = fields.Date()
    date_expected_from = fields.Date()
    date_expected_to = fields.Date()
    trend = fields.Float(help="Days by which the last payments came later than usual")
    reasons = fields.Json()
    date = fields.Date(help="Day on which it was predicted")
    weeks = fields.Json(
        help="Probability of being paid by the end of each week after that day"
    )

    _line_uniq = models.Constraint("UNIQUE (line_id)", "One prediction per document.")

    @api.model
    def _replace(self, company, model, rows, step) -> None:
        """Write the predictions of a company; what is not predicted any more goes.

        :param rows: tuples of line and the values of ``COLUMNS``
        :param step: called with the share that is done, after each batch
        """
        lines = [row[0] for row in rows]
        self.env.cr.execute(
            SQL(
                """DELETE FROM collections_prediction
                    WHERE company_id = %s AND line_id <> ALL(%s)""",
                company.id,
                lines,
            )
        )
        for start in range(0, len(rows), BATCH):
            self._write_batch(company, model, rows[start : start + BATCH])
            step((start + BATCH) / len(rows))
        self.invalidate_model()

    @api.model
    def _write_batch(self, company, model, rows) -> None:
        lines, *values = zip(*rows, strict=True)
        names = [SQL.identifier(name) for name in COLUMNS]
        new = [SQL("excluded.%s", name) for name in names]
        comma = SQL(", ")
        self.env.cr.execute(
            SQL(
                WRITE,
                columns=comma.join(names),
                company=company.id,
                model=model.id,
                uid=self.env.uid,
                lines=list(lines),
                values=comma.join(
                    SQL(f"%s::{kind}", list(column))
                    for kind, column in zip(TYPES, values, strict=True)
                ),
                updates=comma.join(
                    SQL("%s = %s", name, value)
                    for name, value in zip(names, new, strict=True)
                ),
                old=comma.join(
                    SQL("collections_prediction.%s", name) for name in names
                ),
                new=comma.join(new),
            )
        )

    @api.model
    def _write_cases(self, company) -> None:
        """Sum up the open items of each case; a case without any has no prediction."""
        self.env["collections.case"].flush_model()
        self.env.cr.execute(SQL(CASES, company=company.id))
        self.env["collections.case"].invalidate_model()

    # === IN WORDS === #

    @api.model
    def _reason_words(self, reasons) -> str:
        """Say in the user's language what speaks most for a prediction.

        :param reasons: ``[code, later, value]`` each, see `tools.prediction.reasons`
        """
        return " · ".join(self._reason_word(*reason) for reason in reasons or ())

    @api.model
    def _reason_word(self, code, later, value) -> str:
        days = abs(round(value))
        if code in ("habit", "recent"):
            return self._habit_word(code, days, value)
        words = {
            "spread": self.env._("Pays irregularly")
            if later
            else self.env._("Pays regularly"),
            "history": self.env._(
                "No payment known yet: judged like similar customers"
            ),
            "debts": self.env._("%s other documents overdue", days),
            "disputes": self.env._("Reported issues in the last 12 months"),
            "broken": self.env._("Broke promises in the last 12 months"),
            "terms": self.env._("%s days to pay", days),
            "age": self.env._("%s days overdue already", days),
            "size": self.env._("%s times its usual amount", f"{math.exp(value):.1f}"),
        }
        return words[code]

    @api.model
    def _habit_word(self, code, days, value) -> str:
        late, early = value >= 0.5, value <= -0.5
        if code == "habit":
            if late:
                return self.env._("Usually pays %s days late", days)
            if early:
                return self.env._("Usually pays %s days early", days)
            return self.env._("Usually pays on the due date")
        if late:
            return self.env._("Its last payments came %s days late", days)
        if early:
            return self.env._("Its last payments came %s days early", days)
        return self.env._("Its last payments came on the due date")
