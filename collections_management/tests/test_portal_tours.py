"""The customer's pages in a real browser, as wide as a phone."""

from datetime import timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestPortalTours(CollectionsCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector")
        cls.company.collections_collector_id = cls.collector
        cls.policy.write({"promise_max_days": 30, "notice_days": 5})
        cls.today = cls.company._collections_today()
        cls.customer = cls._customer("Tour Delta")
        cls.person = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.customer.id, "email": "ana@example.com"}
        )
        # Their sum is no round number of two.
        cls.first, cls.second = cls._invoices(
            (cls.customer, cls.today - timedelta(days=40), 70.2),
            (cls.customer, cls.today - timedelta(days=4), 30.1),
        )
        cls._refresh(cls)
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])

    def test_a_promise_by_a_link(self):
        url = self.env["collections.portal"]._url(self.case, self.person, 30)
        path = url.removeprefix(self.case.get_base_url())
        self.start_tour(path, "collections_portal_promise")
        promise = self.case.promise_ids
        self.assertEqual(
            (promise.kind, promise.amount, promise.note, promise.contact_id),
            ("promise", 100.3, "On payday", self.person),
        )
        self.assertEqual(promise.line_ids.move_id, self.first + self.second)

    def test_a_payment_notice_with_its_slip_and_a_dispute(self):
        login = new_test_user(
            self.env,
            login="tour_customer",
            groups="base.group_portal",
            partner_id=self.person.id,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
            context={"no_reset_password": True},
        )
        self.start_tour("/my", "collections_portal_notice", login=login.login)
        notice = self.case.promise_ids
        self.assertEqual(
            (notice.kind, notice.amount, notice.bank),
            ("reported", 30.1, "Banco Uno 77"),
        )
        self.assertEqual(notice.slip_id.raw, b"%PDF-1.4 a slip")
        self.assertEqual(
            self.case.dispute_ids.mapped(lambda one: (one.description, one.amount)),
            [("Two boxes were broken", 70.2)],
        )
