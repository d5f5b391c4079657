from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CollectionsStatementGet(models.TransientModel):
    """Ask for the date of customer statements, then download them."""

    _name = "collections.statement.get"
    _description = "Statement as of a Date"

    case_ids = fields.Many2many(
        comodel_name="collections.case",
        relation="collections_statement_get_case_rel",
        string="Customers",
        required=True,
    )
    date = fields.Date(
        string="As of",
        required=True,
        default=lambda self: self.env.company._collections_today(),
        help="What was open on that day, as the ledger says it today",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "collections.case":
            ids = self.env.context.get("active_ids") or []
            values.setdefault("case_ids", [Command.set(ids)])
        return values

    def action_pdf(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def _download(self, kind):
        self.ensure_one()
        self.case_ids._check_statement()
        if self.date > self.env.company._collections_today():
            raise UserError(self.env._("Choose today or an earlier day."))
        ids = ",".join(map(str, self.case_ids.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/collections/statement.{kind}?cases={ids}&date={self.date}",
            "target": "download",
        }
