import io
import secrets

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, is_html_empty
from odoo.tools.image import image_data_uri
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from ...tools import statements

# What one call of wkhtmltopdf makes: measured, more is no faster.
CHUNK = 50


class CollectionsStatementPdf(models.AbstractModel):
    """Statements as PDF: one HTML of many, split again by page.

    Debian's wkhtmltopdf takes one document at a time, and starting it costs more
    than a page does. Nothing in the HTML is fetched from a server.
    """

    _name = "collections.statement.pdf"
    _description = "Customer Statements in PDF"

    @api.model
    def _render(self, cases, date=None) -> dict[int, bytes]:
        """Return one PDF per case."""
        self._check_renderer()
        found = {}
        for start in range(0, len(cases), CHUNK):
            found |= self._render_chunk(cases[start : start + CHUNK], date)
        return found

    @api.model
    def _check_renderer(self):
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        if state in ("install", "broken"):
            raise UserError(
                self.env._(
                    "A PDF cannot be made because wkhtmltopdf is not installed on the "
                    "server. Ask your administrator, or take the statement in Excel."
                )
            )

    @api.model
    def _render_chunk(self, cases, date) -> dict[int, bytes]:
        token = secrets.token_hex(4)
        marks = [f"{token}x{case.id}x" for case in cases]
        pages = self._pages(cases, date)
        content = self._to_pdf(
            [(mark, pages[case.id]) for mark, case in zip(marks, cases, strict=True)]
        )
        if len(cases) == 1:
            return {cases.id: content}
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        texts = [page.extract_text() for page in reader.pages]
        ranges = statements.page_ranges(texts, marks)
        if ranges is None:
            # Never a page of one customer in the statement of another.
            return {case.id: self._to_pdf([("", pages[case.id])]) for case in cases}
        return {
            case.id: self._extract(reader, numbers)
            for case, numbers in zip(cases, ranges, strict=True)
        }

    @api.model
    def _extract(self, reader, numbers) -> bytes:
        writer = PdfFileWriter()
        for number in numbers:
            writer.add_page(reader.pages[number])
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()

    @api.model
    def _to_pdf(self, marked_pages) -> bytes:
        html = self.env["ir.qweb"]._render(
            "collections_management.statement_document",
            {"pages": marked_pages, "doctype": Markup("<!DOCTYPE html>")},
            minimal_qcontext=True,
        )
        report = self.env["ir.actions.report"].sudo()
        return report.with_context(collections_statement_pdf=True)._run_wkhtmltopdf(
            [html], report_ref="collections_management.collections_statement_report"
        )

    @api.model
    def _pages(self, cases, date=None) -> dict:
        """Return the HTML of each statement, in its customer's language."""
        found = self.env["collections.statement"]._statements(cases, date)
        return {
            case_id: self.with_context(lang=statement["lang"])._page(statement)
            for case_id, statement in found.items()
        }

    @api.model
    def _page(self, statement):
        # Records of the statement's own: their texts in its language.
        lang = self.env.lang
        records = {
            name: statement[name].with_context(lang=lang)
            for name in ("case", "company", "partner")
        }
        logo = records["company"].logo_web
        partner = records["partner"]
        return self.env["ir.qweb"]._render(
            "collections_management.statement_page",
            {
                **statement,
                **records,
                "address": self._address(partner),
                "codes": self.env["collections.statement"]._codes(statement),
                "labels": self.env["collections.statement"]._labels(),
                "instructions": self._instructions(records["company"]),
                "logo": logo and image_data_uri(logo),
                "days": lambda row: statements.days_overdue(row.due, statement["date"]),
                "format_date": lambda value: format_date(self.env, value),
            },
            lang=lang,
            minimal_qcontext=True,
        )

    @api.model
    def _instructions(self, company):
        text = company.collections_payment_instructions
        return False if is_html_empty(text) else text

    @api.model
    def _address(self, partner) -> list[str]:
        """Return the lines of the envelope's window."""
        contact = partner.browse(partner.address_get(["invoice"])["invoice"]) or partner
        contact = contact.with_prefetch(partner._prefetch_ids)
        names = [partner.name or ""]
        if contact != partner and contact.name:
            names.append(contact.name)
        lines = contact._display_address(without_company=True).splitlines()
        return [line.strip(" ,") for line in [*names, *lines] if line.strip(" ,")]
