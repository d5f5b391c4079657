from odoo import api, models


class CollectionsTouching(models.AbstractModel):
    """What may move the stage or next step of its case asks for a refresh."""

    _name = "collections.touching"
    _description = "Touches Its Case"

    # Fields whose change matters to the case; none named: every field.
    _touching_fields: frozenset[str] = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.sudo().case_id._touch()
        return records

    def write(self, vals):
        matters = not self._touching_fields or self._touching_fields & vals.keys()
        cases = self.sudo().case_id if matters else self.env["collections.case"]
        result = super().write(vals)
        if matters:
            (cases | self.sudo().case_id)._touch()
        return result
