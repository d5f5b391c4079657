from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import forecast, planning


class CollectionsPolicyCompare(models.TransientModel):
    """Two policies on the same customers and dates; nothing is stored or sent."""

    _name = "collections.policy.compare"
    _description = "Compare Two Policies"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        comodel_name="collections.policy", required=True, string="This Policy"
    )
    other_policy_id = fields.Many2one(
        comodel_name="collections.policy", string="Against"
    )
    segment_id = fields.Many2one(
        comodel_name="collections.segment",
        help="Only the customers of this segment; empty: all of the company",
    )
    days = fields.Integer(string="Next Days", default=30, required=True)
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.depends("policy_id", "other_policy_id", "segment_id", "days")
    @api.depends_context("lang")
    def _compute_result(self):
        for wizard in self:
            policies = wizard.policy_id._origin | wizard.other_policy_id._origin
            wizard.result = len(policies) == 2 and self.env["ir.qweb"]._render(
                "collections_management.policy_compare",
                {
                    "currency": wizard.currency_id,
                    "days": wizard.days,
                    "columns": wizard._compare(policies),
                },
                minimal_qcontext=True,
            )

    def _compare(self, policies) -> list[dict]:
        """Return what each policy would do: totals, and one row per level."""
        if not 0 <= self.days <= 365:
            raise UserError(self.env._("Choose a number of days from 0 to 365."))
        company = self.company_id
        if company not in self.env.companies:
            raise UserError(self.env._("Choose the company in the menu first."))
        facts = self._facts(company)
        shapes = self.env["collections.policy"]._as_tuples(company)
        return [
            self._column(policy, self._sendings(shapes[policy.id], facts, company))
            for policy in policies
        ]

    def _facts(self, company) -> dict:
        """Read the portfolio once, for both policies."""
        planner = self.env["collections.planner"].sudo()
        today = company._collections_today()
        domain = [("company_id", "=", company.id), ("stop_flag", "=", False)]
        if self.segment_id:
            domain.append(("segment_id", "=", self.segment_id.id))
        cases = self.env["collections.case"].search_fetch(domain, ["partner_id"])
        partner_ids = cases.partner_id.ids
        Pause = self.env["collections.pause"].sudo()
        paused = Pause._rows(company, today, partner_ids)
        return {
            "today": today,
            "items": planner._items(company, partner_ids, None, paused),
            "history": planner._histories(company, partner_ids, None),
            "confirm": self.env["collections.ledger"]
            .sudo()
            ._to_confirm(company, partner_ids),
            "rates": self.env["collections.ledger"].sudo()._rates(company, today),
        }

    def _sendings(self, shape, facts, company) -> dict:
        nothing = planning.CaseHistory()
        return {
            partner_id: forecast.forecast(
                shape,
                items,
                facts["history"].get(partner_id, nothing),
                facts["rates"],
                facts["today"],
                self.days,
                facts["confirm"].get(partner_id),
            )
            for partner_id, items in facts["items"].items()
        }

    @api.model
    def _column(self, policy, sendings) -> dict:
        """Count reminders, and each customer's money once per level."""
        found = defaultdict(lambda: [0, {}])
        asked = {}
        for partner_id, rows in sendings.items():
            for row in rows:
                level = found[row.level.id]
                level[0] += 1
                level[1].setdefault(partner_id, row.amount)
                asked.setdefault(partner_id, row.amount)
        return {
            "policy": policy,
            "customers": len(asked),
            "reminders": sum(count for count, _asked in found.values()),
            "amount": sum(asked.values()),
            "levels": [
                {
                    "level": level,
                    "reminders": found[level.id][0],
                    "customers": len(found[level.id][1]),
                    "amount": sum(found[level.id][1].values()),
                }
                for level in policy.level_ids.sorted("delay")
            ],
        }
