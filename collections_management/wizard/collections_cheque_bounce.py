from odoo import fields, models


class CollectionsChequeBounce(models.TransientModel):
    """Why a cheque came back from the bank."""

    _name = "collections.cheque.bounce"
    _description = "Bounced Cheque"

    cheque_ids = fields.Many2many(
        comodel_name="collections.cheque",
        relation="collections_cheque_bounce_rel",
        string="Cheques",
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        selection=lambda self: (
            self.env["collections.cheque"]
            ._fields["bounce_reason"]
            ._description_selection(self.env)
        ),
        required=True,
        default="funds",
    )
    note = fields.Char()

    def action_save(self):
        """What it covered is asked for again, and the collector calls."""
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        self.cheque_ids.check_access("write")
        self.cheque_ids._bounce(self.reason, self.note)
        self.cheque_ids._refresh_cases()
        return {"type": "ir.actions.act_window_close"}
