from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

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
        """R106: key figures, aging, trend and debtors on one page."""
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

    def test_the_ledger_of_this_moment(self):
        """R107: a payment shows at once, without a refresh or a nightly copy."""

        def overdue():
            figures = self.Dashboard.get_dashboard("2026-03-31")["figures"]
            return next(row["value"] for row in figures if row["name"] == "Overdue")

        self.assertEqual(overdue(), 100_000)
        self._pay(self.documents["F1"], 30_000, date(2026, 3, 31))
        self.assertEqual(overdue(), 70_000)

    def test_expected_cash_by_week(self):
        found = self.Dashboard.get_dashboard("2026-03-31")["expected"]
        amounts = {str(week["date"]): week["amount"] for week in found}
        self.assertEqual(len(amounts), 8)
        # M1 falls due on 4 April, M2 on the 19th.
        self.assertEqual(amounts["2026-03-31"], 60_000)
        self.assertEqual(amounts["2026-04-14"], 40_000)
        self.assertEqual(sum(amounts.values()), 100_000)

    @freeze_time("2026-03-31 12:00:00")
    def test_each_document_is_expected_once(self):
        """M1 is promised for later, M2 covered by a cheque of 15 April."""
        self._pay(self.documents["M2"], 40_000, date(2026, 4, 15))
        self.Case.refresh()
        line = self._receivable_lines(self.documents["M1"])
        promise = (
            self.env["collections.promise"]
            .sudo()
            .create(
                {
                    "case_id": self._case(self.partners["M"]).id,
                    "currency_id": self.company.currency_id.id,
                    "amount": 45_000,
                    "date": "2026-04-22",
                    "line_ids": [(0, 0, {"move_line_id": line.id, "amount": 45_000})],
                }
            )
        )
        self.env.flush_all()
        found = self.Dashboard.get_dashboard("2026-03-31")
        weeks = {str(week["date"]): week for week in found["expected"]}
        self.assertEqual(weeks["2026-03-31"]["due"], 15_000)
        self.assertEqual(weeks["2026-04-14"]["cheques"], 40_000)
        self.assertEqual(weeks["2026-04-14"]["due"], 0)
        self.assertEqual(weeks["2026-04-21"]["promised"], 45_000)
        self.assertEqual(sum(week["amount"] for week in weeks.values()), 100_000)
        self.assertEqual(found["promises"]["count"], 0)
        soon = self.Dashboard.get_dashboard("2026-04-20")["promises"]
        self.assertEqual([row["id"] for row in soon["rows"]], promise.ids)
        self.assertEqual(soon["total"], 45_000)

    @freeze_time("2026-03-31 12:00:00")
    def test_a_cheque_in_the_drawer_is_expected_on_its_date(self):
        """Before and after somebody registers its payment: once, in the same week."""
        line = self._receivable_lines(self.documents["M2"])
        self.Case.refresh()
        dialog = self.env["collections.promise.make"].create(
            {
                "case_id": self._case(self.partners["M"]).id,
                "kind": "cheque",
                "amount": 40_000,
                "date": "2026-04-15",
                "number": "00881",
                "bank": "Banco Ejemplo",
                "item_ids": [(6, 0, line.ids)],
            }
        )
        dialog.action_save()

        def expected():
            self.env.flush_all()
            found = self.Dashboard.get_dashboard("2026-03-31")["expected"]
            weeks = {str(week["date"]): week for week in found}
            return weeks["2026-04-14"], sum(week["amount"] for week in found)

        week, total = expected()
        self.assertEqual((week["cheques"], week["due"]), (40_000, 0))
        self.assertEqual(total, 100_000)
        payment = self._on_account(
            self.partners["M"], 40_000, date(2026, 4, 15), memo="Cheque 881"
        )
        self.Case.refresh()
        week, total = expected()
        self.assertEqual(week["cheques"], 40_000)
        self.assertEqual(total, 100_000)
        self._reconcile(self.documents["M2"], payment.move_id)
        week, total = expected()
        self.assertEqual((week["cheques"], total), (40_000, 100_000))

    @freeze_time("2026-03-31 12:00:00")
    def test_who_pays_on_fixed_days_pays_on_the_next_one(self):
        """All of it falls due until 19 April; the customer pays on the 25th."""
        self.env["collections.customer.day"].create(
            {"partner_id": self.partners["M"].id, "kind": "payment", "month_day": 25}
        )
        found = self.Dashboard.get_dashboard("2026-03-31")["expected"]
        weeks = {str(week["date"]): week["due"] for week in found}
        self.assertEqual(weeks["2026-04-21"], 100_000)
        self.assertEqual(sum(weeks.values()), 100_000)

    def test_trend_and_target(self):
        """R112: DSO now beside DSO before, from our own ledger."""
        self.env["collections.kpi.target"].create(
            {"company_id": self.company.id, "code": "dso", "value": 45}
        )
        figures = {
            figure["code"]: figure
            for figure in self.Dashboard.get_dashboard("2026-03-31")["figures"]
        }
        Kpi = self.env["collections.kpi"].with_company(self.company)
        found = Kpi.get_kpis("2026-01-01", "2026-03-31")
        for code in ("dso", "average_days_delinquent", "cei"):
            self.assertAlmostEqual(figures[code]["value"], found[code]["value"], 3)
        earlier = Kpi.get_kpis("2025-12-01", "2026-02-28", codes=["dso", "cei"])
        self.assertAlmostEqual(figures["dso"]["before"], earlier["dso"]["value"], 3)
        self.assertAlmostEqual(figures["cei"]["before"], earlier["cei"]["value"], 3)
        self.assertEqual(figures["dso"]["target"], 45)
        self.assertFalse(figures["dso"]["is_better"])
        # 20,000 were overdue at the end of February.
        self.assertEqual(figures["overdue"]["before"], 20_000)
        self.assertIsNone(figures["promise_kept_rate"]["value"])

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
