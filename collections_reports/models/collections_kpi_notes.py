from odoo import api, models

DAYS, PERCENT, MONEY, COUNT = "days", "%", "money", "count"
# A smaller value of these is the better one.
BETTER_LOW = frozenset(
    {
        "overdue",
        "dso",
        "dso_countback",
        "dso_lifetime",
        "best_possible_dso",
        "average_days_delinquent",
        "average_days_late",
        "average_days_overdue",
        "average_days_to_pay",
        "at_risk_rate",
        "cost_to_collect",
        "cost_of_carry",
    }
)


class CollectionsKpiNotes(models.AbstractModel):
    """What key figures are made of and what they leave out, in the user's language."""

    _name = "collections.kpi.notes"
    _description = "Notes on the Key Figures"

    @api.model
    def _better_low(self) -> frozenset[str]:
        return BETTER_LOW

    @api.model
    def _inputs(self) -> dict[str, dict[str, str]]:
        """Return label and unit of each input."""
        words = {**self._inputs_of_balances(), **self._inputs_of_work()}
        return {
            name: {"label": label, "unit": unit}
            for name, (label, unit) in words.items()
        }

    @api.model
    def _inputs_of_balances(self) -> dict[str, tuple[str, str]]:
        return {
            "receivables": (self.env._("Receivables, net"), MONEY),
            "not_due": (self.env._("Of these, not due"), MONEY),
            "set_apart": (
                self.env._("Legal and written off, left out"),
                MONEY,
            ),
            "sales": (self.env._("Sales with tax"), MONEY),
            "days": (self.env._("Days"), COUNT),
            "countback": (self.env._("The same by countback"), DAYS),
            "dso": (self.env._("DSO"), DAYS),
            "best_possible_dso": (self.env._("Best possible DSO"), DAYS),
            "opening": (self.env._("Receivables at the beginning"), MONEY),
            "closing": (self.env._("Receivables at the end"), MONEY),
            "closing_not_due": (self.env._("Of these, not due"), MONEY),
            "amount": (self.env._("Amount"), MONEY),
            "amount_days": (self.env._("Amount × days"), COUNT),
            "collected": (self.env._("Collected of it"), MONEY),
            "opening_overdue": (self.env._("Overdue at the beginning"), MONEY),
            "invoiced": (self.env._("Invoiced since the beginning"), MONEY),
            "costs": (self.env._("Costs noted on cases"), MONEY),
            "messages": (self.env._("Messages, as billed"), MONEY),
            "collected_all": (self.env._("Collected"), MONEY),
            "average_overdue": (self.env._("Overdue, average of the days"), MONEY),
            "financing_rate": (self.env._("Cost of money, a year"), PERCENT),
        }

    @api.model
    def _inputs_of_work(self) -> dict[str, tuple[str, str]]:
        return {
            "customers": (self.env._("Customers"), COUNT),
            "on_time": (self.env._("On time"), COUNT),
            "amount_on_time": (self.env._("Settled on time"), MONEY),
            "by_amount": (self.env._("The same by amount"), PERCENT),
            "contacted": (self.env._("Contacted"), COUNT),
            "items": (self.env._("Items"), COUNT),
            "late_items": (self.env._("Open after 90 days"), COUNT),
            "late_amount": (self.env._("Amount open after 90 days"), MONEY),
            "promises": (self.env._("Promises"), COUNT),
            "promises_kept": (self.env._("Promises kept"), COUNT),
            "kept_of_made": (self.env._("Kept of those made"), PERCENT),
            "strict_amount": (self.env._("By amount, whole promises only"), PERCENT),
            "collected_amount": (self.env._("By amount, parts too"), PERCENT),
            "with_promise": (self.env._("Customers with a promise"), COUNT),
            "managed": (self.env._("Customers contacted"), COUNT),
            "attempts": (self.env._("Attempts"), COUNT),
            "reached": (self.env._("Somebody answered"), COUNT),
            "right_party": (self.env._("The right person answered"), COUNT),
            "of_reached": (self.env._("Of those where somebody answered"), PERCENT),
        }

    @api.model
    def _exclusions(self) -> dict[str, str]:
        """Return what each figure leaves out."""
        return {**self._exclusions_of_days(), **self._exclusions_of_work()}

    @api.model
    def _exclusions_of_days(self) -> dict[str, str]:
        balance = self.env._(
            "Left out: entries not posted, accounts that are not trade receivables, "
            "what was written off, cash sales without a receivable."
        )
        expected = self.env._(
            "Left out: entries not posted, accounts that are not trade receivables, "
            "what was written off, cash sales without a receivable, and customers "
            "handed to a lawyer or taken as lost, in those stages on the last day."
        )
        paid = self.env._(
            "Left out: credit notes, write-offs, exchange differences, and payments "
            "not applied to a document yet."
        )
        return {
            "dso": expected,
            "dso_countback": expected,
            "best_possible_dso": expected,
            "average_days_delinquent": expected,
            "average_days_late": paid,
            "average_days_to_pay": paid,
            "average_days_overdue": self.env._(
                "Left out: unapplied credits, and items due on the last day or later."
            ),
            "cei": balance,
            "recovery_rate": paid,
            "cost_to_collect": self.env._(
                "Left out: salaries, what no one noted as a cost on a case, and "
                "messages whose provider reports no price."
            ),
            "cost_of_carry": self.env._(
                "Left out: unapplied credits, days before the due date, interest on "
                "interest, and the cost of collecting."
            ),
            "dso_lifetime": self.env._(
                "Left out: nothing, not even sales of years ago: a long history hides "
                "what changed lately. Shown because Odoo shows it on the customer."
            ),
        }

    @api.model
    def _exclusions_of_work(self) -> dict[str, str]:
        judged = self.env._(
            "Left out: open and withdrawn promises, and payment notices. A payment "
            "before the promise, or used by an earlier one, does not count."
        )
        return {
            "promise_kept_rate": judged,
            "effectiveness": self.env._(
                "Left out: customers that nobody was in contact with, withdrawn "
                "promises and payment notices."
            ),
            "compliance_rate": self.env._(
                "Left out: customers without anything due in the period, and lines "
                "without a customer."
            ),
            "coverage": self.env._(
                "Left out: customers whose documents were settled on their due date, "
                "and entries made by the system."
            ),
            "at_risk_rate": self.env._(
                "Left out: items whose 91st day after the due date lies outside the "
                "period."
            ),
            "right_party_contact": self.env._(
                "Left out: e-mails, letters and SMS without a result: nobody knows who "
                "read them. An instant message counts when it was read or answered."
            ),
            "promise_to_pay": self.env._(
                "Left out: payment notices and instalments of agreements. Promises "
                "that a customer makes unasked are counted too."
            ),
        }
