"""The demo data is right on whatever day it is installed."""

from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import BaseCase, TransactionCase, freeze_time, tagged
from odoo.tools.convert import convert_file

from ..demo import account_demo, history, story

MODULE = "collections_management"
SITUATIONS = set("pbcwnoi")
# One customer of each kind is enough to see the ledger and the cases.
SOME = (
    "altiplano",
    "sanmateo",
    "lucero",
    "candelaria",
    "merced",
    "cafeteria",
    "puquio",
    "mirador",
    "brisas",
    "olivar",
    "instituto",
    "parroquia",
    "cooperativa",
    "textil",
    "quitumbe",
    "huascar",
    "coloso",
)


@tagged("post_install", "-at_install")
class TestDemoStory(BaseCase):
    def _days(self):
        yield from (date(2024, 2, 29), date(2025, 1, 31), date(2026, 1, 1))
        yield from (date(2027, 1, 1) + timedelta(days=offset) for offset in range(366))

    def test_nothing_is_in_the_future(self):
        customers = story.customers()
        for today in self._days():
            for document in story.documents(customers, today):
                self.assertLessEqual(document.date, today)
                for part in document.payments:
                    self.assertLess(part.date, today)
                    self.assertGreaterEqual(part.date, document.date)

    def test_size_and_span(self):
        customers = story.customers()
        self.assertEqual(len(customers), 60)
        self.assertEqual(len({row.key for row in customers}), 60)
        for today in self._days():
            documents = story.documents(customers, today)
            invoices = [doc for doc in documents if doc.kind == "invoice"]
            self.assertTrue(350 <= len(invoices) <= 420, len(invoices))
            span = (today - documents[0].date).days
            self.assertTrue(500 <= span <= story.MONTHS_18, span)
            self.assertEqual(documents, sorted(documents, key=lambda doc: doc.date))

    def test_every_situation_occurs(self):
        customers = story.customers()
        documents = story.documents(customers, date(2024, 2, 29))
        found = {document.situation for document in documents}
        self.assertEqual(found, SITUATIONS | {""})
        kinds = {document.kind for document in documents}
        self.assertEqual(kinds, {"invoice", "refund", "on_account", "opening"})
        ages = {days for row in customers for days, _situation in row.open}
        self.assertTrue(min(ages) < -7 < max(ages))
        self.assertTrue(any(-7 <= age < 0 for age in ages))
        self.assertGreater(max(ages), 120)
        self.assertEqual({row.company for row in customers}, {"andina", "chile"})
        self.assertTrue(any(row.currency for row in customers))

    def test_some_customers_show_everything(self):
        rows = [row for row in story.customers() if row.key in SOME]
        self.assertEqual(len(rows), len(SOME))
        letters = {letter for row in rows for _days, letter in row.open}
        self.assertEqual(letters, SITUATIONS | {""})


