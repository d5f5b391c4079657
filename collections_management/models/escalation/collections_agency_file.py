import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionsAgencyFile(models.Model):
    """A file given to an agency, or taken from it, kept as it was."""

    _name = "collections.agency.file"
    _description = "File of an Agency"
    _order = "id desc"
    _rec_name = "name"

    agency_id = fields.Many2one(
        comodel_name="collections.agency",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="agency_id.company_id", store=True, index=True)
    direction = fields.Selection(
        selection=[("out", "To the agency"), ("in", "From the agency")],
        required=True,
        readonly=True,
    )
    name = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    content = fields.Binary(attachment=True, readonly=True, string="File")
    checksum = fields.Char(
        required=True, readonly=True, index=True, help="SHA-256 of the content"
    )
    row_count = fields.Integer(string="Rows", readonly=True)
    case_count = fields.Integer(string="Cases", readonly=True)
    error_count = fields.Integer(
        string="Rows Left Out", readonly=True, help="Something was wrong with them"
    )
    result_ids = fields.One2many(
        comodel_name="collections.agency.result", inverse_name="file_id"
    )

    _import_uniq = models.UniqueIndex(
        "(agency_id, checksum) WHERE direction = 'in' AND error_count = 0",
        "This file was imported already.",
    )

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("Files exchanged with an agency stay as is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Files exchanged with an agency are evidence."))

    @api.model
    def _checksum(self, content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    def action_download(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/{self.name}"
            "?download=true",
            "target": "download",
        }
