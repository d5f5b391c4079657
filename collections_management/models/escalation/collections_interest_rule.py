from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools import interest

NONE, YEARLY, STATUTORY = "none", "yearly", "statutory"
CHILE = "chile"


class CollectionsInterestRule(models.Model):
    """What lateness may cost which customers. The first rule that matches holds.

    It only proposes: nothing is booked until a person decides.
    """

    _name = "collections.interest.rule"
    _description = "Late Interest Rule"
    _inherit = ["collections.cached"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: all companies",
    )
    country_ids = fields.Many2many(
        comodel_name="res.country",
        string="Customers In",
        help="Empty: everywhere",
    )
    policy_ids = fields.Many2many(
        comodel_name="collections.policy",
        string="Policies",
        help="Empty: whatever the policy of the case",
    )
    debtor = fields.Selection(
        selection=[
            ("all", "Everybody"),
            ("company", "Companies"),
            ("person", "Persons"),
        ],
        string="For",
        required=True,
        default="all",
    )
    method = fields.Selection(
        selection=[
            (NONE, "No interest"),
            (YEARLY, "A plain yearly rate"),
            (STATUTORY, "Reference rate and a margin"),
        ],
        string="Interest",
        required=True,
        default=NONE,
    )
    rate_ids = fields.One2many(
        comodel_name="collections.interest.rate",
        inverse_name="rule_id",
        string="Rates",
        help="Each holds from its day on. None is shipped: enter what is lawful.",
    )
    margin = fields.Float(
        string="Margin (Points)",
        digits=(5, 3),
        help="Added to the reference rate: 8 under Directive 2011/7/EU",
    )
    flat_fee = fields.Monetary(
        string="Fixed Amount a Document",
        currency_field="flat_currency_id",
        help="Charged once for each document: 40 EUR under Directive 2011/7/EU",
    )
    flat_currency_id = fields.Many2one(
        comodel_name="res.currency", string="Currency of the Fixed Amount"
    )
    fee = fields.Selection(
        selection=[
            (NONE, "No collection fee"),
            (CHILE, "Chile: tiers in UF (Ley 19.496, art. 37)"),
        ],
        string="Collection Fee",
        required=True,
        default=NONE,
    )
    unit_currency_id = fields.Many2one(
        comodel_name="res.currency",
        string="Unit of the Tiers",
        help="The currency whose rates are the UF (CLF). Its rate has to be there and "
        "fresh: none is made up.",
    )
    free_days = fields.Integer(
        string="Days Without", help="Nothing is charged until so many days overdue."
    )
    date_from = fields.Date(
        string="Counts From", help="No day before it is charged. Empty: all are"
    )
    with_paid = fields.Boolean(
        string="Also Documents Paid Late",
        help="Those settled since the first day that counts; without it, only what is "
        "still open",
    )
    is_shown = fields.Boolean(
        string="Shown to Customers",
        help="Statements say how much it is to the day, as information. Only where it "
        "is lawful and agreed.",
    )
    source = fields.Char(help="Law or clause of the contract it rests on")
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product for Interest",
        ondelete="restrict",
        check_company=True,
        help="Its income account and taxes are those of the invoice line.",
    )
    fee_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product for Fees",
        ondelete="restrict",
        check_company=True,
        help="Empty: the one for interest",
    )

    _not_negative = models.Constraint(
        "CHECK (margin >= 0 AND flat_fee >= 0 AND free_days >= 0)",
        "Margin, fixed amount and days cannot be below zero.",
    )

    @api.onchange("method", "fee")
    def _onchange_kind(self):
        if self.method == STATUTORY and not self.margin:
            self.margin = 100 * interest.EU_MARGIN
        if self.fee == CHILE:
            self.free_days = max(self.free_days, interest.CHILE_FREE_DAYS)
            self.unit_currency_id = self.unit_currency_id or self.env.ref("base.CLF")

    @api.constrains("method", "rate_ids", "active")
    def _check_rates(self):
        for rule in self:
            if rule.active and rule.method != NONE and not rule.rate_ids:
                raise ValidationError(
                    self.env._(
                        "%s needs a rate: add the day from which it holds and the "
                        "percentage a year.",
                        rule.name,
                    )
                )

    @api.constrains("flat_fee", "flat_currency_id", "fee", "unit_currency_id")
    def _check_currencies(self):
        for rule in self:
            if rule.flat_fee and not rule.flat_currency_id:
                raise ValidationError(
                    self.env._("%s: say the currency of the fixed amount.", rule.name)
                )
            if rule.fee == CHILE and not rule.unit_currency_id:
                raise ValidationError(
                    self.env._("%s: say which currency the UF is.", rule.name)
                )

    @api.constrains("fee", "free_days")
    def _check_free_days(self):
        for rule in self:
            if rule.fee == CHILE and rule.free_days < interest.CHILE_FREE_DAYS:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: no fee before day %(days)s, says the law.",
                        rule=rule.name,
                        days=interest.CHILE_FREE_DAYS + 1,
                    )
                )

    # === FOR CASES === #

    @api.model
    def _of_cases(self, cases) -> dict:
        """Return the rule of each case, as superuser; the first that matches."""
        companies = [False, *cases.company_id.ids]
        rules = self.sudo().search([("company_id", "in", companies)])
        return {
            case: next((rule for rule in rules if rule._matches(case)), rules.browse())
            for case in cases.sudo()
        }

    def _matches(self, case) -> bool:
        self.ensure_one()
        partner = case.partner_id
        kind = "company" if partner.is_company else "person"
        return (
            self.company_id in (case.company_id, self.company_id.browse())
            and (not self.country_ids or partner.country_id in self.country_ids)
            and (not self.policy_ids or case.policy_id in self.policy_ids)
            and self.debtor in ("all", kind)
        )

    def _rates(self) -> list[tuple]:
        """Return from when each yearly rate holds, as fractions, the oldest first."""
        self.ensure_one()
        margin = self.margin if self.method == STATUTORY else 0.0
        return [
            (rate.date_from, (rate.rate + margin) / 100)
            for rate in self.rate_ids.sorted("date_from")
        ]

    def _charges_anything(self) -> bool:
        return bool(self and (self.method != NONE or self.flat_fee or self.fee != NONE))

    @api.model
    @tools.ormcache()
    def _any_shown(self) -> bool:
        """Whether any company shows it: where none does, statements ask nothing."""
        return bool(self.sudo().search_count([("is_shown", "=", True)], limit=1))
