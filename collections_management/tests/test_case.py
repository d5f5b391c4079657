"""Figures of a case, by hand-computed examples."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, CollectionsCommon, day

FIGURES = (
    "amount_not_due",
    "amount_due_soon",
    "amount_overdue",
    "amount_excluded",
    "amount_credit",
    "amount_to_confirm",
    "amount_overdue_net",
    "amount_actionable",
    "amount_balance",
    "oldest_due_date",
    "days_overdue",
    "item_count",
    "overdue_item_count",
)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCase(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()

    def _figures(self, **expected):
        """Refresh, then compare; what is not named has to be empty."""
        self._refresh()
        case = self._case(self.customer)
        found = {name: case[name] for name in FIGURES if case[name]}
        self.assertEqual(found, expected)
        return case

    def _euro(self, when=None):
        return {"currency_id": self.eur.id, "invoice_date": when or day(-40)}

    # === AMOUNTS === #

    def test_one_currency(self):
        excluded = self._invoices(
            (self.customer, day(-10), 100.0),
            (self.customer, day(-40), 50.0),
            (self.customer, day(7), 30.0),
            (self.customer, day(8), 70.0),
        )[1]
        self._refund(self.customer, 25.0)
        excluded.no_followup = True
        self._figures(
            amount_not_due=100.0,
            amount_due_soon=30.0,
            amount_overdue=150.0,
            amount_excluded=50.0,
            amount_credit=25.0,
            amount_overdue_net=75.0,
            amount_actionable=75.0,
            amount_balance=225.0,
            oldest_due_date=day(-40),
            days_overdue=40,
            item_count=5,
            overdue_item_count=2,
        )

    def test_due_today_is_due_soon_and_not_overdue(self):
        self._invoices((self.customer, TODAY, 10.0), (self.customer, day(-1), 1.0))
        self._figures(
            amount_not_due=10.0,
            amount_due_soon=10.0,
            amount_overdue=1.0,
            amount_overdue_net=1.0,
            amount_actionable=1.0,
            amount_balance=11.0,
            oldest_due_date=day(-1),
            days_overdue=1,
            item_count=2,
            overdue_item_count=1,
        )

    def test_a_foreign_debit_and_a_credit_in_its_currency(self):
        # In May a euro was 2 dollars: 100 EUR = 200, and 30 EUR = 60.
        self._invoices((self.customer, day(-10), 100.0, self._euro()))
        self._refund(self.customer, 30.0, day(-20), **self._euro())
        self._figures(
            amount_overdue=200.0,
            amount_credit=60.0,
            amount_overdue_net=140.0,
            amount_actionable=140.0,
            amount_balance=140.0,
            oldest_due_date=day(-10),
            days_overdue=10,
            item_count=2,
            overdue_item_count=1,
        )

    def test_a_credit_in_another_currency_counts_at_the_rate_of_the_day(self):
        # Today a euro is 2.50 dollars: 50 dollars pay 20 of 100 EUR. What is left,
        # 80 EUR, is in the books with 160.
        self._invoices((self.customer, day(-10), 100.0, self._euro()))
        self._refund(self.customer, 50.0)
        case = self._figures(
            amount_overdue=200.0,
            amount_credit=50.0,
            amount_overdue_net=160.0,
            amount_actionable=160.0,
            amount_balance=150.0,
            oldest_due_date=day(-10),
            days_overdue=10,
            item_count=2,
            overdue_item_count=1,
        )
        self.assertEqual(case.amount_overdue_net, self._decision().net)

    def test_own_currency_first_then_the_others(self):
        # 50 EUR of credit: 20 for the euro debit, 30 EUR = 75 dollars for the rest.
        self._invoices(
            (self.customer, day(-30), 100.0),
            (self.customer, day(-10), 20.0, self._euro(day(-5))),
        )
        self._refund(self.customer, 50.0, day(-4), **self._euro(day(-4)))
        self._refresh()
        self.assertEqual(self._case(self.customer).amount_overdue_net, 25.0)
        self.assertEqual(self._decision().net, 25.0)

    def _decision(self):
        decisions, _history = self.env["collections.planner"]._evaluate(
            self.company, TODAY, self.customer.ids
        )
        return decisions[self.customer.id]

    def test_credits_never_make_a_negative_amount(self):
        self._invoices((self.customer, day(-10), 100.0))
        self._on_account(self.customer, 250.0)
        self._figures(
            amount_overdue=100.0,
            amount_credit=250.0,
            amount_balance=-150.0,
            oldest_due_date=day(-10),
            days_overdue=10,
            item_count=2,
            overdue_item_count=1,
        )

    def test_falls_to_zero_when_paid(self):
        moves = self._invoices((self.customer, day(-10), 100.0))
        self._refresh()
        self._pay(moves)
        case = self._figures()
        self.assertEqual(case.stage_kind, "up_to_date")
        self.assertEqual(case.idle_reason, "nothing_open")
        self.assertEqual(case.last_payment_date, TODAY)
        self.assertEqual(case.last_payment_amount, 100.0)

    # === TO CONFIRM === #

    def test_pending_transaction_is_to_confirm_and_not_actionable(self):
        moves = self._invoices((self.customer, day(-10), 100.0))
        self._transaction(moves, 80.0)
        case = self._figures(
            amount_overdue=100.0,
            amount_to_confirm=80.0,
            amount_overdue_net=100.0,
            amount_actionable=20.0,
            amount_balance=100.0,
            oldest_due_date=day(-10),
            days_overdue=10,
            item_count=1,
            overdue_item_count=1,
        )
        self.assertEqual(case.next_level_id, self.levels[3])

    def _transaction(self, moves, amount, state="pending"):
        method = self.env["payment.method"].search([], limit=1)
        method = method or self.env["payment.method"].create(
            {"name": "Method", "code": "test_method"}
        )
        provider = self.env["payment.provider"].create(
            {"name": "Provider", "code": "none", "company_id": self.company.id}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "transaction",
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_redirect",
                "state": state,
                "invoice_ids": [(6, 0, moves.ids)],
            }
        )

    def test_failed_transaction_confirms_nothing(self):
        moves = self._invoices((self.customer, day(-10), 100.0))
        transaction = self._transaction(moves, 100.0)
        self._refresh()
        self.assertEqual(self._case(self.customer).amount_to_confirm, 100.0)
        transaction.state = "error"
        self._refresh()
        self.assertFalse(self._case(self.customer).amount_to_confirm)

    def test_payment_without_entry_is_to_confirm(self):
        """As the Accounting app of Enterprise makes them."""
        moves = self._invoices((self.customer, day(-10), 100.0))
        self.inbound_payment_method_line.payment_account_id = False
        with patch.object(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda self: "in_payment",
        ):
            payment = self._pay(moves, 60.0)
        self.assertFalse(payment.move_id)
        case = self._figures(
            amount_overdue=100.0,
            amount_to_confirm=60.0,
            amount_overdue_net=100.0,
            amount_actionable=40.0,
            amount_balance=100.0,
            oldest_due_date=day(-10),
            days_overdue=10,
            item_count=1,
            overdue_item_count=1,
        )
        payment.action_reject()
        self._follow()
        case.invalidate_recordset()
        self.assertFalse(case.amount_to_confirm)

    # === HISTORY === #

    def test_average_days_late_is_weighted_by_amount(self):
        late, early, old = self._invoices(
            (self.customer, day(-60), 100.0),
            (self.customer, day(-40), 300.0),
            (self.customer, day(-500), 900.0),
        )
        self._pay(late, when=day(-50))  # 10 days late
        self._pay(early, when=day(-45))  # early counts as 0
        self._pay(old, when=day(-400))  # not in the last 12 months
        self._refresh()
        case = self._case(self.customer)
        # Nothing is open: a case of its own only begins with an open item.
        self.assertFalse(case)
        self._invoices((self.customer, day(10), 5.0))
        self._refresh()
        case = self._case(self.customer)
        self.assertEqual(case.average_days_late, 2.5)
        self.assertTrue(case.has_paid)

    def test_never_late_is_not_never_paid(self):
        moves = self._invoices(
            (self.customer, day(-20), 100.0), (self.customer, day(5), 1.0)
        )
        self._refresh()
        case = self._case(self.customer)
        self.assertEqual((case.average_days_late, case.has_paid), (0.0, False))
        self._pay(moves[0], when=day(-25))
        self._refresh()
        case.invalidate_recordset()
        self.assertEqual((case.average_days_late, case.has_paid), (0.0, True))

    def test_only_money_counts_as_paid(self):
        moves = self._invoices(
            (self.customer, day(-20), 100.0), (self.customer, day(5), 1.0)
        )
        self._reconcile(moves[0], self._refund(self.customer, 100.0))
        self._refresh()
        self.assertFalse(self._case(self.customer).has_paid)

    def test_a_bounced_payment_is_not_money_received(self):
        moves = self._invoices((self.customer, day(-20), 100.0))
        payment = self._pay(moves, when=day(-5))
        payment.move_id._reverse_moves([{"date": day(-1)}], cancel=True)
        self._refresh()
        self.assertFalse(self._case(self.customer).has_paid)

    # === PEOPLE === #

    def test_salesperson_of_the_customer_else_of_the_newest_open_invoice(self):
        self._make_users("salesperson", "other_salesperson")
        paid = self._invoices(
            (self.customer, day(-30), 1.0, {"invoice_user_id": self.salesperson.id}),
            (
                self.customer,
                day(10),
                1.0,
                {
                    "invoice_user_id": self.other_salesperson.id,
                    "invoice_date": day(-2),
                },
            ),
        )[1]
        self._refresh()
        case = self._case(self.customer)
        self.assertEqual(case.salesperson_id, self.other_salesperson)
        self._pay(paid)
        self._refresh()
        case.invalidate_recordset()
        self.assertEqual(case.salesperson_id, self.salesperson)
        self.customer.user_id = self.other_salesperson
        self._refresh()
        case.invalidate_recordset()
        self.assertEqual(case.salesperson_id, self.other_salesperson)

    def test_default_collector(self):
        self._make_users("collector")
        self.company.collections_collector_id = self.collector
        self._invoices((self.customer, day(-10), 100.0))
        self._refresh()
        self.assertEqual(self._case(self.customer).collector_id, self.collector)

    # === REFRESHING === #

    def test_companies_do_not_mix(self):
        self._setup_second_company()
        self._invoices((self.customer, day(-10), 100.0))
        self._invoices((self.customer, day(-20), 7.0), company=self.company_2)
        self._refresh()
        self.assertEqual(self._case(self.customer).amount_overdue, 100.0)
        self.assertFalse(self._case(self.customer, self.company_2))
        self.Case.with_company(self.company_2).refresh()
        other = self._case(self.customer, self.company_2)
        self.assertEqual(other.amount_overdue, 7.0)
        self.assertEqual(other.currency_id, self.eur)
        self.assertEqual(self._case(self.customer).amount_overdue, 100.0)

    def test_only_changed_rows_are_written(self):
        customers = self._customers(3)
        moves = self._invoices(*[(c, day(-10), 100.0) for c in customers])
        self.assertEqual(self._refresh(), 3)
        self.assertEqual(self._refresh(), 0)
        self.env.cr.execute("UPDATE collections_case SET write_date = '2024-01-01'")
        self._pay(moves[1])
        self.assertEqual(self._refresh(), 1)
        self.Case.invalidate_model()
        written = self.Case.search([("write_date", ">", "2024-01-02")])
        self.assertEqual(written.partner_id, customers[1])

    def test_refresh_of_some_customers_leaves_the_others(self):
        customers = self._customers(2)
        self._invoices(*[(c, day(-10), 100.0) for c in customers])
        contact = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": customers[0].id}
        )
        self.assertEqual(self.Case.refresh(contact.ids), 1)
        self.assertTrue(self._case(customers[0]))
        self.assertFalse(self._case(customers[1]))

    def test_same_number_of_statements_for_one_and_for_fifty(self):
        one, many = self._customers(1), self._customers(50)
        self._invoices(*[(c, day(-10), 100.0) for c in one + many])
        self._refresh()
        counts = []
        for customers in (one, one, many):  # the first one warms caches
            self._invoices(*[(c, day(-20), 5.0) for c in customers])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.Case.refresh(customers.ids), len(customers))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[1], 60)
