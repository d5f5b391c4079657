from datetime import date as Date
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.collections_management.tools.prediction import model as prediction
from odoo.addons.collections_management.tools.prediction.documents import (
    Document,
    known,
)
from odoo.addons.collections_management.tools.prediction.history import Question

from ..tools import cash
from .collections_cash import SOURCES

# Half a year back, in steps of four weeks that do not overlap.
STEPS = 6
ITEMS = """
    SELECT item.id, coalesce(contact.commercial_partner_id, -item.id),
           item.date - DATE '0001-01-01' + 1, item.due - DATE '0001-01-01' + 1,
           item.amount::float8
      FROM (%(items)s) item
 LEFT JOIN res_partner contact ON contact.id = item.partner_id
  ORDER BY item.id
"""


class CollectionsCashRebuild(models.AbstractModel):
    """Forecasts that would have been made, for a company that installs today.

    What is predicted with is learned from what was known half a year ago, and each
    forecast asks with what was known on its day: documents open then, at the amounts
    open then, whatever became of them. Nothing later is looked at.
    """

    _name = "collections.cash.rebuild"
    _inherit = ["collections.cash"]
    _description = "Cash Forecasts of the Past"

    @api.model
    def _rebuild(self, company, today):
        """Make the forecasts of the past of a company.

        :return: those that were made; none where too little was known then
        """
        Forecast = self.env["collections.cash.forecast"].sudo()
        scorer = self.env["collections.scorer"].sudo()
        self._prepare()
        documents, _amounts = scorer._documents(company, today)
        # Which segment a customer was in is not known of the past.
        documents = [row._replace(group=None) for row in documents]
        events = scorer._events(company, today)
        # The last of them ended yesterday.
        dates = [
            today - timedelta(weeks=cash.HORIZON * step, days=1)
            for step in range(STEPS, 0, -1)
        ]
        learned, card = prediction.train(documents, events, dates[0].toordinal())
        if not learned or card.paid < prediction.LEAST_JUDGED:
            return Forecast
        made = Forecast
        for date in dates:
            shock = self.env["collections.cash.backtest"]._shock(company, date)
            weeks = self._as_of(company, learned, documents, events, date, shock)
            made |= Forecast._keep(company, date, weeks, is_rebuilt=True)
        return made

    @api.model
    def _as_of(self, company, learned, documents, events, date: Date, shock) -> list:
        """Return the weeks that would have been forecast on a day."""
        day = date.toordinal()
        items = self.env.execute_query(
            SQL(
                ITEMS,
                items=self.env["collections.ledger"]._open_lines_sql(company.ids, date),
            )
        )
        chances = self._chances(learned, documents, events, items, day)
        found = self._as_documents(
            (
                (customer, Date.fromordinal(due), amount, chances.get(key))
                for key, customer, _issued, due, amount in items
            ),
            learned,
            date,
        )
        weeks = cash.forecast(cash.payers(found.rows), [0.0] * cash.WEEKS, shock)
        return [
            self._week(number, week, dict.fromkeys(SOURCES[1:], 0.0), 0.0, due)
            for number, (week, due) in enumerate(zip(weeks, found.due, strict=True))
        ]

    @api.model
    def _chances(self, learned, documents, events, items, day) -> dict[int, list]:
        """Return the chances by week of the documents open on a day, by id.

        Also of those that were credited or written off later: nobody knew then.
        """
        rows = known(documents, day)
        asked = {row.id for row in rows}
        customers = {row.customer for row in rows}
        rows += [
            Document(key, customer, min(issued, due), due, amount)
            for key, customer, issued, due, amount in items
            if amount > 0 and key not in asked and customer in customers
        ]
        owed = {key for key, *_rest, amount in items if amount > 0}
        questions = [
            Question(row, max(day, row.issued)) for row in rows if row.id in owed
        ]
        return {
            answer.snapshot.question.document.id: answer.paid_by_week(day, cash.WEEKS)
            for answer in learned.answer(rows, events, questions)
        }
