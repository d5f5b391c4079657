import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import history_rows

# Rows and faults shown; the counts are of all.
SHOWN, FAULTS_SHOWN = 20, 100


class CollectionsHistoryImport(models.TransientModel):
    """Take contact history over: look at what would be written, then write it."""

    _name = "collections.history.import"
    _description = "Import Contact History"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    source = fields.Char(
        string="Former System",
        help="Every entry shows it. With the row's key it makes sure that nothing is "
        "taken over twice: use the same name for the next file.",
    )
    file = fields.Binary(attachment=False, help="CSV or XLSX, up to 20,000 rows")
    filename = fields.Char()
    order = fields.Selection(
        selection=[
            (history_rows.DAY_FIRST, "Day first: 31/12/2024"),
            (history_rows.MONTH_FIRST, "Month first: 12/31/2024"),
        ],
        string="Dates",
        required=True,
        default=history_rows.DAY_FIRST,
        help="Dates as 2024-12-31 and real dates of a workbook are always understood.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    ready_count = fields.Integer(compute="_compute_preview")

    @api.depends("file", "filename", "order", "source", "company_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            values = wizard._preview_values() if wizard.file else {"ready": []}
            wizard.ready_count = len(values["ready"])
            wizard.preview = bool(wizard.file) and self.env["ir.qweb"]._render(
                "collections_management.history_preview", values, minimal_qcontext=True
            )

    def _checked(self):
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose the company in the menu first."))
        # The page asks for the size of a file instead of its content.
        content = self.with_context(bin_size=False).file
        rows = history_rows.read(base64.b64decode(content or b""))
        return self.env["collections.history"]._check(
            self.company_id, (self.source or "").strip(), rows, self.order
        )

    def _preview_values(self) -> dict:
        """Return what would be written and what is wrong, in words."""
        words = self.env["collections.history.words"]
        try:
            checked = self._checked()
        except history_rows.FileError as error:
            return {"error": words._of_file(error), "ready": []}
        headings = words._headings()
        kinds = words._kinds()
        return {
            "error": None,
            "ready": checked.ready,
            "known": checked.known,
            "faults": [
                (fault.row, headings[fault.column], words._of_fault(fault))
                for fault in checked.faults[:FAULTS_SHOWN]
            ],
            "more_faults": self._more(len(checked.faults) - FAULTS_SHOWN),
            "fault_rows": len({fault.row for fault in checked.faults}),
            "rows": [
                {
                    "row": entry.row,
                    "date": format_datetime(
                        self.env, entry.moment, tz="UTC", dt_format="short"
                    ),
                    "customer": self.env["res.partner"].browse(partner).display_name,
                    "kind": kinds[entry.kind],
                    "author": entry.author,
                    "text": self.env["collections.history"]._text(
                        self.company_id, entry
                    ),
                }
                for entry, partner in checked.ready[:SHOWN]
            ],
            "more": self._more(len(checked.ready) - SHOWN),
        }

    @api.model
    def _more(self, count) -> str:
        return self.env._("And %s more.", count) if count > 0 else ""

    # === DOING IT === #

    def action_import(self):
        """Write the rows that are right, and show them in the log."""
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        source = (self.source or "").strip()
        if not source:
            raise UserError(self.env._("Say how the former system is called."))
        if not self.file:
            raise UserError(self.env._("Choose a file."))
        try:
            checked = self._checked()
        except history_rows.FileError as error:
            words = self.env["collections.history.words"]
            raise UserError(words._of_file(error)) from error
        if not checked.ready:
            raise UserError(self.env._("The file has no row that could be taken over."))
        self.env["collections.history"]._take_over(
            self.company_id, source, checked.ready
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_interaction_action"
        )
        return {
            **action,
            "target": "main",
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("imported_from", "=", source),
            ],
            "context": {},
        }

    def action_template(self):
        """Download a workbook with the columns, what each means, and an example."""
        self.env["collections.role"]._check_supervisor()
        return {
            "type": "ir.actions.act_url",
            "url": "/collections/history_template.xlsx",
            "target": "download",
        }
