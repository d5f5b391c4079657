"""The outbox by hand: what a person moves, and what every move leaves behind."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestOutbox(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("supervisor")
        cls.one, cls.two = cls._customers(2)
        cls.moves = cls._invoices((cls.one, day(-10), 70.0), (cls.two, day(-10), 30.0))
        cls.reminders = cls.env["collections.run"].run().reminder_ids.sudo().sorted()
        cls.first, cls.second = cls.reminders

    def _wizard(self):
        return Form(
            self.env["collections.reminder.bulk"]
            .with_user(self.supervisor)
            .with_context(active_ids=self.reminders.ids)
        )

    def test_paid_ones_leave_an_event(self):
        """What is cancelled in bulk is told as what is cancelled one by one."""
        self._pay(self.moves[0])
        for _twice in range(2):
            self._refresh()
        self.reminders.invalidate_recordset()
        paid = self.reminders.filtered(lambda rem: rem.partner_id == self.one)
        self.assertEqual(paid.state, "cancelled")
        self.assertEqual(paid.event_ids.mapped("state").count("cancelled"), 1)
        self.assertFalse((self.reminders - paid).event_ids)

    def test_preview_counts_what_moves(self):
        self.first._move_to("sending")
        self.first._move_to("failed", "delivery_failed")
        form = self._wizard()
        self.assertEqual((form.moving_count, form.staying_count), (1, 1))
        self.assertEqual(form.moving_amount, self.first.amount_net)
        form.action = "cancel"
        self.assertEqual((form.moving_count, form.staying_count), (2, 0))
        form.save().action_apply()
        self.assertEqual(set(self.reminders.mapped("state")), {"cancelled"})

    def test_it_begins_with_what_can_be_done(self):
        self.assertEqual(self._wizard().action, "reschedule")
        self.reminders._move_to("to_approve")
        self.assertEqual(self._wizard().action, "cancel")
        self.reminders._move_to("queued")
        self.first._move_to("sending")
        self.first._move_to("failed", "delivery_failed")
        self.assertEqual(self._wizard().action, "retry")

    def test_put_off(self):
        form = self._wizard()
        form.action = "reschedule"
        form.date = f"{day(-1)} 12:00:00"
        with self.assertRaises(UserError):
            form.save().action_apply()
        form = self._wizard()
        form.action = "reschedule"
        form.date = f"{day(2)} 12:00:00"
        form.save().action_apply()
        self.assertEqual(set(self.reminders.mapped("reason")), {"put_off"})
        with freeze_time(f"{day(1)} 12:00:00"), self.mock_mail_gateway():
            self.reminders.run_id.flush()
        self.assertEqual(set(self.reminders.mapped("state")), {"deferred"})
        with freeze_time(f"{day(2)} 13:00:00"), self.mock_mail_gateway():
            self.reminders.run_id.flush()
        self.assertEqual(set(self.reminders.mapped("state")), {"sent"})

    def test_what_waits_for_approval_is_never_put_off_around_it(self):
        self.reminders._move_to("to_approve")
        form = self._wizard()
        form.action = "reschedule"
        self.assertEqual(form.moving_count, 0)

    def test_uncertain_asks_a_person_and_is_logged(self):
        self.first.case_id.collector_id = self.supervisor
        self.first._move_to("sending")
        self.env["collections.outbox"]._recover()
        self.assertEqual(self.first.state, "uncertain")
        kind = self.env.ref("collections_management.mail_activity_type_uncertain")
        self.env.invalidate_all()
        activities = self.first.case_id.activity_ids
        self.assertEqual(activities.activity_type_id, kind)
        self.first.with_user(self.supervisor).action_it_went_out()
        self.assertEqual(self.first.state, "sent")
        self.assertTrue(self.first.date_sent)
        self.assertFalse(self.first.case_id.activity_ids)
        log = self.env["collections.interaction"]
        self.assertEqual(log.search_count([("reminder_id", "=", self.first.id)]), 1)

    def test_what_a_killed_worker_did_not_log_is_logged_once(self):
        outbox = self.env["collections.outbox"]
        self.assertTrue(outbox._take(self.first))
        self.assertFalse(outbox._take(self.first))
        self.assertTrue(outbox._mark_sent(self.first, day(0)))
        log = self.env["collections.interaction"]
        logged = [("reminder_id", "=", self.first.id)]
        self.assertFalse(log.search_count(logged))
        for _twice in range(2):
            outbox._recover()
        self.assertEqual(self.first.state, "sent")
        self.assertFalse(self.first.to_conclude)
        self.assertEqual(log.search(logged).date, self.first.date_sent)
        self.assertEqual(self.first.event_ids.mapped("state"), ["sending", "sent"])

    def test_what_moved_since_is_not_taken(self):
        outbox = self.env["collections.outbox"]
        self.first._move_to("cancelled", "superseded")
        self.assertFalse(outbox._take(self.first))
        self.assertFalse(outbox._mark_sent(self.second, day(0)))
        self.assertEqual(self.first.state, "cancelled")
        self.assertFalse(self.second.event_ids)

    def test_daily_run_that_failed_is_made_again_that_day(self):
        runs = self.env["collections.run"].sudo()
        self.company.collections_hour = 0
        with patch.object(type(runs), "_execute", side_effect=ValueError("broken")):
            self.assertEqual(runs._run_daily(self.company).state, "failed")
        self.assertTrue(self.company._collections_run_is_due())
        self.assertEqual(runs._run_daily(self.company).state, "done")
        self.assertFalse(self.company._collections_run_is_due())

    def test_daily_run_is_not_tried_for_ever(self):
        runs = self.env["collections.run"].sudo()
        self.company.collections_hour = 0
        with patch.object(type(runs), "_execute", side_effect=ValueError("broken")):
            tries = 0
            while self.company._collections_run_is_due() and tries < 20:
                runs._run_daily(self.company)
                tries += 1
        self.assertEqual(tries, 4)
