"""Contacts with the right person, cost of lateness, Odoo's own DSO, loss rates."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import QUARTER, ReportsCommon

# M8: sales, and what was unpaid at each of the following buckets.
UNPAID = (100_000, 50_000, 23_000, 8_000, 2_000)
BALANCES = (300_000, 140_000, 60_000, 23_000, 5_000)
LIMITS = (30, 60, 90)


@tagged("post_install", "-at_install")
class TestKpiMore(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._mini_ledger()
        cls.Kpi = cls.env["collections.kpi"].with_company(cls.company)
        cls.Risk = cls.env["collections.risk"].with_company(cls.company)
        cls.Screen = cls.env["collections.kpi.screen"].with_company(cls.company)
        cls.Case.refresh()

    def _figure(self, code, *period):
        [found] = self.Kpi.get_kpis(*(period or QUARTER), codes=[code]).values()
        return found

    # === M10 === #

    def _said(self, count, result, **values):
        case = self._case(self.partners["J"])
        return (
            self.env["collections.interaction"]
            .sudo()
            .create(
                [
                    {
                        "company_id": self.company.id,
                        "case_id": case.id,
                        "date": "2026-02-20 12:00:00",
                        "result_id": result and self.env.ref(result).id,
                        **values,
                    }
                ]
                * count
            )
        )

    def test_right_party_contact(self):
        """60 of 300 attempts, 45 promises of those, 36 kept: by a third of each."""
        prefix = "collections_management.interaction_result_"
        self._said(20, f"{prefix}informed")
        self._said(15, f"{prefix}wrong_person")
        self._said(65, f"{prefix}no_answer")
        self._said(9, None, channel="email")
        self._said(9, f"{prefix}informed", direction="in")
        case = self._case(self.partners["J"])
        with freeze_time("2026-02-20 12:00:00"):
            made = (
                self.env["collections.promise"]
                .sudo()
                .create(
                    [
                        {
                            "case_id": case.id,
                            "currency_id": self.company.currency_id.id,
                            "amount": 10,
                            "date": "2026-03-01",
                        }
                    ]
                    * 15
                )
            )
        made[:12].state = "kept"
        made[12:].state = "broken"
        found = self._figure("right_party_contact")
        self.assertEqual(found["value"], 20)
        self.assertEqual(
            found["inputs"],
            {
                "attempts": 100,
                "reached": 35,
                "right_party": 20,
                "of_reached": 20 / 35 * 100,
            },
        )
        promised = self._figure("promise_to_pay")
        self.assertEqual(promised["value"], 75)
        self.assertEqual(promised["inputs"]["kept_of_made"], 80)

    def test_a_correction_takes_the_place_of_what_it_corrects(self):
        prefix = "collections_management.interaction_result_"
        wrong = self._said(1, f"{prefix}informed")
        self._said(1, f"{prefix}no_answer", corrects_id=wrong.id)
        found = self._figure("right_party_contact")["inputs"]
        self.assertEqual((found["attempts"], found["right_party"]), (1, 0))

    # === COST === #

    def test_r90_cost_to_collect(self):
        """R90: what the quarter's collecting cost, of what it brought in; a budget."""
        self._make_users("salesperson")
        case = self._case(self.partners["J"])
        costs = [("2026-01-01", 700), ("2026-03-31", 300), ("2026-04-01", 5_000)]
        self.env["collections.cost"].create(
            [
                {"case_id": case.id, "date": when, "amount": amount}
                for when, amount in costs
            ]
        )
        found = self._figure("cost_to_collect")
        collected = self.Kpi.get_kpis(*QUARTER, codes=["average_days_late"])
        collected = collected["average_days_late"]["inputs"]["amount"]
        self.assertEqual(
            found["inputs"],
            {"costs": 1_000, "messages": 0, "collected_all": collected},
        )
        self.assertAlmostEqual(found["value"], 100_000 / collected, 4)
        # Of one's own customers only.
        own = self.Kpi.with_user(self.salesperson).get_kpis(
            *QUARTER, codes=["cost_to_collect"]
        )
        self.assertEqual(own["cost_to_collect"]["inputs"]["costs"], 0)
        self.env["collections.kpi.target"].create(
            {"code": "cost_to_collect", "value": 2}
        )
        self.assertEqual(self._figure("cost_to_collect")["target"], 2)

    def test_cost_of_messages_in_their_currency(self):
        """R90: what a provider bills in its currency counts in the company's."""
        case = self._case(self.partners["J"])
        bill = SQL(
            """SELECT %s AS company_id, %s AS partner_id, %s AS currency_id,
                      DATE '2026-02-01' AS date, 10 AS amount""",
            self.company.id,
            case.partner_id.id,
            self.eur.id,
        )
        channel = type(self.env["collections.channel.email"])
        self.patch(channel, "_spent_sql", lambda self: bill)
        expected = self.eur._convert(
            10, self.company.currency_id, self.company, QUARTER[1], round=False
        )
        self.assertNotEqual(expected, 10)
        found = self._figure("cost_to_collect")
        self.assertAlmostEqual(found["inputs"]["messages"], expected, 4)

    def test_cost_of_lateness(self):
        """R111: A1 13 days of January, J1 9 and 41 in part, F1 19; A2 was on time."""
        days = 40_000 * 13 + 70_000 * 9 + 20_000 * 41 + 80_000 * 19
        missing = self._figure("cost_of_carry")
        self.assertIsNone(missing["value"])
        self.assertIn("cost of money", missing["reason"])
        self.company.collections_financing_rate = 12
        found = self._figure("cost_of_carry")
        self.assertAlmostEqual(found["inputs"]["average_overdue"], days / 90, 4)
        self.assertAlmostEqual(found["value"], days * 0.12 / 365, 3)

    def test_cost_is_the_sum_of_the_days(self):
        """The aging of every day, added up."""
        first, last = date(2026, 2, 1), date(2026, 3, 31)
        overdue = 0.0
        for number in range((last - first).days + 1):
            aging = self.Aging.get_aging(first + timedelta(days=number))
            overdue += sum(aging["amounts"][1:-1])
        found = self._figure("cost_of_carry", first, last)
        self.assertAlmostEqual(found["inputs"]["average_overdue"], overdue / 59, 4)

    @freeze_time("2026-03-31 12:00:00")
    def test_dso_as_on_the_customer_form(self):
        """Of the only customer, today: what Odoo itself shows."""
        others = self.partners["A"] | self.partners["J"] | self.partners["M"]
        customer = self.partners["F"]
        self._make_users("salesperson")
        customer.user_id = self.salesperson
        others.user_id = False
        self.Case.refresh()
        Kpi = self.Kpi.with_user(self.salesperson)
        found = Kpi.get_kpis(*QUARTER, codes=["dso_lifetime"])["dso_lifetime"]
        self.env.invalidate_all()
        shown = customer.with_company(self.company).days_sales_outstanding
        self.assertAlmostEqual(found["value"], shown, 4)
        self.assertAlmostEqual(shown, 49)

    # === M8 === #

    def _history(self):
        """A document that shrinks from bucket to bucket, long ago."""
        due = date(2024, 6, 30)
        [old] = self._dated_invoices(
            (self.partners["A"], due - timedelta(days=30), due, UNPAID[0])
        )
        days = (0, 15, 45, 75)
        for day, before, after in zip(days, UNPAID, UNPAID[1:], strict=False):
            self._pay(old, before - after, due + timedelta(days=day))
        return due

    def test_loss_rates_of_the_history(self):
        self._history()
        found = self.Risk.get_loss_rates("2025-10-31", buckets=LIMITS)
        self.assertEqual([row["reached"] for row in found["rows"]], list(UNPAID))
        self.assertEqual(found["lost"], 2_000)
        rates = [row["rate"] for row in found["rows"]]
        for rate, expected in zip(rates, (0.02, 0.04, 2 / 23, 0.25, 1), strict=True):
            self.assertAlmostEqual(rate, expected)

    def test_provision_by_rates_of_the_history(self):
        """27,567 of M8."""
        self._history()
        known = self.Risk.get_loss_rates("2025-10-31", buckets=LIMITS)
        rates = [row["rate"] for row in known["rows"]]
        when = date(2027, 3, 31)
        for days, amount in zip((-10, 10, 40, 70), BALANCES, strict=False):
            due = when - timedelta(days=days)
            self._dated_invoices((self.partners["M"], date(2026, 3, 31), due, amount))
        before = self.Risk.get_provision(when, rates, buckets=LIMITS)
        extra = 200_000 + 2_000  # L and the rest of the history, long overdue
        self.assertAlmostEqual(before["total"], 27_567 - 5_000 + extra, 0)
        own = self.Risk.get_provision("2025-10-31", buckets=LIMITS)
        self.assertEqual(own["source"], "history")
        self.assertEqual(own["rows"][-1]["loss"], 2_000)

    def test_written_off_is_lost_and_credited_is_not(self):
        due = self._history()
        [other] = self._dated_invoices(
            (self.partners["A"], due - timedelta(days=30), due, 10_000)
        )
        refund = self._dated_invoices(
            (
                self.partners["A"],
                due,
                due,
                4_000,
                {"move_type": "out_refund"},
            )
        )
        self._reconcile(refund, other)
        entry = self._entry(
            [
                (self.receivable, self.partners["A"], -6_000),
                (self.company_data["default_account_revenue"], None, 6_000),
            ],
            str(due + timedelta(days=40)),
        )
        self._reconcile(entry, other)
        found = self.Risk.get_loss_rates("2025-10-31", buckets=LIMITS)
        self.assertEqual(found["lost"], 8_000)
        self.assertEqual(
            [row["reached"] for row in found["rows"]],
            [110_000, 56_000, 29_000, 8_000, 2_000],
        )
        self.assertEqual(found["rows"][-1]["rate"], 1)

    def test_without_history_a_rate_is_not_available(self):
        found = self.Risk.get_provision("2025-12-31", buckets=LIMITS)
        self.assertEqual({row["rate"] for row in found["rows"]}, {None})
        self.assertEqual({row["loss"] for row in found["rows"]}, {None})

    def test_rates_are_kept_by_supervisors(self):
        self._make_users("collector", "supervisor")
        rates = [0.003, 0.016, 0.036, 0.066, 0.106]
        Risk = self.Risk.with_user(self.supervisor).with_company(self.company)
        with self.assertRaises(AccessError):
            self.Risk.with_user(self.collector).keep_rates(rates, LIMITS)
        with self.assertRaises(UserError):
            Risk.keep_rates(rates[:2], LIMITS)
        Risk.keep_rates(rates, LIMITS)
        found = Risk.get_provision("2026-03-31", buckets=LIMITS)
        self.assertEqual(found["source"], "kept")
        # 100,000 not due, 80,000 and 20,000 in the first two buckets.
        self.assertEqual(found["total"], 300 + 1_280 + 720)
        more = Risk.get_provision("2026-03-31", buckets=LIMITS, adjustment=10)
        self.assertEqual(more["total"], 330 + 1_408 + 792)
        other = Risk.get_provision("2026-03-31", buckets=(30, 60))
        self.assertEqual(other["source"], "history")
        Risk.keep_rates(None)
        self.assertEqual(
            Risk.get_provision("2026-03-31", buckets=LIMITS)["source"], "history"
        )

    # === PAGE === #

    def test_page(self):
        self.env["collections.kpi.target"].create(
            {"company_id": self.company.id, "code": "dso", "value": 45}
        )
        page = self.Screen.get_page(*QUARTER)
        self.assertEqual(page["before_from"], date(2025, 10, 1))
        figures = {
            figure["code"]: figure
            for section in page["sections"]
            for figure in section["figures"]
        }
        self.assertEqual(set(figures), set(self.Kpi.get_kpis(*QUARTER)))
        words = page["input_words"]
        for code, figure in figures.items():
            with self.subTest(code):
                named = set(figure["inputs"]) - {"exceeds_history"}
                self.assertLessEqual(named, set(words))
                self.assertTrue(figure["behind"])
        dso = figures["dso"]
        self.assertEqual((dso["value"], dso["target"]), (72, 45))
        # 60,000 of 60,000 in the 92 days before.
        self.assertEqual((dso["before"], dso["is_better"]), (92, True))
        self.assertEqual(page["targets"], {"dso": 45})

    def test_what_stands_behind_each_figure(self):
        self.env["collections.kpi.behind"]._behind_labels()
        expected = {
            "items": 200_000,
            "not_due": 100_000,
            "overdue": 100_000,
            "opening": 60_000,
            "opening_overdue": 40_000,
            "open_of_due": 100_000,
            "payments": 110_000,
            "recovered": 40_000,
            "paid_of_due": 70_000,
        }
        self._make_users("collector")
        screen = self.Screen.with_user(self.collector).with_company(self.company)
        for key, amount in expected.items():
            with self.subTest(key):
                action = screen.get_behind_action(key, *QUARTER)
                records = (
                    screen.env[action["res_model"]]
                    .with_context(**action["context"])
                    .search(action["domain"])
                )
                self.assertEqual(sum(records.mapped("amount")), amount)
        for key in ("judged", "promised", "contacts", "attempts", "late"):
            action = screen.get_behind_action(key, *QUARTER)
            screen.env[action["res_model"]].search(action["domain"])
        with self.assertRaises(UserError):
            screen.get_behind_action("nonsense", *QUARTER)

    def test_matrices(self):
        found = self.Screen.get_matrices("2026-03-31")
        self.assertEqual(found["since"], date(2026, 2, 28))
        first = found["rolls"]["rows"][0]
        self.assertEqual(first["rates"][1], 100)

    # === ACCESS === #

    def test_access(self):
        self._make_users("salesperson", "internal", "portal")
        self.partners["F"].user_id = self.salesperson
        self.Case.refresh()
        for user in (self.internal, self.portal):
            screen = self.Screen.with_user(user)
            risk = self.Risk.with_user(user)
            for call in (
                screen.get_options,
                lambda s=screen: s.get_page(*QUARTER),
                lambda s=screen: s.get_matrices("2026-03-31"),
                lambda s=screen: s.export_xlsx(*QUARTER),
                lambda s=screen: s.get_behind_action("items", *QUARTER),
                lambda r=risk: r.get_loss_rates("2026-03-31"),
                lambda r=risk: r.keep_rates((0.1,) * 6),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
        own = self.Screen.with_user(self.salesperson)
        matrices = own.get_matrices("2026-03-31")
        self.assertEqual(
            sum(row["balance"] for row in matrices["provision"]["rows"]), 80_000
        )
        codes = ["cost_of_carry", "dso_lifetime"]
        found = self.Kpi.with_user(self.salesperson).get_kpis(*QUARTER, codes=codes)
        self.assertEqual(found["dso_lifetime"]["inputs"]["invoiced"], 80_000)
        self.assertAlmostEqual(
            found["cost_of_carry"]["inputs"]["average_overdue"], 80_000 * 19 / 90
        )

    def test_nothing_is_written(self):
        with self.assertReadOnly():
            self.Screen.get_options()
            self.Screen.get_page(*QUARTER)
            self.Screen.get_matrices("2026-03-31")
            self.Screen.export_xlsx(*QUARTER)
            self.Screen.get_behind_action("payments", *QUARTER)
