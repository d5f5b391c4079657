from datetime import timedelta

from odoo import api, fields, models

from ..tools import series

# Days after its end until a month is closed: what comes later shows as a difference.
DAYS = 5
BALANCES = ("receivables", "overdue")


class CollectionsMonthFigure(models.Model):
    """What was said of a month when it closed, beside what the books say of it now."""

    _name = "collections.month.figure"
    _description = "Frozen Figure"
    _order = "date desc, id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    date = fields.Date(string="Month", required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(compute="_compute_name")
    unit = fields.Char(readonly=True)
    is_available = fields.Boolean(readonly=True)
    value = fields.Float(string="Said Then", readonly=True, aggregator=False)
    date_frozen = fields.Date(string="Frozen On", readonly=True)
    value_now = fields.Float(string="Books Now", compute="_compute_now")
    difference = fields.Float(compute="_compute_now")

    _month_uniq = models.UniqueIndex("(company_id, date, code)")

    @api.depends("code")
    def _compute_name(self):
        names = {
            code: words[0]
            for code, words in self.env["collections.kpi.glossary"]._words().items()
        }
        names["receivables"] = self.env._("Receivables")
        names["overdue"] = self.env._("Overdue")
        for figure in self:
            figure.name = names.get(figure.code, figure.code)

    @api.depends("value")
    def _compute_now(self):
        for (company, date), figures in self.grouped(
            lambda figure: (figure.company_id, figure.date)
        ).items():
            codes = set(figures.mapped("code"))
            # As it was frozen: of all customers, whoever looks.
            found = self.sudo().with_company(company)._read_month(date, codes)
            for figure in figures:
                value, _unit = found.get(figure.code, (None, None))
                figure.value_now = value or 0.0
                figure.difference = figure.value_now - figure.value

    @api.model
    def _read_month(self, date, codes=None) -> dict:
        """Return value and unit by code of the month that ends at a date."""
        Kpi = self.env["collections.kpi"]
        aging = self.env["collections.aging"].get_aging(date, group_by="company_id")
        wanted = None if codes is None else sorted(codes - set(BALANCES))
        kpis = Kpi.get_kpis(series.month_start(date), date, wanted)
        return {
            "receivables": (aging["total"], "money"),
            "overdue": (sum(aging["amounts"][1:-1]), "money"),
            **{
                code: (figure["value"], figure["unit"]) for code, figure in kpis.items()
            },
        }

    @api.model
    def _freeze(self, company, date) -> None:
        """Keep what the books say of a month, once."""
        known = self.sudo().search_count(
            [("company_id", "=", company.id), ("date", "=", date)], limit=1
        )
        if known:
            return
        today = company._collections_today()
        found = self.sudo().with_company(company)._read_month(date)
        self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "date": date,
                    "code": code,
                    "unit": unit,
                    "is_available": value is not None,
                    "value": value or 0.0,
                    "date_frozen": today,
                }
                for code, (value, unit) in found.items()
            ]
        )

    @api.model
    def _cron_freeze(self):
        """Freeze the last month of each company some days after its end."""
        companies = self.env["res.company"].search([("active", "=", True)])
        cron = self.env["ir.cron"]
        for position, company in enumerate(companies):
            today = company._collections_today()
            if today.day > DAYS:
                self._freeze(company, series.month_start(today) - timedelta(days=1))
            cron._commit_progress(1, remaining=len(companies) - position - 1)
