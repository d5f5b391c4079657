"""What a quotation says about the customer, and to whom."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON

from .common import SaleCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestQuotation(SaleCommon):
    def test_banner_of_own_customers(self):
        """R120: who sells sees on the quotation what is overdue."""
        order = self._quotation()
        own = order.with_user(self.seller)
        self.assertIn("400.00", own.collections_banner)
        self.assertNotIn("Open issues", own.collections_banner)
        reason = self.env.ref("collections_management.dispute_reason_quality")
        self.env["collections.dispute"]._open(
            [{"case": self._case(self.customer), "reason_id": reason.id}]
        )
        self.env.invalidate_all()
        self.assertIn("Open issues: 1", own.collections_banner)

    def test_banner_of_a_contact_is_its_company_s(self):
        order = self._quotation(self.contact)
        self.assertIn("400.00", order.with_user(self.seller).collections_banner)

    def test_banner_is_not_for_others(self):
        order = self._quotation(user=self.other_seller)
        self.assertFalse(order.with_user(self.other_seller).collections_banner)
        partner = order.partner_id.with_user(self.supervisor)
        self.assertIn("400.00", partner.collections_banner)
        with self.assertRaises(AccessError):
            order.with_user(self.internal).read(["collections_banner"])

    def test_banner_of_the_order_s_company(self):
        order = self._quotation(company=self.company_2)
        found = order.with_user(self.seller).collections_banner
        self.assertIn("9.00", found)
        self.assertNotIn("400.00", found)

    def test_nothing_to_say(self):
        order = self._quotation(self._customer("Calm", user_id=self.seller.id))
        self.assertFalse(order.with_user(self.seller).collections_banner)
        self.assertFalse(order.collections_blocked)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_windows(self):
        own = self._quotation().with_user(self.seller)
        case = self._case(self.customer)
        self.assertEqual(own.action_collections_case()["res_id"], case.id)
        context = own.action_collections_issue()["context"]
        self.assertEqual(context["default_case_id"], case.id)

    def test_seller_reports_an_issue_from_the_invoice(self):
        """Sales gives the right to read invoices, so the button is there for them."""
        invoice = self.invoice.with_user(self.seller)
        context = invoice.action_collections_issue()["context"]
        dialog = (
            self.env["collections.dispute.report"]
            .with_user(self.seller)
            .with_context(**context)
            .create(
                {
                    "reason_id": self.env.ref(
                        "collections_management.dispute_reason_other"
                    ).id
                }
            )
        )
        dialog.action_report()
        self.assertEqual(invoice.collections_dispute_ids.amount, 400.0)
