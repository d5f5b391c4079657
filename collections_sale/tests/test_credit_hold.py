"""A credit hold blocks what it must, says why, and ends."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON, TODAY, day

from .common import SaleCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCreditHold(SaleCommon):
    def _confirm(self, order, user=None):
        self.env.invalidate_all()
        order.with_user(user or self.seller).action_confirm()
        return order.state

    def test_proposed_blocks_nothing(self):
        hold = self._hold(approve=False)
        self.assertEqual(self._confirm(self._quotation()), "sale")
        self.assertTrue(
            hold.activity_ids.user_id.has_group(
                "collections_management.group_supervisor"
            )
        )

    def test_approved_blocks_with_the_reason(self):
        order, other = self._quotation(), self._quotation(self._customer("Other"))
        hold = self._hold()
        self.assertEqual(
            (hold.approver_id, hold.date_approved), (self.supervisor, TODAY)
        )
        self.assertFalse(hold.activity_ids)
        with self.assertRaisesRegex(UserError, "Two cheques bounced") as raised:
            self._confirm(order)
        self.assertIn(self.supervisor.name, str(raised.exception))
        with self.assertRaises(UserError):
            self._confirm(self._quotation(self.contact))
        self.assertEqual(self._confirm(other), "sale")

    def test_whoever_confirms_is_stopped(self):
        """Also who may not see the customer's case."""
        self._hold()
        order = self._quotation(user=self.other_seller)
        with self.assertRaises(UserError):
            self._confirm(order, self.other_seller)
        with self.assertRaises(UserError):
            order.sudo().action_confirm()

    def test_a_customer_online_is_told_nothing_of_it(self):
        self._hold()
        order = self._quotation().with_user(self.portal).sudo()
        with self.assertRaises(UserError) as raised:
            order.action_confirm()
        self.assertNotIn("cheques", str(raised.exception))

    def test_not_in_the_other_company(self):
        self._hold()
        order = self._quotation(company=self.company_2)
        self.assertFalse(order.collections_blocked)
        self.assertEqual(self._confirm(order), "sale")

    def test_the_other_company_s_own(self):
        self._hold(company=self.company_2)
        self.assertEqual(self._confirm(self._quotation()), "sale")
        with self.assertRaises(UserError):
            self._confirm(self._quotation(company=self.company_2))

    def test_let_through(self):
        self._hold()
        order, next_one = self._quotation(), self._quotation()
        with self.assertRaises(AccessError):
            order.with_user(self.seller).action_collections_let_through()
        self.supervisor.group_ids += self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        order.with_user(self.supervisor).action_collections_let_through()
        self.assertEqual(order.collections_override_id, self.supervisor)
        self.assertIn(self.supervisor.name, order.message_ids[0].body)
        self.assertEqual(self._confirm(order), "sale")
        with self.assertRaises(UserError):
            self._confirm(next_one)
        self.assertFalse(order.copy().collections_override_id)

    def test_let_through_is_for_what_it_came_to(self):
        self._hold()
        order = self._quotation()
        order.collections_override_id = self.supervisor
        order.collections_override_amount = order.amount_total
        order.order_line.price_unit = 101.0
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self._confirm(order)
        order.order_line.price_unit = 100.0
        self.assertEqual(self._confirm(order), "sale")

    def test_escalation_proposes_it(self):
        """Handed to an agency, a supervisor is asked about further sales on credit."""
        stage = self._stage("legal")
        self.assertTrue(stage.proposes_credit_hold)
        case = self._case(self.customer)
        self._hand_over(case, stage, self.collector)
        self.assertEqual(case.credit_hold_state, "proposed")
        self.assertEqual(case.credit_hold_id.user_id, self.collector)
        self.assertFalse(self._case(self.customer, self.company_2).credit_hold_id)
        self.assertEqual(self._confirm(self._quotation()), "sale")
        # Once: handed on, the proposal that is there is enough.
        self._hand_over(case, self._stage("written_off"), self.collector)
        self.assertEqual(len(case.credit_hold_ids), 1)

    def test_a_stage_that_proposes_none(self):
        case = self._case(self.customer)
        self._hand_over(case, self._stage("supervisor"), self.collector)
        self.assertFalse(case.credit_hold_id)

    def test_released(self):
        hold = self._hold()
        with self.assertRaises(AccessError):
            hold.with_user(self.collector).action_release()
        hold.with_user(self.supervisor).action_release()
        self.assertEqual((hold.state, hold.date_released), ("released", TODAY))
        self.assertEqual(self._confirm(self._quotation()), "sale")

    def test_ends_when_nothing_is_overdue(self):
        self._hold()
        self._pay(self.invoice, 399.0)
        self._follow()
        with self.assertRaises(UserError):
            self._confirm(self._quotation())
        self._pay(self.invoice)
        self._follow()
        self.assertEqual(self._confirm(self._quotation()), "sale")

    def test_stays_if_so_chosen(self):
        self._hold(ends_when_paid=False)
        self._pay(self.invoice)
        self._follow()
        with self.assertRaises(UserError):
            self._confirm(self._quotation())

    def test_paid_in_advance_is_not_blocked(self):
        order = self._quotation()
        provider = self.env["payment.provider"].sudo().create({"name": "Test"})
        method = self.env["payment.method"].with_context(active_test=False)
        self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.search([], limit=1).id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "reference": "prepaid",
                "state": "done",
                "sale_order_ids": [(6, 0, order.ids)],
            }
        )
        self._hold()
        self.assertEqual(self._confirm(order), "sale")

    def test_declined(self):
        hold = self._hold(approve=False)
        hold.with_user(self.supervisor).action_decline()
        hold.with_user(self.supervisor).action_approve()
        self.assertEqual(hold.state, "declined")
        self.assertFalse(self._case(self.customer).credit_hold_id)

    def test_every_step_is_in_the_log(self):
        hold = self._hold()
        hold.with_user(self.supervisor).action_release()
        rows = self.env["collections.interaction"].search(
            [("partner_id", "=", self.customer.id)], order="id"
        )
        self.assertEqual(len(rows), 3)
        self.assertIn("Two cheques bounced", rows[0].text)
        self.assertEqual(rows.mapped("user_id"), self.collector | self.supervisor)
        # Nobody was called: it counts against no limit of contact.
        self.assertEqual(set(rows.mapped("channel")), {"system"})

    def test_nobody_proposes_it_approved(self):
        hold = self._hold(approve=False, state="approved")
        self.assertEqual(hold.state, "proposed")
        with self.assertRaises(AccessError):
            hold.with_user(self.supervisor).write({"state": "approved"})
        with self.assertRaises(UserError):
            hold.unlink()

    def test_merged_customers_keep_the_hold_in_force(self):
        other = self._customer("Double")
        self._invoices((other, day(-9), 50.0))
        self.Case.refresh()
        holds = self.env["collections.credit.hold"]
        mine = holds.create({"case_id": self._case(self.customer).id, "reason": "A"})
        theirs = holds.create({"case_id": self._case(other).id, "reason": "B"})
        theirs.with_user(self.supervisor).action_approve()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer + other).ids, self.customer)
        (mine + theirs).invalidate_recordset()
        self.assertEqual((mine.state, theirs.state), ("declined", "approved"))
        self.assertEqual(theirs.case_id, self._case(self.customer))
