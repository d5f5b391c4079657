"""Cycles of a document, merged customers, and the daily scheduled action."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCycle(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()

    def _send_on(self, offset):
        with freeze_time(f"{day(offset)} 12:00:00"):
            return self._run_and_send().reminder_ids

    def _dunned(self):
        """Return an overdue document that got the first level."""
        moves = self._invoices((self.customer, day(-12), 100.0))
        self.assertEqual(self._send_on(0).level_delay, 3)
        return moves

    # === A DOCUMENT OPENS AGAIN === #

    def test_bounced_cheque_starts_a_new_cycle(self):
        moves = self._dunned()
        with freeze_time(f"{day(1)} 12:00:00"):
            payment = self._pay(moves, when=day(1))
            self._refresh()
            case = self._case(self.customer)
            self.assertFalse(case.level_id)
            payment.move_id._reverse_moves([{"date": day(1)}], cancel=True)
        again = self._send_on(4)
        self.assertEqual((again.level_delay, again.cycle), (3, 2))
        self.assertEqual(again.trigger_move_id, moves)

    def test_payment_undone_between_two_refreshes(self):
        """Nobody saw it paid; it was."""
        moves = self._dunned()
        with freeze_time(f"{day(1)} 12:00:00"):
            self._pay(moves, when=day(1)).action_cancel()
        again = self._send_on(4)
        self.assertEqual((again.level_delay, again.cycle), (3, 2))

    def test_payment_and_its_reversal_between_two_refreshes(self):
        moves = self._dunned()
        with freeze_time(f"{day(1)} 12:00:00"):
            payment = self._pay(moves, when=day(1))
            payment.move_id._reverse_moves([{"date": day(1)}], cancel=True)
        again = self._send_on(4)
        self.assertEqual((again.level_delay, again.cycle), (3, 2))

    def test_part_payment_undone_stays_in_its_cycle(self):
        moves = self._dunned()
        with freeze_time(f"{day(1)} 12:00:00"):
            self._pay(moves, 40.0, when=day(1)).action_cancel()
        again = self._send_on(4)
        self.assertEqual((again.level_delay, again.cycle), (10, 1))

    def test_reset_to_draft_keeps_the_history(self):
        moves = self._dunned()
        before = self.Reminder.search([])
        moves.button_draft()
        self._follow()
        self.assertFalse(self._case(self.customer).item_count)
        moves.action_post()
        self.assertFalse(self._send_on(0))
        self.assertEqual(before.trigger_line_id, self._receivable_lines(moves))
        self.assertEqual(self._send_on(4).level_delay, 10)

    def test_document_rewritten_in_draft_keeps_the_history(self):
        moves = self._dunned()
        before = self.Reminder.search([])
        moves.button_draft()
        self._receivable_lines(moves).with_context(
            dynamic_unlink=True, check_move_validity=False
        ).unlink()
        self._follow()
        self.assertTrue(before.exists())
        moves.invoice_line_ids.price_unit = 130.0
        moves.action_post()
        self.assertFalse(self._send_on(0))
        before.invalidate_recordset()
        self.assertEqual(before.trigger_line_id, self._receivable_lines(moves))
        again = self._send_on(4)
        self.assertEqual((again.level_delay, again.amount_net), (10, 130.0))

    def test_deleted_document_leaves_the_reminder(self):
        moves = self._dunned()
        reminder = self.Reminder.search([])
        moves.with_context(force_delete=True).unlink()
        self._refresh()
        reminder.invalidate_recordset()
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(reminder.trigger_line_id)
        self.assertEqual(reminder.line_ids.amount_residual, 100.0)
        self.assertTrue(reminder.line_ids.number)

    def test_level_of_the_case_falls_when_the_document_is_paid(self):
        moves = self._dunned()
        self._refresh()
        case = self._case(self.customer)
        self.assertEqual(case.level_id, self.levels[3])
        self.assertEqual(case.stage_id, self.levels[3].stage_id)
        self._pay(moves)
        self._follow()
        case.invalidate_recordset()
        self.assertFalse(case.level_id)
        self.assertEqual(case.stage_kind, "up_to_date")

    # === CUSTOMERS THAT BECOME ONE === #

    def _merge(self, gone, kept):
        self.env["base.partner.merge.automatic.wizard"]._merge((gone | kept).ids, kept)
        self._follow()

    def test_merge_keeps_reminders_and_never_repeats_one(self):
        moves = self._dunned()
        sent = self.Reminder.search([])
        other = self._customer("Other")
        self._merge(self.customer, other)
        case = self._case(other)
        sent.invalidate_recordset()
        self.assertEqual((sent.partner_id, sent.case_id), (other, case))
        self.assertEqual(sent.recipient_ids, other)
        self.assertEqual(case.level_id, self.levels[3])
        self.assertFalse(self._send_on(0))
        self.assertEqual(self._send_on(4).level_delay, 10)
        self.assertEqual(moves.partner_id, other)

    def test_merge_of_two_customers_in_dunning(self):
        self._dunned()
        other = self._customer("Other")
        self._invoices((other, day(-30), 50.0))
        self._send_on(0)
        kept, gone = self._case(other), self._case(self.customer)
        gone.activity_schedule(summary="Call", user_id=self.env.uid)
        self._merge(self.customer, other)
        self.assertFalse(gone.exists())
        self.assertEqual(len(kept.reminder_ids), 2)
        self.assertIn("Call", kept.activity_ids.mapped("summary"))
        self.assertEqual(self._send_on(4).mapped("level_delay"), [10])

    def test_customer_that_joins_a_group_brings_its_reminders(self):
        self._dunned()
        group = self._customer("Group")
        self.customer.write({"is_company": False, "parent_id": group.id})
        self._follow()
        self.assertEqual(self._case(group).reminder_ids.level_delay, 3)
        self.assertFalse(self._send_on(0))

    # === THE DAILY RUN === #

    def _cron(self):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            cron = self.env.ref("collections_management.ir_cron_run_daily")
            cron.sudo().with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()
        return self.env["collections.run"].search([("is_daily", "=", True)])

    def test_each_company_at_its_hour_and_once_a_day(self):
        self._invoices((self.customer, day(-10), 100.0))
        self.company.write({"collections_hour": 8, "collections_tz": "America/Bogota"})
        others = self.env["res.company"].sudo().search([]) - self.company
        others.collections_hour = 23
        with freeze_time("2024-06-17 12:59:00"):  # 7:59 in Bogotá
            self.assertFalse(self._cron())
        with freeze_time("2024-06-17 13:00:00"):
            run = self._cron()
            self.assertEqual((run.state, run.planned_count), ("done", 1))
            self.assertEqual(self._cron(), run)
        with freeze_time("2024-06-18 03:00:00"):  # still the 17th there
            self.assertEqual(
                self._cron().filtered(lambda r: r.company_id == self.company), run
            )
        with freeze_time("2024-06-18 13:00:00"):
            self.assertEqual(len(self._cron() - run), 1)

    def test_an_error_in_one_company_stops_no_other(self):
        self._setup_second_company()
        self._invoices((self.customer, day(-10), 100.0))
        self._invoices((self.customer, day(-10), 7.0), company=self.company_2)
        self.env["res.company"].sudo().search([]).collections_hour = 0
        planner = type(self.env["collections.planner"])
        original, bad = planner._evaluate, self.company

        def evaluate(self, company, *args, **kwargs):
            if company == bad:
                raise ValueError("broken for a test")
            return original(self, company, *args, **kwargs)

        with patch.object(planner, "_evaluate", evaluate), mute_logger("odoo.addons"):
            runs = self._cron().with_context(
                allowed_company_ids=[self.company.id, self.company_2.id]
            )
        runs = {run.company_id: run for run in runs}
        self.assertEqual(runs[self.company].state, "failed")
        self.assertIn("broken for a test", runs[self.company].error)
        self.assertEqual(runs[self.company_2].state, "done")
        self.assertEqual(runs[self.company_2].planned_count, 1)
        self.assertFalse(runs[self.company].planned_count)

    def test_old_simulations_go_with_their_reminders(self):
        self._invoices((self.customer, day(-10), 100.0))
        run = self._run(simulate=True)
        self.env.cr.execute("UPDATE collections_run SET create_date = %s", [day(-15)])
        run.invalidate_recordset()
        run.sudo()._gc_simulations()
        self.assertFalse(run.exists())
        self.assertFalse(self.Reminder.search([]))
