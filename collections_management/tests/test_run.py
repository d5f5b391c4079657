"""Runs: what is planned, when, how often, and in which mode."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestRun(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()

    def test_summary_by_level_segment_and_channel(self):
        """Customers, messages and money three times, with the same total."""
        other = self.segment.copy(
            {
                "name": "Far away",
                "sequence": 0,
                "domain": "[('partner_id.name', '=', 'Far')]",
            }
        )
        far = self._customer("Far")
        self._invoices((self.customer, day(-5), 100.0), (far, day(-12), 40.0))
        run = self._run(simulate=True)
        tables = {table["title"]: table["rows"] for table in run._summary_tables()}
        for rows in tables.values():
            self.assertEqual(sum(row["amount"] for row in rows), 140.0)
            self.assertEqual(sum(row["messages"] for row in rows), 2)
        self.assertEqual(
            [(row["name"], row["amount"]) for row in tables["Segment"]],
            [(self.segment.name, 100.0), (other.name, 40.0)],
        )
        self.assertEqual([row["name"] for row in tables["Channel"]], ["E-mail"])
        for text in ("Far away", "E-mail", "Test 3"):
            self.assertIn(text, run.summary)

    def _sent(self, partner=None):
        """Return the delays of the reminders sent, in their order."""
        return self.Reminder.search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("state", "=", "sent"),
            ],
            order="id",
        ).mapped("level_delay")

    def _send_on(self, offset):
        """Run and send on a day; return the delays of what went out."""
        with freeze_time(f"{day(offset)} 12:00:00"):
            run = self._run_and_send()
        return run.reminder_ids.filtered(lambda r: r.state == "sent").mapped(
            "level_delay"
        )

    # === MODES === #

    def test_off_plans_nothing(self):
        self.company.collections_mode = "off"
        self._invoices((self.customer, day(-10), 100.0))
        run = self._run_and_send()
        self.assertEqual((run.planned_count, run.case_count, run.item_count), (0, 1, 1))
        self.assertEqual(self._case(self.customer).amount_overdue, 100.0)

    def test_off_is_the_mode_of_a_new_company(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertEqual(company.collections_mode, "off")

    def test_simulate_lets_nothing_out(self):
        self.company.collections_mode = "simulate"
        self._invoices((self.customer, day(-10), 100.0))
        run = self._run_and_send()
        self.assertTrue(run.is_simulation)
        self.assertEqual(run.reminder_ids.mapped("state"), ["simulated"])
        self.assertEqual((run.planned_count, run.sent_count), (1, 0))
        self.assertEqual(run.amount_planned, 100.0)
        # A second look shows the same again.
        self.assertEqual(self._run().planned_count, 1)

    def test_propose_waits_for_a_person(self):
        self._make_users("supervisor")
        self.company.collections_mode = "propose"
        self._invoices((self.customer, day(-10), 100.0))
        run = self._run_and_send()
        self.assertEqual((run.to_approve_count, run.sent_count), (1, 0))
        run.with_user(self.supervisor).action_approve_all()
        run.flush()
        self.assertEqual((run.to_approve_count, run.sent_count), (0, 1))

    def test_automatic_sends_once(self):
        customers = self._customers(3)
        self._invoices(*[(c, day(-10), 100.0) for c in customers])
        run = self._run_and_send()
        self.assertEqual((run.planned_count, run.sent_count), (3, 3))
        again = self._run_and_send()
        self.assertEqual((again.planned_count, again.sent_count), (0, 0))
        self.assertEqual(self._send_on(1), [])

    def test_one_reminder_for_a_customer_with_many_documents(self):
        moves = self._invoices(
            (self.customer, day(-10), 100.0),
            (self.customer, day(-20), 30.0),
            (self.customer, day(1), 7.0),
        )
        reminder = self._run_and_send().reminder_ids
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.trigger_move_id, moves[1])
        self.assertEqual(reminder.line_ids.move_id, moves[:2])
        self.assertEqual(reminder.amount_net, 130.0)
        items = self.Item.search([("move_id", "in", moves[:2].ids)])
        self.assertEqual(
            {item.move_id: item.level_id for item in items},
            {moves[0]: self.levels[3].browse(), moves[1]: self.levels[3]},
        )

    # === LEVELS OVER DAYS === #

    def test_a_document_from_before_its_due_date_to_the_last_notice(self):
        """R01, R03, R04, R06: each level on its day and once."""
        self._invoices((self.customer, TODAY, 100.0))
        sent = {
            offset: delays
            for offset in range(-5, 40)
            if (delays := self._send_on(offset))
        }
        self.assertEqual(sent, {-3: [-3], 0: [0], 3: [3], 10: [10], 25: [25]})
        with freeze_time(f"{day(40)} 12:00:00"):
            self._refresh()
        case = self._case(self.customer)
        self.assertEqual(case.level_id, self.levels[25])
        self.assertEqual(case.stage_id, self.levels[25].stage_id)

    def test_a_late_starter_climbs_at_the_pace_of_the_policy(self):
        """R68: escalation skips no level."""
        self._invoices((self.customer, day(-200), 100.0))
        sent = {offset: d for offset in range(10) if (d := self._send_on(offset))}
        self.assertEqual(sent, {0: [3], 3: [10], 6: [25]})

    def test_minimum_days_hold_for_the_customer(self):
        self.policy.min_days = 5
        self._invoices((self.customer, day(-3), 100.0), (self.customer, day(2), 50.0))
        sent = {offset: d for offset in range(8) if (d := self._send_on(offset))}
        # The preventive ones of the second document have no day left.
        self.assertEqual(sent, {0: [3], 7: [10]})

    def test_repeats_of_the_last_level(self):
        self.policy.write({"repeat_days": 15, "max_repeats": 2})
        self._invoices((self.customer, day(-200), 100.0))
        sent = {o: d for o in range(70) if (d := self._send_on(o))}
        self.assertEqual(sent, {0: [3], 3: [10], 6: [25], 21: [25], 36: [25]})
        occurrences = self.Reminder.search([("level_delay", "=", 25)], order="id")
        self.assertEqual(occurrences.mapped("occurrence"), [1, 2, 3])

    def test_late_start_at_the_level_due_by_age_is_never_formal(self):
        self.policy.late_start = "age"
        self._invoices((self.customer, day(-200), 100.0))
        self.assertEqual(self._send_on(0), [10])

    def test_a_jump_of_a_run(self):
        self._invoices((self.customer, day(-12), 100.0))
        run = self._run(jump=True)
        run.flush()
        self.assertEqual(run.reminder_ids.mapped("level_delay"), [10])
        self.assertEqual(run.reminder_ids.state, "sent")

    def test_a_new_policy_counts_what_was_sent(self):
        self._invoices((self.customer, day(-12), 100.0))
        self.assertEqual(self._send_on(0), [3])
        other = self._make_policy("Other", delays=(2, 5, 11))
        self.policy.level_ids.filtered(lambda level: level.delay == 3).unlink()
        self._case(self.customer).policy_id = other
        self.assertEqual(self._send_on(4), [5])

    def test_case_in_dunning_keeps_its_policy(self):
        self._invoices((self.customer, day(-12), 100.0))
        self._send_on(0)
        other = self._make_policy("Other")
        self.segment.policy_id = other
        self._refresh()
        case = self._case(self.customer)
        self.assertEqual(case.policy_id, self.policy)
        fresh = self._customer("Fresh")
        self._invoices((fresh, day(-12), 100.0))
        self._refresh()
        self.assertEqual(self._case(fresh).policy_id, other)

    # === DATES === #

    def test_future_date_is_refused_and_can_be_simulated(self):
        self._invoices((self.customer, day(2), 100.0))
        with self.assertRaises(UserError):
            self._run(date=day(10))
        run = self._run(date=day(10), simulate=True)
        self.assertEqual(run.reminder_ids.mapped("state"), ["simulated"])
        self.assertEqual(run.reminder_ids.line_ids.days_overdue, 8)

    def test_future_run_of_another_company_stops_nobody(self):
        self._setup_second_company()
        self._invoices((self.customer, day(-10), 100.0))
        self._invoices((self.customer, day(2), 50.0), company=self.company_2)
        self.env["collections.run"].with_company(self.company_2).run(
            date=day(60), simulate=True
        )
        run = self._run_and_send()
        self.assertEqual((run.planned_count, run.sent_count), (1, 1))
        self.assertEqual(run.reminder_ids.company_id, self.company)

    def test_past_date_is_planned_from_the_ledger_of_that_day(self):
        paid, late = self._invoices(
            (self.customer, day(-60), 100.0), (self._customer("B"), day(-5), 10.0)
        )
        self._pay(paid, when=day(-20))
        self._refresh()
        self.env.cr.execute("UPDATE collections_case SET write_date = '2024-01-01'")
        self.Case.invalidate_model()
        run = self._run_and_send(date=day(-30))
        self.assertTrue(run.is_simulation and run.as_of)
        self.assertEqual(run.reminder_ids.partner_id, self.customer)
        self.assertEqual(run.reminder_ids.amount_net, 100.0)
        self.assertEqual(run.reminder_ids.line_ids.days_overdue, 30)
        self.assertEqual(run.sent_count, 0)
        self.assertFalse(self.Case.search([("write_date", ">", "2024-01-02")]))
        self.assertNotIn(late.partner_id, run.reminder_ids.partner_id)

    def test_past_date_with_nothing_later_is_live(self):
        """A ledger that ends in the past, as after a migration."""
        self._invoices(
            (self.customer, day(-60), 100.0, {"invoice_date": day(-90)}),
        )
        run = self._run_and_send(date=day(-50))
        self.assertFalse(run.is_simulation)
        self.assertEqual(run.sent_count, 1)
        self.assertEqual(run.reminder_ids.date, day(-50))
        self.assertEqual(run.reminder_ids.line_ids.days_overdue, 10)
        self.assertEqual(self._run_and_send(date=day(-50)).planned_count, 0)
        self.assertEqual(self._run_and_send(date=day(-47)).sent_count, 1)
        self.assertEqual(self._sent(), [3, 10])

    # === LIMITS === #

    def test_daily_cap_defers_the_rest_to_the_next_day(self):
        self.company.collections_daily_cap = 2
        self._invoices(*[(c, day(-10), 100.0) for c in self._customers(3)])
        run = self._run_and_send()
        self.assertEqual((run.sent_count, run.deferred_count), (2, 1))
        late = run.reminder_ids.filtered(lambda r: r.state == "deferred")
        self.assertEqual(late.reason, "daily_cap")
        with freeze_time(f"{day(1)} 13:00:00"):
            run.flush()
        self.assertEqual(late.state, "sent")

    def test_redirect_address(self):
        self.company.collections_redirect_email = "trial@ours.example.com"
        self._invoices((self.customer, day(-10), 100.0))
        reminder = self._run_and_send().reminder_ids
        self.assertEqual(reminder.email_to, "trial@ours.example.com")
        self.assertEqual(reminder.mail_id.email_to, "trial@ours.example.com")

    def test_switching_off_stops_what_is_queued(self):
        self._invoices((self.customer, day(-10), 100.0))
        run = self._run()
        self.company.collections_mode = "off"
        run.flush()
        self.assertEqual(run.reminder_ids.state, "deferred")
        self.assertEqual(run.reminder_ids.reason, "mode_off")

    def test_counts_of_statements_do_not_grow(self):
        """R11: a mass of reminders is planned as one is."""
        first, one, many = self._customers(1), self._customers(1), self._customers(40)
        counts = []
        for customers in (first, one, many):  # the first one warms caches
            self._invoices(*[(c, day(-10), 10.0) for c in customers])
            self.Reminder.sudo().search([]).unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._run()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
