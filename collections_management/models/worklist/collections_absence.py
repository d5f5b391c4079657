from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CollectionsAbsence(models.Model):
    """A collector is away: somebody else works the cases, and gives them back.

    The cases stay where they are. From the first to the last day they are on the
    worklist of the substitute; afterwards they are not, without anyone remembering.
    """

    _name = "collections.absence"
    _description = "Absence of a Collector"
    _order = "date_from desc, id desc"
    _rec_name = "collector_id"
    _check_company_auto = True

    collector_id = fields.Many2one(
        comodel_name="collections.collector",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="collector_id.company_id", store=True, index=True
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True, help="The last day of absence")
    substitute_id = fields.Many2one(
        comodel_name="collections.collector",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="Has the cases on the own worklist meanwhile",
    )
    note = fields.Char(
        string="To Hand Over", help="What the substitute has to know; on the worklist"
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_to >= date_from)", "An absence ends on its first day or later."
    )

    @api.constrains("collector_id", "substitute_id", "date_from", "date_to")
    def _check_absence(self):
        for absence in self:
            if absence.substitute_id == absence.collector_id:
                raise ValidationError(
                    self.env._(
                        "Nobody is the own substitute: choose another collector."
                    )
                )
            overlapping = self.search_count(
                [
                    ("id", "!=", absence.id),
                    ("collector_id", "=", absence.collector_id.id),
                    ("date_from", "<=", absence.date_to),
                    ("date_to", ">=", absence.date_from),
                ],
                limit=1,
            )
            if overlapping:
                raise ValidationError(
                    self.env._(
                        "%(collector)s already has an absence in these days: change "
                        "its dates instead.",
                        collector=absence.collector_id.user_id.name,
                    )
                )

    @api.model
    def _current(self, companies, today=None):
        """Return the absences of a day, today in each company by default."""
        domain = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_from", "<=", today or company._collections_today())
            & Domain("date_to", ">=", today or company._collections_today())
            for company in companies
        )
        return self.search(domain)
