from odoo import fields, models


class CollectionsReportPreview(models.TransientModel):
    """What a scheduled report would send."""

    _name = "collections.report.preview"
    _description = "Preview of a Report"

    schedule_id = fields.Many2one(
        comodel_name="collections.report.schedule", required=True, ondelete="cascade"
    )
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True)
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char()

    def action_send_now(self):
        return self.schedule_id.action_send_now()
