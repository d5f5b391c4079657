from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ..tools import assignment

# Customers named in the preview; the totals count all.
SHOWN = 20
# Stands for the rule that the dialog makes up.
DIALOG = 0


class CollectionsCaseAssign(models.TransientModel):
    """Give cases to other collectors, after a look at what that does to each."""

    _name = "collections.case.assign"
    _description = "Assign Cases"

    case_ids = fields.Many2many(comodel_name="collections.case", string="Cases")
    how = fields.Selection(
        selection=[
            ("one", "To one collector"),
            ("share", "Shared among collectors"),
            ("rules", "As the rules say"),
        ],
        default="one",
        required=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Collector",
        domain=[("share", "=", False)],
    )
    collector_ids = fields.Many2many(
        comodel_name="collections.collector", string="Among"
    )
    hand_over = fields.Boolean(
        string="Open Activities Go Along",
        default=True,
        help="Calls and other activities of the present collector on these cases go "
        "to the new one.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("case_ids", "how", "user_id", "collector_ids")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            cases = wizard.case_ids._origin
            cases.check_access("read")
            wizard.preview = self.env["ir.qweb"]._render(
                "collections_management.case_assign_preview",
                wizard._preview_values(cases, wizard._targets()),
                minimal_qcontext=True,
            )

    # === WHO GETS WHAT === #

    def _targets(self) -> dict:
        """Return the user that each case goes to, by case id; only where one does."""
        self.ensure_one()
        cases = self.case_ids._origin
        if self.how == "one":
            return dict.fromkeys(cases.ids, self.user_id.id) if self.user_id else {}
        found = {}
        for company, own in cases.grouped("company_id").items():
            found.update(self._shared(company, own))
        return found

    def _shared(self, company, cases) -> dict:
        assigner = self.env["collections.assigner"].sudo()
        condition = SQL("id = ANY(%s)", cases.ids)
        if self.how == "rules":
            rules = assigner._rules(company)
            decided = assigner._decide(company, rules, condition) if rules else {}
        else:
            collectors = self.collector_ids._origin.filtered(
                lambda collector: collector.company_id == company
            )
            decided = assignment.assign(
                [
                    assignment.Portfolio(case.id, case.amount_balance, None, (DIALOG,))
                    for case in cases
                ],
                {DIALOG: tuple(collectors.user_id.ids)},
                assigner._loads(company, condition),
                assigner._away(company),
            )
        return {case_id: user_id for case_id, (user_id, _rule) in decided.items()}

    # === PREVIEW === #

    def _preview_values(self, cases, targets) -> dict:
        moving = cases.filtered(
            lambda case: (
                targets.get(case.id, case.collector_id.id) != case.collector_id.id
            )
        )
        users = cases.collector_id | self.env["res.users"].browse(set(targets.values()))
        companies = cases.company_id
        return {
            "count": len(moving),
            "left": len(cases.filtered(lambda case: case.id not in targets)),
            "rows": [
                self._preview_row(company, user, moving, targets)
                for company in companies
                for user in users
            ],
            "moves": [
                {
                    "customer": case.partner_id.display_name,
                    "from": case.collector_id.name or "",
                    "to": self.env["res.users"].browse(targets[case.id]).name,
                    "amount": format_amount(
                        self.env, case.amount_actionable, case.currency_id
                    ),
                }
                for case in moving[:SHOWN]
            ],
            "more": max(len(moving) - SHOWN, 0),
        }

    def _preview_row(self, company, user, moving, targets) -> dict:
        """Cases and amount of one collector, now and then."""
        Collector = self.env["collections.collector"]
        count, amount = Collector._loads(company).get((company.id, user.id), (0, 0.0))
        own = moving.filtered(lambda case: case.company_id == company)
        gone = own.filtered(lambda case: case.collector_id == user)
        come = own.filtered(lambda case: targets[case.id] == user.id)
        after = count - len(gone) + len(come)
        money = amount + sum(come.mapped("amount_actionable"))
        money -= sum(gone.mapped("amount_actionable"))
        capacity = Collector.search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)]
        ).capacity
        currency = company.currency_id
        return {
            "name": user.name,
            "before": count,
            "after": after,
            "amount_before": format_amount(self.env, amount, currency),
            "amount_after": format_amount(self.env, money, currency),
            "capacity": capacity,
            "is_over": bool(capacity and after > capacity),
        }

    # === DOING IT === #

    def action_assign(self):
        """Do what the preview showed, and keep it against the rules."""
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        self.case_ids.check_access("write")
        targets = self._targets()
        if not targets:
            raise UserError(
                self.env._(
                    "Nothing would change: choose who gets the cases. Where rules "
                    "decide, one of them has to match and a collector needs room."
                )
            )
        by_user = {}
        for case in self.case_ids:
            if case.id in targets:
                by_user.setdefault(targets[case.id], case.browse())
                by_user[targets[case.id]] |= case
        for user_id, cases in by_user.items():
            user = self.env["res.users"].browse(user_id)
            if self.hand_over:
                cases._hand_over_activities(user)
            cases.write(
                {"collector_id": user_id, "manual_collector": self.how != "rules"}
            )
        return {"type": "ir.actions.act_window_close"}
