from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CollectionsAssignmentRule(models.Model):
    """Which customers go to which collectors. The first rule with room wins."""

    _name = "collections.assignment.rule"
    _description = "Assignment Rule"
    _inherit = ["collections.cached"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_ids = fields.Many2many(
        comodel_name="collections.segment",
        relation="collections_assignment_segment_rel",
        string="Segments",
        check_company=True,
    )
    country_ids = fields.Many2many(
        comodel_name="res.country",
        relation="collections_assignment_country_rel",
        string="Countries",
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        relation="collections_assignment_state_rel",
        string="Regions",
    )
    salesperson_ids = fields.Many2many(
        comodel_name="res.users",
        relation="collections_assignment_salesperson_rel",
        string="Salespeople",
        domain=[("share", "=", False)],
    )
    amount_from = fields.Monetary(
        string="Balance From", help="What the customer owes in all; 0: from nothing"
    )
    amount_to = fields.Monetary(string="Balance To", help="0: no upper limit")
    collector_ids = fields.Many2many(
        comodel_name="collections.collector",
        relation="collections_assignment_collector_rel",
        string="Collectors",
        required=True,
        check_company=True,
        help="Whoever of them has the fewest cases and room gets the next one",
    )
    case_count = fields.Integer(string="Cases", compute="_compute_case_count")

    @api.constrains("amount_from", "amount_to")
    def _check_amounts(self):
        for rule in self:
            if rule.amount_to and rule.amount_to < rule.amount_from:
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s: the upper limit is below the lower one.",
                        rule=rule.name,
                    )
                )

    def _compute_case_count(self):
        counts = dict(
            self.env["collections.case"]._read_group(
                [("assignment_rule_id", "in", self.ids)],
                ["assignment_rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.case_count = counts.get(rule, 0)

    def _case_domain(self) -> Domain:
        """Which cases the rule is for; what is left empty does not matter."""
        self.ensure_one()
        chosen = {
            "segment_id": self.segment_ids,
            "country_id": self.country_ids,
            "state_id": self.state_ids,
            "salesperson_id": self.salesperson_ids,
        }
        domain = Domain.AND(
            Domain(name, "in", records.ids)
            for name, records in chosen.items()
            if records
        )
        if self.amount_from:
            domain &= Domain("amount_balance", ">=", self.amount_from)
        if self.amount_to:
            domain &= Domain("amount_balance", "<=", self.amount_to)
        return domain

    def action_view_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_action"
        )
        return {
            **action,
            "domain": [("assignment_rule_id", "=", self.id)],
            "context": {},
        }

    def action_apply_now(self):
        """Give cases to collectors as the rules say, without waiting for the run."""
        self.env["collections.role"]._check_supervisor()
        self.check_access("read")
        assigner = self.env["collections.assigner"].sudo()
        moved = sum(assigner._assign(company) for company in self.company_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("%s cases got another collector.", moved),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
