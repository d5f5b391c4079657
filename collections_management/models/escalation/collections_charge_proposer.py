import logging
from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...tools import interest, transitions
from .collections_charge_line import FEE, FLAT, INTEREST
from .collections_interest_rule import CHILE, NONE

_logger = logging.getLogger(__name__)

# Documents that were or are late, but for those of interest itself, and disputed ones.
LATE = """
    SELECT contact.commercial_partner_id, line.id, line.move_id,
           coalesce(move.name, line.ref, ''), line.currency_id,
           coalesce(line.date_maturity, line.date), line.amount_currency::float8,
           line.amount_residual_currency::float8
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
      JOIN res_partner contact ON contact.id = line.partner_id
     WHERE %(lines)s AND line.balance > 0
       AND coalesce(line.date_maturity, line.date) < %(today)s
       AND line.no_followup IS NOT TRUE
       AND (line.amount_residual_currency > 0 OR %(with_paid)s AND EXISTS (
            SELECT 1 FROM account_partial_reconcile partial
             WHERE partial.debit_move_id = line.id AND partial.max_date >= %(since)s
               AND partial.max_date > coalesce(line.date_maturity, line.date)))
       AND NOT EXISTS (SELECT 1 FROM collections_charge charge
                        WHERE charge.move_id = line.move_id AND charge.state = 'booked')
       AND line.id <> ALL(%(disputed)s)
       AND contact.commercial_partner_id <> ALL(%(wholly)s)
  ORDER BY 6, 2
"""
SETTLED = """
    SELECT partial.debit_move_id, partial.max_date,
           partial.debit_amount_currency::float8
      FROM account_partial_reconcile partial
     WHERE partial.debit_move_id = ANY(%s)
"""
BOOKED_BEFORE = """
    SELECT line.move_line_id, line.component, max(line.date_to),
           sum(line.amount_unit), sum(line.fee_unit)
      FROM collections_charge_line line
     WHERE line.is_booked AND line.move_line_id = ANY(%s)
  GROUP BY 1, 2
"""
# Customers reminded for free in the first days of a document.
NOTIFIED = """
    SELECT DISTINCT line.id
      FROM account_move_line line
      JOIN res_partner contact ON contact.id = line.partner_id
      JOIN collections_reminder rem
        ON rem.partner_id = contact.commercial_partner_id
       AND rem.company_id = line.company_id AND rem.state = ANY(%s)
       AND rem.date BETWEEN coalesce(line.date_maturity, line.date)
                        AND coalesce(line.date_maturity, line.date) + %s
     WHERE line.id = ANY(%s)
"""
# A rate of the unit older than that is no rate of the day.
FRESH = timedelta(days=10)


