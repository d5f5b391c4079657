from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionsInteractionDelay(models.AbstractModel):
    """Why a customer says that it pays late, where the law lets it be asked."""

    _name = "collections.interaction.delay"
    _description = "Reason Given for a Late Payment"

    delay_reason_id = fields.Many2one(
        comodel_name="collections.delay.reason",
        string="Reason for the Delay",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    @api.constrains("delay_reason_id")
    def _check_delay_reason(self):
        for row in self.filtered("delay_reason_id"):
            if not row.case_id._may_ask_reason(row.channel, row.contact_id):
                raise ValidationError(
                    self.env._(
                        "The contact rule of %(customer)s does not let you ask why "
                        "it did not pay: leave the reason for the delay empty.",
                        customer=row.case_id.partner_id.display_name,
                    )
                )

    def _delay(self) -> dict:
        """Return what a reason adds to what is sealed; rows without one add nothing."""
        reason = self.delay_reason_id
        return {"delay_reason_id": reason.id} if reason else {}
