from odoo import api, fields, models


class CollectionsKpiTarget(models.Model):
    """Where a key figure should be: a line in the charts, a number beside the value."""

    _name = "collections.kpi.target"
    _description = "Target of a Key Figure"
    _order = "company_id, code"
    _rec_name = "code"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    code = fields.Selection(
        selection="_selection_code", string="Key Figure", required=True
    )
    value = fields.Float(string="Target", required=True, aggregator=False)

    _code_uniq = models.Constraint(
        "UNIQUE (company_id, code)", "A company has one target for each key figure."
    )

    @api.model
    def _selection_code(self):
        words = self.env["collections.kpi.glossary"]._words()
        return [(code, name) for code, (name, _unit, _formula) in words.items()]

    @api.model
    def _targets(self) -> dict[str, float]:
        """Return the targets of the current company by code."""
        found = self.sudo().search([("company_id", "=", self.env.company.id)])
        return {target.code: target.value for target in found}
