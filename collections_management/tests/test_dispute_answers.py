"""How a dispute ends, who has to act for it, and who is told."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, day
from .test_dispute import DisputeCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDisputeAnswers(DisputeCommon):
    # === ANSWERS === #

    def test_rejected_goes_on(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move, user=self.salesperson)
        with self.assertRaises(UserError):
            self._answer(dispute, "rejected")
        self._answer(dispute, "rejected", note="The delivery note is signed")
        self.assertEqual((dispute.state, dispute.date_closed), ("rejected", TODAY))
        self.assertFalse(dispute.activity_ids)
        self.assertEqual(self._case(self.customer).amount_actionable, 300.0)
        answer = dispute.message_ids.filtered(
            lambda message: message.subtype_id == self.env.ref("mail.mt_comment")
        )
        self.assertIn("The delivery note is signed", answer.body)
        self.assertIn(self.salesperson.partner_id, answer.notified_partner_ids)
        self.assertEqual(len(self._logged()), 2)
        self.assertFalse(
            self.env["collections.interaction"]._first_broken(self.company)
        )
        self.assertEqual(self._run_and_send().sent_count, 1)

    def test_accepted_stays_paused_until_the_credit_note(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move, 200.0)
        self._answer(dispute, "accepted", credit_user_id=self.accountant.id)
        self.assertEqual(dispute.state, "to_credit")
        asked = dispute.activity_ids.filtered(
            lambda activity: activity.user_id == self.accountant
        )
        self.assertIn("200.00", asked.summary)
        self.assertEqual(self._case(self.customer).amount_actionable, 100.0)
        refund = self._refund(self.customer, 200.0)
        self._reconcile(move, refund)
        self._follow()
        self.assertEqual(
            (dispute.state, dispute.credit_notes), ("accepted", refund.name)
        )
        self.assertFalse(dispute.activity_ids)
        case = self._case(self.customer)
        self.assertEqual((case.amount_disputed, case.amount_actionable), (0.0, 100.0))

    def test_accepted_in_part_pauses_that_part_only(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        self._answer(dispute, "partial", amount_accepted=100.0, note="One of three")
        self.assertEqual(self._case(self.customer).amount_actionable, 200.0)
        self._reconcile(move, self._refund(self.customer, 100.0))
        self._follow()
        self.assertEqual(dispute.state, "partial")
        self.assertEqual(self._case(self.customer).amount_actionable, 200.0)

    def test_accepted_with_a_credit_note_that_is_there(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        refund = self._refund(self.customer, 300.0)
        dispute = self._dispute(move)
        notes = [Command.set(refund.ids)]
        self._answer(dispute, "accepted", self.accountant, credit_note_ids=notes)
        self.assertEqual(
            (dispute.state, dispute.credit_notes), ("accepted", refund.display_name)
        )

    def test_credit_notes_of_others_are_refused(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        foreign = self._refund(self._customer("Other"), 300.0)
        notes = [Command.set((foreign | move).ids)]
        with self.assertRaises(UserError):
            self._answer(dispute, "accepted", self.accountant, credit_note_ids=notes)

    def test_own_dialog_of_odoo_makes_the_credit_note(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        dialog = (
            self.env["collections.dispute.resolve"]
            .with_user(self.accountant)
            .create({"dispute_id": dispute.id})
        )
        action = dialog.action_create_credit_note()
        self.assertEqual(action["res_model"], "account.move.reversal")
        reversal = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({"date": TODAY, "journal_id": move.journal_id.id})
        )
        self.assertEqual(reversal.move_ids, move)
        note = self.env["account.move"].browse(reversal.reverse_moves()["res_id"])
        self._follow()
        self.assertEqual(dispute.state, "to_credit")
        note.action_post()
        self._follow()
        self.assertEqual((dispute.state, dispute.credit_note_ids), ("accepted", note))

    def test_a_collector_without_accounting_makes_no_credit_note(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        with self.assertRaises(AccessError):
            dispute.with_user(self.collector).action_create_credit_note()

    def test_credits_from_before_do_not_count(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        self._reconcile(move, self._refund(self.customer, 100.0))
        dispute = self._dispute(move, 50.0)
        self._follow()
        self.assertEqual(dispute.state, "open")
        self._reconcile(move, self._refund(self.customer, 20.0))
        self._follow()
        self.assertEqual(dispute.line_ids.amount_pending, 30.0)
        self._reconcile(move, self._refund(self.customer, 30.0))
        self._follow()
        self.assertEqual(dispute.state, "accepted")

    def test_paid_all_the_same(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        self._pay(move, 100.0, when=day(-1))
        self._follow()
        self.assertEqual(dispute.state, "open")
        self._pay(move, when=day(0))
        self._follow()
        self.assertEqual((dispute.state, dispute.date_closed), ("paid", TODAY))

    def test_judging_twice_changes_nothing(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        self._pay(move)
        for _turn in range(2):
            self._refresh()
        self.assertEqual(dispute.state, "paid")
        self.assertEqual(len(self._logged()), 2)

    def test_reopened(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        self._answer(dispute, "rejected", note="No")
        dispute.with_user(self.collector).action_reopen()
        self.assertEqual((dispute.state, dispute.date_closed), ("open", False))
        self.assertTrue(dispute.activity_ids)
        self.assertFalse(self._case(self.customer).amount_actionable)

    def test_reset_to_draft_and_posted_again(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        move.button_draft()
        self._follow()
        self.assertEqual(dispute.state, "open")
        move.action_post()
        self._follow()
        self.assertEqual(self._case(self.customer).amount_disputed, 300.0)

    # === WHO HAS TO ACT === #

    def test_late_is_told_once_to_each(self):
        """R30: its owner, then a supervisor."""
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move, user_id=self.collector.id)
        dispute.activity_ids.action_done()
        late = self.env.ref("collections_management.mail_activity_type_dispute_late")
        told = []
        for offset in (0, 1, 2, 4, 5):
            today = dispute.date_deadline + timedelta(days=offset)
            for _turn in range(2):
                self.Dispute._escalate(self.company, today)
            activities = dispute.activity_ids.filtered(
                lambda activity: activity.activity_type_id == late
            )
            told.append(len(activities))
        self.assertEqual(told, [0, 1, 1, 2, 2])
        self.assertIn(self.collector, activities.user_id)
        self.assertTrue(
            (activities.user_id - self.collector).has_group(
                "collections_management.group_supervisor"
            )
        )
        dispute.with_user(self.collector).date_deadline = day(90)
        self.assertFalse(dispute.escalation)

    def test_another_owner_gets_the_activity(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move, user_id=self.collector.id)
        dispute.with_user(self.collector).write({"user_id": self.supervisor.id})
        self.assertEqual(dispute.activity_ids.user_id, self.supervisor)

    def test_nobody_types_in_how_it_stands(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        for values in ({"state": "rejected"}, {"amount": 1.0}, {"line_ids": []}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                dispute.with_user(self.supervisor).write(values)
        for user in (self.supervisor, self.env.user):
            with self.assertRaises(UserError):
                dispute.with_user(user).unlink()

    # === ON SCREEN === #

    def test_partner_and_invoice_tell(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        dispute = self._dispute(move)
        own = self.customer.with_user(self.salesperson)
        self.assertIn("Open issues: 1", own.collections_banner)
        self.assertIn("300.00", own.collections_banner)
        self._promise_broken()
        self.assertIn("Broken promises: 1", own.collections_banner)
        other = self.customer.with_user(self.other_salesperson)
        self.assertFalse(other.collections_banner)
        self.assertEqual(
            move.with_user(self.accountant).collections_dispute_ids, dispute
        )
        self._answer(dispute, "rejected", note="No")
        self.env.invalidate_all()
        self.assertNotIn("Open issues", own.collections_banner)
        self.assertFalse(move.with_user(self.accountant).collections_dispute_ids)

    def _promise_broken(self):
        promise = (
            self.env["collections.promise"]
            .with_user(self.collector)
            .create(
                {
                    "case_id": self._case(self.customer).id,
                    "amount": 10.0,
                    "date": day(1),
                }
            )
        )
        promise.sudo().state = "broken"
        self.env.invalidate_all()

    def test_cases_by_open_issues(self):
        move = self._invoices((self.customer, day(-10), 300.0))
        self._invoices((self._customer("Calm"), day(-10), 300.0))
        self._dispute(move)
        case = self._case(self.customer)
        disputed = self.Case.search([("open_dispute_count", ">", 0)])
        self.assertEqual(disputed, case)
        self.assertNotIn(case, self.Case.search([("open_dispute_count", "=", 0)]))

    def test_answers_on_the_same_thread(self):
        """A salesperson writes on the issues of own customers and of nobody else."""
        dispute = self._dispute(self._invoices((self.customer, day(-10), 300.0)))
        dispute.with_user(self.salesperson).message_post(body="He sent photos")
        with self.assertRaises(AccessError):
            dispute.with_user(self.other_salesperson).message_post(body="Hm")
        with self.assertRaises(AccessError):
            dispute.with_user(self.salesperson).write({"description": "x"})
