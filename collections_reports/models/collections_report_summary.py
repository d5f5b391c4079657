from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_amount, format_date


class CollectionsReportSummary(models.AbstractModel):
    """The portfolio in one e-mail: five numbers, the aging, the largest debtors."""

    _name = "collections.report.summary"
    _description = "Portfolio Summary"

    @api.model
    def _html(self, date, title) -> Markup:
        found = self.env["collections.dashboard"].get_dashboard(date)
        currency = self.env.company.currency_id
        return self.env["ir.qweb"]._render(
            "collections_reports.portfolio_summary",
            {
                "title": title,
                "date": format_date(self.env, date),
                "company": self.env.company.sudo().name,
                "data": found,
                "money": lambda amount: format_amount(self.env, amount, currency),
                "value": lambda figure: self._value(figure, currency),
            },
            minimal_qcontext=True,
        )

    @api.model
    def _value(self, figure, currency) -> str:
        """Return a number as a person reads it."""
        if figure["value"] is None:
            return self.env._("n/a")
        if figure["unit"] == "money":
            return format_amount(self.env, figure["value"], currency)
        number = figure.get("display") or f"{figure['value']:.1f}"
        if figure["unit"] == "days":
            return self.env._("%s days", number)
        return f"{number} %"
