from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import agency_file


class CollectionsAgencyExport(models.TransientModel):
    """Look at what goes to an agency, then make the file."""

    _name = "collections.agency.export"
    _description = "File for an Agency"

    agency_id = fields.Many2one(
        comodel_name="collections.agency", required=True, readonly=True
    )
    kind = fields.Selection(
        selection=[("xlsx", "Excel, with a sheet about its columns"), ("csv", "CSV")],
        string="Format",
        required=True,
        default="xlsx",
    )
    only_new = fields.Boolean(
        string="Only What It Was Not Told Yet",
        help="Without it the file has all that the agency has, with today's amounts.",
    )
    case_count = fields.Integer(string="Cases", compute="_compute_counts")
    recalled_count = fields.Integer(string="Taken Back", compute="_compute_counts")
    currency_id = fields.Many2one(related="agency_id.currency_id")
    amount_overdue = fields.Monetary(string="Overdue", compute="_compute_counts")
    columns = fields.Char(compute="_compute_columns")

    @api.depends("agency_id", "only_new")
    def _compute_counts(self):
        for dialog in self:
            current, recalled = self.env["collections.agency.exporter"]._escalations(
                dialog.agency_id, dialog.only_new
            )
            dialog.case_count = len(current)
            dialog.recalled_count = len(recalled)
            dialog.amount_overdue = sum(current.case_id.mapped("amount_overdue_net"))

    @api.depends("agency_id")
    def _compute_columns(self):
        self.columns = ", ".join(one.code for one in agency_file.CASE_COLUMNS)

    def action_export(self):
        """Keep the file with the agency and download it."""
        self.ensure_one()
        self.env["collections.role"]._check_supervisor(self.agency_id)
        if not self.case_count and not self.recalled_count:
            raise UserError(
                self.env._(
                    "There is nothing to tell %s: hand cases over first, with Set "
                    "Stage in the list of cases.",
                    self.agency_id.name,
                )
            )
        file = self.env["collections.agency.exporter"]._make(
            self.agency_id, self.kind, self.only_new
        )
        return file.with_env(self.env).action_download()
