from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools import levels


class CollectionsPolicy(models.Model):
    _name = "collections.policy"
    _description = "Collections Policy"
    _inherit = [
        "collections.policy.part",
        "mail.thread",
        "collections.policy.preview",
        "collections.policy.promises",
    ]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Leave empty to share the policy among companies.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        help="Amounts of a policy are in the currency of the company that uses it.",
    )
    description = fields.Html(
        translate=True, help="What the policy says, in words for the team."
    )
    starter_id = fields.Many2one(
        comodel_name="collections.starter",
        readonly=True,
        copy=False,
        ondelete="cascade",
        index="btree_not_null",
        help="An original of a starter: companies use copies of it.",
    )
    origin_id = fields.Many2one(
        comodel_name="collections.policy",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The original of a starter that it was copied from",
    )
    level_ids = fields.One2many(
        comodel_name="collections.dunning.level",
        inverse_name="policy_id",
        string="Dunning Levels",
        copy=True,
    )
    tolerance = fields.Monetary(
        tracking=True,
        help="Nothing is asked while the customer owes no more than this, net of "
        "credits.",
    )
    minimum_amount = fields.Monetary(
        tracking=True,
        help="No reminder below this overdue amount, net of credits.",
    )
    min_days = fields.Integer(
        string="Days Between Reminders",
        default=3,
        tracking=True,
        help="Minimum days between two reminders to the same customer.",
    )
    payment_day_wait = fields.Integer(
        string="Wait for the Payment Day",
        default=7,
        tracking=True,
        help="Where the customer pays on fixed days, a reminder of overdue documents "
        "waits up to so many days for the working day before. 0: it does not wait.",
    )
    entry_level_id = fields.Many2one(
        comodel_name="collections.dunning.level",
        domain="[('policy_id', '=', id), ('delay', '>', 0), ('formal', '=', False)]",
        help="Where a customer who is already late begins. Empty: the first overdue "
        "level.",
    )
    late_start = fields.Selection(
        selection=[
            (levels.LATE_START_ENTRY, "At the entry level"),
            (levels.LATE_START_AGE, "At the level due by age"),
        ],
        default=levels.LATE_START_ENTRY,
        required=True,
        help="A formal level is never the first one.",
    )
    repeat_days = fields.Integer(
        string="Repeat Last Level Every",
        help="Days; 0: the last level is not repeated.",
    )
    max_repeats = fields.Integer(default=3)
    case_count = fields.Integer(compute="_compute_case_count")

    _numbers_not_negative = models.Constraint(
        "CHECK (tolerance >= 0 AND minimum_amount >= 0 AND min_days >= 0"
        " AND payment_day_wait >= 0 AND repeat_days >= 0 AND max_repeats >= 0)",
        "Amounts and days of a policy cannot be negative.",
    )

    # Whoever installs a starter twice, or two at once, gets it once.
    _origin_uniq = models.UniqueIndex(
        "(company_id, origin_id) WHERE origin_id IS NOT NULL"
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    def _compute_case_count(self):
        counts = dict(
            self.env["collections.case"]._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.case_count = counts.get(policy, 0)

    @api.constrains("entry_level_id")
    def _check_entry_level(self):
        for policy in self:
            entry = policy.entry_level_id
            if entry and (
                entry.policy_id != policy or entry.delay <= 0 or entry.formal
            ):
                raise ValidationError(
                    self.env._(
                        "Entry level of %(policy)s: choose one of its own overdue "
                        "levels that is not formal.",
                        policy=policy.name,
                    )
                )

    @api.model
    def _as_tuples(self, company) -> dict[int, levels.Policy]:
        """Return the policies that a company may use, as `tools.levels` wants them."""
        return self._tuples_of(company.id)

    @tools.ormcache("company_id")
    def _tuples_of(self, company_id):
        domain = [("company_id", "in", [False, company_id])]
        policies = self.sudo().with_context(active_test=False).search(domain)
        return {policy.id: policy._as_tuple() for policy in policies}

    def _as_tuple(self) -> levels.Policy:
        self.ensure_one()
        return levels.Policy(
            id=self.id,
            levels=tuple(
                levels.Level(level.id, level.delay, level.formal)
                for level in self.level_ids.sorted("delay")
            ),
            entry_delay=self.entry_level_id.delay or None,
            late_start=self.late_start,
            min_days=self.min_days,
            repeat_days=self.repeat_days,
            max_repeats=self.max_repeats,
            tolerance=self.tolerance,
            minimum=self.minimum_amount,
            payment_day_wait=self.payment_day_wait,
        )

    def action_view_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_action"
        )
        return {**action, "domain": [("policy_id", "=", self.id)], "context": {}}
