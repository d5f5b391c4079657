from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import contact_rules as engine

MIDNIGHT = 24.0


class CollectionsContactRuleWindow(models.Model):
    """From an hour until before another, on a weekday, on the debtor's clock."""

    _name = "collections.contact.rule.window"
    _description = "Allowed Hours"
    _inherit = ["collections.cached"]
    _order = "rule_id, weekday, start, id"

    rule_id = fields.Many2one(
        comodel_name="collections.contact.rule",
        required=True,
        ondelete="cascade",
        index=True,
    )
    weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        required=True,
        default="0",
    )
    start = fields.Float(string="From", required=True, default=8.0)
    end = fields.Float(
        string="Until", required=True, default=18.0, help="24:00 is the day's end."
    )

    @api.constrains("start", "end")
    def _check_hours(self):
        for window in self:
            if not 0 <= window.start < window.end <= MIDNIGHT:
                raise ValidationError(
                    self.env._(
                        "Allowed hours begin before they end, between 00:00 and 24:00. "
                        "For a night, add one line until 24:00 and one from 00:00 on "
                        "the next day."
                    )
                )

    def _as_tuple(self) -> engine.Window:
        self.ensure_one()
        return engine.Window(
            int(self.weekday), round(self.start * 60), round(self.end * 60)
        )
