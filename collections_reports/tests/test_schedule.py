from datetime import date, timedelta
from io import BytesIO
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import ReportsCommon

WHEN = "2026-03-31 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(WHEN)
class TestSchedule(ReportsCommon, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users()
        cls._mini_ledger()
        cls.partners["F"].user_id = cls.salesperson
        cls.Case.refresh()
        cls.boss = cls.env["res.partner"].create(
            {"name": "Boss", "email": "boss@example.com"}
        )
        cls.schedule = (
            cls.env["collections.report.schedule"]
            .with_user(cls.supervisor)
            .create(
                {
                    "name": "Aging of the week",
                    "kind": "aging",
                    "company_id": cls.company.id,
                    "recipient_ids": [(6, 0, cls.boss.ids)],
                    "date_next": "2026-03-31",
                }
            )
        )

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("collections_reports.ir_cron_schedule").sudo().with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()

    def test_nothing_is_sent_until_a_person_turns_it_on(self):
        with self.assertNothingSent():
            self._cron()
        shipped = self.env.ref("collections_reports.collections_report_schedule_weekly")
        self.assertFalse(shipped.sudo().is_on)
        self.assertFalse(self.schedule.delivery_ids)

    def test_sent_on_its_day_once(self):
        """R108, R109: by itself, with the workbook."""
        self.schedule.action_turn_on()
        with self.mock_mail_gateway():
            self._cron()
            self._cron()
        self.assertEqual(len(self._mails), 1)
        [mail] = self._mails
        self.assertIn("boss@example.com", mail["email_to"][0])
        name, content, _kind = mail["attachments"][0]
        self.assertEqual(name, "aging_2026-03-31.xlsx")
        sheet = load_workbook(BytesIO(content), data_only=True)["Aging"]
        self.assertEqual(sheet["K5"].value, 200_000)
        self.assertEqual(self.schedule.delivery_ids.mapped("state"), ["sent"])
        self.assertEqual(self.schedule.date_next, date(2026, 4, 7))

    def test_filter_and_month(self):
        self.schedule.domain = repr([("partner_id", "=", self.partners["J"].id)])
        self.schedule.as_of = "month"
        _subject, _body, [(name, content, _kind)] = self.schedule._make()
        self.assertEqual(name, "aging_2026-02-28.xlsx")
        sheet = load_workbook(BytesIO(content), data_only=True)["Aging"]
        self.assertEqual(sheet["K5"].value, 20_000)
        with self.assertRaises(UserError):
            self.schedule.domain = "[('password', '=', 1)]"

    def test_figures_are_those_of_the_owner(self):
        self.schedule.sudo().user_id = self.salesperson
        _subject, _body, [(_name, content, _kind)] = self.schedule._make()
        sheet = load_workbook(BytesIO(content), data_only=True)["Aging"]
        self.assertEqual(sheet["K5"].value, 80_000)

    def test_a_failed_sending_is_seen(self):
        self.schedule.action_turn_on()
        model = type(self.env["mail.mail"])
        with patch.object(model, "send", side_effect=OSError("no server")):
            self._cron()
        self.assertEqual(self.schedule.last_state, "failed")
        self.assertEqual(self.schedule.delivery_ids.error, "no server")
        self.assertFalse(
            self.env["mail.mail"].search([("subject", "ilike", "Aging of the week")])
        )
        self.assertGreater(self.schedule.date_next, date(2026, 3, 31))

    def test_preview_sends_nothing(self):
        self.schedule.kind = "summary"
        with self.assertNothingSent():
            action = self.schedule.action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("200,000.00", preview.body)
        self.assertIn("Customer F", preview.body)
        with self.mock_mail_gateway():
            preview.with_user(self.supervisor).action_send_now()
        self.assertEqual(len(self._mails), 1)

    def test_it_needs_an_address(self):
        self.boss.email = False
        with self.assertRaisesRegex(ValidationError, "Boss"):
            self.schedule.action_turn_on()

    def test_access(self):
        for user in (self.collector, self.salesperson, self.internal):
            schedule = self.schedule.with_user(user)
            for call in (schedule.action_preview, schedule.action_send_now):
                with self.assertRaises(AccessError):
                    call()


@tagged("post_install", "-at_install")
class TestClosedMonths(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("supervisor", "collector")
        cls._mini_ledger()

    def test_what_was_said_and_what_the_books_say_now(self):
        Figure = self.env["collections.month.figure"]
        month = date(2026, 2, 28)
        Figure._freeze(self.company, month)
        Figure._freeze(self.company, month)
        figures = Figure.with_user(self.supervisor).search(
            [("company_id", "=", self.company.id), ("date", "=", month)]
        )
        figure = figures.filtered(lambda f: f.code == "receivables")
        self.assertEqual((figure.value, figure.difference), (100_000, 0))
        self.assertEqual(figure.name, "Receivables")
        # A document of February that was entered after the month was closed.
        self._dated_invoices(
            (self.partners["F"], month, month + timedelta(days=30), 7_000)
        )
        figures.invalidate_recordset()
        self.assertEqual((figure.value, figure.value_now), (100_000, 107_000))
        self.assertEqual(figure.difference, 7_000)
        with self.assertRaises(AccessError):
            Figure.with_user(self.supervisor).create(
                {"company_id": self.company.id, "date": month, "code": "x"}
            )

    @freeze_time("2026-03-04 12:00:00")
    def test_a_month_closes_five_days_after_its_end(self):
        Figure = self.env["collections.month.figure"]
        cron = self.env.ref("collections_reports.ir_cron_freeze").sudo()
        cron = cron.with_user(self.env.ref("base.user_root"))
        mine = [("company_id", "=", self.company.id)]
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            self.assertFalse(Figure.search(mine))
            with freeze_time("2026-03-06 12:00:00"):
                cron.method_direct_trigger()
        self.assertEqual(set(Figure.search(mine).mapped("date")), {date(2026, 2, 28)})

    def test_targets_stand_beside_the_figures(self):
        self.env["collections.kpi.target"].with_user(self.supervisor).create(
            {"company_id": self.company.id, "code": "dso", "value": 45}
        )
        Kpi = self.env["collections.kpi"].with_user(self.collector)
        found = Kpi.with_company(self.company).get_kpis("2026-01-01", "2026-03-31")
        self.assertEqual(found["dso"]["target"], 45)
        self.assertIsNone(found["cei"]["target"])
        with self.assertRaises(AccessError):
            self.env["collections.kpi.target"].with_user(self.collector).create(
                {"code": "cei", "value": 1}
            )
