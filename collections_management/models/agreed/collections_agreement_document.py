from odoo import fields, models


class CollectionsAgreementDocument(models.Model):
    """A document that an agreement covers, as it was when it was proposed."""

    _name = "collections.agreement.document"
    _description = "Document of an Agreement"
    _inherit = ["collections.snapshot"]

    agreement_id = fields.Many2one(
        comodel_name="collections.agreement",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    amount_residual = fields.Monetary(string="Open Amount")
