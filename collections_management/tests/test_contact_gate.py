"""Contact rules where messages are sent and calls are logged."""

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import day
from .test_contact_rule import ContactRuleCommon, utc


@tagged("post_install", "-at_install")
@freeze_time("2024-06-15 20:01:00")  # Saturday 15:01 in Bogotá
class TestContactGate(ContactRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(
            is_company=False, country_id=cls.env.ref("base.co").id
        )
        cls.move = cls._invoices((cls.customer, day(-10), 500.0))
        cls.consent = cls.env["collections.consent"].create(
            {"partner_id": cls.customer.id, "channel": "email"}
        )

    def _rerun(self, run, now):
        with freeze_time(now):
            run.flush()
        return run.reminder_ids

    def test_9_deferred_with_its_reason_and_sent_with_fresh_amounts(self):
        run = self._run()
        reminder = run.reminder_ids
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "rule_hours"))
        self.assertEqual(reminder.date_deferred, utc("2024-06-17 12:00:00"))
        self.assertEqual(reminder.contact_rule_id.country_id.code, "CO")
        self.assertIn("15:01", reminder.rule_words)
        self.assertIn("8:00-15:00", reminder.rule_words)
        self.assertEqual(reminder.event_ids[-1].rule_words, reminder.rule_words)
        self.assertEqual(self._rerun(run, "2024-06-17 11:59:00").state, "deferred")
        self._pay(self.move, 100.0)
        sent = self._rerun(run, "2024-06-17 12:00:00")
        self.assertEqual((sent.state, sent.amount_net), ("sent", 400.0))
        self.assertFalse(sent.rule_words)
        self.assertTrue(sent.event_ids[-1].contact_rule_id)

    def test_paid_while_it_waited(self):
        run = self._run()
        self._pay(self.move)
        reminder = self._rerun(run, "2024-06-17 12:00:00")
        self.assertEqual((reminder.state, reminder.reason), ("cancelled", "paid"))

    def test_asked_again_at_the_moment_of_sending(self):
        """A call was logged in the meantime: one channel a week."""
        run = self._run()
        case = self._case(self.customer)
        self._contacted(case, "call", "2024-06-17 11:59:30")
        reminder = self._rerun(run, "2024-06-17 12:00:00")
        self.assertEqual(reminder.reason, "rule_max_day")
        self.assertEqual(reminder.date_deferred, utc("2024-06-24 12:00:00"))
        self.assertIn("Call", reminder.rule_words)

    def test_other_reasons_forget_the_rule(self):
        run = self._run()
        self.company.collections_mode = "off"
        reminder = self._rerun(run, "2024-06-17 12:00:00")
        self.assertEqual(reminder.reason, "mode_off")
        self.assertFalse(reminder.rule_words)

    def test_no_consent_waits_until_it_is_given(self):
        self.env["collections.consent"].create(
            {"partner_id": self.customer.id, "channel": "all", "state": "revoked"}
        )
        reminder = self._run().reminder_ids
        self.assertEqual(reminder.reason, "opted_out")
        self.assertEqual(reminder.date_deferred, utc("2024-06-16 20:01:00"))
        with freeze_time("2024-06-18 15:00:00"):
            self.env["collections.consent"].create(
                {"partner_id": self.customer.id, "channel": "email"}
            )
            self.assertEqual(reminder.date_deferred, utc("2024-06-18 15:00:00"))
            reminder.run_id.flush()
        self.assertEqual(reminder.state, "sent")

    def test_what_waits_for_approval_says_it_too(self):
        self.company.collections_mode = "propose"
        reminder = self._run().reminder_ids
        self.assertEqual(
            (reminder.state, reminder.reason), ("to_approve", "rule_hours")
        )
        self.assertEqual(reminder.date_deferred, utc("2024-06-17 12:00:00"))
        reminder.action_approve()
        reminder.run_id.flush()
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "rule_hours"))

    def test_stopped_after_the_plan(self):
        run = self._run()
        self._case(self.customer).stop_flag = "sued"
        reminder = self._rerun(run, "2024-06-17 12:00:00")
        self.assertEqual((reminder.state, reminder.reason), ("cancelled", "stopped"))

    def test_run_and_gate_take_constant_statements(self):
        self._run()
        customers = self._customers(
            30, is_company=False, country_id=self.env.ref("base.co").id
        )
        self._invoices(*[(customer, day(-10), 50.0) for customer in customers])
        run = self._run()
        self.assertEqual(len(run.reminder_ids), 30)
        self.assertEqual(set(run.reminder_ids.mapped("reason")), {"no_consent"})
        one = run.reminder_ids[:1]
        counts = []
        for found in (one, run.reminder_ids):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Contact._of_reminders(SQL("rem.id = ANY(%s)", found.ids))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
