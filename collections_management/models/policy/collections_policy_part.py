from odoo import models


class CollectionsPolicyPart(models.AbstractModel):
    """What decides who is reminded when: remembered, and kept in versions."""

    _name = "collections.policy.part"
    _description = "Part of a Policy"
    _inherit = ["collections.cached"]

    def _forget(self) -> None:
        self.env["collections.policy.version"]._note_change()
        return super()._forget()