@tagged("post_install", "-at_install")
class TestDemoBooks(TransactionCase):
    """Some of the customers, in a real ledger, on days that break calendars."""

    def _install(self):
        if self.env.ref(f"{MODULE}.demo_company_andina", raise_if_not_found=False):
            self.skipTest("the demo data is installed here")
        # The levels that the cases reach are those of one policy.
        segments = self.env["collections.segment"].search([])
        (segments - self.env.ref(f"{MODULE}.segment_all")).active = False
        # Little of the past: it is all alike.
        rows = [
            row._replace(every=250)
            for row in story.customers("andina")
            if row.key in SOME
        ]
        with (
            patch.object(story, "customers", lambda _company: rows),
            patch.object(account_demo, "COMPANIES", ("andina",)),
            patch.object(history, "REPLAYED_DAYS", 30),
            patch.object(history, "SMALL", "[('id', '=', 0)]"),
        ):
            file = "demo/collections_demo.xml"
            convert_file(self.env(su=True), MODULE, file, {}, "init", noupdate=True)
        company = self.env.ref(f"{MODULE}.demo_company_andina")
        return company, company._collections_today()

    def _check(self):
        company, today = self._install()
        cases = self.env["collections.case"].search([("company_id", "=", company.id)])
        self._check_cases(cases, today)
        self._check_ledger(company, cases)
        self._check_reminders(company, today)
        self._check_people(company)
        self._check_agreed(company, today)
        self._check_collectors(company)

    def _check_cases(self, cases, today):
        self.assertEqual(len(cases), len(SOME))
        kinds = set(cases.mapped("stage_kind"))
        expected = {"up_to_date", "preventive", "overdue", "level", "manual"}
        self.assertEqual(kinds - {"disputed", "promised"}, expected)
        states = set(cases.dispute_ids.mapped("state"))
        self.assertEqual(states, {"open", "rejected"})
        self.assertEqual(set(cases.mapped("level_id.delay")) & {3, 10, 25}, {3, 10, 25})
        self.assertEqual(min(cases.mapped("days_overdue")), 0)
        self.assertTrue(any(case.average_days_late > 5 for case in cases))
        covered = self.env.ref(f"{MODULE}.mail_activity_type_reconcile")
        self.assertIn(covered, cases.activity_ids.activity_type_id)
        bounced = cases.filtered(
            lambda c: c.partner_id.name == "Cafetería Grano de Altura"
        )
        self.assertEqual(bounced.days_overdue, 17)
        self.assertGreater(bounced.amount_actionable, 0)
        excluded = cases.filtered("amount_excluded")
        self.assertEqual(len(excluded), 2)

    def _check_ledger(self, company, cases):
        """What cases and the unidentified deposit say is what the ledger says."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        nobody = lines.filtered(lambda line: not line.partner_id)
        self.assertEqual(len(nobody), 1)
        self.assertAlmostEqual(
            sum(lines.mapped("balance")),
            sum(cases.mapped("amount_balance")) + nobody.balance,
            places=2,
        )
        states = set(lines.move_id.filtered("invoice_date").mapped("payment_state"))
        self.assertTrue({"not_paid", "partial", "paid"} <= states, states)
        self.assertIn("USD", lines.currency_id.mapped("name"))

    def _check_reminders(self, company, today):
        reminders = self.env["collections.reminder"].search(
            [("company_id", "=", company.id)]
        )
        sent = reminders.filtered(lambda reminder: reminder.state == "sent")
        expected = {"sent", "to_approve", "deferred"}
        self.assertEqual(set(reminders.mapped("state")), expected)
        for reminder in sent:
            self.assertLess(reminder.date, today)
            self.assertEqual(reminder.date_sent.date(), reminder.date)
            self.assertTrue(reminder.body and reminder.line_ids)
        self.assertFalse((reminders - sent).filtered("date_sent"))
        self.assertFalse(
            self.env["mail.mail"].search(
                [("model", "=", "collections.case"), ("state", "=", "outgoing")]
            )
        )

    def _check_people(self, company):
        partners = self.env["res.partner"].search(
            [("commercial_partner_id.invoice_ids.company_id", "=", company.id)]
        )
        emails = [*filter(None, partners.mapped("email")), company.email]
        emails.append(company.collections_sender_email)
        self.assertEqual({email.partition("@")[2] for email in emails}, {"example.com"})
        self.assertFalse(partners.filtered(lambda p: p.phone and not p.phone_sanitized))
        self.assertEqual(company.collections_mode, "propose")
        accounting = self.env.ref("account.group_account_readonly")
        for login in ("collector", "supervisor", "salesperson"):
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertNotIn(accounting, user.all_group_ids)

    def _check_agreed(self, company, today):
        """Promises of every kind, each in the log on the day it was given."""
        found = self.env["collections.promise"].search(
            [("company_id", "=", company.id)]
        )
        self.assertTrue({"open", "broken"} <= set(found.mapped("state")))
        self.assertTrue({"promise", "instalment"} <= set(found.mapped("kind")))
        for promise in found.filtered(lambda one: one.kind == "promise"):
            self.assertLess(promise.date_made, today)
            rows = promise.case_id.interaction_ids.filtered(
                lambda row, one=promise: one.note in (row.text or "")
            )
            self.assertEqual(
                rows.mapped(lambda row: row.date.date()), [promise.date_made]
            )
        agreement = self.env["collections.agreement"].search(
            [("company_id", "=", company.id)]
        )
        self.assertIn(agreement.state, ("accepted", "active"))

    def _check_collectors(self, company):
        own = [("company_id", "=", company.id)]
        collectors = self.env["collections.collector"].search(own)
        self.assertEqual(len(collectors), 3)
        self.assertTrue(all(collectors.mapped("case_count")))
        self.assertEqual(len(collectors.filtered("away_until")), 1)
        self.assertTrue(self.env["collections.alert"].search(own))
        costs = self.env["collections.cost"].search(own)
        self.assertTrue(costs)
        # Documents and customers on hold, and one who is stopped.
        holds = self.env["collections.hold"].search(own)
        self.assertEqual(set(holds.mapped("is_item")), {True, False})
        self.assertTrue(all(hold.is_current for hold in holds))
        cases = self.env["collections.case"].search(own)
        self.assertIn("insolvent", cases.mapped("stop_flag"))

    @freeze_time("2024-02-29 15:00:00")
    def test_on_29_february(self):
        self._check()

    @freeze_time("2025-01-31 15:00:00")
    def test_on_31_january(self):
        self._check()

    @freeze_time("2026-01-01 15:00:00")
    def test_on_1_january(self):
        self._check()
