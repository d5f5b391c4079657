"""Payment days and reception days: what is planned for when, and who is told."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCustomerDays(CollectionsCommon):
    """Today is Monday, 17 June 2024."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "supervisor", "salesperson", "internal")
        cls.env["collections.alert.rule"].search([]).active = False
        cls.customer = cls._customer()
        cls.Day = cls.env["collections.customer.day"]
        cls.Presentation = cls.env["collections.presentation"]

    def _days(self, *days, kind="payment", partner=None):
        """Enter days as a collector: weekdays, or days of the month over 100."""
        return self.Day.with_user(self.collector).create(
            [
                {
                    "partner_id": (partner or self.customer).id,
                    "kind": kind,
                    "weekday": False if number > 100 else str(number),
                    "month_day": number - 100 if number > 100 else 0,
                }
                for number in days
            ]
        )

    def _planned(self):
        self._refresh()
        case = self._case(self.customer)
        return case.next_step, case.next_step_date

    def _look(self):
        """Refresh, and look for alerts, as the daily run does."""
        self._refresh()
        self.env["collections.alert"]._raise(self.company)
        self._case(self.customer).invalidate_recordset()

    # === WHEN TO ASK === #

    def test_a_reminder_waits_for_the_eve_of_the_payment_day(self):
        self._invoices((self.customer, day(-5), 100.0))
        self.assertEqual(self._planned(), ("reminder", day(0)))
        self._days(4)  # Fridays
        self.assertEqual(self._planned(), ("reminder", day(3)))
        self.assertFalse(self._run(simulate=True).reminder_ids)
        with freeze_time(f"{day(3)} 12:00:00"):
            self.assertEqual(len(self._run(simulate=True).reminder_ids), 1)

    def test_what_was_planned_before_is_cancelled_by_the_gate(self):
        self._invoices((self.customer, day(-5), 100.0))
        run = self._run()
        self._days(4)
        run.flush()
        reminder = run.reminder_ids
        self.assertEqual((reminder.state, reminder.reason), ("cancelled", "changed"))

    def test_who_pays_once_a_month_does_not_wait_for_it(self):
        self._invoices((self.customer, day(-5), 100.0))
        days = self._days(105)  # on the 5th
        self.assertEqual(self._planned(), ("reminder", day(0)))
        days.month_day = 25  # a Tuesday, its eve is the Monday
        self.assertEqual(self._planned(), ("reminder", day(7)))
        self.policy.payment_day_wait = 6
        self.assertEqual(self._planned(), ("reminder", day(0)))

    def test_nobody_pays_while_closed(self):
        self._invoices((self.customer, day(-5), 100.0))
        self._days(4)
        self.policy.payment_day_wait = 14
        self.env["collections.customer.closing"].with_user(self.collector).create(
            {
                "partner_id": self.customer.id,
                "date_first": "2023-06-20",
                "date_last": "2023-06-22",
            }
        )
        self.assertEqual(self._planned(), ("reminder", day(10)))

    def test_before_the_due_date_nothing_changes(self):
        self._invoices((self.customer, day(3), 100.0))
        before = self._planned()
        self._days(3)
        self.assertEqual(self._planned(), before)

    def test_days_move_the_next_step_at_once(self):
        """Not only with tomorrow's run: the customer is touched."""
        self._invoices((self.customer, day(-5), 100.0))
        self._follow()
        self._touches()
        days = self._days(4)
        self.assertEqual(self._touches(), {(self.company.id, self.customer.id)})
        days.unlink()
        self.assertEqual(self._touches(), {(self.company.id, self.customer.id)})

    def test_as_many_statements_for_many(self):
        counts = []
        for number in (1, 1, 15):
            customers = self._customers(number)
            self._invoices(*[(one, day(-5), 100.0) for one in customers])
            for one in customers:
                self._days(4, partner=one)
                self._days(0, kind="reception", partner=one)
            self.Case.refresh(customers.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["collections.planner"]._evaluate(
                self.company, day(0), customers.ids
            )
            self.Presentation._follow_ledger(self.company, day(0), customers.ids)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])

    # === WHAT IS TO BE PRESENTED === #

    def test_invoices_stand_in_the_list_until_presented(self):
        first, second = self._invoices(
            (self.customer, day(20), 100.0), (self.customer, day(25), 200.0)
        )
        self._refund(self.customer, 50.0)
        self._refresh()
        self.assertFalse(self.Presentation.search([]))
        self._days(2, kind="reception")  # Wednesdays
        self._refresh()
        self._refresh()
        rows = self.Presentation.search([])
        self.assertEqual(rows.mapped("number"), [first.name, second.name])
        self.assertEqual(set(rows.mapped("date_planned")), {day(2)})
        self.assertEqual(self._case(self.customer).to_present_count, 2)
        row = rows[0].with_user(self.collector)
        row.write({"receipt": "CR-88", "date_expected": day(30)})
        row.action_present()
        self.assertEqual(
            (row.state, row.date_presented, row.user_id),
            ("presented", day(0), self.collector),
        )
        log = self.env["collections.interaction"].search([("text", "like", "CR-88")])
        self.assertIn(first.name, log.text)
        with self.assertRaisesRegex(UserError, "to be presented"):
            row.action_present()
        row.action_undo()
        self.assertEqual((row.state, row.date_presented), ("to_present", False))

    def test_what_is_paid_or_cancelled_is_not_presented(self):
        first, second = self._invoices(
            (self.customer, day(20), 100.0), (self.customer, day(25), 200.0)
        )
        self._days(2, kind="reception")
        self._refresh()
        self._pay(first)
        second.button_draft()
        self._refresh()
        rows = self.Presentation.search([])
        self.assertEqual(set(rows.mapped("state")), {"over"})
        # A draft may be deleted: nothing of ours stands in the way.
        number = second.name
        second.with_context(force_delete=True).unlink()
        self.assertIn(number, rows.mapped("number"))

    def test_somebody_is_told_before_and_after(self):
        self.env["collections.alert.rule"].with_context(active_test=False).search(
            [("kind", "in", ("to_present", "not_presented"))]
        ).active = True
        self.customer.user_id = self.salesperson
        [move] = self._invoices((self.customer, day(20), 100.0))
        self._days(2, kind="reception")
        self._look()
        case = self._case(self.customer)
        self.assertFalse(case.activity_ids)
        with freeze_time(f"{day(1)} 12:00:00"):
            self._look()
            [before] = case.activity_ids
            self.assertIn(move.name, before.summary)
            self.assertEqual(before.user_id, self.salesperson)
        with freeze_time(f"{day(3)} 12:00:00"):
            self._look()
            [after] = case.activity_ids
            self.assertIn("Not presented", after.summary)
            self.assertTrue(self.Presentation.search([("is_late", "=", True)]))
            self.Presentation.search([]).with_user(self.collector).action_present()
            self._look()
            self.assertFalse(case.activity_ids)

    # === WHAT PEOPLE SEE === #

    def test_the_case_says_it_in_words(self):
        self._invoices((self.customer, day(-5), 100.0))
        self._days(4)
        self._days(115, kind="reception")
        self._refresh()
        case = self._case(self.customer).with_user(self.collector)
        pays, takes = case.customer_days.split("\n")
        self.assertEqual(pays, "Pays: Friday. Next: Fri 21 Jun")
        self.assertEqual(
            takes, "Takes in invoices: day 15 of the month. Next: Mon 15 Jul"
        )
        story = self.env["collections.worklist"].with_user(self.collector)
        self.assertIn(pays, story.get_story(case.id)["days"])

    def test_a_collector_enters_them_from_the_case(self):
        """Who may not edit customers may still say when they pay."""
        self._invoices((self.customer, day(-5), 100.0))
        self._refresh()
        case = self._case(self.customer).with_user(self.collector)
        action = case.action_view_days()
        days = self.env[action["res_model"]].with_user(self.collector)
        made = days.with_context(**action["context"]).create({"weekday": "4"})
        self.assertEqual(made.partner_id, self.customer)
        self.assertEqual(days.search(action["domain"]), made)
        self.assertFalse(case.action_view_closings()["res_model"] == days._name)

    # === WHO MAY === #

    def test_who_may_do_what(self):
        self._invoices((self.customer, day(20), 100.0))
        days = self._days(2, kind="reception")
        self._refresh()
        row = self.Presentation.search([])
        for user in (self.salesperson, self.internal):
            with self.assertRaises(AccessError):
                row.with_user(user).action_present()
            with self.assertRaises(AccessError):
                days.with_user(user).weekday = "1"
        with self.assertRaises(AccessError):
            row.with_user(self.collector).date_planned = day(9)
        self.assertFalse(self.Presentation.with_user(self.salesperson).search([]))
        self.customer.user_id = self.salesperson
        self._refresh()
        self.assertTrue(self.Presentation.with_user(self.salesperson).search([]))

    def test_each_company_presents_its_own(self):
        self._setup_second_company()
        self._days(2, kind="reception")
        [ours] = self._invoices((self.customer, day(20), 100.0))
        self._invoices((self.customer, day(20), 300.0), company=self.company_2)
        self._refresh()
        self.Case.with_company(self.company_2).refresh()
        self.assertEqual(len(self.Presentation.search([])), 2)
        mine = self.Presentation.with_user(self.collector).with_context(
            allowed_company_ids=self.company.ids
        )
        self.assertEqual(mine.search([]).move_id, ours)

    # === WHAT IS REFUSED === #

    def test_one_of_both(self):
        values = {"partner_id": self.customer.id}
        with self.assertRaisesRegex(ValidationError, "one of both"):
            self.Day.create(values)
        with self.assertRaisesRegex(ValidationError, "one of both"):
            self.Day.create({**values, "weekday": "1", "month_day": 3})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.Day.create({**values, "month_day": 32})
            self.env.flush_all()
