from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionsInteractionUndo(models.AbstractModel):
    """What was logged by mistake: a row of the system says so, and it stands no more.

    The log keeps both; figures, limits of contact rules and lists leave both out.
    """

    _name = "collections.interaction.undo"
    _description = "Interactions Taken Back"

    @api.model
    def _standing(self) -> Domain:
        """Leave out what was taken back, and the rows that say so."""
        taken_back = Domain("channel", "=", "system") & Domain(
            "corrects_id", "!=", False
        )
        return ~taken_back & Domain(
            "correction_ids", "not any", [("channel", "=", "system")]
        )

    def _can_undo(self, today) -> bool:
        """Tell whether the user may take a row back: an own outcome of today."""
        self.ensure_one()
        return (
            bool(self.result_id)
            and self.user_id == self.env.user
            and self.company_id._collections_local(self.date).date() == today
            and self.channel != "system"
            and not (self.reminder_id or self.corrects_id or self.is_corrected)
        )

    @api.model
    def _undone_sql(self, alias) -> SQL:
        """Tell of a row whether it was taken back: logged by mistake."""
        return SQL(
            """EXISTS (SELECT 1 FROM collections_interaction undo
                        WHERE undo.corrects_id = %s AND undo.channel = 'system')""",
            SQL.identifier(alias, "id"),
        )

    @api.model
    def _by_hand_sql(self, alias) -> SQL:
        """Tell of a row whether a person was in contact: asked, talked or answered."""
        column = SQL.identifier(alias)
        return SQL(
            """%(own)s.reminder_id IS NULL AND %(own)s.corrects_id IS NULL
               AND %(own)s.channel <> 'system' AND %(own)s.imported_from IS NULL
               AND NOT %(undone)s
               AND (%(own)s.direction = 'out'
                    OR %(own)s.channel IN ('call', 'visit'))""",
            own=column,
            undone=self._undone_sql(alias),
        )
