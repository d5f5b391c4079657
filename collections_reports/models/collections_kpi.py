from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import dso, promises, rates, series
from ..tools.rates import percent

CODES = (
    "dso",
    "dso_countback",
    "best_possible_dso",
    "average_days_delinquent",
    "average_days_late",
    "average_days_overdue",
    "average_days_to_pay",
    "cei",
    "promise_kept_rate",
    "effectiveness",
    "compliance_rate",
    "coverage",
    "recovery_rate",
    "at_risk_rate",
    "right_party_contact",
    "promise_to_pay",
    "cost_to_collect",
    "cost_of_carry",
    "dso_lifetime",
)
MOST_MONTHS = 60


class CollectionsKpi(models.AbstractModel):
    """Key figures of a period, each with how it was made."""

    _name = "collections.kpi"
    _inherit = ["collections.reporting"]
    _description = "Key Figures of Collections"

    @api.model
    @api.readonly
    def get_kpis(self, date_from, date_to, codes=None, company_ids=None):
        """Return key figures of a period, both days included.

        :param codes: some of `CODES`; default: all
        :param company_ids: companies of the user; default: the current one
        :return: ``{code: {value, unit, formula, exclusions, inputs, name, target}}``; a
            value is ``None`` where there is nothing to divide by, or nothing to read
            from, and ``reason`` says which
        """
        self._check_salesperson()
        codes = self._kpi_codes(codes)
        request = self._kpi_request(date_from, date_to, company_ids)
        facts = self.env["collections.kpi.facts"]._read(request)
        words = self.env["collections.kpi.glossary"]._words()
        exclusions = self.env["collections.kpi.notes"]._exclusions()
        targets = self.env["collections.kpi.target"]._targets()
        found = {}
        for code in codes:
            name, unit, formula = words[code]
            result = getattr(self, f"_kpi_{code}")(facts)
            value, inputs = result[0], result[1]
            found[code] = {
                "value": None if value is None else round(value, 4),
                "unit": unit,
                "formula": formula,
                "exclusions": exclusions[code],
                "inputs": inputs,
                "name": name,
                "target": targets.get(code),
                **(result[2] if len(result) > 2 else {}),
            }
        return found

    @api.model
    def _kpi_codes(self, codes) -> tuple:
        codes = CODES if codes is None else tuple(codes)
        if unknown := set(codes) - set(CODES):
            raise UserError(
                self.env._(
                    "There is no figure called %s.",
                    ", ".join(sorted(map(str, unknown))),
                )
            )
        return codes

    @api.model
    def _kpi_request(self, date_from, date_to, company_ids=None) -> dict:
        first, last = self._to_date(date_from), self._to_date(date_to)
        if first > last:
            raise UserError(self.env._("The period ends before it begins."))
        companies = self._report_companies(company_ids) or self.env.company
        return {
            "date_from": first,
            "date_to": last,
            "opening": first - timedelta(days=1),
            "days": (last - first).days + 1,
            "companies": companies,
            "factors": self._factors(companies, last),
        }

    # === DAYS === #

    @api.model
    def _kpi_dso(self, facts):
        found = self._expected(facts)
        inputs = {
            "receivables": found["total"],
            "sales": facts.sales,
            "days": facts.request["days"],
        }
        value = dso.simple(*inputs.values())
        return value, {**inputs, "set_apart": found["set_apart"]}

    @api.model
    def _expected(self, facts) -> dict:
        return self.env["collections.kpi.apart"]._expected(facts)

    @api.model
    def _kpi_best_possible_dso(self, facts):
        not_due = self._expected(facts)["not_due"]
        inputs = {
            "not_due": not_due,
            "sales": facts.sales,
            "days": facts.request["days"],
        }
        value = dso.best_possible(*inputs.values())
        back = self._countback(facts, not_due)
        return value, {**inputs, "countback": back and back.days}

    @api.model
    def _countback(self, facts, receivables):
        """Read some months of sales, and all only if those are not enough."""
        for read in ("recent", "monthly"):
            months = getattr(facts, read)
            sales = {month: amount for month, _change, amount in months if amount}
            found = dso.countback(
                receivables, series.months_back(sales, facts.request["date_to"])
            )
            if found and not found.exceeds_history:
                break
        return found

    @api.model
    def _kpi_dso_countback(self, facts):
        expected = self._expected(facts)
        found = self._countback(facts, expected["total"])
        inputs = {
            "receivables": expected["total"],
            "set_apart": expected["set_apart"],
            "exceeds_history": bool(found and found.exceeds_history),
        }
        if not found:
            return None, inputs
        mark = "> " if found.exceeds_history else ""
        return (
            found.days,
            inputs,
            {
                "display": f"{mark}{found.days:.1f}",
                "months": [(month.days, month.sales) for month in found.months],
            },
        )

    @api.model
    def _kpi_average_days_delinquent(self, facts):
        inputs = {
            "dso": self._kpi_dso(facts)[0],
            "best_possible_dso": self._kpi_best_possible_dso(facts)[0],
        }
        expected = self._expected(facts)
        back = self._countback(facts, expected["total"])
        best = self._countback(facts, expected["not_due"])
        countback = dso.average_days_delinquent(back and back.days, best and best.days)
        value = dso.average_days_delinquent(*inputs.values())
        return value, {**inputs, "countback": countback}

    @api.model
    def _average(self, days: float, amount: float, **inputs):
        value = (
            rates.weighted_average([(amount, days / amount)]) if amount > 0 else None
        )
        return value, {**inputs, "amount": amount, "amount_days": days}

    @api.model
    def _kpi_average_days_late(self, facts):
        return self._average(facts.collected["late_days"], facts.collected["total"])

    @api.model
    def _kpi_average_days_to_pay(self, facts):
        return self._average(facts.collected["days"], facts.collected["total"])

    @api.model
    def _kpi_average_days_overdue(self, facts):
        return self._average(facts.closing["overdue_days"], facts.closing["overdue"])

    # === SHARES === #

    @api.model
    def _kpi_cei(self, facts):
        inputs = {
            "opening": facts.opening["total"],
            "sales": facts.sales,
            "closing": facts.closing["total"],
            "closing_not_due": facts.closing["not_due"],
        }
        return rates.cei(*inputs.values()), inputs

    @api.model
    def _kpi_recovery_rate(self, facts):
        inputs = {
            "collected": facts.collected["of_opening_overdue"],
            "opening_overdue": facts.opening["overdue"],
        }
        return percent(*inputs.values()), inputs

    @api.model
    def _kpi_compliance_rate(self, facts):
        found = facts.compliance
        value = percent(found["on_time"], found["customers"])
        by_amount = percent(found["amount_on_time"], found["amount"])
        return value, {**found, "by_amount": by_amount}

    @api.model
    def _kpi_coverage(self, facts):
        found = facts.coverage
        return percent(found["contacted"], found["customers"]), dict(found)

    @api.model
    def _kpi_at_risk_rate(self, facts):
        found = facts.at_risk
        value = percent(found["late_items"], found["items"])
        by_amount = percent(found["late_amount"], found["amount"])
        return value, {**found, "by_amount": by_amount}

    # === PROMISES === #

    @api.model
    def _not_available(self):
        return None, {}, {"reason": self.env._("Not available: there are no promises.")}

    @api.model
    def _kpi_promise_kept_rate(self, facts):
        if facts.promises is None:
            return self._not_available()
        rows = [row[:3] for row in facts.promises if row[0] in promises.JUDGED]
        found = promises.kept_rates(rows)
        return found.count, {
            "promises_kept": sum(row[0] == promises.KEPT for row in rows),
            "promises": len(rows),
            "strict_amount": found.strict_amount,
            "collected_amount": found.collected_amount,
        }

    @api.model
    def _kpi_effectiveness(self, facts):
        if facts.promises is None:
            return self._not_available()
        customers = len({row[3] for row in facts.promises})
        inputs = {"with_promise": customers, "managed": facts.managed}
        return percent(*inputs.values()), inputs

    @api.model
    def _kpi_promise_to_pay(self, facts):
        right, made = facts.contacts["right_party"], facts.promises_made
        kept = percent(made["promises_kept"], made["promises"])
        inputs = {"right_party": right, **made, "kept_of_made": kept}
        return percent(made["promises"], right), inputs

    @api.model
    def _kpi_right_party_contact(self, facts):
        found = facts.contacts
        of_reached = percent(found["right_party"], found["reached"])
        value = percent(found["right_party"], found["attempts"])
        return value, {**found, "of_reached": of_reached}

    # === COST === #

    @api.model
    def _kpi_cost_to_collect(self, facts):
        found = {**facts.spent, "collected_all": facts.collected["total"]}
        spent = found["costs"] + found["messages"]
        return percent(spent, found["collected_all"]), found

    @api.model
    def _kpi_cost_of_carry(self, facts):
        rate = self.env.company.sudo().collections_financing_rate
        days = facts.request["days"]
        inputs = {"average_overdue": facts.carried / days, "days": days}
        if rate <= 0:
            reason = self.env._("Not available: the settings hold no cost of money.")
            return None, inputs, {"reason": reason}
        value = rates.cost_of_carry(facts.carried, rate)
        return value, {**inputs, "financing_rate": rate}

    @api.model
    def _kpi_dso_lifetime(self, facts):
        inputs = {"receivables": facts.closing["total"], **facts.lifetime}
        return dso.simple(*inputs.values()), inputs

    # === SERIES === #

    @api.model
    @api.readonly
    def get_series(self, date_to, months=24, company_ids=None):
        """Return DSO and CEI at the end of each month, the last one at ``date_to``.

        DSO is over the three months that end there; CEI over the month.

        :return: dictionaries with ``date, dso, dso_countback, cei, receivables, sales,
            not_due``
        """
        self._check_salesperson()
        until = self._to_date(date_to)
        if not isinstance(months, int) or not 1 <= months <= MOST_MONTHS:
            raise UserError(self.env._("A series has from 1 to 60 months."))
        ends = series.month_ends(until, months)
        request = self._kpi_request(series.month_start(ends[0]), until, company_ids)
        self.env["collections.kpi.facts"]._prepare()
        closing = self.env["collections.kpi.facts"]._balances(request, until)["total"]
        return self._points(request, ends, closing)

    @api.model
    def _points(self, request, ends, closing) -> list[dict]:
        """Return the figures at month ends.

        :param closing: receivables at the last of them
        """
        facts = self.env["collections.kpi.facts"]
        not_due = facts._not_due_at(request, ends)
        apart = self.env["collections.kpi.apart"]._apart(request, ends)
        since = series.months_before(ends[0])
        for first in (since, None):
            changes = facts._monthly(request, ends[-1], first)
            base = closing - sum(change for _month, change, _sales in changes)
            found = series.points(changes, not_due, ends, base, apart)
            if not any(point["exceeds_history"] for point in found):
                break
        return found
