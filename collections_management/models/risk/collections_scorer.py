import datetime
import json
import logging
from functools import partial

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, float_round

from ...tools import customer_days, risk
from ...tools.prediction import model as prediction
from ...tools.prediction.history import Question
from ...tools.prediction.reasons import reasons

_logger = logging.getLogger(__name__)

# Within so many days money comes by itself or somebody should call.
SOON = 14
GRADES = """
    UPDATE collections_case kase
       SET risk_grade = found.grade, risk_score = found.score,
           risk_reasons = found.reasons,
           risk_grade_before = CASE WHEN kase.risk_grade IS DISTINCT FROM found.grade
               THEN kase.risk_grade ELSE kase.risk_grade_before END,
           risk_grade_date = CASE WHEN kase.risk_grade IS DISTINCT FROM found.grade
               THEN %(today)s ELSE kase.risk_grade_date END
      FROM (SELECT own.id, row.grade, row.score, row.reasons
              FROM collections_case own
         LEFT JOIN unnest(%(cases)s::int[], %(grades)s::varchar[], %(scores)s::int[],
                          %(reasons)s::jsonb[]) AS row (id, grade, score, reasons)
                ON row.id = own.id
             WHERE own.company_id = %(company)s) found
     WHERE kase.id = found.id
       AND (kase.risk_grade, kase.risk_score, kase.risk_reasons)
           IS DISTINCT FROM (found.grade, found.score, found.reasons)
"""


