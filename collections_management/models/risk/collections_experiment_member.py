from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.experiments import CHALLENGER, CONTROL
from .collections_experiment import PERCENT

ENROL = """
    INSERT INTO collections_experiment_member (
               experiment_id, company_id, case_id, arm, date_joined, amount_start,
               create_uid, create_date)
        SELECT split.id, %(company)s, kase.id,
               CASE WHEN %(percent)s < split.percent
                    THEN %(challenger)s ELSE %(control)s END,
               %(today)s, owed.amount, %(uid)s, now() AT TIME ZONE 'UTC'
          FROM collections_case kase
          JOIN unnest(%(ids)s::int[], %(segments)s::int[], %(percents)s::int[])
            AS split (id, segment_id, percent) ON split.segment_id = kase.segment_id
          JOIN (SELECT contact.commercial_partner_id AS partner_id,
                       sum(item.amount) AS amount
                  FROM (%(items)s) item
                  JOIN res_partner contact ON contact.id = item.partner_id
                 WHERE item.amount > 0
              GROUP BY contact.commercial_partner_id) owed
            ON owed.partner_id = kase.partner_id
         WHERE kase.company_id = %(company)s AND %(cases)s
           AND NOT EXISTS (SELECT 1 FROM collections_experiment_member own
                            WHERE own.experiment_id = split.id
                              AND own.case_id = kase.id)
   ON CONFLICT DO NOTHING
"""


class CollectionsExperimentMember(models.Model):
    """A customer of an experiment, in the arm that chance gave. Created once."""

    _name = "collections.experiment.member"
    _description = "Customer of an Experiment"
    _order = "date_joined desc, id desc"
    _rec_name = "case_id"

    experiment_id = fields.Many2one(
        comodel_name="collections.experiment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    case_id = fields.Many2one(
        comodel_name="collections.case",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    arm = fields.Selection(
        selection=[(CONTROL, "Policy as it is"), (CHALLENGER, "Policy to try")],
        required=True,
        readonly=True,
    )
    date_joined = fields.Date(string="Joined On", required=True, readonly=True)
    amount_start = fields.Monetary(
        string="Owed at the Start",
        readonly=True,
        help="Open documents on the day it joined",
    )
    policy_id = fields.Many2one(
        related="case_id.policy_id", string="Policy Now", readonly=True
    )
    is_following = fields.Boolean(
        string="Policy of Its Arm",
        compute="_compute_is_following",
        help="A case in dunning keeps its policy; it counts in its arm all the same.",
    )

    _case_uniq = models.UniqueIndex("(experiment_id, case_id)")

    @api.depends("arm", "case_id.policy_id", "experiment_id")
    def _compute_is_following(self):
        for member in self:
            member.is_following = member.policy_id == member._policy()

    def _policy(self):
        """Return the policy of its arm."""
        experiment = self.experiment_id
        return (
            experiment.challenger_id
            if self.arm == CHALLENGER
            else experiment.control_id
        )

    @api.model
    def _enrol(self, company, today, splits, partner_ids=None, as_of=None) -> None:
        """Add the cases of split segments that are not in yet: one statement.

        :param as_of: a past day whose open documents count, ``None``: those of now
        """
        self.flush_model()
        ledger = self.env["collections.ledger"]
        self.env.cr.execute(
            SQL(
                ENROL,
                company=company.id,
                percent=SQL(PERCENT, SQL("split.id"), SQL("kase.partner_id")),
                challenger=CHALLENGER,
                control=CONTROL,
                today=today,
                uid=self.env.uid,
                ids=[split.id for split in splits],
                segments=[split.segment_id for split in splits],
                percents=[split.percent for split in splits],
                items=ledger._open_lines_sql(company.ids, as_of, partner_ids),
                cases=self.env["collections.planner"]._partner_filter(
                    partner_ids, "kase.partner_id"
                ),
            )
        )
        if self.env.cr.rowcount:
            self.env["collections.experiment"].invalidate_model(["member_ids"])
            self.env["collections.case"].invalidate_model(["experiment_member_ids"])
