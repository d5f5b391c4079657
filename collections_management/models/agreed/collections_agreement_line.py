from odoo import fields, models


class CollectionsAgreementLine(models.Model):
    """One instalment: proposed, and once the agreement is accepted, promised."""

    _name = "collections.agreement.line"
    _description = "Instalment of an Agreement"
    _order = "date, id"
    _rec_name = "date"

    agreement_id = fields.Many2one(
        comodel_name="collections.agreement",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
    promise_id = fields.Many2one(
        comodel_name="collections.promise",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    state = fields.Selection(related="promise_id.state")
    amount_paid = fields.Monetary(related="promise_id.amount_paid")

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An instalment is more than zero."
    )
