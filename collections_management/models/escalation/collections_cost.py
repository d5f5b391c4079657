from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionsCost(models.Model):
    """What it cost to collect from a customer: the lawyer, the court, the courier.

    A note for the people who decide how far to go; nothing of it is booked.
    """

    _name = "collections.cost"
    _description = "Cost of Collecting"
    _order = "date desc, id desc"
    _rec_name = "kind"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        related="case_id.partner_id",
        store=True,
        index=True,
        string="Customer",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._collections_today()
    )
    kind = fields.Selection(
        selection=[
            ("notice", "Notice or courier"),
            ("visit", "Visit"),
            ("agency", "External agency"),
            ("commission", "Commission of the agency"),
            ("lawyer", "Lawyer"),
            ("court", "Court and notary"),
            ("other", "Other"),
        ],
        string="For",
        required=True,
        default="notice",
    )
    amount = fields.Monetary(required=True)
    note = fields.Char(help="Invoice of the supplier, file number")
    escalation_id = fields.Many2one(
        comodel_name="collections.escalation",
        string="While Handed To",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        default=lambda self: self.env.user,
        readonly=True,
        ondelete="set null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """What a case costs counts for who has it at the time."""
        costs = super().create(vals_list)
        for cost in costs.filtered(lambda cost: not cost.escalation_id):
            cost.sudo().escalation_id = cost.case_id.escalation_id
        return costs

    @api.constrains("amount")
    def _check_amount(self):
        for cost in self:
            if cost.currency_id.compare_amounts(cost.amount, 0) <= 0:
                raise ValidationError(
                    self.env._(
                        "A cost of %(customer)s needs an amount above zero.",
                        customer=cost.partner_id.display_name,
                    )
                )
