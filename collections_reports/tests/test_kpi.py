from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QUARTER, ReportsCommon


@tagged("post_install", "-at_install")
class TestKpi(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._mini_ledger()
        cls.Kpi = cls.env["collections.kpi"].with_company(cls.company)

    def _value(self, code, *period):
        [found] = self.Kpi.get_kpis(*(period or QUARTER), codes=[code]).values()
        return found["value"]

    def test_every_number_of_the_ledger(self):
        """R100, R103: M1-M3, M12 and the others, by hand."""
        found = self.Kpi.get_kpis("2026-01-01", "2026-03-31")
        expected = {
            "dso": 72.0,
            "dso_countback": 67.857,
            "best_possible_dso": 36.0,
            "average_days_delinquent": 36.0,
            "average_days_late": 15.4545,
            "average_days_overdue": 25.2,
            "average_days_to_pay": 45.4545,
            "cei": 52.381,
            "recovery_rate": 100.0,
            "compliance_rate": 33.3333,
            "coverage": 0.0,
            "at_risk_rate": 0.0,
            # Of all that was invoiced since 15 November.
            "dso_lifetime": 200 / 310 * 136,
        }
        for code, value in expected.items():
            with self.subTest(code):
                self.assertAlmostEqual(found[code]["value"], value, 2)
        inputs = found["cei"]["inputs"]
        self.assertEqual(
            inputs,
            {
                "opening": 60_000,
                "sales": 250_000,
                "closing": 200_000,
                "closing_not_due": 100_000,
            },
        )
        self.assertAlmostEqual(found["best_possible_dso"]["inputs"]["countback"], 31)
        delinquent = found["average_days_delinquent"]["inputs"]
        self.assertAlmostEqual(delinquent["countback"], 36.857, 2)
        self.assertEqual(found["compliance_rate"]["inputs"]["amount_on_time"], 20_000)
        self.assertEqual(found["coverage"]["inputs"]["customers"], 3)
        self.assertEqual(found["at_risk_rate"]["inputs"]["items"], 1)

    def test_every_figure_explains_itself(self):
        """R110: formula, inputs and what is left out, with each number."""
        for code, figure in self.Kpi.get_kpis(*QUARTER).items():
            with self.subTest(code):
                self.assertIn(figure["unit"], ("days", "%", "money"))
                self.assertGreater(len(figure["formula"]), 20)
                self.assertIn("Left out", figure["exclusions"])
                self.assertTrue(figure["name"])
                self.assertIsInstance(figure["inputs"], dict)

    def test_nothing_to_divide_by_is_not_available(self):
        found = self.Kpi.get_kpis("2020-01-01", "2020-01-31")
        for code, figure in found.items():
            with self.subTest(code):
                self.assertIsNone(figure["value"])

    def test_without_promises_they_are_not_available(self):
        process = type(self.env["collections.kpi.process"])
        self.patch(process, "_judged_promises", lambda self, request: None)
        found = self.Kpi.get_kpis(
            *QUARTER, codes=["promise_kept_rate", "effectiveness"]
        )
        for figure in found.values():
            self.assertIsNone(figure["value"])
            self.assertIn("Not available", figure["reason"])

    def test_promises_through_their_seam(self):
        rows = [
            ("kept", 1_000, 1_000, 1),
            ("partially_kept", 2_000, 1_500, 1),
            ("broken", 500, 0, 2),
            ("kept", 800, 800, 3),
            ("withdrawn", 700, 0, 4),
            ("open", 1_200, 0, 4),
        ]
        process = type(self.env["collections.kpi.process"])
        self.patch(process, "_judged_promises", lambda self, request: rows)
        found = self.Kpi.get_kpis(*QUARTER, codes=["promise_kept_rate"])
        figure = found["promise_kept_rate"]
        self.assertEqual(figure["value"], 50)
        self.assertAlmostEqual(figure["inputs"]["strict_amount"], 41.86, 2)
        self.assertAlmostEqual(figure["inputs"]["collected_amount"], 76.74, 2)

    def test_effectiveness_counts_customers_in_contact(self):
        """R102: customers who promised, of those managed; each counts once."""
        process = type(self.env["collections.kpi.process"])
        rows = [("kept", 10, 10, self.partners["J"].id)] * 2
        self.patch(process, "_judged_promises", lambda self, request: rows)
        self.patch(process, "_managed", lambda self, request: 4)
        self.assertEqual(self._value("effectiveness"), 25)

    # === EDGES === #

    def test_more_receivables_than_sales_is_more_than(self):
        """An opening balance is a receivable, not a sale."""
        self._entry(
            [
                (self.receivable, self.partners["J"], 400_000),
                (self.company_data["default_account_revenue"], None, -400_000),
            ],
            "2025-11-01",
        )
        found = self.Kpi.get_kpis(*QUARTER, codes=["dso_countback"])["dso_countback"]
        self.assertTrue(found["inputs"]["exceeds_history"])
        self.assertEqual(found["display"], "> 151.0")

    def test_credit_notes_reduce_sales_and_receivables(self):
        self._dated_invoices(
            (
                self.partners["F"],
                date(2026, 3, 21),
                date(2026, 3, 21),
                50_000,
                {"move_type": "out_refund"},
            )
        )
        self.assertAlmostEqual(self._value("dso"), 150 / 200 * 90, 3)

    def test_credits_reduce_overdue_before_what_is_not_due(self):
        self._on_account(self.partners["F"], 150_000, date(2026, 3, 20))
        found = self.Kpi.get_kpis(*QUARTER, codes=["cei"])["cei"]
        self.assertEqual(found["inputs"]["closing"], 50_000)
        self.assertEqual(found["inputs"]["closing_not_due"], 50_000)
        self.assertEqual(found["value"], 100)

    def test_only_money_counts_as_collected(self):
        """A credit note settles an overdue invoice, and is no recovery."""
        refund = self._dated_invoices(
            (
                self.partners["J"],
                date(2026, 4, 10),
                date(2026, 4, 10),
                20_000,
                {"move_type": "out_refund"},
            )
        )
        self._reconcile(refund, self.documents["J1"])
        period = (date(2026, 4, 1), date(2026, 4, 30))
        self.assertEqual(self._value("recovery_rate", *period), 0)
        self.assertIsNone(self._value("average_days_late", *period))

    def test_withholdings_count_as_collected(self):
        self.company.collections_withholding_journal_ids = self.misc
        entry = self._entry(
            [
                (self.receivable, self.partners["J"], -20_000),
                (self.company_data["default_account_revenue"], None, 20_000),
            ],
            "2026-04-10",
        )
        self._reconcile(entry, self.documents["J1"])
        period = (date(2026, 4, 1), date(2026, 4, 30))
        # J1 and F1 were overdue: 20,000 of 100,000.
        self.assertEqual(self._value("recovery_rate", *period), 20)

    def test_items_of_90_days(self):
        """R101: at risk is what got older than 90 days."""
        period = (date(2026, 5, 1), date(2026, 6, 30))
        found = self.Kpi.get_kpis(*period, codes=["at_risk_rate"])["at_risk_rate"]
        # J1 and F1 reach their 91st day, both unpaid.
        self.assertEqual(found["value"], 100)
        self.assertEqual(found["inputs"]["late_amount"], 150_000)

    def test_contacts_are_reminders_sent(self):
        """R104: one of three customers was contacted."""
        self._refresh()
        case = self._case(self.partners["F"])
        self.Reminder.sudo().create(
            {
                "case_id": case.id,
                "company_id": self.company.id,
                "partner_id": self.partners["F"].id,
                "date": "2026-03-20",
                "date_sent": "2026-03-20 12:00:00",
                "state": "sent",
                "uuid": "test",
            }
        )
        self.assertAlmostEqual(self._value("coverage"), 33.3333, 3)

    def test_contacts_are_interactions_too(self):
        """R104: a call counts as a reminder does."""
        self._refresh()
        case = self._case(self.partners["J"])
        self.env["collections.interaction"].sudo().create(
            {
                "company_id": self.company.id,
                "case_id": case.id,
                "date": "2026-02-20 12:00:00",
            }
        )
        self.assertAlmostEqual(self._value("coverage"), 33.3333, 3)

    # === SERIES === #

    def test_series(self):
        """R100: the trend, month by month."""
        points = self.Kpi.get_series("2026-03-31", months=4)
        last = points[-1]
        self.assertEqual(last["date"], date(2026, 3, 31))
        self.assertAlmostEqual(last["dso"], 72)
        self.assertAlmostEqual(last["dso_countback"], 67.857, 2)
        self.assertEqual((last["receivables"], last["not_due"]), (200_000, 100_000))
        for point in points:
            with self.subTest(point["date"]):
                end = point["date"]
                found = self.Kpi.get_kpis(end.replace(day=1), end)
                for code in ("cei", "dso_countback"):
                    value = found[code]["value"]
                    self.assertAlmostEqual(point[code], value, 3)

    def test_series_of_an_empty_ledger(self):
        [point] = self.Kpi.get_series("2020-03-31", months=1)
        self.assertIsNone(point["dso"])
        self.assertIsNone(point["cei"])

    # === ARGUMENTS, ACCESS, COST === #

    def test_what_is_not_understood_is_refused(self):
        for arguments in (
            ("2026-03-31", "2026-01-01"),
            ("x", "2026-01-01"),
            ("2026-01-01", "2026-03-31", ["nonsense"]),
        ):
            with self.subTest(arguments), self.assertRaises(UserError):
                self.Kpi.get_kpis(*arguments)
        for months in (0, 61, "many"):
            with self.subTest(months), self.assertRaises(UserError):
                self.Kpi.get_series("2026-03-31", months=months)

    def test_access(self):
        self._make_users("salesperson", "collector", "internal", "portal")
        self.partners["F"].user_id = self.salesperson
        self._refresh()
        for user in (self.internal, self.portal):
            kpi = self.Kpi.with_user(user)
            for call in (kpi.get_kpis, kpi.get_series):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call("2026-01-01", "2026-03-31")
        own = self.Kpi.with_user(self.salesperson).get_kpis(*QUARTER)
        self.assertEqual(own["dso"]["inputs"]["receivables"], 80_000)
        self.assertEqual(own["dso"]["inputs"]["sales"], 80_000)
        self.assertIsNone(own["recovery_rate"]["value"])
        self.assertEqual(own["coverage"]["inputs"]["customers"], 1)
        every = self.Kpi.with_user(self.collector).get_kpis(*QUARTER)
        self.assertEqual(every["dso"]["value"], 72)

    def test_nothing_is_written(self):
        with self.assertReadOnly():
            self.Kpi.get_kpis(*QUARTER)
            self.Kpi.get_series("2026-03-31")

    def test_few_statements(self):
        self.Kpi.get_kpis(*QUARTER)
        self.env.flush_all()
        with self.assertQueryCount(20):
            self.Kpi.get_kpis(*QUARTER)
