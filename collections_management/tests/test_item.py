"""Open items: every figure of ours is built on them."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestItem(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()

    def _items(self, date=None, **context):
        if date:
            context["collections_date"] = str(date)
        return self.Item.with_context(**context).search(
            [("company_id", "=", self.company.id)]
        )

    def _only_item(self, moves):
        return self._items().filtered(lambda item: item.move_id in moves)

    def _entry_on(self, amount, partner=None, **values):
        """Book a debit on the receivable account in the general journal."""
        return self._entry(
            [
                (self.receivable, partner, amount, values),
                (self.company_data["default_account_revenue"], None, -amount),
            ],
            day(-10),
        )

    # === WHAT AN ITEM IS === #

    def test_instalments_count_by_themselves(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 60}
                    ),
                ],
            }
        )
        moves = self._invoices(
            (
                self.customer,
                day(-30),
                1000.0,
                {
                    "invoice_payment_term_id": term.id,
                    "invoice_date": day(-30),
                    "invoice_date_due": False,
                },
            )
        )
        items = self._only_item(moves).sorted("date_due")
        self.assertEqual(items.mapped("amount"), [300.0, 700.0])
        self.assertEqual(items.mapped("date_due"), [day(-30), day(30)])
        self.assertEqual(items.mapped("days_overdue"), [30, 0])
        self.assertEqual(items.mapped("state"), ["overdue", "not_due"])

    def test_due_today_is_not_overdue(self):
        moves = self._invoices(
            (self.customer, TODAY, 10.0), (self.customer, day(-1), 10.0)
        )
        found = {item.move_id: item for item in self._only_item(moves)}
        self.assertEqual(found[moves[0]].state, "not_due")
        self.assertEqual(found[moves[1]].state, "overdue")
        self.assertEqual(found[moves[1]].days_overdue, 1)

    def test_credit_note_and_payment_on_account_are_credits(self):
        refund = self._refund(self.customer, 40.0)
        payment = self._on_account(self.customer, 60.0)
        items = self._items()
        self.assertEqual(
            {item.move_id: (item.amount, item.state) for item in items},
            {refund: (-40.0, "credit"), payment.move_id: (-60.0, "credit")},
        )

    def test_line_without_due_date_ages_from_its_entry(self):
        move = self._entry_on(100.0, self.customer)
        self._receivable_lines(move).date_maturity = False
        item = self._only_item(move)
        self.assertEqual((item.date_due, item.days_overdue), (day(-10), 10))

    def test_line_without_customer_has_no_case_and_counts_in_totals(self):
        move = self._entry_on(100.0)
        self._refresh()
        item = self._only_item(move)
        self.assertEqual(item.amount, 100.0)
        self.assertFalse(item.partner_id)
        self.assertFalse(item.case_id)

    def test_contact_of_the_document_and_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id}
        )
        move = self._invoices((contact, day(-5), 10.0))
        item = self._only_item(move)
        self.assertEqual(item.partner_id, self.customer)
        self.assertEqual(item.contact_id, contact)

    def test_general_journal_is_without_followup_by_default(self):
        move = self._entry_on(100.0, self.customer)
        self.assertTrue(self._only_item(move).no_followup)

    def test_non_trade_account_is_not_collected(self):
        account = self.receivable.copy({"non_trade": True})
        self._entry(
            [
                (account, self.customer, 100.0),
                (self.company_data["default_account_revenue"], None, -100.0),
            ],
            day(-10),
        )
        self.assertFalse(self._items())

    def test_drafts_cancelled_and_vendor_bills_are_no_items(self):
        draft = self._invoices((self.customer, day(-5), 10.0), post=False)
        cancelled = self._invoices((self.customer, day(-5), 10.0))
        cancelled.button_draft()
        cancelled.button_cancel()
        bill = self._invoices(
            (
                self.customer,
                day(-5),
                10.0,
                {
                    "move_type": "in_invoice",
                    "journal_id": self.company_data["default_journal_purchase"].id,
                },
            )
        )
        self.assertFalse(self._only_item(draft | cancelled | bill))

    def test_foreign_currency_shows_both_amounts(self):
        move = self._invoices(
            (
                self.customer,
                day(-5),
                100.0,
                {"currency_id": self.eur.id, "invoice_date": day(-30)},
            )
        )
        item = self._only_item(move)
        self.assertEqual(item.currency_id, self.eur)
        self.assertEqual(item.amount_residual, 100.0)
        self.assertEqual(item.amount, 200.0)  # 0.5 EUR for a dollar in May

    # === WHAT REDUCED IT === #

    def _natures(self, moves):
        item = self._only_item(moves)
        return {
            name: item[f"amount_{name}"]
            for name in ("paid", "credited", "withheld", "adjusted")
            if item[f"amount_{name}"]
        }

    def test_paid_by_payment_and_by_bank_statement(self):
        moves = self._invoices((self.customer, day(-5), 100.0))
        self._pay(moves, 30.0)
        self._pay_by_bank_line(self._receivable_lines(moves), 20.0)
        self.assertEqual(self._natures(moves), {"paid": 50.0})
        self.assertEqual(self._only_item(moves).amount, 50.0)

    def test_credited(self):
        moves = self._invoices((self.customer, day(-5), 100.0))
        self._reconcile(moves, self._refund(self.customer, 40.0))
        self.assertEqual(self._natures(moves), {"credited": 40.0})

    def test_withheld(self):
        journal = self.misc.copy({"name": "Withholdings", "code": "WTH"})
        self.company.collections_withholding_journal_ids = journal
        moves = self._invoices((self.customer, day(-5), 100.0))
        tax = self.company_data["default_account_assets"]
        certificate = self._entry(
            [(self.receivable, self.customer, -15.0), (tax, None, 15.0)],
            day(-1),
            journal,
        )
        self._reconcile(moves, certificate)
        self.assertEqual(self._natures(moves), {"withheld": 15.0})

    def test_adjusted(self):
        moves = self._invoices((self.customer, day(-5), 100.0))
        expense = self.company_data["default_account_expense"]
        write_off = self._entry(
            [(self.receivable, self.customer, -5.0), (expense, None, 5.0)], day(-1)
        )
        self._reconcile(moves, write_off)
        self.assertEqual(self._natures(moves), {"adjusted": 5.0})

    def test_natures_as_of_a_date(self):
        moves = self._invoices((self.customer, day(-50), 100.0))
        self._pay(moves, 30.0, when=day(-20))
        self._pay(moves, 10.0, when=day(-5))
        item = self._items(day(-10))
        self.assertEqual(item.amount_paid, 30.0)
        self.assertEqual(item.amount, 70.0)

    # === IDENTITY WITH THE LEDGER === #

    def _ledger_at(self, date):
        """Return balances by currency, straight from the posted lines."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT line.currency_id, sum(line.balance), sum(line.amount_currency)
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN account_account account ON account.id = line.account_id
                WHERE line.company_id = %s AND move.state = 'posted'
                  AND account.account_type = 'asset_receivable'
                  AND account.non_trade IS NOT TRUE AND line.date <= %s
             GROUP BY line.currency_id""",
            [self.company.id, date],
        )
        rows = self.env.cr.fetchall()
        return {
            currency: (balance, amount)
            for currency, balance, amount in rows
            if balance or amount
        }

    def _sums_at(self, date):
        sums = {}
        for currency, items in self._items(date).grouped("currency_id").items():
            balance = self.company.currency_id.round(sum(items.mapped("amount")))
            amount = currency.round(sum(items.mapped("amount_residual")))
            if balance or amount:
                sums[currency.id] = (balance, amount)
        return sums

    def _busy_ledger(self):
        """Book all that can happen to receivables, also with dates ahead."""
        euro = {"currency_id": self.eur.id, "invoice_date": day(-40)}
        paid, part, euro_paid, euro_part, later, bank = self._invoices(
            (self.customer, day(-60), 100.0),
            (self.customer, day(-45), 333.33),
            (self.customer, day(-20), 100.0, euro),
            (self.customer, day(-20), 77.77, euro),
            (self.customer, day(-10), 500.0),
            (self.customer, day(-8), 12.34),
        )
        self._pay(paid, when=day(-50))
        self._pay(part, 111.11, when=day(-30))
        self._pay(euro_paid, when=day(-5), currency_id=self.eur.id)
        self._pay(euro_part, 33.33, when=day(-5), currency_id=self.eur.id)
        self._pay(later, when=day(20))  # a post-dated cheque
        self._pay_by_bank_line(self._receivable_lines(bank), 12.34, when=day(-3))
        self._reconcile(part, self._refund(self.customer, 22.22, day(-2)))
        self._refund(self.customer, 60.0, day(-15))
        self._on_account(self.customer, 45.67, when=day(-12))
        self._on_account(self.customer, 45.67, when=day(12), currency_id=self.jpy.id)
        self._entry_on(9.99)
        bounced = self._invoices((self.customer, day(-25), 250.0))
        payment = self._pay(bounced, when=day(-15))
        payment.move_id._reverse_moves([{"date": day(-7)}], cancel=True)
        self._invoices((self.customer, day(-5), 10.0), post=False)

    def test_items_equal_the_ledger_on_every_day(self):
        self._busy_ledger()
        for offset in range(-100, 31, 5):
            date = day(offset)
            with self.subTest(date=date):
                self.assertEqual(self._sums_at(date), self._ledger_at(date))

    def test_today_equals_as_of_without_dates_ahead(self):
        self._busy_ledger()
        last = day(30)
        self.assertEqual(self._amounts(None), self._amounts(last))
        # Ahead of today there is a cheque: decisions count it, reports do not.
        self.assertNotEqual(self._amounts(None), self._amounts(TODAY))

    def _amounts(self, date):
        return {
            item.id: (item.amount, item.amount_residual) for item in self._items(date)
        }

    def test_as_of_ages_to_its_date(self):
        moves = self._invoices((self.customer, day(-50), 100.0))
        item = self._items(day(-50))
        self.assertEqual((item.state, item.days_overdue), ("not_due", 0))
        item = self._items(day(-49))
        self.assertEqual((item.state, item.days_overdue), ("overdue", 1))
        self.assertEqual(item.move_id, moves)
        self.assertFalse(self._items(moves.date - timedelta(days=1)))

    def test_other_company_is_not_mixed_in(self):
        self._setup_second_company()
        self._invoices((self.customer, day(-5), 10.0))
        self._invoices((self.customer, day(-5), 99.0), company=self.company_2)
        self.assertEqual(self._items().mapped("amount"), [10.0])
