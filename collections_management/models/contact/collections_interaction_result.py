from datetime import timedelta

from odoo import fields, models

from ...tools import worklist


class CollectionsInteractionResult(models.Model):
    """How a contact ended, and what the system does about it."""

    _name = "collections.interaction.result"
    _description = "Interaction Result"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_reached = fields.Boolean(
        string="Somebody Answered", help="A contact took place, with whomever"
    )
    is_right_party = fields.Boolean(
        string="Right Person", help="The person who decides on payments answered"
    )
    next_step = fields.Selection(
        selection=[
            ("none", "Nothing"),
            ("call", "Call again"),
            ("supervisor", "Tell the supervisor"),
            ("address", "Complete the address"),
        ],
        default="none",
        required=True,
        help="What is put on the collector's list",
    )
    days = fields.Integer(
        string="In Days", default=1, help="When, unless the collector says otherwise"
    )

    def _next_date(self, today):
        """Return when the next contact is, unless the collector says otherwise.

        Never on a weekend; ``False`` where nothing comes next.
        """
        if not self or self.next_step == "none":
            return False
        return worklist.working_day(today + timedelta(days=self.days))
