from odoo import api, fields, models
from odoo.fields import Command


class CollectionsDunningLevel(models.Model):
    _name = "collections.dunning.level"
    _description = "Dunning Level"
    _inherit = ["collections.policy.part"]
    _order = "policy_id, delay, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        comodel_name="collections.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    delay = fields.Integer(
        string="Days",
        required=True,
        help="Days relative to the due date: negative before it, 0 on the day.",
    )
    when = fields.Char(compute="_compute_when")
    channel_ids = fields.One2many(
        comodel_name="collections.level.channel",
        inverse_name="level_id",
        string="Channels",
        copy=True,
        help="The first one is used; the next ones where it fails: no address, a bad "
        "or blacklisted one, no consent.",
    )
    # The first channel, as one edits it where a level has just one.
    channel = fields.Selection(
        selection="_selection_channel",
        string="First Channel",
        compute="_compute_channel",
        inverse="_inverse_first_channel",
        store=True,
        readonly=False,
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="E-mail Template",
        domain=[("model", "=", "collections.reminder")],
        compute="_compute_template_id",
        inverse="_inverse_first_channel",
        store=True,
        readonly=False,
    )
    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        ondelete="restrict",
        domain=[("res_model", "in", [False, "collections.case"])],
    )
    script = fields.Html(
        translate=True, help="What the collector says, shown on the activity"
    )
    attach_statement = fields.Boolean(
        help="E-mails carry the customer's statement as a PDF."
    )
    attach_invoices = fields.Boolean(
        help="E-mails carry the listed invoices, with their legal XML, as they were "
        "issued. Over the limits, the links in the text lead to them.",
    )
    attach_documents_max = fields.Integer(
        string="At Most Documents",
        default=5,
        help="With more invoices than this, none is attached.",
    )
    attach_megabytes_max = fields.Float(
        string="At Most Megabytes",
        default=8.0,
        help="Above this size, no invoice is attached.",
    )
    tone = fields.Selection(
        selection=[
            ("friendly", "Friendly"),
            ("neutral", "Neutral"),
            ("firm", "Firm"),
        ],
        compute="_compute_tone",
        inverse="_inverse_first_channel",
        store=True,
        readonly=False,
    )
    formal = fields.Boolean(
        help="A formal notice needs a sent predecessor: it is never the first one."
    )
    stage_id = fields.Many2one(
        comodel_name="collections.stage",
        domain=[("kind", "in", ["level", "preventive"])],
        help="Where a case stands once this level was sent.",
    )

    _delay_uniq = models.Constraint(
        "UNIQUE (policy_id, delay)", "A policy has one level per number of days."
    )

    _attach_limits = models.Constraint(
        "CHECK (attach_documents_max >= 0 AND attach_megabytes_max >= 0)",
        "The limits of what is attached cannot be negative.",
    )

    # Policies and stages are read in every refresh, and kept until a level changes.

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        # Where nothing is said, it is e-mail.
        levels.filtered(lambda level: not level.channel_ids)._inverse_first_channel()
        return levels

    def unlink(self):
        # First: PostgreSQL would follow both references to a new reminder at once.
        self.channel_ids.unlink()
        return super().unlink()

    @api.model
    def _selection_channel(self):
        return self.env["collections.channel"]._selection()

    def _first_channel(self):
        ways = self.channel_ids
        return ways.sorted(lambda way: (way.sequence, way._origin.id or 0))[:1]

    # One method for each: what is written to one must not keep the others as they are.

    @api.depends("channel_ids.sequence", "channel_ids.channel")
    def _compute_channel(self):
        for level in self:
            level.channel = level._first_channel().channel or "email"

    @api.depends("channel_ids.sequence", "channel_ids.template_id")
    def _compute_template_id(self):
        for level in self:
            level.template_id = level._first_channel().template_id

    @api.depends("channel_ids.sequence", "channel_ids.tone")
    def _compute_tone(self):
        for level in self:
            level.tone = level._first_channel().tone or "friendly"

    def _inverse_first_channel(self):
        for level in self:
            values = {
                "channel": level.channel,
                "template_id": level.template_id.id,
                "tone": level.tone,
            }
            if first := level._first_channel():
                first.write(values)
            else:
                level.channel_ids = [Command.create(values)]

    @api.depends("delay")
    def _compute_when(self):
        for level in self:
            if level.delay < 0:
                level.when = self.env._("%s days before due date", -level.delay)
            elif level.delay:
                level.when = self.env._("%s days after due date", level.delay)
            else:
                level.when = self.env._("On the due date")
