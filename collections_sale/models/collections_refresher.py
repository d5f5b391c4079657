from odoo import api, models


class CollectionsRefresher(models.AbstractModel):
    _inherit = "collections.refresher"

    @api.model
    def _before_fold(self, cases, kept) -> None:
        """One hold of those of merged customers stays: that in force, if any."""
        result = super()._before_fold(cases, kept)
        holds = self.env["collections.credit.hold"].sudo()
        found = holds.search(
            [
                ("case_id", "in", (cases | kept).ids),
                ("state", "in", ("proposed", "approved")),
            ]
        )
        # An approved one before a proposed one, that of the kept case first.
        ordered = found.sorted(lambda hold: (hold.state, hold.case_id != kept))
        for hold in ordered[1:]:
            closed = "released" if hold.state == "approved" else "declined"
            hold.write({"state": closed})
            hold._log(self.env._("Customers were merged"))
            hold.activity_ids.action_feedback()
        return result
