from datetime import timedelta

from odoo import api, models

from ..tools import cash, cash_book

MONEY = (
    *("amount", "low", "high", "total", "total_low", "total_high"),
    *("predicted", "promised", "agreed", "cheques", "amount_due"),
)


class CollectionsCashScreen(models.AbstractModel):
    """What the page of the cash forecast asks for, and its workbook."""

    _name = "collections.cash.screen"
    _inherit = ["collections.cash", "collections.cash.words"]
    _description = "Page of the Cash Forecast"

    @api.model
    @api.readonly
    def get_page(self, company_ids=None):
        """Return expected cash by week from tomorrow on, and how good it was so far.

        Salespeople see what their own customers will probably pay; how good earlier
        forecasts were is known of whole companies only, so collectors see it.

        :return: ``weeks`` of amount, range (eight of ten), sum so far and sources, in
            the current company's currency; ``backtest`` of the current company
        """
        self._check_salesperson()
        companies = self._report_companies(company_ids)
        today = self.env.company._collections_today()
        self._prepare()
        factors = self._factors(companies, today)
        found = self._forecast(companies, factors, self._worst_shock(companies, today))
        rounded = self.env.company.currency_id.round
        backtest = self._sees_all() and self.env["collections.cash.backtest"]._backtest(
            self.env.company, today
        )
        for week in found["weeks"]:
            week["date_from"] = today + timedelta(days=7 * week["number"] - 6)
            week["date_to"] = today + timedelta(days=7 * week["number"])
            week.update({name: rounded(week[name]) for name in MONEY})
        return {
            "date": today,
            "currency_id": self.env.company.currency_id.id,
            "companies": companies.sudo().mapped("name"),
            "company": self.env.company.sudo().name,
            "weeks": found["weeks"],
            "horizon": cash.HORIZON,
            "without": rounded(found["without"]),
            "predicted": rounded(found["predicted"]),
            "is_predicted": bool(found["predicted"]),
            "backtest": backtest,
            "verdicts": self._verdicts(backtest) if backtest else [],
            "definitions": self._definitions(),
        }

    @api.model
    def _worst_shock(self, companies, today) -> cash.Shock:
        """Of several companies, the one whose forecasts were off most."""
        Backtest = self.env["collections.cash.backtest"]
        shocks = [Backtest._shock(company, today) for company in companies]
        return cash.Shock(
            max((shock.week for shock in shocks), default=0.0),
            max((shock.total for shock in shocks), default=0.0),
        )

    @api.model
    def _summary(self, companies, date) -> dict | None:
        """Return what the dashboard says: the next four weeks, and the last ones.

        Read from what was kept, so that it costs nothing; of one company, and for those
        who see all of it.
        """
        company = self.env.company
        if companies != company or not self._sees_all():
            return None
        kept = self.env["collections.cash.forecast"].sudo()._latest(company, date)
        line = kept.line_ids.filtered(lambda line: line.number == cash.HORIZON)
        if not line:
            return None
        return {
            "said": kept.date,
            "date_to": line.date_to,
            "amount": line.total,
            "low": line.total_low,
            "high": line.total_high,
            "before": self.env["collections.cash.backtest"]._of_four_weeks_ago(
                company, date
            ),
        }

    # === WORKBOOK === #

    @api.model
    @api.readonly
    def export_xlsx(self, company_ids=None):
        """Return the forecast and its backtest as a workbook that recomputes.

        :return: bytes; over RPC use ``/collections/cash.xlsx``
        """
        page = self.get_page(company_ids)
        backtest = page["backtest"] or {"rows": [], "weeks": []}
        return cash_book.write(
            cash_book.Book(
                words=self._words(),
                weeks=page["weeks"],
                months=backtest["rows"],
                past=backtest["weeks"],
                notes=self._notes(page),
            ),
            digits=self.env.company.currency_id.decimal_places,
        )
