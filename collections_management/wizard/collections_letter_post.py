from odoo import api, fields, models


class CollectionsLetterPost(models.TransientModel):
    """A person says that printed letters were posted, and when."""

    _name = "collections.letter.post"
    _description = "Letters Posted"

    batch_id = fields.Many2one(
        comodel_name="collections.letter.batch",
        string="Letters",
        required=True,
        readonly=True,
    )
    letter_count = fields.Integer(related="batch_id.letter_count")
    warned_count = fields.Integer(related="batch_id.warned_count")
    date = fields.Date(
        string="Posted On",
        required=True,
        default=lambda self: self.env.company._collections_today(),
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "collections.letter.batch":
            values.setdefault("batch_id", self.env.context.get("active_id"))
        return values

    def action_post(self):
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        self.batch_id._post(self.date)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
