from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

TWO_YEARS = timedelta(days=731)


class CollectionsEvidenceGet(models.TransientModel):
    """Ask for the period of an evidence of contacts, then download it."""

    _name = "collections.evidence.get"
    _description = "Evidence of Contacts"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, readonly=True
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._collections_today() - TWO_YEARS,
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self.env.company._collections_today(),
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "collections.case":
            values.setdefault("case_id", self.env.context.get("active_id"))
        return values

    def action_pdf(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def _download(self, kind):
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        if self.date_from > self.date_to:
            raise UserError(self.env._("The period ends before it begins."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/collections/evidence/{self.case_id.id}.{kind}"
            f"?date_from={self.date_from}&date_to={self.date_to}",
            "target": "download",
        }
