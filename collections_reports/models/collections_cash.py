from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.collections_management.tools import promises
from odoo.addons.collections_management.tools.prediction.curves import curve, paid_until

from ..tools import cash

SOURCES = ("predicted", "promised", "agreed", "cheques")
AGREED = "agreed"
# What is promised or agreed comes on its day as often as such promises were kept.
KINDS = {
    promises.PROMISE: "promised",
    promises.REPORTED: "promised",
    promises.INSTALMENT: AGREED,
    promises.CHEQUE: "cheques",
}
# Open documents less what is disputed, promised or agreed, with their predictions.
DOCUMENTS = """
       SELECT coalesce(contact.commercial_partner_id, -item.id), item.due,
              (item.amount - item.disputed - %(agreed)s * item.agreed
               - %(promised)s * item.promised - %(cheque)s * item.cheque
               - %(reported)s * item.reported)::float8,
              guess.weeks, guess.date
         FROM (%(items)s) item
    LEFT JOIN res_partner contact ON contact.id = item.partner_id
    LEFT JOIN collections_prediction guess ON guess.line_id = item.id
        WHERE item.amount <> 0 AND %(own)s
"""
DAYS = [7 * number for number in range(1, cash.WEEKS + 1)]


class Documents(NamedTuple):
    """Open documents with their chances, and what the plain way says of them.

    :param rows: customer, signed amount, chances by week
    :param due: amount by week of its due date
    :param without: amount of documents that nobody can say a day of
    :param predicted: amount of documents with a prediction of their own
    """

    rows: list[tuple]
    due: list[float]
    without: float
    predicted: float


