from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import agency_file


class CollectionsAgencyResult(models.Model):
    """One row that an agency reported, and what was made of it."""

    _name = "collections.agency.result"
    _description = "Result of an Agency"
    _order = "date desc, id desc"
    _rec_name = "row_key"

    agency_id = fields.Many2one(
        comodel_name="collections.agency",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="agency_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    file_id = fields.Many2one(
        comodel_name="collections.agency.file",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    row_key = fields.Char(
        string="Key of the Row",
        required=True,
        readonly=True,
        help="The agency's own; a row with a known key is not taken in again",
    )
    digest = fields.Char(readonly=True)
    escalation_id = fields.Many2one(
        comodel_name="collections.escalation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    case_id = fields.Many2one(
        comodel_name="collections.case",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    kind = fields.Selection(
        selection=[
            (agency_file.CONTACT, "Contact"),
            (agency_file.PROMISE, "Promise"),
            (agency_file.PAYMENT, "Payment reported"),
            (agency_file.COST, "Cost"),
            (agency_file.COMMISSION, "Commission"),
            (agency_file.RECOVERY, "Recovered by the agency"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    amount = fields.Monetary(readonly=True)
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    text = fields.Text(readonly=True)
    interaction_id = fields.Many2one(
        comodel_name="collections.interaction", readonly=True, ondelete="set null"
    )
    promise_id = fields.Many2one(
        comodel_name="collections.promise", readonly=True, ondelete="set null"
    )
    cost_id = fields.Many2one(
        comodel_name="collections.cost", readonly=True, ondelete="set null"
    )

    _key_uniq = models.UniqueIndex(
        "(agency_id, row_key)", "A row of the agency is taken in once."
    )

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("What an agency reported stays as it came."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What an agency reported is part of the history."))
