from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestDashboard(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "internal", "portal")
        cls._mini_ledger()
        cls.Dashboard = cls.env["collections.dashboard"].with_company(cls.company)
        cls.partners["F"].user_id = cls.salesperson
        cls.Case.refresh()

    def test_what_the_page_shows(self):
        found = self.Dashboard.get_dashboard("2026-03-31")
        self.assertEqual(found["date_from"], date(2026, 1, 1))
        figures = {figure["name"]: figure for figure in found["figures"]}
        self.assertEqual(len(figures), 5)
        self.assertEqual(figures["Overdue"]["value"], 100_000)
        self.assertEqual(figures["Overdue"]["share"], 50)
        self.assertEqual(figures["DSO"]["value"], 72)
        self.assertEqual(found["aging"]["total"], 200_000)
        self.assertEqual(len(found["series"]), 12)
        self.assertEqual(
            [(debtor["label"], debtor["overdue"]) for debtor in found["debtors"]],
            [("Customer F", 80_000), ("Customer J", 20_000)],
        )

    def test_expected_cash_by_week(self):
        found = self.Dashboard.get_dashboard("2026-03-31")["expected"]
        amounts = {str(week["date"]): week["amount"] for week in found}
        self.assertEqual(len(amounts), 8)
        # M1 falls due on 4 April, M2 on the 19th.
        self.assertEqual(amounts["2026-03-31"], 60_000)
        self.assertEqual(amounts["2026-04-14"], 40_000)
        self.assertEqual(sum(amounts.values()), 100_000)

    def test_cases_by_stage(self):
        stages = self.Dashboard.get_dashboard("2026-03-31")["stages"]
        total = sum(stage["count"] for stage in stages)
        cases = self.Case.search(
            [("company_id", "=", self.company.id), ("stage_id.fold", "=", False)]
        )
        self.assertEqual(total, len(cases))

    def test_empty_ledger(self):
        found = self.Dashboard.get_dashboard("2020-01-01")
        self.assertEqual(found["debtors"], [])
        self.assertIsNone(found["figures"][0]["share"])

    def test_access(self):
        for user in (self.internal, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Dashboard.with_user(user).get_dashboard()
        own = self.Dashboard.with_user(self.salesperson).get_dashboard("2026-03-31")
        self.assertEqual(own["aging"]["total"], 80_000)
        self.assertEqual(own["figures"][0]["value"], 80_000)
        self.assertEqual(sum(week["amount"] for week in own["expected"]), 0)

    def test_nothing_is_written(self):
        with self.assertReadOnly():
            self.Dashboard.get_dashboard("2026-03-31")
