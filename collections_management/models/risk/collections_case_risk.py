from odoo import api, fields, models

from ...tools import risk

GRADES = [(grade, grade) for grade in risk.GRADES]


class CollectionsCaseRisk(models.AbstractModel):
    """How risky a customer is and when it will pay. Written by `collections.scorer`.

    It informs people: nothing is sent, held or refused because of it.
    """

    _name = "collections.case.risk"
    _description = "Risk of a Customer"

    risk_grade = fields.Selection(
        selection=GRADES,
        string="Risk",
        readonly=True,
        help="A: pays as agreed. E: very likely not to. Made of payments, promises, "
        "issues, credit limit and prediction; it decides nothing by itself.",
    )
    risk_score = fields.Integer(
        readonly=True, aggregator="avg", help="0: no risk seen, 100: the highest"
    )
    risk_grade_before = fields.Selection(
        selection=GRADES, string="Risk Before", readonly=True
    )
    risk_grade_date = fields.Date(string="Risk Changed On", readonly=True)
    risk_reasons = fields.Json(readonly=True)
    risk_text = fields.Text(string="Why This Risk", compute="_compute_risk_text")
    chance_late = fields.Float(
        string="Probably Late",
        readonly=True,
        aggregator="avg",
        help="Probability of being paid after the due date: mean of the open items, "
        "weighted by amount",
    )
    chance_over_30 = fields.Float(
        string="Over 30 Days Late", readonly=True, aggregator="avg"
    )
    chance_over_60 = fields.Float(
        string="Over 60 Days Late", readonly=True, aggregator="avg"
    )
    chance_over_90 = fields.Float(
        string="Over 90 Days Late", readonly=True, aggregator="avg"
    )
    chance_soon = fields.Float(
        string="Paid Within Two Weeks", readonly=True, aggregator="avg"
    )
    date_expected = fields.Date(
        string="Expected Payment",
        readonly=True,
        help="By then all that is open now should be paid",
    )
    date_expected_from = fields.Date(string="Expected From", readonly=True)
    date_expected_to = fields.Date(
        string="Expected Until",
        readonly=True,
        help="Eight of ten come between the two dates; empty: nobody can say",
    )

    @api.depends("risk_reasons", "risk_grade_before")
    def _compute_risk_text(self):
        for case in self:
            rows = [risk.Part(*row) for row in case.risk_reasons or ()]
            parts = [part for part in rows if part.points > 0]
            texts = [
                self.env._(
                    "%(reason)s: %(points)s of %(most)s points",
                    reason=self._risk_word(part.code, part.value),
                    points=round(part.points),
                    most=part.most,
                )
                for part in parts
            ]
            if case.risk_grade and not texts:
                texts = [self.env._("Nothing speaks against this customer")]
            case.risk_text = "\n".join(texts)

    @api.model
    def _risk_word(self, code, value) -> str:
        days = round(value)
        words = {
            "habit": self.env._("Pays %s days late on average", days),
            "overdue": self.env._("%s days overdue", days),
            "broken": self.env._("%s promises not kept in 12 months", days),
            "disputes": self.env._("%s issues in 12 months", days),
            "trend": self.env._("Last payments %s days later than usual", days),
            "limit": self.env._("%s %% of the credit limit used", round(100 * value)),
            "prediction": self.env._(
                "%s %% of the debt expected over 30 days late",
                round(100 * value),
            ),
        }
        return words[code]

    def _risk_reasons_short(self) -> str:
        """Return what weighs most, in one line."""
        self.ensure_one()
        rows = [risk.Part(*row) for row in self.risk_reasons or ()]
        return ", ".join(
            self._risk_word(part.code, part.value)
            for part in rows[: risk.SHOWN]
            if part.points > 0
        )
