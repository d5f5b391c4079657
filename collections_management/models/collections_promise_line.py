from odoo import fields, models


class CollectionsPromiseLine(models.Model):
    """A document of a promise, as it was when the promise was made."""

    _name = "collections.promise.line"
    _description = "Document of a Promise"
    _order = "date_due, id"
    _rec_name = "number"

    promise_id = fields.Many2one(
        comodel_name="collections.promise",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="promise_id.currency_id")
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
    amount_residual = fields.Monetary(string="Open When Promised")
    amount = fields.Monetary(string="Promised")
