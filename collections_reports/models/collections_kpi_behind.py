from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.collections_management.tools import promises

LATE = timedelta(days=91)
OPEN_ITEMS = ("items",)
# What can be opened behind each figure, the most telling first.
BEHIND = {
    "dso": OPEN_ITEMS,
    "dso_countback": OPEN_ITEMS,
    "dso_lifetime": OPEN_ITEMS,
    "best_possible_dso": ("not_due",),
    "average_days_delinquent": ("overdue",),
    "average_days_late": ("payments",),
    "average_days_overdue": ("overdue",),
    "average_days_to_pay": ("payments",),
    "cei": ("items", "opening"),
    "promise_kept_rate": ("judged",),
    "effectiveness": ("judged", "contacts"),
    "compliance_rate": ("paid_of_due", "open_of_due"),
    "coverage": ("contacts", "opening_overdue"),
    "recovery_rate": ("recovered", "opening_overdue"),
    "at_risk_rate": ("late",),
    "right_party_contact": ("attempts",),
    "promise_to_pay": ("promised", "attempts"),
    "cost_to_collect": ("costs", "payments"),
    "cost_of_carry": ("overdue", "payments"),
}


class CollectionsKpiBehind(models.AbstractModel):
    """The records behind a key figure, as lists that a person can open."""

    _name = "collections.kpi.behind"
    _inherit = ["collections.kpi"]
    _description = "Items Behind the Key Figures"

    @api.model
    def _behind_labels(self) -> dict[str, str]:
        return {
            "items": self.env._("Open items at the end"),
            "not_due": self.env._("Items not due at the end"),
            "overdue": self.env._("Items overdue at the end"),
            "opening": self.env._("Open items at the beginning"),
            "opening_overdue": self.env._("Items overdue at the beginning"),
            "late": self.env._("Items of the period open after 90 days"),
            "open_of_due": self.env._("Due in the period and still open"),
            "paid_of_due": self.env._("Payments of what was due in the period"),
            "payments": self.env._("Payments of the period"),
            "recovered": self.env._("Payments of what was overdue at the beginning"),
            "judged": self.env._("Promises judged in the period"),
            "promised": self.env._("Promises made in the period"),
            "contacts": self.env._("Contacts of the period"),
            "attempts": self.env._("Attempts of the period"),
            "costs": self.env._("Costs of the period"),
        }

    @api.model
    def _behind(self, code: str) -> list[dict]:
        labels = self._behind_labels()
        return [{"key": key, "label": labels[key]} for key in BEHIND[code]]

    @api.model
    @api.readonly
    def get_behind_action(self, key, date_from, date_to, company_ids=None):
        """Return the list of what stands behind a figure of a period.

        :param key: one of those that a figure says it has
        """
        self._check_salesperson()
        labels = self._behind_labels()
        if key not in labels:
            raise UserError(self.env._("There is no list called %s.", key))
        request = self._kpi_request(date_from, date_to, company_ids)
        for find in (self._behind_items, self._behind_payments, self._behind_work):
            found = find(request).get(key)
            if found:
                break
        model, domain, context = found
        domain &= Domain("company_id", "in", request["companies"].ids)
        return {
            "type": "ir.actions.act_window",
            "name": f"{labels[key]} · {request['date_from']} – {request['date_to']}",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": context,
        }

    @api.model
    def _behind_items(self, request) -> dict:
        first, last = request["date_from"], request["date_to"]
        end = {"collections_date": str(last)}
        opening = {"collections_date": str(request["opening"])}
        debit = Domain("is_credit", "=", False)
        due = Domain("date_due", ">=", first) & Domain("date_due", "<=", last)
        late = Domain("date_due", ">=", first - LATE) & Domain(
            "date_due", "<=", last - LATE
        )
        item = "collections.item"
        overdue = Domain("date_due", "<", request["opening"])
        return {
            "items": (item, Domain.TRUE, end),
            "not_due": (item, debit & Domain("date_due", ">=", last), end),
            "overdue": (item, debit & Domain("date_due", "<", last), end),
            "opening": (item, Domain.TRUE, opening),
            "opening_overdue": (item, debit & overdue, opening),
            "late": (item, debit & late, end),
            "open_of_due": (item, debit & due, end),
        }

    @api.model
    def _behind_payments(self, request) -> dict:
        first, last = request["date_from"], request["date_to"]
        payment = "collections.payment.analysis"
        period = Domain("date", ">=", first) & Domain("date", "<=", last)
        due = Domain("date_due", ">=", first) & Domain("date_due", "<=", last)
        overdue = Domain("date_due", "<", request["opening"])
        return {
            "payments": (payment, period, {}),
            "paid_of_due": (payment, due & Domain("date", "<=", last), {}),
            "recovered": (payment, period & overdue, {}),
        }

    @api.model
    def _behind_work(self, request) -> dict:
        first, last = request["date_from"], request["date_to"]
        promise, contact = "collections.promise", "collections.interaction"
        said = Domain("date", ">=", first) & Domain(
            "date", "<", last + timedelta(days=1)
        )
        judged = Domain("date_judged", ">=", first) & Domain("date_judged", "<=", last)
        made = Domain("date_made", ">=", first) & Domain("date_made", "<=", last)
        return {
            "judged": (
                promise,
                judged & Domain("kind", "in", promises.GIVEN),
                {},
            ),
            "promised": (promise, made & Domain("kind", "=", promises.PROMISE), {}),
            "costs": (
                "collections.cost",
                Domain("date", ">=", first) & Domain("date", "<=", last),
                {},
            ),
            "contacts": (contact, said & Domain("channel", "!=", "system"), {}),
            "attempts": (
                contact,
                said
                & Domain("direction", "=", "out")
                & Domain("channel", "!=", "system"),
                {},
            ),
        }
