"""The customer statement: data, PDF, workbook, and who may have it."""

import io
import re
from datetime import datetime
from unittest.mock import patch

import openpyxl
import pypdf

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

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
        query = (
            "odoo.addons.collections_management.models.statement.collections_statement."
        )
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

    def test_what_is_in_dispute_is_marked(self):
        """On the document and in total, on paper and in the workbook."""
        move = self.invoices[2]
        [line] = self._receivable_lines(move).ids
        self.env["collections.dispute"]._open(
            [
                {
                    "case": self.case,
                    "reason_id": self.env["collections.dispute.reason"]
                    .search([], limit=1)
                    .id,
                    "items": {line: 77.25},
                }
            ]
        )
        text = self._pdf_texts(self.case)[self.case.id]
        self.assertRegex(
            text, rf"{re.escape(move.name)}.{{0,40}}In dispute: .{{0,2}}77\.25"
        )
        self.assertRegex(text, r"not asked for until it is answered .{0,2}77\.25")
        content = self.case._statement_xlsx()
        sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        heading = next(row for row in rows if "In dispute" in row)
        column = heading.index("In dispute")
        marked = {row[0]: row[column] for row in rows if row[column] == 77.25}
        self.assertIn(move.name, marked)

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