class CollectionsCash(models.AbstractModel):
    """Money that will probably come in, week by week: what is open today, no sales.

    Each document counts once: what is promised, agreed or in a cheque held comes on its
    day, the rest as predicted for the document; what is in dispute does not come.
    """

    _name = "collections.cash"
    _inherit = ["collections.dashboard.cash"]
    _description = "Cash Forecast"

    @api.model
    def _forecast(self, companies, factors, shock) -> dict:
        """Return weeks from tomorrow on, all companies in one currency.

        :param factors: see `collections.reporting`
        :return: ``weeks`` of amount, range and sources, and what is behind them
        """
        payers, sure = [], [0.0] * cash.WEEKS
        sources = [defaultdict(float) for _week in range(cash.WEEKS)]
        due, without, predicted = [0.0] * cash.WEEKS, 0.0, 0.0
        for company in companies:
            factor = factors[company.id]
            found = self._parts(company)
            documents = found["documents"]
            payers += self._times(cash.payers(documents.rows), factor)
            payers += self._times(found["promised"], factor)
            for week in range(cash.WEEKS):
                sure[week] += found["dated_ahead"][week] * factor
                due[week] += documents.due[week] * factor
                for source in SOURCES[1:]:
                    sources[week][source] += found[source + "_sums"][week] * factor
            without += documents.without * factor
            predicted += documents.predicted * factor
        weeks = cash.forecast(payers, sure, shock)
        return {
            "weeks": [
                self._week(number, week, sources[number], sure[number], due[number])
                for number, week in enumerate(weeks)
            ],
            "without": without,
            "predicted": predicted,
        }

    @api.model
    def _times(self, payers, factor) -> list:
        if factor == 1.0:
            return payers
        return [
            cash.Payer([(amount * factor, chances) for amount, chances in payer.parts])
            for payer in payers
        ]

    @api.model
    def _week(self, number, week, sources, dated_ahead, due) -> dict:
        others = sum(sources.values()) + dated_ahead
        return {
            "number": number + 1,
            **week._asdict(),
            "predicted": max(0.0, week.amount - others),
            "promised": sources["promised"],
            "agreed": sources["agreed"],
            "cheques": sources["cheques"] + dated_ahead,
            "amount_due": due,
        }

    # === PARTS === #

    @api.model
    def _parts(self, company) -> dict:
        """Return documents, promises and cheques of a company, in its currency.

        A cheque held is as good as such cheques were; one whose payment is registered
        with its date is money that comes on that day.
        """
        today = company._collections_today()
        until = today + timedelta(weeks=cash.WEEKS)
        kept = self._kept(company, today)
        sums = {name: [0.0] * cash.WEEKS for name in SOURCES[1:]}
        promised = []
        for kind, day, amount in self._promises_left(company, today, until):
            chances = cash.on_day((day - today).days - 1, kept[kind])
            promised.append(cash.Payer([(amount, chances)]))
            sums[KINDS[kind]][self._week_of(day, today)] += amount * kept[kind]
        dated_ahead = [0.0] * cash.WEEKS
        for day, amount in self._cheques(company, today, until):
            dated_ahead[self._week_of(day, today)] += amount
        return {
            "documents": self._documents_now(company, today, kept),
            "promised": promised,
            **{f"{name}_sums": amounts for name, amounts in sums.items()},
            "dated_ahead": dated_ahead,
        }

    @api.model
    def _week_of(self, day, today) -> int:
        """Weeks begin tomorrow; what should have come before is expected first."""
        return max(0, (day - today).days - 1) // 7

    @api.model
    def _kept(self, company, today) -> dict[str, float]:
        """Return how often each kind of promise was kept in the last year."""
        Promise = self.env["collections.promise"].sudo()
        counts = defaultdict(dict)
        for kind, state, count in Promise._read_group(
            [
                ("company_id", "=", company.id),
                ("date_judged", ">=", fields.Date.subtract(today, years=1)),
                ("state", "in", (promises.KEPT, promises.PARTIAL, promises.BROKEN)),
            ],
            ["kind", "state"],
            ["__count"],
        ):
            counts[kind][state] = count
        return {
            kind: cash.kept_chance(
                counts[kind].get(promises.KEPT, 0), sum(counts[kind].values())
            )
            for kind in KINDS
        }

    @api.model
    def _documents_now(self, company, today, kept) -> Documents:
        """Return open documents less what is disputed, promised or agreed."""
        Ledger, Pause = self.env["collections.ledger"], self.env["collections.pause"]
        rows = Pause.sudo()._rows(company, today)
        found = self.env.execute_query(
            SQL(
                DOCUMENTS,
                items=Pause._covered_sql(Ledger._open_lines_sql(company.ids), rows),
                agreed=kept[promises.INSTALMENT],
                promised=kept[promises.PROMISE],
                cheque=kept[promises.CHEQUE],
                reported=kept[promises.REPORTED],
                own=self._own_customers_sql(
                    SQL("contact.commercial_partner_id"), SQL("item.company_id")
                ),
            )
        )
        usual = self.env["collections.prediction.model"].sudo()._current(company)
        return self._as_documents(
            (
                (
                    customer,
                    due,
                    amount,
                    cash.aged(weeks, (today - day).days) if weeks else None,
                )
                for customer, due, amount, weeks, day in found
            ),
            usual._learned() if usual else None,
            today,
        )

    @api.model
    def _as_documents(self, found, model, date) -> Documents:
        """Give each document its chances: own ones, else usual ones, else its due date.

        :param found: customer, due date, signed amount, chances or ``None``
        :param model: what was learned of the company, ``None``: nothing
        """
        usual, rows = {}, []
        due_sums, without, predicted = [0.0] * cash.WEEKS, 0.0, 0.0
        for customer, due, amount, own in found:
            age = (date - due).days
            if amount > 0 and -7 * cash.WEEKS <= age < 0:
                due_sums[self._week_of(due, date)] += amount
            if age not in usual:
                usual[age] = self._usual(model, age)
            chances = own or usual[age]
            if own:
                predicted += max(0.0, amount)
            elif chances is None:
                without += max(0.0, amount)
            rows.append((customer, amount, chances or [0.0] * cash.WEEKS))
        return Documents(rows, due_sums, without, predicted)

    @api.model
    def _usual(self, model, age: int):
        """Return chances by week of a document of which only the age is known."""
        if model:
            shares = curve(model.prior.company.hazards, age)
            return paid_until(shares, age, [age + days for days in DAYS])
        return None if age >= 0 else cash.on_day(-age - 1)
