from ast import literal_eval
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import transitions

# Where the first matching segment, or its policy, is not the case's. Materialized:
# every rule is asked once, not wherever its answer is used.
CHOICE = """
    WITH choice AS MATERIALIZED (
         SELECT collections_case.id, CASE %(choice)s END AS segment_id,
                collections_case.partner_id,
                collections_case.segment_id AS segment_now,
                collections_case.policy_id AS policy_now
           FROM %(tables)s
          WHERE collections_case.company_id = %(company)s AND %(cases)s)
    SELECT choice.id, choice.segment_id, choice.policy_id
      FROM (SELECT choice.id, choice.segment_id, segment_now, policy_now,
                   %(policy)s AS policy_id
              FROM choice
         LEFT JOIN collections_segment segment ON segment.id = choice.segment_id) choice
     WHERE (segment_now, policy_now)
           IS DISTINCT FROM (choice.segment_id, choice.policy_id)
"""
# First matching segment; its policy, unless chosen by hand or in dunning.
CLASSIFY = """
    WITH target AS (
         SELECT kase.id, choice.segment_id,
                CASE WHEN kase.policy_id IS NOT NULL AND (
                         kase.manual_policy OR EXISTS (
                             SELECT 1 FROM collections_reminder rem
                              WHERE rem.case_id = kase.id
                                AND rem.level_delay > 0
                                AND rem.kind = 'dunning'
                                AND rem.state = ANY(%(gone)s)
                                AND rem.trigger_line_id IS NOT NULL
                                AND NOT rem.cycle_closed)
                     ) THEN kase.policy_id
                     ELSE choice.policy_id END AS policy_id
           FROM collections_case kase
           JOIN unnest(%(cases)s::int[], %(segments)s::int[], %(policies)s::int[])
             AS choice (id, segment_id, policy_id) ON choice.id = kase.id)
    UPDATE collections_case kase
       SET segment_id = target.segment_id, policy_id = target.policy_id,
           progress_key = NULL,
           write_date = now() AT TIME ZONE 'UTC'
      FROM target
     WHERE kase.id = target.id
       AND (kase.segment_id, kase.policy_id)
           IS DISTINCT FROM (target.segment_id, target.policy_id)
"""


class Rule(NamedTuple):
    """A segment as classification needs it."""

    id: int
    domain: str
    policy_id: int


class CollectionsSegment(models.Model):
    _name = "collections.segment"
    _description = "Collections Segment"
    _inherit = ["collections.policy.part", "collections.segment.preview"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Leave empty to share the segment among companies.",
    )
    domain = fields.Char(
        string="Cases",
        default="[]",
        required=True,
        help="Which cases belong here. The first segment that matches wins.",
    )
    policy_id = fields.Many2one(
        comodel_name="collections.policy",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    description = fields.Text(translate=True)
    starter_id = fields.Many2one(
        comodel_name="collections.starter",
        readonly=True,
        copy=False,
        ondelete="cascade",
        index="btree_not_null",
        help="An original of a starter: companies use copies of it.",
    )
    origin_id = fields.Many2one(
        comodel_name="collections.segment",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The original of a starter that it was copied from",
    )
    case_count = fields.Integer(compute="_compute_case_count")

    _check_company_auto = True
    _origin_uniq = models.UniqueIndex(
        "(company_id, origin_id) WHERE origin_id IS NOT NULL"
    )

    def _compute_case_count(self):
        counts = dict(
            self.env["collections.case"]._read_group(
                [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.case_count = counts.get(segment, 0)

    def action_view_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_action"
        )
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}

    @api.constrains("domain")
    def _check_domain(self):
        for segment in self:
            segment._case_query()

    def _case_query(self):
        """Return the segment's cases as one SQL query.

        :raise ValidationError: names the field that cannot be searched in SQL
        """
        self.ensure_one()
        Case = self.env["collections.case"].sudo().with_context(active_test=False)
        try:
            domain = Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "Segment %(segment)s: this is not a valid condition: %(domain)s",
                    segment=self.name or self.env._("(new)"),
                    domain=self.domain,
                )
            ) from error
        for condition in domain.iter_conditions():
            self._check_condition(Case, condition)
        return Case._search(domain)

    def _check_condition(self, Case, condition):
        try:
            Case._search(
                Domain(condition.field_expr, condition.operator, condition.value)
            )
        except (ValueError, KeyError, UserError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "Segment %(segment)s: %(field)s cannot be searched for. Choose "
                    "another field. (%(error)s)",
                    segment=self.name or self.env._("(new)"),
                    field=condition.field_expr,
                    error=error,
                )
            ) from error

    @api.model
    def _of_company(self, company):
        """Return the segments of a company in the order in which they match."""
        return self.sudo().browse([rule.id for rule in self._rules(company.id)])

    @tools.ormcache("company_id")
    def _rules(self, company_id) -> list[Rule]:
        segments = self.sudo().search([("company_id", "in", [False, company_id])])
        return [Rule(s.id, s.domain or "[]", s.policy_id.id) for s in segments]

    @api.model
    def _classify(self, company, partner_ids=None) -> int:
        """Give every case the first segment that matches, all of them at once.

        The policy follows, unless a person chose it or an item is in dunning: the
        segment's, or the one that an experiment gives.

        :return: number of cases that changed segment or policy
        """
        today = company._collections_today()
        experiments = self.env["collections.experiment"]
        experiments._end_overdue(company, today)
        changed = self._reclassify(company, partner_ids)
        experiments._enrol(company, today, partner_ids)
        return changed

    @api.model
    def _reclassify(self, company, partner_ids) -> int:
        self.env["collections.case"].flush_model()
        rules = self._rules(company.id)
        if not rules:
            return 0
        self.flush_model()
        if partner_ids is None:
            self.env["collections.ledger"]._tune()
        rows = self.env.execute_query(self._choice_sql(company, rules, partner_ids))
        if not rows:
            return 0
        cases, segments, policies = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                CLASSIFY,
                cases=list(cases),
                segments=list(segments),
                policies=list(policies),
                gone=list(transitions.GONE),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _choice_sql(self, company, rules, partner_ids) -> SQL:
        """Return a query of cases to look at, with the first segment that matches."""
        tables, matches = self._matches_sql(company, [rule.domain for rule in rules])
        return SQL(
            CHOICE,
            tables=tables,
            choice=SQL(" ").join(
                SQL("WHEN %s THEN %s", match, rule.id)
                for match, rule in zip(matches, rules, strict=True)
            ),
            company=company.id,
            cases=self.env["collections.planner"]._partner_filter(
                partner_ids, "collections_case.partner_id"
            ),
            policy=self.env["collections.experiment"]._policy_sql(
                company,
                SQL("choice.segment_id"),
                SQL("choice.partner_id"),
                SQL("segment.policy_id"),
            ),
        )

    @api.model
    def _matches_sql(self, company, domains) -> tuple[SQL, list[SQL]]:
        """Return a FROM clause of ``collections_case``, and rules on its rows."""
        # Terms and pricelists of a customer depend on the company.
        Case = self.env["collections.case"].with_company(company)
        return Case._conditions_sql(map(literal_eval, domains))
