"""What a customer disputes: who reports it, what it pauses, how it ends."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import NOON, TODAY, CollectionsCommon, day


class DisputeCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "other_salesperson", "collector", "supervisor")
        cls._make_users("accountant")
        cls.customer = cls._customer(user_id=cls.salesperson.id)
        cls.Dispute = cls.env["collections.dispute"]
        cls.reason = cls.env.ref("collections_management.dispute_reason_quality")

    def _items(self, moves):
        return self.Item.search([("move_id", "in", moves.ids), ("amount", ">", 0)])

    def _dispute(self, moves=None, amount=None, user=None, customer=None, **values):
        """Report an issue, as the collector or somebody else does in the dialog."""
        self._refresh()
        user = user or self.collector
        items = self._items(moves) if moves else self.Item
        dialog = (
            self.env["collections.dispute.report"]
            .with_user(user)
            .create(
                {
                    "case_id": self._case(customer or self.customer).id,
                    "reason_id": self.reason.id,
                    "item_ids": [Command.set(items.ids)],
                    **({} if amount is None else {"amount": amount}),
                    **values,
                }
            )
        )
        before = self.Dispute.search([])
        dialog.action_report()
        self._follow()
        return self.Dispute.search([]) - before

    def _answer(self, dispute, resolution, user=None, **values):
        dialog = (
            self.env["collections.dispute.resolve"]
            .with_user(user or self.collector)
            .create({"dispute_id": dispute.id, "resolution": resolution, **values})
        )
        return dialog.action_apply()

    def _logged(self):
        return self.env["collections.interaction"].search(
            [("partner_id", "=", self.customer.id), ("reminder_id", "=", False)]
        )


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDispute(DisputeCommon):
    # === OPENING === #

    def test_reported_by_a_salesperson(self):
        """R29, R30: without any right in accounting; the collector has it to do."""
        self.company.collections_collector_id = self.collector
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(
            move, user=self.salesperson, description="Two boxes were broken"
        )
        self.assertRecordValues(
            dispute,
            [
                {
                    "state": "open",
                    "partner_id": self.customer.id,
                    "reporter_id": self.salesperson.id,
                    "user_id": self.collector.id,
                    "date_opened": TODAY,
                    "date_deadline": day(self.reason.days),
                    "amount": 300.0,
                    "is_whole": False,
                }
            ],
        )
        activity = dispute.activity_ids
        self.assertEqual(activity.user_id, self.collector)
        self.assertEqual(activity.date_deadline, dispute.date_deadline)
        self.assertIn("Two boxes were broken", self._logged().text)
        self.assertEqual(self._logged().user_id, self.salesperson)
        followers = dispute.message_partner_ids
        self.assertLessEqual((self.salesperson | self.collector).partner_id, followers)

    def test_usual_owner_of_a_reason(self):
        self.reason.with_company(self.company).user_id = self.supervisor
        move = self._invoices((self.customer, day(-10), 300.0))
        self.assertEqual(self._dispute(move).user_id, self.supervisor)

    def test_dialog_of_a_part(self):
        moves = self._invoices(
            (self.customer, day(-10), 300.0), (self.customer, day(-5), 100.0)
        )
        self._refresh()
        first, second = self._items(moves)
        with Form(
            self.env["collections.dispute.report"]
            .with_user(self.salesperson)
            .with_context(default_case_id=self._case(self.customer).id)
        ) as form:
            form.reason_id = self.reason
            form.item_ids.add(first)
            self.assertEqual(form.amount, 300.0)
            form.amount = 40.0
            form.item_ids.add(second)
            self.assertFalse(form.is_single)

    def test_wrong_parts_are_refused(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        for amount in (0.0, -1.0, 300.01):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self._dispute(move, amount)

    def test_documents_of_another_customer_are_refused(self):
        other = self._customer("Other")
        move = self._invoices((other, day(-10), 300.0))
        self._invoices((self.customer, day(-10), 300.0))
        with self.assertRaises(UserError):
            self._dispute(move)

    def test_not_of_somebody_elses_customer(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        with self.assertRaises(AccessError):
            self._dispute(move, user=self.other_salesperson)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.other_salesperson).action_collections_issue()

    def test_from_the_partner_and_from_the_invoice(self):
        """R29: also in the seconds before the customer has a case."""
        move = self._invoices((self.customer, day(-10), 300.0))
        self.assertFalse(self._case(self.customer))
        seller = new_test_user(
            self.env,
            "test_seller",
            groups="collections_management.group_salesperson,"
            "account.group_account_invoice",
            company_id=self.company.id,
        )
        for user, record in (
            (self.salesperson, self.customer),
            (seller, move),
        ):
            context = record.with_user(user).action_collections_issue()["context"]
            case = self._case(self.customer)
            self.assertEqual(context["default_case_id"], case.id)
        self.assertEqual(
            context["default_item_ids"], [Command.set(self._items(move).ids)]
        )
        self.assertEqual(case.salesperson_id, self.salesperson)

    # === PAUSING === #

    def test_whole_document(self):
        """R29: the document is not asked for any more, the others are."""
        moves = self._invoices(
            (self.customer, day(-10), 300.0), (self.customer, day(-10), 100.0)
        )
        self._dispute(moves[0])
        case = self._case(self.customer)
        self.assertEqual(
            (case.amount_overdue, case.amount_disputed, case.amount_actionable),
            (400.0, 300.0, 100.0),
        )
        reminder = self._run_and_send().reminder_ids
        self.assertEqual(reminder.trigger_move_id, moves[1])
        self.assertEqual(reminder.amount_net, 100.0)

    def test_part_of_a_document(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        self._dispute(move, 200.0)
        case = self._case(self.customer)
        self.assertEqual((case.amount_disputed, case.amount_actionable), (200.0, 100.0))
        self.assertEqual(case.stage_kind, "overdue")
        self.assertEqual(self._run_and_send().sent_count, 1)

    def test_whole_account(self):
        self._invoices((self.customer, day(-10), 300.0))
        self._dispute()
        # Also what is invoiced later.
        self._invoices((self.customer, day(-5), 50.0))
        self._refresh()
        case = self._case(self.customer)
        self.assertEqual((case.amount_disputed, case.amount_actionable), (350.0, 0.0))
        self.assertEqual(case.stage_kind, "disputed")
        self.assertEqual(case.idle_reason, "paused")
        self.assertFalse(self._run_and_send().reminder_ids)

    def test_one_dispute_among_nine_overdue_items_stays_in_its_column(self):
        moves = self._invoices(
            *[(self.customer, day(-12 - n), 200.0) for n in range(10)]
        )
        self._run_and_send()
        self._follow()
        case = self._case(self.customer)
        before = case.stage_id
        self.assertEqual(case.stage_kind, "level")
        self._dispute(moves[3])
        self.assertEqual(case.stage_id, before)
        self.assertEqual(case.open_dispute_count, 1)
        self.assertEqual(
            (case.amount_disputed, case.amount_actionable), (200.0, 1800.0)
        )

    def test_planned_before_the_dispute_is_cancelled_by_the_gate(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        run = self._run()
        self._dispute(move)
        run.flush()
        self.assertEqual(
            (run.reminder_ids.state, run.reminder_ids.reason), ("cancelled", "disputed")
        )

    def test_other_currency(self):
        euros = {"currency_id": self.eur.id}
        move = self._invoices((self.customer, day(-10), 100.0, euros))
        dispute = self._dispute(move, 40.0)
        self.assertEqual(dispute.line_ids.amount, 40.0)
        item = self._items(move)
        self.assertAlmostEqual(dispute.amount, item.amount * 0.4)
        self.assertAlmostEqual(
            self._case(self.customer).amount_disputed, item.amount * 0.4
        )

    def test_what_a_customer_entered_pauses_until_its_limit(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        self._refresh()
        dispute = self.Dispute._open(
            [
                {
                    "case": self._case(self.customer),
                    "reason_id": self.reason.id,
                    "items": {self._items(move).id: None},
                    "date_pause_end": day(3),
                    "reporter_id": False,
                    "channel": "portal",
                }
            ]
        )
        self.assertEqual(self._logged().channel, "portal")
        with freeze_time(day(3)):
            self._refresh()
            self.assertFalse(self._case(self.customer).amount_actionable)
        with freeze_time(day(4)):
            self._refresh()
            self.assertEqual(self._case(self.customer).amount_actionable, 300.0)
            dispute.with_user(self.collector).action_take_on()
            self._refresh()
            self.assertFalse(self._case(self.customer).amount_actionable)
        self.assertEqual(dispute.user_id, self.collector)

    # === PAST DAYS AND VOLUME === #

    def test_past_days_know_what_was_disputed_then(self):
        move = self._invoices((self.customer, day(-40), 300.0))
        self._refresh()
        dispute = self.Dispute._open(
            [
                {
                    "case": self._case(self.customer),
                    "reason_id": self.reason.id,
                    "items": {self._items(move).id: None},
                    "date_opened": day(-30),
                }
            ]
        )
        self._pay(move, when=day(-10))
        self._follow()
        self.assertEqual((dispute.state, dispute.date_closed), ("paid", day(-10)))
        for offset, paused in ((-31, False), (-30, True), (-11, True), (-10, False)):
            found = self.Dispute._disputed(self.company, day(offset), self.customer)
            with self.subTest(offset=offset):
                self.assertEqual(bool(found), paused)

    def test_constant_number_of_statements(self):
        customers = self._customers(8)
        moves = self._invoices(*[(c, day(-10), 100.0) for c in customers])
        self._refresh()
        self._open_all(moves)
        counts = []
        for partner_ids in (customers[:1].ids, customers.ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Dispute._follow_ledger(self.company, TODAY, partner_ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def _open_all(self, moves):
        return self.Dispute._open(
            [
                {
                    "case": self._case(item.partner_id),
                    "reason_id": self.reason.id,
                    "items": {item.id: None},
                }
                for item in self._items(moves)
            ]
        )
