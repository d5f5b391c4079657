from odoo import api, models


class CollectionsCached(models.AbstractModel):
    """What every refresh asks for is remembered (ormcache): a change forgets it."""

    _name = "collections.cached"
    _description = "Remembered Between Requests"

    # Fields whose change is forgotten; none named: every field.
    _cached_fields: frozenset[str] = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        self._forget()
        return super().create(vals_list)

    def write(self, vals):
        if not self._cached_fields or self._cached_fields & vals.keys():
            self._forget()
        return super().write(vals)

    def unlink(self):
        self._forget()
        return super().unlink()

    def _forget(self) -> None:
        """Hook: before something changes; the cache empties again with the commit."""
        self.env.registry.clear_cache()
