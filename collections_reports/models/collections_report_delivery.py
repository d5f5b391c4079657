from odoo import fields, models


class CollectionsReportDelivery(models.Model):
    """One sending of a scheduled report, or why it failed. Written once."""

    _name = "collections.report.delivery"
    _description = "Sending of a Report"
    _order = "id desc"
    _rec_name = "schedule_id"

    schedule_id = fields.Many2one(
        comodel_name="collections.report.schedule",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="schedule_id.company_id", store=True)
    date = fields.Datetime(default=fields.Datetime.now, required=True)
    state = fields.Selection(
        selection=[("sent", "Sent"), ("failed", "Failed")], required=True
    )
    recipients = fields.Char()
    error = fields.Char()
