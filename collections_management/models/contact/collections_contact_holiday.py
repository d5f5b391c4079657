from odoo import api, fields, models, tools


class CollectionsContactHoliday(models.Model):
    """A day off that the company adds to the public holidays."""

    _name = "collections.contact.holiday"
    _description = "Day Off"
    _inherit = ["collections.cached"]
    _order = "date desc, id desc"

    name = fields.Char(required=True)
    date = fields.Date(required=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Leave empty to share it among companies."
    )
    country_id = fields.Many2one(
        comodel_name="res.country",
        help="Only for customers of this country; empty: for all.",
    )

    @api.model
    def _of_year(self, company, country, year) -> dict:
        return {
            day: name
            for day, name in self._added(company.id, country.code or None).items()
            if day.year == year
        }

    @tools.ormcache("company_id", "country_code")
    def _added(self, company_id, country_code):
        """Return the company's own days off for a country, by day."""
        found = self.sudo().search([("company_id", "in", [False, company_id])])
        return {
            day.date: day.name
            for day in found
            if not day.country_id or day.country_id.code == country_code
        }
