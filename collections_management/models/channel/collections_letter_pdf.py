import base64
import io
import secrets

from markupsafe import Markup

from odoo import api, models, tools
from odoo.tools import format_date, is_html_empty
from odoo.tools.image import image_data_uri
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from ...tools import letters, statements

# What one call of wkhtmltopdf makes, as with statements.
CHUNK = 50
POINTS = 72 / 25.4
# As in the paper formats of the reports.
MARGIN_TOP, MARGIN_LEFT = 12, 20
# Below the window, where the first fold is past.
TEXT_BEGINS = 96
PROBE = """<!DOCTYPE html><html><head><meta charset="utf-8"/></head>
<body style="margin: 0"><div style="position: absolute; top: 0">Upper</div>
<div style="position: absolute; top: 100mm">Lower</div></body></html>"""


class CollectionsLetterPdf(models.AbstractModel):
    """Letters as one PDF, with each address where the envelope has its window."""

    _name = "collections.letter.pdf"
    _description = "Letters in PDF"

    @api.model
    def _render(self, reminders) -> tuple[bytes, int]:
        """Return the PDF of letters of one company, in base64, and its pages.

        What a level attaches follows each letter, in the same envelope.
        """
        self.env["collections.statement.pdf"]._check_renderer()
        company = reminders.company_id.sudo()
        writer = PdfFileWriter()
        for start in range(0, len(reminders), CHUNK):
            self._add_chunk(writer, reminders[start : start + CHUNK], company)
        stream = io.BytesIO()
        writer.write(stream)
        return base64.b64encode(stream.getvalue()), len(writer.pages)

    @api.model
    def _add_chunk(self, writer, reminders, company) -> None:
        paper = company.collections_letter_paper or letters.paper_of(
            company.country_id.code
        )
        token = secrets.token_hex(4)
        marks = [f"{token}x{reminder.id}x" for reminder in reminders]
        content = self._to_pdf(paper, list(zip(marks, reminders, strict=True)))
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        texts = [page.extract_text() for page in reader.pages]
        ranges = statements.page_ranges(texts, marks)
        for number, reminder in enumerate(reminders):
            if ranges is None:
                # Never a page of one customer in the envelope of another.
                alone = self._to_pdf(paper, [("", reminder)])
                pages = list(PdfFileReader(io.BytesIO(alone), strict=False).pages)
            else:
                pages = [reader.pages[index] for index in ranges[number]]
            self._add(writer, pages + self._attached(reminder), company, paper)

    @api.model
    def _add(self, writer, pages, company, paper) -> None:
        [numbers] = letters.sheet_pages(
            [range(len(pages))], company.collections_letter_duplex
        )
        width, height = letters.SIZES[paper]
        for number in numbers:
            if number is None:
                writer.add_blank_page(width * POINTS, height * POINTS)
            else:
                writer.add_page(pages[number])

    @api.model
    def _attached(self, reminder) -> list:
        files = self.env["collections.reminder.attachments"]._files(reminder)
        return [
            page
            for file in files
            if file["mimetype"] == "application/pdf"
            for page in PdfFileReader(io.BytesIO(file["raw"]), strict=False).pages
        ]

    @api.model
    def _to_pdf(self, paper, marked) -> bytes:
        report = f"collections_management.collections_letter_report_{paper.lower()}"
        html = self.env["ir.qweb"]._render(
            "collections_management.letter_document",
            {
                "letters": [(mark, self._page(rem, paper)) for mark, rem in marked],
                "zoom": 1 / self._scale(report),
                "doctype": Markup("<!DOCTYPE html>"),
            },
            minimal_qcontext=True,
        )
        return self._run(html, report)

    @api.model
    def _run(self, html, report) -> bytes:
        renderer = self.env["ir.actions.report"].sudo()
        # It has no script to wait for.
        renderer = renderer.with_context(collections_statement_pdf=True)
        return renderer._run_wkhtmltopdf([html], report_ref=report)

    @api.model
    @tools.ormcache("report")
    def _scale(self, report) -> float:
        """Return how long a millimetre of HTML gets on paper.

        It differs by how wkhtmltopdf was built (0.77 in Debian's), and a window does
        not: it is measured once.
        """
        reader = PdfFileReader(io.BytesIO(self._run(PROBE, report)), strict=False)
        places = {}

        def visit(text, matrix, text_matrix, *_font):
            if text.strip():
                places[text.strip()] = (
                    text_matrix[4] * matrix[1] + text_matrix[5] * matrix[3] + matrix[5]
                )

        reader.pages[0].extract_text(visitor_text=visit)
        return abs(places["Upper"] - places["Lower"]) / POINTS / 100

    @api.model
    def _page(self, reminder, paper):
        """Return the HTML of a letter, in its addressee's language."""
        lang = reminder.lang
        reminder = reminder.with_context(lang=lang)
        company = reminder.company_id.sudo()
        window = letters.window_of(paper, company.collections_letter_window)
        logo = company.logo_web
        address = self.env["collections.channel.letter"]._address(reminder)
        today = company._collections_today()
        return self.env["ir.qweb"]._render(
            "collections_management.letter_page",
            {
                "reminder": reminder,
                "company": company,
                "logo": logo and image_data_uri(logo),
                "address": letters.fit(address, letters.lines_shown(window)),
                "sender": self._sender_line(company),
                "place": ", ".join(
                    filter(
                        None,
                        [
                            company.city,
                            format_date(
                                self.env, today, lang_code=lang, date_format="long"
                            ),
                        ],
                    )
                ),
                "left": window.left - MARGIN_LEFT,
                "top": window.top - MARGIN_TOP,
                "width": window.width,
                "begins": TEXT_BEGINS - MARGIN_TOP,
                "sender_line": letters.SENDER_LINE,
                "line": letters.LINE,
                "is_html_empty": is_html_empty,
            },
            lang=lang,
            minimal_qcontext=True,
        )

    @api.model
    def _sender_line(self, company) -> str:
        parts = [company.name, company.street, company.zip, company.city]
        return ", ".join(filter(None, parts))
