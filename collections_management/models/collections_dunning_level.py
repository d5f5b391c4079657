from odoo import api, fields, models


class CollectionsDunningLevel(models.Model):
    _name = "collections.dunning.level"
    _description = "Dunning Level"
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
    channel = fields.Selection(
        selection=[("email", "E-mail"), ("activity", "Call or meeting")],
        required=True,
        default="email",
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="E-mail Template",
        domain=[("model", "=", "collections.reminder")],
        ondelete="restrict",
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
        help="The e-mail carries the customer's statement as a PDF."
    )
    tone = fields.Selection(
        selection=[
            ("friendly", "Friendly"),
            ("neutral", "Neutral"),
            ("firm", "Firm"),
        ],
        default="friendly",
        required=True,
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

    # Policies and stages are read in every refresh, and kept until a level changes.

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.depends("delay")
    def _compute_when(self):
        for level in self:
            if level.delay < 0:
                level.when = self.env._("%s days before due date", -level.delay)
            elif level.delay:
                level.when = self.env._("%s days after due date", level.delay)
            else:
                level.when = self.env._("On the due date")
