"""The total is the balance of the ledger, at any date (O1)."""

import random
from datetime import date, timedelta

from odoo.tests import tagged

from .common import ReportsCommon

START = date(2024, 7, 1)


@tagged("post_install", "-at_install")
class TestAgingIdentity(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20240701)
        cls.customers = cls._customers(6)
        cls._random_ledger()
        cls._setup_second_company()
        cls.second = cls._customers(2)
        cls._invoices(
            *(
                (
                    customer,
                    START + timedelta(days=40 * number),
                    100 + number,
                    {"invoice_date": START + timedelta(days=10 * number)},
                )
                for number, customer in enumerate(cls.second, 1)
            ),
            company=cls.company_2,
        )

    @classmethod
    def _some_day(cls, first=0, last=365):
        return START + timedelta(days=cls.random.randint(first, last))

    @classmethod
    def _random_ledger(cls):
        """Invoices, credit notes, partial and early payments, two currencies."""
        specs = []
        for number in range(36):
            issued = cls._some_day()
            values = {} if number % 3 else {"currency_id": cls.eur.id}
            if number % 9 == 8:
                values["move_type"] = "out_refund"
            due = issued + timedelta(days=cls.random.choice((0, 15, 30, 60)))
            amount = cls.random.randint(1_000, 99_999) / 100
            specs.append(
                (cls.random.choice(cls.customers), issued, due, amount, values)
            )
        moves = cls._dated_invoices(*specs)
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        for move in invoices[:20]:
            part = cls.random.choice((1.0, 0.5, 0.3))
            when = move.date + timedelta(days=cls.random.randint(-20, 120))
            cls._pay(move, move.currency_id.round(move.amount_total * part), when)
        for move in moves - invoices:
            open_ones = invoices.filtered(
                lambda i, move=move: (
                    i.amount_residual
                    and i.partner_id == move.partner_id
                    and i.currency_id == move.currency_id
                )
            )
            if open_ones:
                cls._reconcile(move, open_ones[0])
        cls._on_account(cls.customers[0], 123.45, cls._some_day())
        # A post-dated cheque: entered as a payment of a later day.
        cls._on_account(cls.customers[1], 67.89, date(2026, 1, 15))

    def _residuals(self, when, company):
        """Rebuild residuals by hand, from each line and its reconciliations."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
                ("date", "<=", when),
            ]
        )
        found = {}
        for line in lines:
            debits = line.matched_credit_ids.filtered(lambda p: p.max_date <= when)
            credits_ = line.matched_debit_ids.filtered(lambda p: p.max_date <= when)
            amount = (
                line.balance
                - sum(debits.mapped("amount"))
                + sum(credits_.mapped("amount"))
            )
            if abs(amount) > 0.001:
                found[line] = amount
        return found

    def test_totals_are_the_balance_of_the_ledger(self):
        for _number in range(50):
            when = self._some_day(-10, 700)
            with self.subTest(when=when):
                aging = self.Aging.get_aging(when)
                self.assertAlmostEqual(aging["total"], self._balance(when), 2)
                rows = sum(row["total"] for row in aging["rows"])
                self.assertAlmostEqual(rows, aging["total"], 2)

    def test_buckets_are_those_made_by_hand(self):
        for _number in range(12):
            when = self._some_day(0, 500)
            with self.subTest(when=when):
                aging = self.Aging.get_aging(when)
                by_hand = [0.0] * 7
                residuals = self._residuals(when, self.company)
                for line, amount in residuals.items():
                    days = (when - (line.date_maturity or line.date)).days
                    place = sum(days > limit for limit in (0, 30, 60, 90, 120))
                    by_hand[6 if amount < 0 else place] += amount
                for mine, theirs in zip(by_hand, aging["amounts"], strict=True):
                    self.assertAlmostEqual(mine, theirs, 2)
                self.assertEqual(aging["item_count"], len(residuals))

    def test_two_companies(self):
        """At the rate of the date: 0.4 euros are one dollar, hence 2.5."""
        both = self.company | self.company_2
        for _number in range(8):
            when = self._some_day(0, 500)
            own = self._balance(when, self.company)
            other = self._balance(when, self.company_2)
            aging = self.Aging.get_aging(when, both.ids, group_by="company_id")
            self.assertAlmostEqual(aging["total"], own + other * 2.5, 1)

    def test_today_without_later_dates_is_the_residual(self):
        """Rule 2: without dates ahead, reports and decisions say the same."""
        when = date(2027, 1, 1)
        query = self.env["collections.ledger"]._open_lines_sql(self.company.ids)
        items = self.env.execute_query(query)
        aging = self.Aging.get_aging(when)
        self.assertEqual(aging["item_count"], len(items))
