"""What may not go out at the moment of sending, and what says so."""

from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestGate(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()

    def _planned(self, *specs):
        """Plan one reminder, and leave it in the outbox."""
        moves = self._invoices(*specs or [(self.customer, day(-10), 500.0)])
        run = self._run()
        self.assertEqual(run.planned_count, 1)
        return moves, run

    def _sent_as(self, run):
        run.flush()
        return run.reminder_ids.state, run.reminder_ids.reason

    def _activities(self, kind):
        return self._case(self.customer).activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref(f"collections_management.mail_activity_type_{kind}")
            )
        )

    # === WHAT THE ANCHOR GETS WRONG (M1 to M5) === #

    def test_m1_paid_between_plan_and_send(self):
        moves, run = self._planned()
        self._pay(moves)
        self.assertEqual(self._sent_as(run), ("cancelled", "paid"))

    def test_m1_paid_and_followed_before_sending(self):
        moves, run = self._planned()
        self._pay(moves)
        self._follow()
        run.reminder_ids.invalidate_recordset()
        self.assertEqual(run.reminder_ids.state, "cancelled")
        self.assertEqual(self._sent_as(run), ("cancelled", "paid"))

    def test_m2_credit_note_after_the_plan(self):
        _moves, run = self._planned()
        self._refund(self.customer, 500.0)
        self.assertEqual(self._sent_as(run), ("cancelled", "covered"))

    def test_m2_payment_on_account_after_the_plan(self):
        _moves, run = self._planned()
        self._on_account(self.customer, 500.0)
        self.assertEqual(self._sent_as(run), ("cancelled", "covered"))

    def test_m2_covered_from_the_start_asks_to_reconcile_once(self):
        self._invoices((self.customer, day(-10), 500.0))
        self._refund(self.customer, 450.0)
        self._on_account(self.customer, 49.5)
        for _run in range(2):
            self.assertFalse(self._run_and_send().reminder_ids)
        self._follow()
        self.assertEqual(self._case(self.customer).next_step, "activity")
        self.assertEqual(len(self._activities("reconcile")), 1)

    def test_m2_part_covered_shows_debits_credits_and_net(self):
        self._invoices((self.customer, day(-10), 500.0))
        self._refund(self.customer, 450.0)
        reminder = self._run_and_send().reminder_ids
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(
            (reminder.amount_debit, reminder.amount_credit, reminder.amount_net),
            (500.0, 450.0, 50.0),
        )

    def test_m3_no_followup(self):
        moves = self._invoices((self.customer, day(-10), 500.0))
        moves.no_followup = True
        self.assertFalse(self._run_and_send().reminder_ids)
        self.assertEqual(self._case(self.customer).amount_overdue, 500.0)

    def test_m3_no_followup_after_the_plan(self):
        moves, run = self._planned()
        moves.no_followup = True
        self.assertEqual(self._sent_as(run)[0], "cancelled")

    def test_m3_no_followup_never_takes_a_credit_out_of_netting(self):
        self._invoices((self.customer, day(-10), 500.0))
        self._refund(self.customer, 500.0).no_followup = True
        self.assertFalse(self._run_and_send().reminder_ids)

    def test_m4_tolerance_is_in_company_currency(self):
        """300 yen are 2 dollars."""
        self.policy.tolerance = 10.0
        yen = {"currency_id": self.jpy.id}
        self._invoices((self.customer, day(-10), 300.0, yen))
        self.assertFalse(self._run_and_send().reminder_ids)
        self._invoices((self.customer, day(-10), 1500.0, yen))
        self.assertEqual(self._run_and_send().sent_count, 1)

    def test_tolerance_boundary(self):
        self.policy.tolerance = 10.0
        self._invoices((self.customer, day(-10), 10.0))
        self.assertFalse(self._run_and_send().reminder_ids)
        self._invoices((self.customer, day(-10), 0.01))
        self.assertEqual(self._run_and_send().sent_count, 1)

    def test_minimum_amount(self):
        self.policy.minimum_amount = 100.0
        self._invoices((self.customer, day(-10), 99.0))
        self.assertFalse(self._run_and_send().reminder_ids)
        self.assertEqual(self._case(self.customer).idle_reason, "below_minimum")
        self._invoices((self.customer, day(-10), 1.0))
        self.assertEqual(self._run_and_send().sent_count, 1)

    # === FRESH AMOUNTS === #

    def test_part_paid_after_the_plan_sends_the_rest(self):
        moves, run = self._planned()
        self._pay(moves, 123.45)
        self.assertEqual(self._sent_as(run)[0], "sent")
        self.assertEqual(run.reminder_ids.amount_net, 376.55)
        self.assertIn("376.55", run.reminder_ids.body)
        self.assertNotIn("500.00", run.reminder_ids.body)

    def test_oldest_paid_after_the_plan_waits_for_a_new_plan(self):
        moves, run = self._planned(
            (self.customer, day(-30), 100.0), (self.customer, day(-10), 70.0)
        )
        self._pay(moves[0])
        self.assertEqual(self._sent_as(run), ("cancelled", "paid"))
        again = self._run_and_send()
        self.assertEqual(again.sent_count, 1)
        self.assertEqual(again.reminder_ids.trigger_move_id, moves[1])

    def test_due_date_moved_after_the_plan(self):
        moves, run = self._planned()
        moves.invoice_date_due = day(30)
        self.assertEqual(self._sent_as(run)[0], "cancelled")

    # === ADDRESSES === #

    def test_blacklisted(self):
        _moves, run = self._planned()
        self.env["mail.blacklist"].sudo()._add(self.customer.email_normalized)
        self.assertEqual(self._sent_as(run), ("deferred", "blacklisted"))
        self._retry(run)
        self.assertEqual(run.reminder_ids.state, "deferred")
        self.assertEqual(len(self._activities("address")), 1)

    def test_without_address(self):
        self.customer.email = False
        _moves, run = self._planned()
        self.assertEqual(run.no_address_count, 1)
        self.assertEqual(self._sent_as(run), ("deferred", "no_address"))
        self._retry(run)
        self.assertEqual(len(self._activities("address")), 1)
        self.customer.email = "found@example.com"
        self._retry(run, 2)
        self.assertEqual(run.reminder_ids.state, "sent")
        self.assertIn("found@example.com", run.reminder_ids.email_to)

    def _retry(self, run, offset=1):
        with freeze_time(f"{day(offset)} 18:00:00"):
            run.flush()

    def test_unusable_address(self):
        self.customer.email = "this is no address"
        _moves, run = self._planned()
        self.assertEqual(self._sent_as(run), ("deferred", "no_address"))

    def _recipients(self, *contacts):
        """Send one reminder; return who got it."""
        contact = contacts[0] if contacts else self.customer
        self._invoices((contact, day(-10), 500.0))
        reminder = self._run_and_send().reminder_ids
        self.assertEqual(reminder.state, "sent")
        return reminder.recipient_ids

    def _contact(self, **values):
        return self.env["res.partner"].create(
            {
                "name": "Contact",
                "parent_id": self.customer.id,
                "email": "contact@example.com",
                **values,
            }
        )

    def test_contact_marked_for_collections_comes_first(self):
        self._contact(type="invoice")
        marked = self._contact(collections_contact=True) + self._contact(
            collections_contact=True, email="second@example.com"
        )
        self.assertEqual(self._recipients(), marked)

    def test_then_the_invoice_address(self):
        invoice = self._contact(type="invoice")
        self.assertEqual(self._recipients(), invoice)

    def test_then_the_contact_of_the_document(self):
        contact = self._contact()
        self._contact(email="another@example.com")
        self.assertEqual(self._recipients(contact), contact)

    def test_never_another_contact(self):
        self._contact()
        self.assertEqual(self._recipients(), self.customer)

    # === OPENING BALANCES === #

    def test_opening_balance_is_not_asked_for_and_counted(self):
        self._entry(
            [
                (self.receivable, self.customer, 900.0, {"date_maturity": day(-90)}),
                (self.company_data["default_account_revenue"], None, -900.0),
            ],
            day(-100),
        )
        run = self._run_and_send()
        self.assertFalse(run.reminder_ids)
        self.assertEqual((run.excluded_count, run.excluded_amount), (1, 900.0))
        case = self._case(self.customer)
        self.assertEqual((case.amount_overdue, case.amount_actionable), (900.0, 0.0))

    def test_opening_balance_that_is_followed_up(self):
        move = self._entry(
            [
                (
                    self.receivable,
                    self.customer,
                    900.0,
                    {"date_maturity": day(-90), "name": "Opening invoice 17"},
                ),
                (self.company_data["default_account_revenue"], None, -900.0),
            ],
            day(-100),
        )
        self._receivable_lines(move).no_followup = False
        reminder = self._run_and_send().reminder_ids
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.line_ids.number, "Opening invoice 17")
        self.assertIn("Opening invoice 17", reminder.body)
