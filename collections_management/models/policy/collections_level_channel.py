from odoo import api, fields, models

AUTOMATIC = "automatic"
APPROVE = "approve"


class CollectionsLevelChannel(models.Model):
    """One way in which a level may reach the customer; the first that works is used."""

    _name = "collections.level.channel"
    _description = "Channel of a Level"
    _inherit = ["collections.policy.part"]
    _order = "level_id, sequence, id"
    _rec_name = "channel"

    level_id = fields.Many2one(
        comodel_name="collections.dunning.level",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="level_id.company_id")
    sequence = fields.Integer(default=10)
    channel = fields.Selection(
        selection="_selection_channel", required=True, default="email"
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        domain=[("model", "=", "collections.reminder")],
        ondelete="restrict",
        help="Text of e-mails and letters",
    )
    sms_template_id = fields.Many2one(
        comodel_name="sms.template",
        string="SMS Template",
        domain=[("model", "=", "collections.reminder")],
        ondelete="restrict",
    )
    release = fields.Selection(
        selection=[(AUTOMATIC, "Automatic"), (APPROVE, "Proposed for approval")],
        string="Sent",
        required=True,
        default=AUTOMATIC,
        help="Where the company sends automatically, a proposed one still waits for "
        "a supervisor.",
    )
    tone = fields.Selection(
        selection=[
            ("friendly", "Friendly"),
            ("neutral", "Neutral"),
            ("firm", "Firm"),
        ],
        required=True,
        default="friendly",
    )

    _channel_uniq = models.Constraint(
        "UNIQUE (level_id, channel)", "A level uses each channel once."
    )

    # Policies are kept until something of them changes, see the levels.

    @api.model
    def _selection_channel(self):
        return self.env["collections.channel"]._selection()
