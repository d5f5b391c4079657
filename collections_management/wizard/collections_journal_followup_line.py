from odoo import fields, models


class CollectionsJournalFollowupLine(models.TransientModel):
    _name = "collections.journal.followup.line"
    _description = "Journal Without Follow-up"

    wizard_id = fields.Many2one(
        comodel_name="collections.journal.followup",
        required=True,
        ondelete="cascade",
        index=True,
    )
    journal_id = fields.Many2one(comodel_name="account.journal", required=True)
    currency_id = fields.Many2one(related="wizard_id.company_id.currency_id")
    item_count = fields.Integer(string="Items")
    amount = fields.Monetary()
    follow_up = fields.Boolean()
