import io
import tempfile

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.pdf import (
    DependencyError,
    PdfFileReader,
    PdfFileWriter,
    PdfReadError,
)

from ...tools import dossier, evidence_workbook

# A PDF of more is no use to anybody: the ZIP takes any number.
MOST_DOCUMENTS = 200
MOST_BYTES = 60_000_000
# More than that of a ZIP is kept on disk while it is made.
IN_MEMORY = 8_000_000
# Records whose attachments belong to the case.
WITH_FILES = ("promise_ids", "dispute_ids", "agreement_ids")
PDF = "application/pdf"
# What a broken or locked PDF makes its reader stumble on.
UNREADABLE = (
    PdfReadError,
    DependencyError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class CollectionsDossier(models.AbstractModel):
    """All that there is of a case, for an agency, a lawyer or a court.

    One PDF with an index, or a ZIP with every file as it is. One document at a time is
    in memory, however many there are.
    """

    _name = "collections.dossier"
    _description = "Dossier of a Case"
    _inherit = ["collections.dossier.tables"]

    # === FILES === #

    @api.model
    def _files(self, case, moves=None):
        """Yield the files of a case, one at a time: folder, name, content, type.

        :param moves: only these documents of the ledger; default: all that are open
        """
        moves = self._moves(case) if moves is None else moves
        for move in moves:
            for file in move._get_invoice_legal_documents_all() or ():
                if file["content"]:
                    yield (
                        self.env._("Documents"),
                        file["filename"],
                        file["content"],
                        file["filetype"],
                    )
            move.invalidate_recordset()
        yield from self._attached(self.env._("Documents"), "account.move", moves.ids)
        folders = (
            self.env._("Promises"),
            self.env._("Issues"),
            self.env._("Payment Agreements"),
        )
        for folder, field in zip(folders, WITH_FILES, strict=True):
            yield from self._attached(folder, case[field]._name, case[field].ids)
        yield from self._attached(self.env._("Case"), case._name, case.ids)

    @api.model
    def _moves(self, case):
        """Return the entries with something open, the oldest due first."""
        items = (
            self.env["collections.item"]
            .sudo()
            .search([("case_id", "=", case.id)], order="date_due, id")
        )
        return items.move_id.with_context(active_test=False)

    @api.model
    def _attached(self, folder, model, ids):
        """Yield what people attached to records."""
        Attachment = self.env["ir.attachment"].sudo()
        found = Attachment.search(
            [
                ("res_model", "=", model),
                ("res_id", "in", ids),
                ("res_field", "=", False),
                ("type", "=", "binary"),
            ],
            order="res_id, id",
        )
        for attachment_id in found.ids:
            attachment = Attachment.browse(attachment_id)
            if content := attachment.raw:
                yield folder, attachment.name, content, attachment.mimetype
            attachment.invalidate_recordset(flush=False)

    # === ZIP === #

    @api.model
    def _zip(self, case):
        """Return an open file with the ZIP, at its beginning."""
        case = case.sudo()
        target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        dossier.write_zip(target, self._entries(case))
        target.seek(0)
        return target

    @api.model
    def _entries(self, case):
        found = self._collect(case)
        name = self.env._("Dossier")
        yield dossier.Entry("", f"{name}.pdf", self._sheet(found))
        yield dossier.Entry(
            "",
            f"{name}.xlsx",
            evidence_workbook.build(found["title"], found["facts"], found["tables"]),
        )
        statement = case._statement_pdfs()[case.id]
        yield dossier.Entry("", f"{case._statement_name()}.pdf", statement)
        for folder, file_name, content, _kind in self._files(case):
            yield dossier.Entry(folder, file_name, content)

    # === ONE PDF === #

    @api.model
    def _pdf(self, case) -> bytes:
        """Return index, tables, statement and documents as one PDF with bookmarks."""
        case = case.sudo()
        found = self._collect(case)
        parts = [
            (self.env._("Statement of Account"), case._statement_pdfs()[case.id]),
            *self._pdf_files(case),
        ]
        pages = [self._page_count(content) for _name, content in parts]
        # Made twice: how long it is decides on which page the rest begins.
        first = len(PdfFileReader(io.BytesIO(self._sheet(found, parts, pages))).pages)
        sheet = self._sheet(found, parts, pages, first)
        writer = PdfFileWriter()
        for name, content in [(found["title"], sheet), *parts]:
            begins = len(writer.pages)
            for page in PdfFileReader(io.BytesIO(content), strict=False).pages:
                writer.add_page(page)
            writer.add_outline_item(name, begins)
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()

    @api.model
    def _pdf_files(self, case) -> list[tuple[str, bytes]]:
        """Return the readable PDF files of a case, within what one PDF can be."""
        parts, size = [], 0
        for folder, name, content, kind in self._files(case):
            if kind != PDF or not self._page_count(content):
                continue
            parts.append((f"{folder}: {name}", content))
            size += len(content)
            if len(parts) > MOST_DOCUMENTS or size > MOST_BYTES:
                raise UserError(
                    self.env._("There is too much for one PDF: take the ZIP instead.")
                )
        return parts

    @api.model
    def _page_count(self, content) -> int:
        """Return the pages of a PDF; none where it is broken or encrypted."""
        try:
            return len(PdfFileReader(io.BytesIO(content), strict=False).pages)
        except UNREADABLE:
            return 0

    @api.model
    def _sheet(self, found, parts=(), pages=(), first=0) -> bytes:
        """Return the index page and the tables.

        :param parts: what follows, with the number of its pages
        :param first: pages of this sheet, where that is known already
        """
        contents, number = [], first + 1
        for (name, _content), count in zip(parts, pages, strict=True):
            contents.append((name, number if first else ""))
            number += count
        page = self.env["ir.qweb"]._render(
            "collections_management.dossier_page",
            {
                **found,
                "contents": contents,
                "shown": self.env["collections.evidence"]._shown,
                "format_date": lambda value: format_date(self.env, value),
            },
            lang=self.env.lang,
            minimal_qcontext=True,
        )
        renderer = self.env["collections.statement.pdf"].sudo()
        renderer._check_renderer()
        return renderer._to_pdf([("", page)])
