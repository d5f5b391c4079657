"""Cheques of a later date: what they cover, until when, and what becomes of them."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCheque(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users(
            "collector", "supervisor", "salesperson", "accountant", "internal"
        )
        cls.company.collections_treasurer_id = cls.accountant
        cls.customer = cls._customer()
        cls.moves = cls._invoices(
            (cls.customer, day(-30), 300.0), (cls.customer, day(-10), 200.0)
        )
        cls.Case.refresh()
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])
        cls.case.collector_id = cls.collector

    def _register(self, moves=None, amount=300.0, when=None, user=None, **values):
        """Register cheques as the dialog does; return them."""
        items = self.Item.search([("move_id", "in", (moves or self.moves).ids)])
        dialog = (
            self.env["collections.promise.make"]
            .with_user(user or self.collector)
            .create(
                {
                    "case_id": self.case.id,
                    "kind": "cheque",
                    "amount": amount,
                    "date": when or day(20),
                    "number": "0042",
                    "bank": "Banco Ejemplo",
                    "item_ids": [(6, 0, items.ids)],
                    **values,
                }
            )
        )
        dialog.action_save()
        self.case.invalidate_recordset()
        return self.env["collections.cheque"].search([], order="id")

    def _amounts(self):
        self._refresh()
        self.case.invalidate_recordset()
        return self.case.amount_cheque, self.case.amount_actionable

    def _activities(self):
        self.case.invalidate_recordset(["activity_ids"])
        return set(self.case.activity_ids.activity_type_id.mapped("name"))

    # === WHAT IT COVERS === #

    def test_a_cheque_covers_its_documents_until_its_date_and_clearing(self):
        cheque = self._register(self.moves[0])
        self.assertEqual((cheque.state, cheque.amount), ("held", 300.0))
        self.assertEqual(cheque.date_until, day(23))
        self.assertEqual(self._amounts(), (300.0, 200.0))
        self.assertEqual((self.case.next_step, self.case.cheque_count), ("reminder", 1))
        with freeze_time(f"{day(23)} 12:00:00"):
            self.assertEqual(self._amounts(), (300.0, 200.0))
        with freeze_time(f"{day(24)} 12:00:00"):
            self.assertEqual(self._amounts(), (0.0, 500.0))
            # Nobody deposited it: the customer broke nothing.
            self.assertEqual(cheque.promise_id.state, "open")

    def test_the_next_step_is_the_cheque(self):
        self._register(amount=500.0)
        self._refresh()
        self.assertEqual(
            (self.case.next_step, self.case.next_step_date), ("cheque", day(20))
        )
        self.assertEqual(self.case.stage_id.kind, "promised")

    def test_a_row_of_cheques(self):
        made = self._register(amount=250.0, count=2)
        self.assertEqual(made.mapped("number"), ["0042", "0043"])
        self.assertEqual(
            [str(cheque.date) for cheque in made], ["2024-07-07", "2024-08-07"]
        )
        self.assertEqual(
            [cheque.line_ids.mapped("amount") for cheque in made],
            [[250.0], [50.0, 200.0]],
        )
        self.assertEqual(self._amounts(), (500.0, 0.0))

    def test_it_replaces_what_was_promised_of_the_same_documents(self):
        promise = self.env["collections.promise"].create(
            {"case_id": self.case.id, "amount": 500.0, "date": day(5)}
        )
        cheque = self._register(amount=500.0, item_ids=False)
        self.assertEqual(promise.state, "withdrawn")
        self.assertEqual(promise.replaced_by_id, cheque.promise_id)

    def test_several_cheques_do_not_replace_each_other(self):
        self._register(amount=100.0)
        made = self._register(amount=100.0, number="77")
        self.assertEqual(made.promise_id.mapped("state"), ["open", "open"])

    # === WHAT BECOMES OF IT === #

    def test_a_bounced_cheque_is_asked_for_again(self):
        cheque = self._register(self.moves[0])
        action = cheque.with_user(self.collector).action_bounce()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.collector)
            .with_context(**action["context"])
        )
        form.reason = "signature"
        form.save().action_save()
        self.assertEqual((cheque.state, cheque.promise_id.state), ("bounced", "broken"))
        self.assertEqual(self._amounts(), (0.0, 500.0))
        self.assertEqual(self.case.broken_promise_count, 1)
        self.assertEqual(self._activities(), {"Bounced Cheque"})
        text = self.env["collections.interaction"].search(
            [("text", "like", "0042"), ("text", "like", "Bounced")]
        )
        self.assertTrue(text)

    def test_one_that_bounced_may_be_presented_again(self):
        cheque = self._register(self.moves[0]).with_user(self.collector)
        cheque._bounce("funds")
        cheque.action_deposit()
        self.assertEqual((cheque.state, cheque.promise_id.state), ("deposited", "open"))
        self.assertEqual(self._amounts(), (300.0, 200.0))

    def test_given_back_covers_nothing(self):
        cheque = self._register(self.moves[0]).with_user(self.collector)
        cheque.action_return()
        self.assertEqual(
            (cheque.state, cheque.promise_id.state), ("returned", "withdrawn")
        )
        self.assertEqual(self._amounts(), (0.0, 500.0))
        with self.assertRaisesRegex(UserError, "is given back"):
            cheque.action_deposit()

    def test_treasury_is_asked_to_deposit_once(self):
        cheque = self._register(self.moves[0])
        self._refresh()
        self.assertFalse(self._activities())
        with freeze_time(f"{day(20)} 12:00:00"):
            self._refresh()
            self._refresh()
            self.assertTrue(cheque.is_to_deposit)
            activity = self.case.activity_ids
            self.assertEqual(len(activity), 1)
            self.assertEqual(activity.user_id, self.accountant)
        cheque.invalidate_recordset()
        self.assertFalse(cheque.is_to_deposit)

    # === THE PAYMENT IN THE BOOKS === #

    def test_a_payment_dated_ahead_takes_its_place(self):
        """Applied or not, nothing is covered twice."""
        cheque = self._register(self.moves[0])
        payment = self._on_account(self.customer, 300.0, day(20), memo="cheque 42")
        self._refresh()
        self.assertEqual(cheque.payment_id, payment)
        self.assertEqual(cheque.promise_id.state, "kept")
        # The payment covers the older one as a credit; the cheque no longer does.
        self.assertEqual(self._amounts(), (0.0, 200.0))
        self._reconcile(self.moves[0], payment.move_id)
        self.assertEqual(self._amounts(), (0.0, 200.0))

    def test_a_cancelled_payment_is_let_go(self):
        cheque = self._register(self.moves[0])
        payment = self._on_account(self.customer, 300.0, day(20))
        self._refresh()
        self.assertEqual(cheque.payment_id, payment)
        payment.action_draft()
        payment.action_cancel()
        self._refresh()
        self.assertFalse(cheque.payment_id)
        self.assertEqual(cheque.promise_id.state, "open")
        self.assertEqual(self._amounts(), (300.0, 200.0))

    def test_cleared_and_not_in_the_books(self):
        cheque = self._register(self.moves[0]).with_user(self.collector)
        cheque.action_deposit()
        cheque.action_clear()
        self.assertEqual(self._activities(), {"Cheque for the Bank"})
        self.assertEqual(self._amounts(), (300.0, 200.0))
        self._pay(self.moves[0], 300.0, day(20))
        self.assertEqual(self._amounts(), (0.0, 200.0))
        self.assertEqual(cheque.promise_id.state, "kept")
        # After that it came back: treasury undoes the payment, the collector calls.
        cheque._bounce("funds")
        self.assertIn("Bounced Cheque", self._activities())

    # === WHO MAY === #

    def test_who_may_do_what(self):
        with self.assertRaises(AccessError):
            self._register(user=self.salesperson)
        cheque = self._register(self.moves[0])
        for button in ("action_deposit", "action_clear", "action_return"):
            with self.assertRaises(AccessError):
                getattr(cheque.with_user(self.salesperson), button)()
            with self.assertRaises(AccessError):
                getattr(cheque.with_user(self.internal), button)()
        with self.assertRaises(AccessError):
            cheque.with_user(self.collector).state = "cleared"
        with self.assertRaises(UserError):
            cheque.with_user(self.supervisor).unlink()
        cheque.with_user(self.collector).drawer = "Tercero S.A."
        with self.assertRaisesRegex(UserError, "Open the cheque"):
            cheque.promise_id.with_user(self.collector).action_withdraw()

    def test_a_salesperson_sees_those_of_own_customers(self):
        self._register(self.moves[0])
        Cheque = self.env["collections.cheque"].with_user(self.salesperson)
        self.assertFalse(Cheque.search([]))
        self.customer.user_id = self.salesperson
        self._refresh()
        self.assertEqual(len(Cheque.search([])), 1)

    def test_another_company_sees_nothing_of_it(self):
        self._setup_second_company()
        self._register(self.moves[0])
        self.collector.company_ids += self.company_2
        Cheque = self.env["collections.cheque"].with_user(self.collector)
        mine = Cheque.with_context(allowed_company_ids=self.company.ids)
        theirs = Cheque.with_context(allowed_company_ids=self.company_2.ids)
        self.assertEqual((len(mine.search([])), len(theirs.search([]))), (1, 0))
        # Their payment of the same number is not for it.
        payment = self.env["account.payment"].with_company(self.company_2)
        payment = payment.create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 300.0,
                "date": day(20),
                "memo": "0042",
                "journal_id": self.company_data_2["default_journal_bank"].id,
                "currency_id": self.company.currency_id.id,
            }
        )
        payment.action_post()
        self._refresh()
        self.assertFalse(mine.search([]).sudo().payment_id)

    # === WHAT IS REFUSED === #

    def test_the_same_cheque_twice(self):
        self._register(amount=100.0)
        with self.assertRaisesRegex(ValidationError, "registered already"):
            self._register(amount=100.0, bank="banco ejemplo")

    def test_more_than_the_documents(self):
        with self.assertRaisesRegex(UserError, "promise no more"):
            self._register(amount=250.0, count=3)
        with self.assertRaisesRegex(UserError, "from 1 to 60"):
            self._register(count=0)
        with self.assertRaisesRegex(UserError, "number and bank"):
            self._register(number=False)

    def test_in_another_currency(self):
        move = self._invoices(
            (self.customer, day(-5), 80.0, {"currency_id": self.eur.id})
        )
        self._refresh()
        cheque = self._register(move, 80.0, currency_id=self.eur.id)
        self.assertEqual(cheque.currency_id, self.eur)
        # 80 EUR at the rate of the books of 2024-05-13: 0.5.
        self.assertEqual(self._amounts()[0], 160.0)
