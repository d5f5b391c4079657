from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..tools import stages


class CollectionsStage(models.Model):
    _name = "collections.stage"
    _description = "Collections Stage"
    _inherit = ["collections.cached"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            (stages.UP_TO_DATE, "Up to date"),
            (stages.PREVENTIVE, "Preventive"),
            (stages.OVERDUE, "Overdue, not reminded yet"),
            (stages.LEVEL, "Dunning level reached"),
            (stages.PROMISED, "Promised"),
            (stages.DISPUTED, "Disputed"),
            (stages.MANUAL, "Chosen by a person"),
        ],
        required=True,
        default=stages.MANUAL,
        help="What puts a case here. Only stages chosen by a person can be set by "
        "hand; the others follow the ledger and the reminders sent.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(translate=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_technical(self):
        if any(stage.kind != stages.MANUAL for stage in self):
            raise UserError(
                self.env._(
                    "Stages that follow the ledger cannot be deleted. Rename or fold "
                    "the stage instead."
                )
            )

    @tools.ormcache()
    def _by_kind(self) -> dict:
        """Return stage ids by kind, and by ``("level", level id)``."""
        found = {}
        kinds = [("kind", "in", stages.KINDS)]
        for stage in self.sudo().search(kinds, order="sequence desc, id desc"):
            found[stage.kind] = stage.id
        Level = self.env["collections.dunning.level"].sudo()
        for level in Level.search([("stage_id", "!=", False)]):
            found["level", level.id] = level.stage_id.id
        return found
