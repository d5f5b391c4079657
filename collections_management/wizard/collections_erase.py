from odoo import api, fields, models
from odoo.tools import format_date


class CollectionsErase(models.TransientModel):
    """Say what would be erased of a customer, then erase it."""

    _name = "collections.erase"
    _description = "Erase Personal Data"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, readonly=True
    )
    summary = fields.Text(compute="_compute_summary")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "collections.case":
            values.setdefault("case_id", self.env.context.get("active_id"))
        return values

    @api.depends("case_id")
    def _compute_summary(self):
        erasure = self.env["collections.erasure"]
        for wizard in self:
            *old, kept = erasure._entries(wizard.case_id)
            limit = erasure._limit(wizard.case_id)
            wizard.summary = self.env._(
                "%(count)s entries from before %(date)s lose names, addresses and "
                "texts for good. Date, channel, rule and outcome stay. %(kept)s "
                "younger entries are kept as the law asks.",
                count=sum(map(len, old)),
                date=format_date(self.env, limit.date()),
                kept=kept,
            )

    def action_erase(self):
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        self.case_id.check_access("read")
        count = self.env["collections.erasure"]._erase(self.case_id)
        self.case_id.sudo().message_post(
            body=self.env._("Personal data erased in %s entries.", count),
            author_id=self.env.user.partner_id.id,
        )
        return {"type": "ir.actions.act_window_close"}
