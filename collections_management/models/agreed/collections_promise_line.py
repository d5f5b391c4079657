from odoo import fields, models


class CollectionsPromiseLine(models.Model):
    """A document of a promise, as it was when the promise was made."""

    _name = "collections.promise.line"
    _description = "Document of a Promise"
    _inherit = ["collections.snapshot"]

    promise_id = fields.Many2one(
        comodel_name="collections.promise",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="promise_id.currency_id")
    amount_residual = fields.Monetary(string="Open When Promised")
    amount = fields.Monetary(string="Promised")
