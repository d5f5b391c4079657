"""One issue from beginning to end: every role, two companies."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOON, day
from .test_dispute import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeStory(DisputeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("internal", "portal", "leader")
        cls.company.collections_collector_id = cls.collector
        cls.stranger = new_test_user(
            cls.env,
            "test_stranger",
            groups="collections_management.group_supervisor",
            company_id=cls.company_2.id,
            company_ids=[(6, 0, cls.company_2.ids)],
        )

    def _sent(self, company=None):
        run = self.env["collections.run"].with_company(company or self.company).run()
        run.flush()
        return run.reminder_ids.filtered(lambda rem: rem.state == "sent")

    def test_from_the_salesperson_s_call_to_the_credit_note(self):
        with freeze_time(NOON):
            moves = self._invoices(
                (self.customer, day(-10), 300.0), (self.customer, day(-5), 80.0)
            )
            self._invoices((self.customer, day(-10), 50.0), company=self.company_2)
            dispute = self._dispute(
                moves[0], 200.0, self.salesperson, description="Boxes were broken"
            )
            self._assert_only_own(dispute)
            # It pauses its part in its company, and nothing else.
            [reminder] = self._sent()
            self.assertEqual(reminder.amount_net, 180.0)
            line = reminder.line_ids.filtered("amount_paused")
            self.assertEqual((line.amount_residual, line.amount_paused), (100.0, 200.0))
            self.assertIn("Not included", reminder.body)
            [foreign] = self._sent(self.company_2)
            self.assertNotIn("Not included", foreign.body)
        with freeze_time(f"{day(19)} 12:00:00"):
            # Nobody answered in time: the owner knows, then a supervisor.
            run = self._run()
            self.assertEqual(dispute.escalation, "supervisor")
            self._answer(dispute, "accepted", credit_user_id=self.accountant.id)
            self._assert_asked(200.0, 180.0)
            self._make_credit_note(dispute, moves[0], 200.0)
            self._follow()
            self.assertEqual(
                (dispute.state, dispute.date_closed), ("accepted", day(19))
            )
            self.assertFalse(dispute.activity_ids)
            self._assert_asked(0.0, 180.0)
            told = dispute.message_ids.notified_partner_ids
            self.assertIn(self.salesperson.partner_id, told)
            texts = self._logged().sorted("id").mapped("text")
            self.assertIn("Boxes were broken", texts[0])
            self.assertIn("Issue closed, accepted", texts[-1])
            # The rest goes on, with amounts as they are at the moment of sending.
            run.flush()
            reminder = run.reminder_ids
            self.assertEqual(reminder.state, "sent")
            self.assertEqual(reminder.amount_net, 180.0)
            self.assertNotIn("Not included", reminder.body)

    def _assert_asked(self, disputed, actionable):
        case = self._case(self.customer)
        self.assertEqual(
            (case.amount_disputed, case.amount_actionable), (disputed, actionable)
        )

    def _assert_only_own(self, dispute):
        """Seen by who sells to the customer, by who collects, and by nobody else."""
        for user in (self.salesperson, self.collector, self.accountant):
            self.assertEqual(self.Dispute.with_user(user).search([]), dispute)
        for user in (self.other_salesperson, self.leader, self.stranger):
            self.assertFalse(self.Dispute.with_user(user).search([]))
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self.Dispute.with_user(user).search([])
        with self.assertRaises(AccessError):
            self._answer(dispute, "rejected", self.salesperson, note="No")

    def _make_credit_note(self, dispute, move, amount):
        action = dispute.with_user(self.accountant).action_create_credit_note()
        reversal = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(**action["context"])
            .create({"date": day(19), "journal_id": move.journal_id.id})
        )
        note = self.env["account.move"].browse(reversal.reverse_moves()["res_id"])
        note.invoice_line_ids.price_unit = amount
        note.action_post()
