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
        cls._setup_second_company()
        cls._random_ledger(cls._customers(6), cls.eur, cls.bank)
        dollar = cls.company.currency_id
        bank = cls.company_data_2["default_journal_bank"]
        cls._random_ledger(cls._customers(4), dollar, bank, company=cls.company_2)

    @classmethod
    def _some_day(cls, first=0, last=365):
        return START + timedelta(days=cls.random.randint(first, last))

    @classmethod
    def _random_ledger(cls, customers, other_currency, bank, company=None):
        """Invoices, credit notes, partial and early payments, two currencies.

        :param other_currency: of every third document
        """
        specs = []
        for number in range(36):
            values = {} if number % 3 else {"currency_id": other_currency.id}
            if number % 9 == 8:
                values["move_type"] = "out_refund"
            issued = cls._some_day()
            due = issued + timedelta(days=cls.random.choice((0, 15, 30, 60)))
            values |= {"invoice_date": issued, "date": issued}
            amount = cls.random.randint(1_000, 99_999) / 100
            specs.append((cls.random.choice(customers), due, amount, values))
        moves = cls._invoices(*specs, company=company)
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        for move in invoices[:20]:
            part = cls.random.choice((1.0, 0.5, 0.3))
            when = move.date + timedelta(days=cls.random.randint(-20, 120))
            amount = move.currency_id.round(move.amount_total * part)
            cls._pay(move, amount, when, journal_id=bank.id)
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
        bank = {"journal_id": bank.id}
        cls._on_account(customers[0], 123.45, cls._some_day(), **bank)
        # A post-dated cheque: entered as a payment of a later day; one on account,
        # one that settles an invoice.
        cls._on_account(customers[1], 67.89, date(2026, 1, 15), **bank)
        [unpaid, *_rest] = invoices.filtered(
            lambda move: move.amount_residual == move.amount_total
        )
        cls._pay(unpaid, None, date(2026, 2, 15), **bank)

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

    def test_the_ledger_has_all_that_is_asked(self):
        """What the identity is shown on, in each company."""
        for company in self.company | self.company_2:
            lines = self.env["account.move.line"].search(
                [
                    ("company_id", "=", company.id),
                    ("account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                ]
            )
            partials = lines.matched_credit_ids
            self.assertEqual(len(lines.currency_id), 2)
            self.assertTrue(partials.debit_move_id.filtered("amount_residual"))
            refunds = lines.filtered(lambda line: line.move_type == "out_refund")
            self.assertTrue(refunds & partials.credit_move_id)
            self.assertTrue(refunds.filtered("amount_residual"))
            self.assertIn(date(2026, 2, 15), partials.mapped("max_date"))

    def test_totals_are_the_balance_of_the_ledger(self):
        """Fifty dates, each company by itself; the other's numbers stay out."""
        for _number in range(50):
            when = self._some_day(-10, 700)
            for company in (self.company, self.company_2):
                with self.subTest(when=when, company=company.name):
                    aging = self.Aging.with_company(company).get_aging(when)
                    balance = self._balance(when, company)
                    self.assertAlmostEqual(aging["total"], balance, 2)
                    rows = sum(row["total"] for row in aging["rows"])
                    self.assertAlmostEqual(rows, aging["total"], 2)

    def test_buckets_are_those_made_by_hand(self):
        for number in range(24):
            company = (self.company, self.company_2)[number % 2]
            when = self._some_day(0, 600)
            with self.subTest(when=when, company=company.name):
                aging = self.Aging.with_company(company).get_aging(when)
                by_hand = [0.0] * 7
                residuals = self._residuals(when, company)
                for line, amount in residuals.items():
                    days = (when - (line.date_maturity or line.date)).days
                    place = sum(days > limit for limit in (0, 30, 60, 90, 120))
                    by_hand[6 if amount < 0 else place] += amount
                for mine, theirs in zip(by_hand, aging["amounts"], strict=True):
                    self.assertAlmostEqual(mine, theirs, 2)
                self.assertEqual(aging["item_count"], len(residuals))

    def test_two_companies(self):
        """Fifty dates, converted at the rate: 0.4 euros are one dollar, hence 2.5."""
        both = self.company | self.company_2
        for _number in range(50):
            when = self._some_day(-10, 700)
            own = self._balance(when, self.company)
            other = self._balance(when, self.company_2)
            with self.subTest(when=when):
                aging = self.Aging.get_aging(when, both.ids, group_by="company_id")
                amounts = {row["key"]: row["total"] for row in aging["rows"]}
                self.assertAlmostEqual(amounts.get(self.company.id, 0), own, 2)
                converted = amounts.get(self.company_2.id, 0)
                self.assertAlmostEqual(converted, other * 2.5, 1)
                self.assertAlmostEqual(aging["total"], own + converted, 2)

    def test_today_without_later_dates_is_the_residual(self):
        """Rule 2: without dates ahead, reports and decisions say the same."""
        when = date(2027, 1, 1)
        query = self.env["collections.ledger"]._open_lines_sql(self.company.ids)
        items = self.env.execute_query(query)
        aging = self.Aging.get_aging(when)
        self.assertEqual(aging["item_count"], len(items))
