"""The customer statement: data, PDF, workbook, and who may have it."""

import io
from datetime import datetime
from unittest.mock import patch

import openpyxl
import pypdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, CollectionsCommon, day

NASTY = "=1+1 <b>Nasty</b> & Sons"


class StatementCommon(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Statement = cls.env["collections.statement"]
        cls.customer = cls._customer(NASTY, ref="C-7", street="Main Street 1")
        cls.invoices = cls._invoices(
            (cls.customer, day(10), 100.0),
            (cls.customer, day(-1), 200.0, {"ref": "PO 4711"}),
            (cls.customer, day(-45), 300.0),
            (cls.customer, day(-200), 50.0, {"currency_id": cls.eur.id}),
        )
        cls._pay(cls.invoices[2], 120.0, when=day(-5))
        cls._refund(cls.customer, 30.0)
        cls._refresh(cls)
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])

    def _more(self, count):
        """Return cases of further customers, with an invoice each."""
        partners = self._customers(count)
        self._invoices(*[(partner, day(-10), 75.0) for partner in partners])
        self._refresh()
        return self.Case.search([("partner_id", "in", partners.ids)], order="id")

    def _text(self, content):
        reader = pypdf.PdfReader(io.BytesIO(content))
        text = " ".join(page.extract_text() for page in reader.pages)
        return " ".join(text.split())

    def _pdf_texts(self, cases, **kwargs):
        with self.allow_pdf_render():
            found = cases._statement_pdfs(**kwargs)
        return {case_id: self._text(content) for case_id, content in found.items()}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestStatement(StatementCommon):
    # === DATA === #

    def test_amounts_are_those_of_the_case_and_the_ledger(self):
        statement = self.Statement._statement(self.case)
        lines = self._receivable_lines(
            self.env["account.move"].search([("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(statement["balance"], self.case.amount_balance)
        self.assertAlmostEqual(
            statement["balance"], sum(lines.mapped("amount_residual"))
        )
        dollars = statement["tables"][0]
        self.assertEqual(dollars["debit"], 480.0)
        self.assertEqual(dollars["credit"], 30.0)
        self.assertEqual(dollars["net"], 450.0)
        self.assertEqual(dollars["overdue"], 380.0)
        self.assertEqual(dollars["ages"], [100.0, 200.0, 180.0, 0.0, 0.0, 0.0])

    def test_documents(self):
        debits = self.Statement._statement(self.case)["tables"][0]["debits"]
        self.assertEqual(
            [(row.number, row.due, row.original, row.open) for row in debits],
            [
                (self.invoices[2].name, day(-45), 300.0, 180.0),
                (self.invoices[1].name, day(-1), 200.0, 200.0),
                (self.invoices[0].name, day(10), 100.0, 100.0),
            ],
        )
        self.assertEqual(debits[1].reference, "PO 4711")

    def test_a_currency_is_a_table(self):
        dollars, euros = self.Statement._statement(self.case)["tables"]
        self.assertEqual(dollars["currency"], self.company.currency_id)
        self.assertEqual(euros["currency"], self.eur)
        self.assertEqual((euros["net"], euros["ages"][5]), (50.0, 50.0))

    def test_as_of_a_date(self):
        statement = self.Statement._statement(self.case, day(-10))
        dollars, euros = statement["tables"]
        # The payment was not there yet.
        self.assertEqual(dollars["credit"], 30.0)
        self.assertEqual(dollars["debit"], 600.0)
        self.assertEqual(dollars["ages"][:3], [300.0, 0.0, 300.0])
        self.assertEqual(euros["net"], 50.0)
        items = self.Item.with_context(collections_date=str(day(-10)))
        items = items.search([("partner_id", "=", self.customer.id)])
        self.assertAlmostEqual(statement["balance"], sum(items.mapped("amount")))

    def test_nothing_open(self):
        self.assertEqual(self.Statement._statement(self.case, day(-900))["tables"], [])

    def test_payments_to_confirm(self):
        payments = [(self.customer.id, self.eur.id, 12.5)]
        query = "odoo.addons.collections_management.models.collections_statement."
        query += "CollectionsStatement._to_confirm"
        found = {self.customer.id: [{"currency": self.eur, "amount": 12.5}]}
        with patch(query, return_value=found):
            statement = self.Statement._statement(self.case)
            self.assertEqual(statement["to_confirm"][0]["amount"], payments[0][2])
            self.assertIn("12.50", str(self.case._statement_pages()[0][1]))
            past = self.Statement._statement(self.case, day(-1))
            self.assertEqual(past["to_confirm"], [])

    def test_one_statement_costs_as_much_as_ten(self):
        cases = self._more(10)
        counts = []
        for group in (cases[:1], cases[:1], cases):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Statement._statements(group)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # === TEXT === #

    def test_customer_text_is_escaped(self):
        page = str(self.case._statement_pages()[0][1])
        self.assertNotIn("<b>Nasty", page)
        self.assertIn("&lt;b&gt;Nasty&lt;/b&gt; &amp; Sons", page)

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"]._load_module_terms(
            ["collections_management"], ["es_419"]
        )
        english = str(self.case._statement_pages()[0][1])
        self.assertIn("Statement of Account", english)
        self.customer.lang = "es_419"
        spanish = str(self.case._statement_pages()[0][1])
        self.assertIn("Estado de cuenta", spanish)
        self.assertNotIn("Statement of Account", spanish)
        self.assertEqual(self.Statement._lang(self.case), "es_419")

    def test_how_to_pay(self):
        """R66, R72, R73: instructions, and a QR code where Odoo makes one."""
        self.assertNotIn("data:image/png;base64,iVBORw0KGgo", self._codes_html())
        self.company.collections_payment_instructions = "<p>Agency downtown</p>"
        self.company.link_qr_code = True
        page = str(self.case._statement_pages()[0][1])
        self.assertIn("Agency downtown", page)
        codes = self.Statement._codes(self.Statement._statement(self.case))
        self.assertEqual([code["kind"] for code in codes], ["link", "link"])
        self.assertEqual(codes[0]["number"], self.invoices[2].name)
        self.assertIn(codes[0]["src"], page)
        past = self.Statement._statement(self.case, day(-10))
        self.assertEqual(self.Statement._codes(past), [])

    def _codes_html(self):
        return "".join(
            code["src"]
            for code in self.Statement._codes(self.Statement._statement(self.case))
        )

    # === PDF === #

    def test_pdf(self):
        text = self._pdf_texts(self.case)[self.case.id]
        for expected in (NASTY, self.invoices[0].name, "450.00", "50.00", "C-7"):
            self.assertIn(expected, text)

    def test_a_batch_is_split_by_customer(self):
        cases = self.case + self._more(6)
        # A statement of several pages in the middle.
        long = cases[3].partner_id
        self._invoices(*[(long, day(-number), 10.0) for number in range(1, 90)])
        texts = self._pdf_texts(cases)
        self.assertEqual(list(texts), cases.ids)
        for case in cases:
            for other in cases:
                shown = other.partner_id.name in texts[case.id]
                self.assertEqual(shown, case == other)

    def test_a_doubtful_batch_is_made_one_by_one(self):
        cases = self.case + self._more(2)
        pages = "odoo.addons.collections_management.tools.statements.page_ranges"
        with patch(pages, return_value=None):
            texts = self._pdf_texts(cases)
        for case in cases:
            self.assertIn(case.partner_id.name, texts[case.id])

    def test_print_menu(self):
        cases = self.case + self._more(1)
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, kind = report._render_qweb_pdf(
                "collections_management.collections_statement_report", cases.ids
            )
        self.assertEqual(kind, "pdf")
        for case in cases:
            self.assertIn(case.partner_id.name, self._text(content))

    def test_without_wkhtmltopdf(self):
        state = "odoo.addons.base.models.ir_actions_report.IrActionsReport"
        with patch(f"{state}.get_wkhtmltopdf_state", return_value="install"):
            with self.assertRaisesRegex(UserError, "not installed"):
                self.case._statement_pdfs()

    # === WORKBOOK === #

    def test_workbook(self):
        content = self.case._statement_xlsx()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        name = next(cell for cell in cells if cell.value == NASTY)
        self.assertEqual(name.data_type, "s")
        due = datetime.combine(day(-45), datetime.min.time())
        self.assertIn(due, [cell.value for cell in cells])
        formulas = [cell for cell in cells if cell.data_type == "f"]
        found = [values[cell.coordinate].value for cell in formulas]
        self.assertEqual(found, [480.0, -30.0, 450.0, 50.0])

    def test_workbook_of_several(self):
        content = (self.case + self._more(2))._statement_xlsx()
        self.assertEqual(len(openpyxl.load_workbook(io.BytesIO(content)).sheetnames), 3)


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
