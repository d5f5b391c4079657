from odoo import fields, models


class CollectionsAgreementDocument(models.Model):
    """A document that an agreement covers, as it was when it was proposed."""

    _name = "collections.agreement.document"
    _description = "Document of an Agreement"
    _order = "date_due, id"
    _rec_name = "number"

    agreement_id = fields.Many2one(
        comodel_name="collections.agreement",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    # Never *restrict*: nothing of ours may refuse a change of the ledger.
    move_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Journal Item",
        ondelete="set null",
        index="btree_not_null",
    )
    move_id = fields.Many2one(
        comodel_name="account.move", ondelete="set null", index="btree_not_null"
    )
    number = fields.Char(string="Document")
    date_due = fields.Date(string="Due Date")
    amount_residual = fields.Monetary(string="Open Amount")