class CollectionsChargeProposer(models.AbstractModel):
    """Calculates interest and fees of cases: so many statements, however many cases."""

    _name = "collections.charge.proposer"
    _description = "Calculation of Interest and Fees"

    @api.model
    def _propose(self, cases):
        """Put fresh proposals in the place of those of cases; return them."""
        charges = self.env["collections.charge"].sudo()
        charges._void_lost(cases)
        charges.search(
            [("case_id", "in", cases.ids), ("state", "=", "proposed")]
        ).unlink()
        values = []
        for company, own in cases.sudo().grouped("company_id").items():
            today = company._collections_today()
            values += self._propose_values(own, today)
        return charges.create(values)

    @api.model
    def _void_lost(self, cases):
        """Free the days of invoices that were deleted or cancelled."""
        lost = self.sudo().search(
            [
                ("case_id", "in", cases.ids),
                ("state", "=", "booked"),
                "|",
                ("move_id", "=", False),
                ("move_id.state", "=", "cancel"),
            ]
        )
        lost.line_ids.is_booked = False
        lost.state = "void"

    @api.model
    def _propose_values(self, cases, today) -> list[dict]:
        """Return values of charges of cases of one company, to a day."""
        found = []
        by_rule = defaultdict(cases.browse)
        rules = self.env["collections.interest.rule"]._of_cases(cases)
        for case, rule in rules.items():
            if rule._charges_anything():
                by_rule[rule] |= case
        for rule, own in by_rule.items():
            found += self._of_rule(rule, own, today)
        return found

    @api.model
    def _of_rule(self, rule, cases, today) -> list[dict]:
        company = cases.company_id
        late = self._late(rule, cases, today)
        line_ids = [row[1] for row in late]
        facts = {
            "settled": self._settled(line_ids),
            "booked": self._booked(line_ids),
            "notified": self._notified(line_ids) if rule.fee == CHILE else set(),
        }
        case_of = {case.partner_id.id: case for case in cases}
        lines = defaultdict(list)
        documents = defaultdict(list)
        for row in late:
            case = case_of[row[0]]
            currency = self.env["res.currency"].browse(row[4])
            documents[case, currency].append(row)
            lines[case, currency] += self._interest_lines(
                rule, row, currency, facts, today
            )
            lines[case, currency] += self._flat_lines(
                rule, row, currency, company, facts, today
            )
        if rule.fee == CHILE:
            for (case, currency), rows in documents.items():
                lines[case, currency] += self._fee_lines(
                    rule, rows, currency, company, facts, today
                )
        return [
            {
                "case_id": case.id,
                "rule_id": rule.id,
                "currency_id": currency.id,
                "date": today,
                "line_ids": [Command.create(values) for values in own],
            }
            for (case, currency), own in lines.items()
            if own
        ]

    # === READING === #

    @api.model
    def _late(self, rule, cases, today) -> list[tuple]:
        Ledger = self.env["collections.ledger"]
        company = cases.company_id
        self.env["account.move"].flush_model(["name", "state"])
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["collections.charge"].flush_model()
        self.env["collections.charge.line"].flush_model()
        self.env["collections.charge.line"]._relink(
            SQL("own.move_line_id IS NULL AND own.company_id = %s", company.id)
        )
        disputed = self.env["collections.dispute"]._disputed(
            company, today, cases.partner_id
        )
        return self.env.execute_query(
            SQL(
                LATE,
                lines=Ledger._line_conditions_sql(company.ids, cases.partner_id.ids),
                today=today,
                with_paid=rule.with_paid,
                since=rule.date_from or today.replace(year=today.year - 1, day=1),
                disputed=[line for own in disputed.values() for line in own if line],
                wholly=[partner for partner, own in disputed.items() if None in own],
            )
        )

    @api.model
    def _settled(self, line_ids) -> dict:
        found = defaultdict(list)
        for line_id, *part in self.env.execute_query(SQL(SETTLED, line_ids)):
            found[line_id].append(tuple(part))
        return found

    @api.model
    def _booked(self, line_ids) -> dict:
        return {
            (line_id, component): rest
            for line_id, component, *rest in self.env.execute_query(
                SQL(BOOKED_BEFORE, line_ids)
            )
        }

    @api.model
    def _notified(self, line_ids) -> set:
        self.env["collections.reminder"].flush_model()
        rows = self.env.execute_query(
            SQL(NOTIFIED, list(transitions.GONE), interest.CHILE_NOTICE_DAYS, line_ids)
        )
        return {line_id for (line_id,) in rows}

    # === LINES === #

    @api.model
    def _line(self, row, component, start, today, principal, amount, **more) -> dict:
        return {
            "component": component,
            "move_line_id": row[1],
            "move_id": row[2],
            "number": row[3],
            "date_due": row[5],
            "date_from": start,
            "date_to": today,
            "principal": principal,
            "amount": amount,
            **more,
        }

    @api.model
    def _is_due(self, rule, row, today) -> bool:
        return (today - row[5]).days > rule.free_days

    @api.model
    def _interest_lines(self, rule, row, currency, facts, today) -> list[dict]:
        if rule.method == NONE or not self._is_due(rule, row, today):
            return []
        booked = facts["booked"].get((row[1], INTEREST))
        since = max(
            filter(
                None,
                (
                    booked and booked[0],
                    rule.date_from and rule.date_from - timedelta(days=1),
                ),
            ),
            default=None,
        )
        debt = interest.Debt(row[5], row[6], tuple(facts["settled"][row[1]]))
        try:
            found = interest.spans(debt, rule._rates(), today, since)
        except interest.NoRateError as error:
            raise UserError(
                self.env._(
                    "%(rule)s has no rate for %(date)s: add the one that held then, or "
                    "say from when interest counts.",
                    rule=rule.name,
                    date=format_date(self.env, error.args[0]),
                )
            ) from error
        return [
            self._line(
                row,
                INTEREST,
                span.start,
                span.end,
                currency.round(span.principal),
                amount,
                days=span.days,
                rate=span.rate * 100,
            )
            for span in found
            if (amount := currency.round(span.interest))
        ]

    @api.model
    def _flat_lines(self, rule, row, currency, company, facts, today) -> list[dict]:
        known = (row[1], FLAT) in facts["booked"]
        if not rule.flat_fee or known or not self._is_due(rule, row, today):
            return []
        amount = rule.flat_currency_id._convert(rule.flat_fee, currency, company, today)
        return [self._line(row, FLAT, row[5], today, row[6], amount)]

    @api.model
    def _fee_lines(self, rule, rows, currency, company, facts, today) -> list[dict]:
        """Return the customer's fee, spread over the documents it is charged on."""
        fresh = [
            row
            for row in rows
            if row[7] > 0
            and self._is_due(rule, row, today)
            and (row[1], FEE) not in facts["booked"]
        ]
        total = sum(row[7] for row in fresh)
        if not total:
            return []
        unit = self._unit_price(rule, currency, company, today)
        before = [
            facts["booked"][row[1], FEE]
            for row in rows
            if (row[1], FEE) in facts["booked"]
        ]
        fee = interest.chile_fee_left(
            total / unit,
            sum(one[1] for one in before),
            sum(one[2] for one in before),
            notified=all(row[1] in facts["notified"] for row in fresh),
        )
        lines, left = [], currency.round(fee * unit)
        for row in fresh:
            last = row is fresh[-1]
            amount = left if last else currency.round(fee * unit * row[7] / total)
            left -= amount
            lines.append(
                self._line(
                    row,
                    FEE,
                    row[5],
                    today,
                    row[7],
                    currency.round(amount),
                    amount_unit=row[7] / unit,
                    fee_unit=fee * row[7] / total,
                )
            )
        return [line for line in lines if line["amount"] > 0]

    @api.model
    def _unit_price(self, rule, currency, company, today) -> float:
        """Return the price of a unit of the tiers; never made up, never an old one."""
        unit = rule.unit_currency_id
        newest = (
            self.env["res.currency.rate"]
            .sudo()
            .search(
                [
                    ("currency_id", "=", unit.id),
                    ("name", "<=", today),
                    ("company_id", "in", (False, company.root_id.id)),
                ],
                order="name desc",
                limit=1,
            )
        )
        if not newest or newest.name < today - FRESH:
            raise UserError(
                self.env._(
                    "There is no rate of %(unit)s for %(date)s: enter it under "
                    "Accounting, Currencies.",
                    unit=unit.name,
                    date=format_date(self.env, today),
                )
            )
        return unit._convert(1.0, currency, company, today, round=False)

    # === AS INFORMATION === #

    @api.model
    def _shown(self, cases, today) -> dict:
        """Return what statements say: ``{case id: [(currency, amount)]}``.

        Without a rate that it needs it says nothing: no statement waits for that.
        """
        if not self.env["collections.interest.rule"]._any_shown():
            return {}
        found = defaultdict(list)
        rules = self.env["collections.interest.rule"]._of_cases(cases)
        own = cases.filtered(lambda case: rules[case.sudo()].is_shown)
        try:
            proposed = self._propose_values(own, today) if own else ()
        except UserError as error:
            _logger.warning("Late interest is not shown: %s", error)
            return {}
        for values in proposed:
            amount = sum(line[2]["amount"] for line in values["line_ids"])
            currency = self.env["res.currency"].browse(values["currency_id"])
            found[values["case_id"]].append((currency, currency.round(amount)))
        return found
