"""Expected cash, what is kept of it, and what it is worth afterwards."""

from datetime import timedelta
from io import BytesIO
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.collections_management.tests.common import NOON, TODAY, day

from ..models.collections_cash_rebuild import CollectionsCashRebuild
from ..tools import cash
from .common import ReportsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCash(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("salesperson", "collector", "supervisor", "internal", "portal")
        cls.late, cls.good, cls.new = cls._customers(3)
        specs = [
            (partner, day(-260 + 20 * n), day(-230 + 20 * n), 100.0)
            for n in range(11)
            for partner in (cls.late, cls.good)
        ]
        paid = cls._dated_invoices(*specs)
        for move, (partner, _issued, due, _amount) in zip(paid, specs, strict=True):
            delay = 12 if partner == cls.late else -2
            cls._pay(move, when=due + timedelta(days=delay))
        cls.open_late, cls.open_good, cls.open_new = cls._dated_invoices(
            (cls.late, day(-20), day(10), 400.0),
            (cls.good, day(-20), day(10), 300.0),
            (cls.new, day(-20), day(10), 200.0),
        )
        cls.env["collections.case"].refresh()
        cls.scorer = cls.env["collections.scorer"].sudo()
        cls.Screen = cls.env["collections.cash.screen"].with_company(cls.company)
        cls.Forecast = cls.env["collections.cash.forecast"].sudo()

    def _score(self, company=None):
        company = company or self.company
        self.scorer.with_company(company)._score(company)
        self.env.invalidate_all()

    def _weeks(self, **options):
        return self.Screen.get_page(**options)["weeks"]

    def _sum(self, name="amount", weeks=None):
        return sum(week[name] for week in weeks or self._weeks())

    # === WHAT IS EXPECTED === #

    def test_without_predictions_by_due_date(self):
        page = self.Screen.get_page()
        self.assertFalse(page["is_predicted"])
        self.assertEqual(
            [week["amount"] for week in page["weeks"][:3]], [0.0, 900.0, 0.0]
        )
        self.assertEqual(page["weeks"][1]["low"], 900.0)
        self.assertEqual(page["weeks"][1]["date_from"], day(8))
        self._dated_invoices((self.new, day(-40), day(-10), 50.0))
        page = self.Screen.get_page()
        self.assertEqual(page["without"], 50.0)
        self.assertEqual(self._sum(weeks=page["weeks"]), 900.0)

    def test_predicted(self):
        self._score()
        page = self.Screen.get_page()
        self.assertEqual(page["predicted"], 900.0)
        weeks = page["weeks"]
        # The good one pays before the due date, the late one after it.
        self.assertGreater(weeks[1]["amount"], 250)
        self.assertGreater(weeks[3]["amount"] + weeks[2]["amount"], 250)
        self.assertLess(weeks[0]["amount"], 200)
        self.assertLessEqual(self._sum(weeks=weeks), 900.0)
        self.assertEqual(weeks[1]["amount_due"], 900.0)
        for week in weeks:
            self.assertLessEqual(week["low"], week["amount"])
            self.assertGreaterEqual(week["high"], week["amount"])

    def test_predictions_of_some_days_ago_are_brought_forward(self):
        self._score()
        before = self._weeks()
        with freeze_time("2024-06-20 12:00:00"):
            after = self._weeks()
        self.assertEqual(after[0]["date_from"], day(4))
        self.assertGreater(after[0]["amount"], before[0]["amount"])

    def test_a_new_document_is_as_usual(self):
        self._score()
        self._dated_invoices((self.new, TODAY, day(30), 500.0))
        page = self.Screen.get_page()
        self.assertEqual((page["predicted"], page["without"]), (900.0, 0.0))
        self.assertGreater(self._sum(weeks=page["weeks"]), 1100)

    def test_each_document_counts_once(self):
        """What is promised comes on its day as often as promises are kept."""
        promise = self.env["collections.promise"].create(
            {
                "case_id": self._case(self.late).id,
                "amount": 400.0,
                "currency_id": self.company.currency_id.id,
                "date": day(30),
            }
        )
        self.assertEqual(promise.state, "open")
        weeks = self._weeks()
        self.assertEqual(weeks[4]["promised"], 200.0)
        self.assertEqual(weeks[1]["predicted"], 700.0)
        self.assertEqual(self._sum(weeks=weeks), 900.0)

    def test_a_cheque_counts_once_from_the_drawer_to_the_bank(self):
        """Held it comes as often as cheques were good; its payment comes surely."""
        case = self._case(self.late)
        self.env["collections.promise.make"].with_user(self.collector).create(
            {
                "case_id": case.id,
                "kind": "cheque",
                "amount": 400.0,
                "date": day(30),
                "number": "0042",
                "bank": "Bank",
            }
        ).action_save()
        weeks = self._weeks()
        self.assertEqual(weeks[4]["cheques"], 200.0)
        self.assertEqual(self._sum(weeks=weeks), 900.0)
        self._on_account(self.late, 400.0, when=day(30), memo="Cheque 42")
        self.env["collections.case"].refresh()
        weeks = self._weeks()
        self.assertEqual(weeks[4]["cheques"], 400.0)
        self.assertEqual(self._sum(weeks=weeks), 900.0)

    def test_disputed_and_credited_is_not_expected(self):
        items = self.env["collections.item"].search(
            [("move_id", "=", self.open_late.id)]
        )
        self.env["collections.dispute.report"].with_user(self.collector).create(
            {
                "case_id": self._case(self.late).id,
                "reason_id": self.env.ref(
                    "collections_management.dispute_reason_price"
                ).id,
                "item_ids": [Command.set(items.ids)],
            }
        ).action_report()
        self._on_account(self.good, 100.0)
        self.assertEqual(self._sum(), 400.0)

    def test_companies_and_currencies(self):
        self.company_2.currency_id = self.eur
        self._invoices((self.late, day(10), 70.0), company=self.company_2)
        ids = (self.company | self.company_2).ids
        # 0.4 euros a dollar.
        self.assertEqual(self._sum(weeks=self._weeks(company_ids=ids)), 900 + 175)
        self.assertEqual(self._sum(), 900.0)

    # === ROLES === #

    def test_who_sees_what(self):
        self._score()
        self.late.user_id = self.salesperson
        self.env["collections.case"].refresh()
        for user in (self.internal, self.portal):
            for method in ("get_page", "export_xlsx"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(self.Screen.with_user(user), method)()
        own = self.Screen.with_user(self.salesperson).get_page()
        self.assertEqual((own["predicted"], own["backtest"]), (400.0, False))
        everything = self.Screen.with_user(self.collector).get_page()
        self.assertEqual(everything["predicted"], 900.0)
        with self.assertRaises(AccessError):
            self.Forecast.with_user(self.salesperson).search([])
        with self.assertRaises(AccessError):
            self.Forecast.with_user(self.supervisor).create(
                {"company_id": self.company.id, "date": TODAY}
            )

    def test_another_company_is_left_out(self):
        user = new_test_user(
            self.env,
            "other",
            "collections_management.group_collector",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        Screen = self.env["collections.cash.screen"].with_user(user)
        Screen = Screen.with_context(allowed_company_ids=self.company_2.ids)
        page = Screen.get_page(company_ids=self.company.ids)
        self.assertEqual(self._sum(weeks=page["weeks"]), 0)
        self._score()
        self.Forecast._keep_weekly(self.company)
        self.assertFalse(
            self.env["collections.cash.forecast"].with_user(user).search([])
        )

    # === KEPT === #

    def test_kept_once_a_week(self):
        self._score()
        with patch.object(CollectionsCashRebuild, "_rebuild"):
            for when in (NOON, "2024-06-20 12:00:00", "2024-06-24 12:00:00"):
                with freeze_time(when):
                    self.Forecast._keep_weekly(self.company)
        kept = self.Forecast.search([], order="date")
        self.assertEqual(kept.mapped("date"), [TODAY, day(7)])
        self.assertEqual(len(kept[0].line_ids), cash.WEEKS)
        self.assertAlmostEqual(sum(kept[0].line_ids.mapped("amount")), self._sum(), 1)

    def test_nothing_is_kept_where_nothing_is_predicted(self):
        self.Forecast._keep_weekly(self.company)
        self.assertFalse(self.Forecast.search([]))

    def test_scheduled(self):
        self._score()
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref("collections_reports.ir_cron_cash").sudo().with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()
        self.assertEqual(self.Forecast.search([]).company_id, self.company)

    # === WHAT CAME === #

    def _keep(self, when, **values):
        weeks = [
            {
                **dict.fromkeys(cash.Week._fields, 0.0),
                **dict.fromkeys(
                    ("predicted", "promised", "agreed", "cheques", "amount_due"), 0.0
                ),
                **values,
                "number": number,
            }
            for number in range(1, 6)
        ]
        return self.Forecast._keep(self.company, when, weeks)

    def test_what_came_of_the_documents_open_then(self):
        kept = self._keep(day(-40))
        old, other = self._dated_invoices(
            (self.new, day(-60), day(-50), 80.0), (self.new, day(-39), day(-30), 50.0)
        )
        self._pay(old, 30.0, when=day(-40))
        self._pay(old, 20.0, when=day(-39))
        self._pay(old, 10.0, when=day(-33))
        self._pay(old, 20.0, when=day(-32))
        # Invoiced later: neither said nor counted.
        self._pay(other, when=day(-32))
        came = self.env["collections.cash.backtest"]._came(kept)
        weeks = [came.get((kept.id, number), 0.0) for number in (1, 2)]
        others = self.env["collections.cash.backtest"]._came(self._keep(day(-41)))
        self.assertEqual(weeks[0] - 30.0, self._paid_between(day(-39), day(-33)))
        self.assertEqual(weeks[1] - 20.0, self._paid_between(day(-32), day(-26)))
        self.assertTrue(others)

    def _paid_between(self, first, last):
        """The paid documents of the set-up, all open 40 days ago and older."""
        dues = [day(-230 + 20 * n) for n in range(11)]
        issued = [day(-260 + 20 * n) for n in range(11)]
        return sum(
            100.0
            for due, start in zip(dues, issued, strict=True)
            for delay in (12, -2)
            if first <= due + timedelta(days=delay) <= last and start <= day(-40)
        )

    def test_credit_notes_are_no_cash(self):
        kept = self._keep(day(-10))
        before = sum(self.env["collections.cash.backtest"]._came(kept).values())
        [move] = self._dated_invoices((self.new, day(-60), day(-50), 80.0))
        dated = {"invoice_date": day(-5), "date": day(-5)}
        self._reconcile(move, self._refund(self.new, 80.0, day(-5), **dated))
        after = sum(self.env["collections.cash.backtest"]._came(kept).values())
        self.assertEqual(before, after)

    def test_backtest(self):
        self._keep(day(-60), amount=50.0, low=0.0, high=150.0, total=200.0)
        self._keep(day(-20), amount=50.0, low=0.0, high=60.0)
        found = self.env["collections.cash.backtest"]._backtest(self.company, TODAY)
        # Four weeks of the first, two of the other; one month is over.
        self.assertEqual(found["of_weeks"]["count"], 6)
        self.assertEqual(len(found["rows"]), 1)
        row = found["rows"][0]
        self.assertEqual((row["said"], row["amount"]), (day(-60), 200.0))
        self.assertEqual((row["date_from"], row["date_to"]), (day(-59), day(-32)))
        came = sum(week["came"] for week in found["weeks"][:4])
        self.assertEqual(row["came"], came)
        verdicts = self.Screen.get_page()["verdicts"]
        self.assertIn("of 6 weeks fell into the range", verdicts[1])

    def test_without_history_it_says_so(self):
        self.assertIn("Nothing to compare yet", self.Screen.get_page()["verdicts"][0])

    # === REBUILT === #

    def _rebuild(self):
        with patch(
            "odoo.addons.collections_management.tools.prediction.model.LEAST_JUDGED", 4
        ):
            return (
                self.env["collections.cash.rebuild"]
                .sudo()
                ._rebuild(self.company, TODAY)
            )

    def _said(self, forecasts):
        return [
            (line.date, line.number, line.amount, line.low, line.high, line.amount_due)
            for line in forecasts.line_ids.sorted("id")
        ]

    def test_rebuilt_from_what_was_known(self):
        [self.open_last] = self._dated_invoices((self.late, day(-50), day(-20), 90.0))
        made = self._rebuild()
        self.assertEqual(len(made), 6)
        self.assertTrue(all(made.mapped("is_rebuilt")))
        self.assertEqual(max(made.mapped("date")), day(-29))
        self.assertGreater(sum(made.line_ids.mapped("amount")), 300)
        said = self._said(made)
        made.unlink()
        # Another future: what was open four weeks ago is credited, more is invoiced.
        dated = {"invoice_date": day(-3), "date": day(-3)}
        refund = self._refund(self.late, 90.0, day(-3), **dated)
        self._reconcile(self.open_last, refund)
        self._pay(self.open_late, when=TODAY)
        self._dated_invoices((self.new, day(-5), day(25), 9999.0))
        self.assertEqual(self._said(self._rebuild()), said)

    def test_too_little_was_known(self):
        made = self.env["collections.cash.rebuild"].sudo()._rebuild(self.company, TODAY)
        self.assertFalse(made)

    # === SHOWN === #

    def test_dashboard(self):
        Dashboard = self.env["collections.dashboard"].with_company(self.company)
        self.assertIsNone(Dashboard.get_dashboard()["forecast"])
        self._keep(TODAY, total=123.0, total_low=100.0, total_high=140.0)
        self._keep(day(-30), total=99.0)
        found = Dashboard.get_dashboard()["forecast"]
        self.assertEqual((found["amount"], found["low"]), (123.0, 100.0))
        self.assertEqual(found["before"]["amount"], 99.0)
        own = Dashboard.with_user(self.salesperson).get_dashboard()
        self.assertIsNone(own["forecast"])

    def test_workbook(self):
        self._score()
        self._keep(day(-60), amount=50.0, high=150.0, total=200.0)
        content = self.Screen.with_user(self.collector).export_xlsx()
        book = openpyxl.load_workbook(BytesIO(content), data_only=True)
        self.assertAlmostEqual(book.worksheets[0]["C17"].value, self._sum(), 1)
        self.assertEqual(book.worksheets[1]["D4"].value, 200.0)

    def test_nothing_is_written(self):
        self._score()
        with self.assertReadOnly():
            self.Screen.get_page()
            self.Screen.export_xlsx()

    def test_constant_number_of_statements(self):
        self._score()

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Screen.get_page()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        self._invoices(*[(self.good, day(n), 10.0) for n in range(20)])
        self.env.flush_all()
        self.assertEqual(count(), few)
