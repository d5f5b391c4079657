"""Holds and stop flags: what they pause, until when, and who ends them."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestHold(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "supervisor", "salesperson")
        cls.customer = cls._customer()
        cls.moves = cls._invoices(
            (cls.customer, day(-30), 300.0),
            (cls.customer, day(-10), 200.0),
        )
        cls.Case.refresh()
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])
        cls.reason = cls.env.ref("collections_management.hold_reason_factoring")

    def _dialog(self, user=None, **values):
        return (
            self.env["collections.case.hold"]
            .with_user(user or self.collector)
            .create({"reason_id": self.reason.id, **values})
        )

    def _hold(self, moves=None, **values):
        """Put documents, or the whole customer, on hold; return the holds."""
        if moves:
            items = self.Item.search([("move_id", "in", moves.ids)])
            values["item_ids"] = [(6, 0, items.ids)]
        else:
            values["case_ids"] = [(6, 0, self.case.ids)]
        self._dialog(**values).action_hold()
        self.case.invalidate_recordset()
        return self.env["collections.hold"].search([], order="id")

    def _planned(self, offset=0):
        """Return what a run of a day would send."""
        with freeze_time(f"{day(offset)} 12:00:00"):
            return self._run(simulate=True).reminder_ids

    # === WHAT IT PAUSES === #

    def test_a_customer_on_hold_gets_nothing(self):
        hold = self._hold()
        self.assertEqual((hold.user_id, hold.is_item), (self.collector, False))
        self.assertFalse(self._planned())
        self.assertEqual(
            (self.case.amount_held, self.case.amount_actionable), (500.0, 0.0)
        )
        self.assertEqual(
            (self.case.next_step, self.case.next_step_date), ("hold", hold.date_end)
        )

    def test_a_factored_invoice_is_not_asked_for_and_the_others_are(self):
        hold = self._hold(self.moves[0])
        self.assertEqual((hold.is_item, hold.number), (True, self.moves[0].name))
        self.assertEqual(
            (self.case.amount_held, self.case.amount_actionable), (300.0, 200.0)
        )
        self.assertEqual(self._planned().trigger_move_id, self.moves[1])

    def _from(self, action):
        """Open a dialog as its button does, as the collector, and save it."""
        dialog = self.env[action["res_model"]].with_user(self.collector)
        return Form(dialog.with_context(**action["context"])).save()

    def test_one_document_from_its_row_or_from_the_invoice(self):
        """Factoring is proposed for a document, never for a whole customer."""
        items = self.Item.search([("move_id", "in", self.moves.ids)])
        self.assertEqual(len(items), 2)
        actions = (
            items.filtered(lambda item: item.move_id == self.moves[0]).action_hold(),
            self.moves[0].with_user(self.collector).action_collections_hold(),
        )
        for action in actions:
            dialog = self._from(action)
            self.assertEqual(dialog.case_ids, self.case)
            self.assertEqual(dialog.item_ids.move_id, self.moves[0])
            self.assertEqual(
                (dialog.reason_id, dialog.date_end), (self.reason, day(60))
            )
        dialog.action_hold()
        self.case.invalidate_recordset()
        self.assertEqual(
            (self.case.amount_held, self.case.amount_actionable), (300.0, 200.0)
        )
        whole = Form(
            self.env["collections.case.hold"]
            .with_user(self.collector)
            .with_context(**self.case.action_hold()["context"])
        )
        self.assertFalse(whole.reason_id)

    def test_a_credit_is_not_put_on_hold(self):
        self._refund(self.customer, 50.0)
        credit = self.Item.search(
            [("partner_id", "=", self.customer.id), ("is_credit", "=", True)]
        )
        with self.assertRaisesRegex(UserError, "credit"):
            credit.action_hold()

    def test_a_hold_after_the_plan_stops_the_reminder(self):
        run = self._run()
        self._hold()
        with self.assertNothingSent():
            run.flush()
        self.assertEqual(
            (run.reminder_ids.state, run.reminder_ids.reason), ("cancelled", "paused")
        )

    def test_a_hold_on_a_document_that_is_gone_covers_nothing(self):
        self._hold(self.moves[0])
        self.moves[0].button_draft()
        self.moves[0].with_context(force_delete=True).unlink()
        self._refresh()
        self.case.invalidate_recordset()
        self.assertEqual(
            (self.case.amount_held, self.case.amount_actionable), (0.0, 200.0)
        )

    # === UNTIL WHEN === #

    def test_it_ends_by_itself(self):
        self._hold(date_end=day(5))
        self.assertFalse(self._planned(5))
        self.assertTrue(self._planned(6))

    def test_the_reason_proposes_its_days(self):
        form = Form(self.env["collections.case.hold"].with_user(self.collector))
        form.reason_id = self.reason
        self.assertEqual(form.date_end, day(60))
        form.reason_id = self.env.ref("collections_management.hold_reason_other")
        self.assertEqual(form.date_end, day(7))

    def test_longer_than_the_reason_allows_is_for_a_supervisor(self):
        self._hold(date_end=day(180))
        with self.assertRaisesRegex(ValidationError, "supervisor"):
            self._hold(date_end=day(181))
        self._dialog(
            self.supervisor, case_ids=[(6, 0, self.case.ids)], date_end=day(181)
        ).action_hold()

    def test_a_collector_does_not_make_it_longer_afterwards(self):
        hold = self._hold(date_end=day(180)).with_user(self.collector)
        with self.assertRaises(ValidationError):
            hold.date_end = day(181)

    def test_it_does_not_end_before_it_begins(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._hold(date_end=day(-1))

    def test_in_force(self):
        hold = self._hold(date_end=day(5))
        for offset, current in ((-1, False), (0, True), (5, True), (6, False)):
            with self.subTest(offset=offset), freeze_time(f"{day(offset)} 12:00:00"):
                hold.invalidate_recordset(["is_current"])
                self.assertEqual(hold.is_current, current)
                found = hold.search([("is_current", "=", True)])
                self.assertEqual(bool(found), current)
                self.assertEqual(
                    bool(hold.search([("is_current", "=", False)])), not current
                )

    def test_released(self):
        hold = self._hold()
        hold.with_user(self.collector).action_release()
        self.case.invalidate_recordset()
        self.assertEqual((hold.date_released, hold.is_current), (day(0), False))
        self.assertEqual(self.case.amount_held, 0.0)
        self.assertTrue(self._planned())
        with self.assertRaises(UserError):
            hold.sudo().unlink()

    def test_it_is_told_in_the_history(self):
        self._hold(self.moves[0], note="Contract 12")
        body = self.case.message_ids[0].body
        for text in ("Assigned to Factoring", self.moves[0].name, "Contract 12"):
            self.assertIn(text, body)

    # === STOPPED === #

    def _stop(self, flag="insolvent", user=None, **values):
        dialog = self.env["collections.case.stop"].with_user(user or self.collector)
        dialog.create(
            {
                "case_id": self.case.id,
                "stop_flag": flag,
                "note": "Court file 7/2024",
                **values,
            }
        ).action_stop()

    def test_each_flag_stops_everything(self):
        for flag in ("sued", "insolvent", "deceased", "opted_out"):
            with self.subTest(flag=flag):
                self._stop(flag)
                self.assertFalse(self._planned())
                self.assertEqual(self.case.idle_reason, "stopped")
                self.case.with_user(self.supervisor).action_resume()
                self.assertFalse(self.case.stop_flag)
                self.assertTrue(self._planned())

    def test_a_flag_after_the_plan_stops_the_reminder(self):
        run = self._run()
        self._stop()
        with self.assertNothingSent():
            run.flush()
        self.assertEqual(
            (run.reminder_ids.state, run.reminder_ids.reason), ("cancelled", "stopped")
        )

    def test_a_flag_needs_evidence_and_keeps_it(self):
        with self.assertRaises(UserError):
            self._stop(note="   ")
        self.assertFalse(self.case.stop_flag)
        paper = (
            self.env["ir.attachment"]
            .with_user(self.collector)
            .create({"name": "ruling.pdf", "raw": b"%PDF"})
        )
        self._stop(attachment_ids=[(6, 0, paper.ids)])
        message = self.case.message_ids.filtered("attachment_ids")
        self.assertIn("Court file 7/2024", message.body)
        self.assertEqual(message.attachment_ids.name, "ruling.pdf")
        self.assertEqual(message.author_id, self.collector.partner_id)

    def test_only_a_supervisor_resumes(self):
        self._stop()
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector).action_resume()
        self.assertTrue(self.case.stop_flag)
