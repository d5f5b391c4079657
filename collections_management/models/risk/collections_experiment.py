from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ...tools import experiments

# What makes the two arms comparable: fixed from the start on.
FIXED = frozenset(
    {"company_id", "segment_id", "control_id", "challenger_id", "percent", "window"}
)
# The same as `tools.experiments.share_of`, times 100.
PERCENT = """
    (('x' || left(encode(sha256((%s || ':' || %s)::bytea), 'hex'), 8))::bit(32)::bigint
     * 100.0 / 4294967296)
"""


class Split(NamedTuple):
    """A running experiment as classification needs it."""

    id: int
    segment_id: int
    control_id: int
    challenger_id: int
    percent: int
    date_end: object


class CollectionsExperiment(models.Model):
    """Which of two policies works better: a segment's customers, split at random.

    Everyone is counted in the arm that chance gave, from the day it joined, also where
    its policy follows later or never does: a case in dunning keeps its policy until its
    documents are paid. So both arms begin alike, and what differs is due to the policy
    (intention to treat).
    """

    _name = "collections.experiment"
    _description = "Strategy Experiment"
    _inherit = ["collections.policy.part"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    segment_id = fields.Many2one(
        comodel_name="collections.segment",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    control_id = fields.Many2one(
        comodel_name="collections.policy",
        string="Policy as It Is",
        required=True,
        ondelete="restrict",
        check_company=True,
        compute="_compute_control_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    challenger_id = fields.Many2one(
        comodel_name="collections.policy",
        string="Policy to Try",
        required=True,
        ondelete="restrict",
        check_company=True,
    )
    percent = fields.Integer(
        string="Customers Who Try It, %",
        required=True,
        default=50,
        help="Half is decided soonest.",
    )
    window = fields.Integer(
        string="Days Looked At",
        required=True,
        default=30,
        help="Of each customer, what happens in so many days from the day it joined",
    )
    least_difference = fields.Float(
        string="Smallest Difference That Matters, Points",
        required=True,
        default=5.0,
        help="Of the share recovered. How many customers it takes depends on it.",
    )
    date_start = fields.Date(string="Started On", readonly=True, copy=False)
    date_end = fields.Date(
        string="Ends On",
        copy=False,
        help="Decide beforehand, and wait until then: whoever stops on the first good "
        "day is often wrong.",
    )
    question = fields.Text(
        string="What It Should Show",
        help="What you expect, written down before anybody knows.",
    )
    member_ids = fields.One2many(
        comodel_name="collections.experiment.member",
        inverse_name="experiment_id",
        string="Customers",
        readonly=True,
    )
    member_count = fields.Integer(
        string="Customers in It", compute="_compute_member_count"
    )

    _percent_range = models.Constraint(
        "CHECK (percent BETWEEN 5 AND 95)",
        "Between 5 and 95 % of the customers can try the policy.",
    )
    _window_range = models.Constraint(
        'CHECK ("window" BETWEEN 7 AND 365)', "Look at 7 to 365 days."
    )
    _difference_positive = models.Constraint(
        "CHECK (least_difference > 0)",
        "The smallest difference that matters is more than 0 points.",
    )
    _running_uniq = models.UniqueIndex(
        "(company_id, segment_id) WHERE state = 'running'",
        "Another experiment is running in this segment: end it first.",
    )

    @api.depends("segment_id")
    def _compute_control_id(self):
        for experiment in self:
            if experiment.state == "draft":
                experiment.control_id = experiment.segment_id.policy_id

    def _compute_member_count(self):
        counts = dict(
            self.env["collections.experiment.member"]._read_group(
                [("experiment_id", "in", self.ids)], ["experiment_id"], ["__count"]
            )
        )
        for experiment in self:
            experiment.member_count = counts.get(experiment, 0)

    @api.constrains("control_id", "challenger_id")
    def _check_policies(self):
        for experiment in self:
            if experiment.control_id == experiment.challenger_id:
                raise ValidationError(
                    self.env._("Both policies are the same: choose another one to try.")
                )

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for experiment in self:
            start, end = experiment.date_start, experiment.date_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._("The experiment ends before it begins.")
                )

    def write(self, vals):
        if FIXED & vals.keys() and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._(
                    "Segment, policies, share and days stay as they were when the "
                    "experiment began. Make a new one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(experiment.state != "draft" for experiment in self):
            raise UserError(
                self.env._("What an experiment showed is kept: end it instead.")
            )

    # === ACTIONS === #

    def action_start(self):
        """Split the segment from now on; the next refresh gives out the policies."""
        self.env["collections.role"]._check_supervisor(self)
        for experiment in self.filtered(lambda one: one.state == "draft"):
            today = experiment.company_id._collections_today()
            first = today + timedelta(days=experiment.window)
            if not experiment.date_end or experiment.date_end < first:
                raise UserError(
                    self.env._(
                        "Say first on which day “%(name)s” ends: not before %(date)s, "
                        "when the days of the first customers are over.",
                        name=experiment.name,
                        date=format_date(self.env, first),
                    )
                )
            experiment.write({"state": "running", "date_start": today})
        self._follow_soon()

    def action_end(self):
        """Give all cases back to their segment's policy; what was found is kept."""
        self.env["collections.role"]._check_supervisor(self)
        for experiment in self.filtered(lambda one: one.state == "running"):
            today = experiment.company_id._collections_today()
            experiment.write({"state": "ended", "date_end": today})
        # Before another one may start in the same segment.
        self.flush_recordset()
        self._follow_soon()

    def action_view_members(self):
        self.env["collections.role"]._check_collector(self)
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_experiment_member_action"
        )
        return {**action, "domain": [("experiment_id", "=", self.id)]}

    def _follow_soon(self) -> None:
        """Let the refresh classify the cases concerned, in its own transaction."""
        cases = (
            self.env["collections.case"]
            .sudo()
            .search(
                [
                    ("segment_id", "in", self.segment_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
        self.env["collections.touch"].sudo()._touch(
            {(case.company_id.id, case.partner_id.id) for case in cases}, []
        )

    # === CLASSIFICATION === #

    @tools.ormcache("company_id")
    def _running(self, company_id) -> list[Split]:
        found = self.sudo().search(
            [("company_id", "=", company_id), ("state", "=", "running")], order="id"
        )
        return [
            Split(
                one.id,
                one.segment_id.id,
                one.control_id.id,
                one.challenger_id.id,
                one.percent,
                one.date_end,
            )
            for one in found
        ]

    @api.model
    def _end_overdue(self, company, today) -> None:
        """End what has reached its last day."""
        over = [
            split.id
            for split in self._running(company.id)
            if split.date_end and split.date_end < today
        ]
        if over:
            self.sudo().browse(over).state = "ended"

    @api.model
    def _policy_sql(self, company, segment: SQL, partner: SQL, policy: SQL) -> SQL:
        """Return the policy of a case, given its segment's.

        :param segment: the case's segment; ``partner``: its customer
        :param policy: the segment's policy
        """
        splits = self._running(company.id)
        if not splits:
            return policy
        return SQL(
            "CASE %s ELSE %s END",
            SQL(" ").join(
                SQL(
                    "WHEN %s = %s THEN CASE WHEN %s < %s THEN %s ELSE %s END",
                    segment,
                    split.segment_id,
                    SQL(PERCENT, str(split.id), partner),
                    split.percent,
                    split.challenger_id,
                    split.control_id,
                )
                for split in splits
            ),
            policy,
        )

    @api.model
    def _enrol(self, company, today, partner_ids=None) -> None:
        """Note who joins: every case of a split segment that owes something.

        Whether it is overdue does not matter: a policy may see to it that nothing ever
        is, and then its best customers would be missing in its arm.
        """
        splits = self._running(company.id)
        if splits:
            self.env["collections.experiment.member"]._enrol(
                company, today, splits, partner_ids
            )

    def _describe(self) -> str:
        """Return its name and until when it runs."""
        self.ensure_one()
        return self.env._(
            "%(name)s, until %(date)s",
            name=self.name,
            date=format_date(self.env, self.date_end),
        )

    def _arm_of(self, partner) -> str:
        self.ensure_one()
        return experiments.arm_of(self.id, partner.id, self.percent)
