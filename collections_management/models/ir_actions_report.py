import io

from odoo import models

STATEMENT = "collections_management.report_statement"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Make many statements at once, with any kind of wkhtmltopdf."""
        if not res_ids or self._get_report(report_ref).report_name != STATEMENT:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        cases = self.env["collections.case"].browse(res_ids)
        return {
            case_id: {"stream": io.BytesIO(content), "attachment": None}
            for case_id, content in cases._statement_pdfs().items()
        }

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """A statement has no script to wait for."""
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("collections_statement_pdf"):
            delay = command.index("--javascript-delay")
            command[delay : delay + 2] = ["--disable-javascript"]
        return command
