from odoo import api, models

from ..tools import buckets as aging_buckets
from ..tools import series

MONTHS = 12
SECTIONS = (
    (
        "days",
        (
            "dso",
            "dso_countback",
            "best_possible_dso",
            "average_days_delinquent",
            "dso_lifetime",
        ),
    ),
    ("averages", ("average_days_late", "average_days_overdue", "average_days_to_pay")),
    (
        "collecting",
        (
            "cei",
            "recovery_rate",
            "compliance_rate",
            "at_risk_rate",
            "cost_to_collect",
            "cost_of_carry",
        ),
    ),
    (
        "work",
        (
            "coverage",
            "right_party_contact",
            "promise_to_pay",
            "promise_kept_rate",
            "effectiveness",
        ),
    ),
)


class CollectionsKpiScreen(models.AbstractModel):
    """What the page of the key figures asks for."""

    _name = "collections.kpi.screen"
    _inherit = ["collections.kpi.behind"]
    _description = "Page of the Key Figures"

    @api.model
    @api.readonly
    def get_options(self):
        """Return where the page begins: the last three months."""
        self._check_salesperson()
        today = self.env.company._collections_today()
        return {
            "date_from": series.month_start(series.month_ends(today, 3)[0]),
            "date_to": today,
            "is_supervisor": self.env.user.has_group(
                "collections_management.group_supervisor"
            ),
        }

    @api.model
    @api.readonly
    def get_page(self, date_from, date_to, company_ids=None):
        """Return all key figures of a period, each beside the period before.

        :return: ``sections`` of figures, each as of `get_kpis` with ``code``,
            ``before``, ``is_better`` and ``behind``; ``series`` by month
        """
        found = self.get_kpis(date_from, date_to, None, company_ids)
        request = self._kpi_request(date_from, date_to, company_ids)
        first, last = series.period_before(request["date_from"], request["date_to"])
        earlier = self.get_kpis(first, last, None, company_ids)
        names = self._section_names()
        return {
            "date_from": request["date_from"],
            "date_to": request["date_to"],
            "before_from": first,
            "before_to": last,
            "currency_id": self.env.company.currency_id.id,
            "companies": request["companies"].sudo().mapped("name"),
            "input_words": self.env["collections.kpi.notes"]._inputs(),
            "sections": [
                {
                    "key": key,
                    "name": names[key],
                    "figures": [
                        self._shown(code, found[code], earlier[code]) for code in codes
                    ],
                }
                for key, codes in SECTIONS
            ],
            "series": self.get_series(request["date_to"], MONTHS, company_ids),
            "targets": self.env["collections.kpi.target"]._targets(),
        }

    @api.model
    def _section_names(self) -> dict[str, str]:
        return {
            "days": self.env._("Days of sales outstanding"),
            "averages": self.env._("Averages often mixed up with it"),
            "collecting": self.env._("What was collected, and what is at risk"),
            "work": self.env._("Work of the team and promises"),
        }

    @api.model
    def _shown(self, code, figure, earlier) -> dict:
        value, before = figure["value"], earlier["value"]
        is_better = None
        if value is not None and before is not None and value != before:
            lower = code in self.env["collections.kpi.notes"]._better_low()
            is_better = (value < before) == lower
        return {
            "code": code,
            **figure,
            "before": before,
            "is_better": is_better,
            "behind": self._behind(code),
        }

    @api.model
    @api.readonly
    def get_matrices(
        self,
        date,
        company_ids=None,
        rates=None,
        adjustment=0.0,
        buckets=aging_buckets.DEFAULT_LIMITS,
    ):
        """Return the roll rates of the month that ends at a date, and the provision.

        :param rates: own loss rates as fractions, see `collections.risk`
        """
        Risk = self.env["collections.risk"]
        date = self._to_date(date)
        since = series.month_before(date)
        return {
            "since": since,
            "date": date,
            "currency_id": self.env.company.currency_id.id,
            "rolls": Risk.get_roll_rates(since, date, company_ids, buckets),
            "history": Risk.get_loss_rates(date, company_ids, buckets),
            "provision": Risk.get_provision(
                date, rates or None, company_ids, buckets, adjustment
            ),
            "limits": list(self.env["collections.aging"]._aging_limits(buckets)),
        }

    @api.model
    @api.readonly
    def export_xlsx(
        self, date_from, date_to, company_ids=None, rates=None, adjustment=0.0
    ):
        """Return the key figures, months and matrices as a workbook that recomputes.

        :return: bytes; over RPC use ``/collections/figures.xlsx``
        """
        page = self.get_page(date_from, date_to, company_ids)
        parts = self.get_matrices(page["date_to"], company_ids, rates, adjustment)
        return self.env["collections.kpi.xlsx"]._workbook(page, parts)
