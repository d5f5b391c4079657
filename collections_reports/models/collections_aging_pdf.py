from markupsafe import Markup

from odoo import api, models

# What a person reads on paper; the workbook has all of it.
MOST_ROWS = 500


class CollectionsAgingPdf(models.AbstractModel):
    """The aging on paper."""

    _name = "collections.aging.pdf"
    _description = "Aging on Paper"

    @api.model
    def _document(self, aging) -> bytes:
        self.env["collections.statement.pdf"]._check_renderer()
        # The layout is the company's; its record is not to be read by everybody.
        report = self.env["ir.actions.report"].sudo()
        report = report.with_context(collections_statement_pdf=True)
        return report._run_wkhtmltopdf(
            [self._html(aging)],
            report_ref="collections_management.collections_statement_report",
            landscape=True,
        )

    @api.model
    def _html(self, aging) -> Markup:
        words = self.env["collections.aging.glossary"]
        companies = self.env["res.company"].browse(aging["company_ids"]).sudo()
        return self.env["ir.qweb"]._render(
            "collections_reports.aging_document",
            {
                "doctype": Markup("<!DOCTYPE html>"),
                "aging": {**aging, "rows": self._rows(aging["rows"])},
                "group": words._group_labels()[aging["group_by"]],
                "definitions": words._definitions(),
                "companies": companies,
                "currency": self.env.company.currency_id,
                "marks": [mark for mark in aging["marks"] if mark["amount"]],
            },
            minimal_qcontext=True,
        )

    @api.model
    def _rows(self, rows) -> list[dict]:
        """Return the largest rows, and one of all others."""
        others = rows[MOST_ROWS:]
        if not others:
            return rows
        columns = zip(*(row["amounts"] for row in others), strict=True)
        rest = {
            "label": self.env._("%s others", len(others)),
            "item_count": sum(row["item_count"] for row in others),
            "amounts": [sum(column) for column in columns],
            "total": sum(row["total"] for row in others),
            "share": sum(row["share"] or 0 for row in others),
        }
        return [*rows[:MOST_ROWS], rest]
