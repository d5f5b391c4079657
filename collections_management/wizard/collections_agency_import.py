import base64
import binascii
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

SHOWN = 50
MEGABYTES = 10


class CollectionsAgencyImport(models.TransientModel):
    """Look at what an agency's file would do, then take it in."""

    _name = "collections.agency.import"
    _description = "Import Results of an Agency"

    agency_id = fields.Many2one(
        comodel_name="collections.agency", required=True, readonly=True
    )
    file = fields.Binary(help="Excel (xlsx) or CSV")
    file_name = fields.Char()
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    row_count = fields.Integer(compute="_compute_preview")
    problem_count = fields.Integer(compute="_compute_preview")
    is_partial = fields.Boolean(
        string="Take In the Good Rows",
        help="The others are left out; correct them and import the file again.",
    )

    @api.depends("file", "agency_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        self.preview = False
        self.row_count = self.problem_count = 0
        for dialog in self.filtered("file"):
            dialog.preview = dialog._preview()

    def _preview(self):
        try:
            planned = self._planned()
        except UserError as error:
            return self._page(error=str(error))
        self.row_count = len(planned.rows)
        self.problem_count = len({problem.line for problem in planned.problems})
        counts = Counter(row.kind for row, _escalation, _currency in planned.rows)
        amounts = Counter()
        for row, _escalation, currency in planned.rows:
            amounts[row.kind, currency] += row.amount
        labels = dict(
            self.env["collections.agency.result"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        importer = self.env["collections.agency.importer"]
        return self._page(
            kinds=[
                (
                    labels[kind],
                    count,
                    ", ".join(
                        format_amount(self.env, amount, currency)
                        for (own, currency), amount in amounts.items()
                        if own == kind and amount
                    ),
                )
                for kind, count in counts.items()
            ],
            known=planned.known,
            problems=[
                (one.line, one.column, one.value, importer._problem_words(one))
                for one in planned.problems[:SHOWN]
            ],
            more=max(len(planned.problems) - SHOWN, 0),
        )

    def _page(self, **values):
        return self.env["ir.qweb"]._render(
            "collections_management.agency_import_preview",
            {"error": "", "kinds": [], "known": 0, "problems": [], "more": 0, **values},
            minimal_qcontext=True,
        )

    def _content(self) -> bytes:
        try:
            content = base64.b64decode(self.file or b"", validate=True)
        except binascii.Error as error:
            raise UserError(self.env._("The file could not be read.")) from error
        if len(content) > MEGABYTES * 1_000_000:
            raise UserError(self.env._("The file is over %s MB: split it.", MEGABYTES))
        return content

    def _planned(self):
        return self.env["collections.agency.importer"]._plan(
            self.agency_id, self._content()
        )

    def action_import(self):
        """Take in what the preview shows."""
        self.ensure_one()
        self.env["collections.role"]._check_supervisor(self.agency_id)
        planned = self._planned()
        if planned.problems and not self.is_partial:
            words = self.env["collections.agency.importer"]._problem_words
            first = planned.problems[0]
            raise UserError(
                self.env._(
                    "Nothing was imported. Row %(row)s, %(column)s %(problem)s. "
                    "Correct the file, or take in only the good rows.",
                    row=first.line,
                    column=first.column,
                    problem=words(first),
                )
            )
        if not planned.rows:
            raise UserError(self.env._("The file has nothing new to take in."))
        file = self.env["collections.agency.importer"]._take_in(
            self.agency_id,
            self._content(),
            self.file_name or self.env._("Results"),
            planned,
        )
        file.result_ids.case_id.with_env(self.env).action_refresh()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported"),
            "res_model": "collections.agency.result",
            "view_mode": "list,form",
            "domain": [("file_id", "=", file.id)],
        }
