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
        records._touch_cases()
        return records

    def _touch_cases(self):
        """Hook: ask for a refresh of the cases that these belong to now."""
        self.sudo().case_id._touch()

    def write(self, vals):
        matters = not self._touching_fields or self._touching_fields & vals.keys()
        if matters and "case_id" in vals:
            self._touch_cases()
        result = super().write(vals)
        if matters:
            self._touch_cases()
        return result
