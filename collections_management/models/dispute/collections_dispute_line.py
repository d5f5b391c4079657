from odoo import fields, models


class CollectionsDisputeLine(models.Model):
    """A disputed document, or a part of it: a snapshot that survives the ledger."""

    _name = "collections.dispute.line"
    _description = "Disputed Document"
    _inherit = ["collections.snapshot"]
    _order = "dispute_id, date_due, id"

    dispute_id = fields.Many2one(
        comodel_name="collections.dispute",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="dispute_id.company_id")
    company_currency_id = fields.Many2one(
        related="dispute_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    amount_residual = fields.Monetary(
        string="Open Then",
        readonly=True,
        help="Open when the dispute was opened, in the document's currency",
    )
    amount = fields.Monetary(
        string="Disputed",
        readonly=True,
        help="Disputed part, in the document's currency",
    )
    amount_company = fields.Monetary(
        string="Disputed (Company Currency)",
        currency_field="company_currency_id",
        readonly=True,
    )
    amount_credited_before = fields.Monetary(
        readonly=True,
        help="Taken off by credit notes before the dispute: does not count for it",
    )
    amount_pending = fields.Monetary(
        string="Still Disputed",
        readonly=True,
        help="Not asked for while the dispute is open: what is disputed or conceded, "
        "less the credit notes since",
    )
