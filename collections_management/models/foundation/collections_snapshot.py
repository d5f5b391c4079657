from odoo import api, fields, models
from odoo.tools import SQL


class CollectionsSnapshot(models.AbstractModel):
    """A document as it was on a day: what was agreed about it survives the ledger.

    The values come from :meth:`collections.item._snapshot`.
    """

    _name = "collections.snapshot"
    _description = "Document as It Was"
    _order = "date_due, id"
    _rec_name = "number"

    # Never *restrict*: nothing of ours may refuse a change of the ledger.
    move_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Journal Item",
        ondelete="set null",
        index="btree_not_null",
    )
    move_id = fields.Many2one(
        comodel_name="account.move", ondelete="set null", index="btree_not_null"
    )
    number = fields.Char(string="Document")
    date_due = fields.Date(string="Due Date")

    @api.model
    def _relink(self, whose: SQL) -> bool:
        """Find again the journal items that a reset to draft replaced.

        :param whose: a condition on the rows, as ``own``
        :return: whether one was found
        """
        found = self.env["collections.ledger"]._relink(self, whose)
        if found:
            self.invalidate_model(["move_line_id"])
        return found
