from odoo import api, fields, models
from odoo.tools import SQL


class CollectionsAnalysis(models.AbstractModel):
    """What the analyses share: whose customer, where, and whose work."""

    _name = "collections.analysis"
    _description = "Basis of Analyses"

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    case_id = fields.Many2one(comodel_name="collections.case", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    country_id = fields.Many2one(comodel_name="res.country", readonly=True)
    state_id = fields.Many2one(comodel_name="res.country.state", readonly=True)
    salesperson_id = fields.Many2one(comodel_name="res.users", readonly=True)
    collector_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        help="Supervisors see everybody; others see which results are their own.",
    )
    segment_id = fields.Many2one(comodel_name="collections.segment", readonly=True)
    date = fields.Date(readonly=True)

    @api.model
    def _collector_sql(self) -> SQL:
        """Return the collector, where the user may know whose work it is."""
        supervisor = self.env.su or self.env.user.has_group(
            "collections_management.group_supervisor"
        )
        return SQL(
            "CASE WHEN %s OR kase.collector_id = %s THEN kase.collector_id END",
            supervisor,
            self.env.uid,
        )

    @api.model
    def _local_day_sql(self, moment: SQL) -> SQL:
        """Return the day of a moment in the company's zone."""
        zone = self.env.company.sudo().collections_tz or "UTC"
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    @api.model
    def _weighted_sql(self, query, number: str, weight: str) -> SQL:
        """Return the average of a number by weight."""
        number = self._field_to_sql(self._table, number, query)
        weight = self._field_to_sql(self._table, weight, query)
        return SQL("sum(%s * %s) / nullif(sum(%s), 0)", number, weight, weight)
