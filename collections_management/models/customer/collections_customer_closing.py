from odoo import api, fields, models
from odoo.tools import format_date

from ...tools import customer_days


class CollectionsCustomerClosing(models.Model):
    """When a customer neither pays nor takes in invoices, as at the end of the year."""

    _name = "collections.customer.closing"
    _description = "Closing of a Customer"
    _inherit = ["collections.customer.touching"]
    _order = "partner_id, date_first, id"
    _rec_name = "note"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
    )
    date_first = fields.Date(string="From", required=True)
    date_last = fields.Date(string="To", required=True)
    yearly = fields.Boolean(string="Every Year", default=True)
    note = fields.Char()

    _dates_ordered = models.Constraint(
        "CHECK (date_last >= date_first)",
        "A closing ends on the day it begins or later.",
    )

    @api.depends("date_first", "date_last", "note")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for closing in self:
            shape = "d MMM" if closing.yearly else None
            first, last = (
                format_date(self.env, day, date_format=shape) if day else ""
                for day in (closing.date_first, closing.date_last)
            )
            name = self.env._("%(first)s to %(last)s", first=first, last=last)
            closing.display_name = f"{name}, {closing.note}" if closing.note else name

    def _as_tuple(self) -> customer_days.Closing:
        self.ensure_one()
        return customer_days.Closing(self.date_first, self.date_last, self.yearly)