class CollectionsScorer(models.AbstractModel):
    """Predicts payments and grades customers, once a day; learns once a month."""

    _name = "collections.scorer"
    _description = "Predictions and Grades"
    _inherit = ["collections.scoring.query"]

    # === SCHEDULED === #

    @api.model
    def _cron_score(self) -> None:
        """Each company in its turn; an error in one never reaches another one."""
        companies = self.env["res.company"].search([("active", "=", True)])
        cron = self.env["ir.cron"]
        for position, company in enumerate(companies):
            scorer = self.with_company(company)
            self.env["collections.refresher"]._retrying(
                partial(scorer._score_safely, company)
            )
            cron._commit_progress(1, remaining=len(companies) - position - 1)

    @api.model
    def _score_safely(self, company) -> None:
        """An error is kept on a card, where people see it."""
        if company.collections_scoring == "off":
            return self._forget(company)
        cards = self.env["collections.prediction.model"]
        model = cards._waiting(company) or cards._due(
            company, company._collections_today()
        )
        # People see how far it is; and a kill in the middle leaves it waiting.
        self.env["ir.cron"]._commit_progress()
        try:
            self._score(company, model, self._commit_step)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Predictions of company %s failed", company.id)
            (model or cards.create({"company_id": company.id}))._keep_error(error)

    @api.model
    def _commit_step(self, model, percent) -> None:
        """Let people see how far it is."""
        model.progress = percent
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _score(self, company, model=None, step=lambda _model, _percent: None) -> int:
        """Learn if it is time, predict every open item, grade every customer.

        :param model: a card that waits to be learned for
        :param step: called with the card and the percent done; it may commit
        :return: number of open items predicted
        """
        today = company._collections_today()
        cards = self.env["collections.prediction.model"]
        documents, amounts = self._documents(company, today)
        events = self._events(company, today)
        model = model or cards._due(company, today)
        if model:
            step(model, 10)
            model._learn(documents, events, today)
            step(model, 50)
        current = cards._current(company)
        count = self._predict(company, current, documents, events, amounts, step)
        self._grade(company, today)
        self.env["collections.prioritizer"]._prioritize(company, today)
        step(current, 100)
        return count

    @api.model
    def _predict(self, company, model, documents, events, amounts, step) -> int:
        """Write what is expected of every open item, and of its case."""
        rows = []
        if learned := model._learned():
            day = company._collections_today()
            answers = learned.answer(documents, events, self._questions(documents, day))
            cases = self._case_ids(company)
            calendars = self.env["collections.customer.calendar"]._of_customers(
                "payment"
            )
            rows = [
                (
                    *self._facts(answer, amounts, cases),
                    *self._dates(answer, calendars),
                    *self._explained(answer, learned, day),
                )
                for answer in answers
            ]
        self.env["collections.prediction"]._replace(
            company,
            model,
            rows,
            lambda share: step(model, 50 + int(40 * min(share, 1))),
        )
        self.env["collections.refresher"]._lock(company)
        self.env["collections.prediction"]._write_cases(company)
        return len(rows)

    @api.model
    def _questions(self, documents, day) -> list[Question]:
        number = day.toordinal()
        return [
            # Dated ahead: asked as on the day it is issued.
            Question(document, max(number, document.issued))
            for document in documents
            if document.closed is None
        ]

    @api.model
    def _case_ids(self, company) -> dict[int, int]:
        """Return the case of each customer."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, id FROM collections_case WHERE company_id = %s",
                    company.id,
                )
            )
        )

    @api.model
    def _facts(self, answer, amounts, cases) -> tuple:
        """Return whose document it is and the chances of its being late."""
        snapshot = answer.snapshot
        document = snapshot.question.document
        return (
            document.id,
            cases.get(document.customer),
            amounts[document.id],
            *(round(answer.chance_over(limit), 4) for limit in (0, 30, 60, 90)),
            round(1.0 - answer.chance_over(snapshot.age + SOON), 4),
        )

    @api.model
    def _dates(self, answer, calendars) -> tuple:
        """Return the expected day and its range, on the days on which one pays."""
        own = calendars.get(answer.snapshot.question.document.customer)
        shares = (prediction.HALF, prediction.LOW, prediction.HIGH)
        days = [self._day(answer, share) for share in shares]
        if not own:
            return tuple(days)
        return tuple(day and (customer_days.next_day(own, day) or day) for day in days)

    @api.model
    def _day(self, answer, share):
        """Return the day until which so many are paid, ``None``: nobody can say."""
        if not answer.is_within_reach(share):
            return None
        due = answer.snapshot.question.document.due
        return datetime.date.fromordinal(due + round(answer.delay(share)))

    @api.model
    def _explained(self, answer, learned, today) -> tuple:
        """Return the trend, the reasons and the chances of the coming weeks."""
        snapshot = answer.snapshot
        recent, usual = snapshot.value("recent"), snapshot.value("delay")
        return (
            float_round(recent - usual, 1),
            self._as_json(
                [list(reason) for reason in reasons(snapshot, learned.learned)]
            ),
            today,
            self._as_json(
                [round(c, 4) for c in answer.paid_by_week(today.toordinal())]
            ),
        )

    # === GRADES === #

    @api.model
    def _grade(self, company, today) -> None:
        """Grade every customer who owes something: two statements."""
        self.env["collections.prediction"].flush_model()
        found = []
        for case_id, before, *facts in self._risk_facts(company, today):
            rated = risk.rate(risk.Facts(*facts), before)
            if rated:
                parts = [list(part) for part in rated.parts]
                found.append((case_id, rated.grade, rated.score, self._as_json(parts)))
        cases, grades, scores, parts = zip(*found, strict=True) if found else [()] * 4
        self.env.cr.execute(
            SQL(
                GRADES,
                company=company.id,
                today=today,
                cases=list(cases),
                grades=list(grades),
                scores=list(scores),
                reasons=list(parts),
            )
        )
        self.env["collections.case"].invalidate_model()

    @api.model
    def _as_json(self, value) -> str:
        return json.dumps(value)

    @api.model
    def _forget(self, company) -> None:
        """Where the company turned it off, nothing is left of it."""
        predictions = self.env["collections.prediction"]
        predictions.search([("company_id", "=", company.id)]).unlink()
        self.env["collections.refresher"]._lock(company)
        predictions._write_cases(company)
        self.env["collections.case"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE collections_case
                      SET risk_grade = NULL, risk_score = NULL, risk_reasons = NULL,
                          risk_grade_before = NULL, risk_grade_date = NULL
                    WHERE company_id = %s AND risk_grade IS NOT NULL""",
                company.id,
            )
        )
        today = company._collections_today()
        self.env["collections.prioritizer"]._prioritize(company, today)
        self.env["collections.case"].invalidate_model()
