from odoo import api, models

DAYS, PERCENT, MONEY = "days", "%", "money"


class CollectionsKpiGlossary(models.AbstractModel):
    """Names and formulas of the key figures, in the user's language."""

    _name = "collections.kpi.glossary"
    _description = "Words of the Key Figures"

    @api.model
    def _words(self) -> dict[str, tuple[str, str, str]]:
        """Return name, unit and formula by code."""
        return {
            **self._words_of_days(),
            **self._words_of_averages(),
            **self._words_of_shares(),
            **self._words_of_work(),
            **self._words_of_contact(),
            **self._words_of_cost(),
        }

    @api.model
    def _words_of_days(self) -> dict[str, tuple[str, str, str]]:
        return {
            "dso": (
                self.env._("DSO"),
                DAYS,
                self.env._(
                    "Receivables at the end, net of unapplied credits ÷ sales of the "
                    "period × its days. Sales are posted invoices less credit notes, "
                    "with tax."
                ),
            ),
            "dso_countback": (
                self.env._("DSO by countback"),
                DAYS,
                self.env._(
                    "Sales are taken from the net receivables month by month, the last "
                    "first; each adds its days, the last one its part. “>”: there are "
                    "more receivables than sales known."
                ),
            ),
            "best_possible_dso": (
                self.env._("Best possible DSO"),
                DAYS,
                self.env._(
                    "Receivables not due at the end ÷ sales of the period × its days."
                ),
            ),
            "average_days_delinquent": (
                self.env._("Average days delinquent"),
                DAYS,
                self.env._("DSO − best possible DSO: the days that lateness adds."),
            ),
        }

    @api.model
    def _words_of_averages(self) -> dict[str, tuple[str, str, str]]:
        return {
            "average_days_late": (
                self.env._("Average days late of payments"),
                DAYS,
                self.env._(
                    "Σ (amount paid × days after due date) ÷ Σ amount paid in the "
                    "period; early payments count as 0."
                ),
            ),
            "average_days_overdue": (
                self.env._("Average days overdue of open items"),
                DAYS,
                self.env._(
                    "Σ (open amount × days overdue) ÷ Σ open amount overdue at the end."
                ),
            ),
            "average_days_to_pay": (
                self.env._("Average days to pay"),
                DAYS,
                self.env._(
                    "Σ (amount paid × days after the invoice date) ÷ Σ amount paid in "
                    "the period."
                ),
            ),
        }

    @api.model
    def _words_of_shares(self) -> dict[str, tuple[str, str, str]]:
        return {
            "cei": (
                self.env._("Collection effectiveness index"),
                PERCENT,
                self.env._(
                    "(Opening receivables + sales − closing receivables) ÷ (opening "
                    "receivables + sales − closing receivables not due) × 100, all of "
                    "the same period."
                ),
            ),
            "promise_kept_rate": (
                self.env._("Promises kept"),
                PERCENT,
                self.env._("Promises kept ÷ promises judged in the period × 100."),
            ),
            "effectiveness": (
                self.env._("Effectiveness"),
                PERCENT,
                self.env._("Customers with a promise ÷ customers contacted × 100."),
            ),
            "compliance_rate": (
                self.env._("Compliance"),
                PERCENT,
                self.env._(
                    "Customers that settled every item due in the period by its due "
                    "date ÷ customers with items due × 100."
                ),
            ),
        }

    @api.model
    def _words_of_work(self) -> dict[str, tuple[str, str, str]]:
        return {
            "coverage": (
                self.env._("Coverage"),
                PERCENT,
                self.env._(
                    "Customers contacted in the period ÷ customers with something "
                    "overdue at any time in it × 100."
                ),
            ),
            "recovery_rate": (
                self.env._("Recovery"),
                PERCENT,
                self.env._(
                    "Money collected in the period of what was overdue at its "
                    "beginning ÷ what was overdue then × 100. Only payments and "
                    "withholdings count."
                ),
            ),
            "at_risk_rate": (
                self.env._("At risk"),
                PERCENT,
                self.env._(
                    "Items still open after 90 days overdue ÷ items that could reach "
                    "that day in the period × 100."
                ),
            ),
        }

    @api.model
    def _words_of_contact(self) -> dict[str, tuple[str, str, str]]:
        return {
            "right_party_contact": (
                self.env._("Right-party contact"),
                PERCENT,
                self.env._(
                    "Contacts with the person who decides on payments ÷ attempts × "
                    "100. Attempts are calls, visits, instant messages, and all that "
                    "was logged with a result."
                ),
            ),
            "promise_to_pay": (
                self.env._("Promises after contact"),
                PERCENT,
                self.env._(
                    "Promises made in the period ÷ contacts with the right person × "
                    "100."
                ),
            ),
        }

    @api.model
    def _words_of_cost(self) -> dict[str, tuple[str, str, str]]:
        return {
            "cost_to_collect": (
                self.env._("Cost to collect"),
                PERCENT,
                self.env._(
                    "(Costs noted on cases + what messages cost, in the period) ÷ "
                    "money collected in the period × 100."
                ),
            ),
            "cost_of_carry": (
                self.env._("Cost of lateness"),
                MONEY,
                self.env._(
                    "Σ overdue amount at the end of each day of the period × cost of "
                    "money a year ÷ 365: what it costs to finance what should have "
                    "been paid."
                ),
            ),
            "dso_lifetime": (
                self.env._("DSO as on Odoo's customer form"),
                DAYS,
                self.env._(
                    "Receivables at the end ÷ all that was ever invoiced × days since "
                    "the first invoice. Ours takes the sales of the period instead, so "
                    "it follows what happens now."
                ),
            ),
        }
