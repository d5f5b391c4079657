from odoo import fields, models
from odoo.exceptions import UserError


class CollectionsCaseStop(models.TransientModel):
    """Stop all reminders of a customer, with the evidence for it."""

    _name = "collections.case.stop"
    _description = "Stop Reminders"

    case_id = fields.Many2one(comodel_name="collections.case", required=True)
    stop_flag = fields.Selection(
        selection=lambda self: (
            self.env["collections.case"]
            ._fields["stop_flag"]
            ._description_selection(self.env)
        ),
        required=True,
    )
    note = fields.Char(string="Evidence", required=True)
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Documents")

    def action_stop(self):
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        if not self.note.strip():
            raise UserError(self.env._("Say what shows it: a file number, a letter."))
        self.case_id.stop_flag = self.stop_flag
        label = dict(self._fields["stop_flag"]._description_selection(self.env))
        self.case_id.message_post(
            body=self.env._(
                "Reminders stopped: %(flag)s. %(note)s",
                flag=label[self.stop_flag],
                note=self.note,
            ),
            attachment_ids=self.attachment_ids.ids,
        )
        self.case_id.action_refresh()
        return {"type": "ir.actions.act_window_close"}
