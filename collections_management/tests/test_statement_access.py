"""Who may have a customer statement, and how it is sent and downloaded."""

import io
from unittest.mock import patch

import pypdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOON, day
from .test_statement import NASTY, StatementCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestStatementAccess(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("internal", "portal", "salesperson", "collector")

    def test_who_may_have_it(self):
        for user in (self.internal, self.portal, self.salesperson):
            case = self.case.with_user(user)
            for method in ("_statement_xlsx", "_statement_pages", "_statement_pdfs"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    getattr(case, method)()
        self.customer.user_id = self.salesperson
        self._refresh()
        for user in (self.salesperson, self.collector):
            self.assertTrue(self.case.with_user(user)._statement_xlsx())
            self.assertTrue(self.case.with_user(user)._statement_pages())

    def test_only_collectors_send(self):
        self.customer.user_id = self.salesperson
        self._refresh()
        with self.assertRaises(AccessError):
            self.case.with_user(self.salesperson).action_send_statement()
        action = self.case.with_user(self.collector).action_send_statement()
        self.assertEqual(action["res_model"], "mail.compose.message")

    def test_why_it_cannot_be_sent(self):
        case = self.case.with_user(self.collector)
        self.case.stop_flag = "insolvent"
        with self.assertRaisesRegex(UserError, "Insolvent"):
            case.action_send_statement()
        self.case.stop_flag = False
        self.company.collections_mode = "simulate"
        with self.assertRaisesRegex(UserError, "mode"):
            case.action_send_statement()

    def _composer(self):
        action = self.case.with_user(self.collector).action_send_statement()
        composer = self.env["mail.compose.message"].with_user(self.collector)
        with self.allow_pdf_render():
            return composer.with_context(
                **action["context"], force_report_rendering=True
            ).create({})

    def test_send(self):
        composer = self._composer()
        self.assertEqual(composer.partner_ids, self.customer)
        template = self.env.ref("collections_management.mail_template_statement")
        report = self.env.ref("collections_management.collections_statement_report")
        self.assertEqual(composer.template_id, template)
        self.assertEqual(template.report_template_ids, report)
        with self.mock_mail_gateway():
            composer._action_send_mail()
        self.assertEqual(len(self._mails), 1)

    def test_stopped_while_writing(self):
        composer = self._composer()
        self.case.stop_flag = "sued"
        with self.assertNothingSent(), self.assertRaises(UserError):
            composer._action_send_mail()

    def test_trials_go_to_the_trial_address(self):
        self.company.collections_redirect_email = "trial@ours.example.com"
        partners = self._composer().partner_ids
        self.assertEqual(partners.mapped("email"), ["trial@ours.example.com"])

    def test_a_level_attaches_it(self):
        self.policy.level_ids.attach_statement = True
        with self.mock_mail_gateway(), self.allow_pdf_render():
            run = self._run_and_send()
        attachment = run.reminder_ids.mail_id.attachment_ids
        self.assertEqual(len(attachment), 1)
        self.assertIn(NASTY, self._text(attachment.raw))
        self.assertEqual(run.reminder_ids.state, "sent")

    def test_levels_of_many_customers_attach_them_in_one_go(self):
        self.policy.level_ids.attach_statement = True
        others = self._customers(3)
        self._invoices(*[(other, day(-10), 50.0) for other in others])
        made = []
        render = type(self.env["collections.statement.pdf"])._render_chunk

        def count(pdf, cases, date):
            made.append(len(cases))
            return render(pdf, cases, date)

        with (
            self.mock_mail_gateway(),
            self.allow_pdf_render(),
            patch.object(
                type(self.env["collections.statement.pdf"]), "_render_chunk", count
            ),
        ):
            run = self._run_and_send()
        self.assertEqual(made, [4])
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"sent"})
        for reminder in run.reminder_ids:
            text = self._text(reminder.mail_id.attachment_ids.raw)
            self.assertIn(reminder.partner_id.name[:10], text)

    def test_money_received_in_between_makes_a_new_one(self):
        self.policy.level_ids.attach_statement = True
        attachments = self.env["collections.reminder.attachments"]
        with self.allow_pdf_render():
            reminder = self._run().reminder_ids
            prepared = attachments._prepare(reminder)
            self._on_account(self.case.partner_id, 3.21)
            self.env.invalidate_all()
            made = attachments.with_context(collections_prepared=prepared)._statement(
                reminder
            )
            self.assertNotEqual(made["raw"], prepared[reminder.id][1])
            self.assertIn("3.21", self._text(made["raw"]))

    def test_invoices_as_issued_within_the_limits(self):
        """R66: at most n documents and m megabytes, else the link in the text."""
        level = self.policy.level_ids
        level.attach_invoices = True
        reminder = self._run().reminder_ids
        invoices = reminder.line_ids.move_id.filtered("invoice_date_due")
        for invoice in invoices:
            self.env["ir.attachment"].create(
                {
                    "name": f"{invoice.name}.pdf",
                    "raw": b"%PDF-1.4 legal",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
        self.env.invalidate_all()
        attachments = self.env["collections.reminder.attachments"]
        files = attachments._files(reminder)
        owed = reminder.line_ids.filtered(lambda line: line.amount_residual > 0)
        self.assertEqual(
            {file["name"] for file in files},
            {
                f"{move.name}.pdf"
                for move in owed.move_id
                if move.is_invoice() and move.invoice_pdf_report_id
            },
        )
        self.assertTrue(files)
        level.attach_documents_max = 0
        self.assertFalse(attachments._files(reminder))
        level.write({"attach_documents_max": 9, "attach_megabytes_max": 0})
        self.assertFalse(attachments._files(reminder))


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestStatementDownload(HttpCase, StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("internal", "portal", "salesperson", "collector")

    def _get(self, user, path):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/collections/statement{path}")

    def test_download(self):
        for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
            answer = self._get(self.collector, f"/{self.case.id}.{kind}")
            self.assertEqual(answer.status_code, 200)
            self.assertTrue(answer.content.startswith(start))
            self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_dialog_as_of_a_date(self):
        """What was open on a day, of several customers in one file."""
        cases = self.case + self._more(1)
        dialog = (
            self.env["collections.statement.get"]
            .with_user(self.collector)
            .with_context(active_model=cases._name, active_ids=cases.ids)
            .create({"date": day(-1)})
        )
        self.assertEqual(dialog.case_ids, cases)
        for action in (dialog.action_pdf(), dialog.action_xlsx()):
            path = action["url"].removeprefix("/collections/statement")
            self.assertIn(f"date={day(-1)}", path)
            answer = self._get(self.collector, path)
            self.assertEqual(answer.status_code, 200)
            if ".pdf" in path:
                reader = pypdf.PdfReader(io.BytesIO(answer.content))
                texts = " ".join(page.extract_text() for page in reader.pages)
                for text in ("Nasty", "Customer\t0", "06/16/2024", "300.00"):
                    self.assertIn(text, texts)
        dialog.date = day(1)
        with self.assertRaisesRegex(UserError, "earlier"):
            dialog.action_pdf()

    def test_not_there_for_others(self):
        for user in (self.internal, self.portal, self.salesperson):
            for path in (
                f"/{self.case.id}.xlsx",
                f".xlsx?cases={self.case.id}",
                f".pdf?cases={self.case.id}",
            ):
                with self.subTest(user=user.login, path=path):
                    self.assertEqual(self._get(user, path).status_code, 404)
        self.assertEqual(self._get(self.collector, "/0.xlsx").status_code, 404)

    def test_own_customers(self):
        self.customer.user_id = self.salesperson
        self._refresh()
        path = f".xlsx?cases={self.case.id}"
        self.assertEqual(self._get(self.salesperson, path).status_code, 200)

    def test_bad_arguments(self):
        for path in (".xlsx", ".xlsx?cases=x", f"/{self.case.id}.xlsx?date=x"):
            with self.subTest(path=path):
                self.assertEqual(self._get(self.collector, path).status_code, 400)
