from datetime import timedelta

from odoo import api, fields, models


class CollectionsCaseHold(models.TransientModel):
    """Put customers, or some of their documents, on hold until a date."""

    _name = "collections.case.hold"
    _description = "Put on Hold"

    case_ids = fields.Many2many(comodel_name="collections.case")
    item_ids = fields.Many2many(
        comodel_name="collections.item",
        string="Documents",
        help="Empty: everything that the customer owes",
    )
    reason_id = fields.Many2one(
        comodel_name="collections.hold.reason",
        required=True,
        default=lambda self: self._default_reason(),
    )
    date_end = fields.Date(
        string="Until",
        required=True,
        compute="_compute_date_end",
        store=True,
        precompute=True,
        readonly=False,
    )
    note = fields.Char()

    @api.model
    def _default_reason(self):
        """The usual reason for a document; for a whole customer, somebody says why."""
        reasons = self.env["collections.hold.reason"]
        if not self.env.context.get("default_item_ids"):
            return reasons
        return reasons.search([], limit=1)

    @api.depends("reason_id")
    def _compute_date_end(self):
        today = self.env.company._collections_today()
        for wizard in self:
            wizard.date_end = today + timedelta(days=wizard.reason_id.days or 15)

    def action_hold(self):
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        values = {
            "reason_id": self.reason_id.id,
            "date_end": self.date_end,
            "note": self.note,
        }
        if self.item_ids:
            rows = [
                {
                    "case_id": item.case_id.id,
                    "move_line_id": item.id,
                    "number": item.number,
                    "is_item": True,
                }
                for item in self.item_ids
            ]
        else:
            rows = [{"case_id": case.id} for case in self.case_ids]
        holds = self.env["collections.hold"].create([{**row, **values} for row in rows])
        holds.case_id.action_refresh()
        return {"type": "ir.actions.act_window_close"}
