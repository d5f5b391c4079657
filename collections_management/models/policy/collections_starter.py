from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionsStarter(models.Model):
    """What a kind of business starts with: segments, policies, levels and texts.

    A starter is shipped as archived records, the *originals*, so that its texts are
    translated like all others. Installing it for a company copies them; what is
    copied belongs to the company, and remembers its original: installing it again
    adds only what is missing.
    """

    _name = "collections.starter"
    _description = "Starter for a Business"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    summary = fields.Text(translate=True, help="For whom it is, and how it speaks")
    segment_ids = fields.One2many(
        comodel_name="collections.segment",
        inverse_name="starter_id",
        context={"active_test": False},
    )
    policy_ids = fields.One2many(
        comodel_name="collections.policy",
        inverse_name="starter_id",
        context={"active_test": False},
    )

    def _segments(self):
        return self.sudo().segment_ids.sorted(lambda one: (one.sequence, one.id))

    @api.model
    def _installed(self, company):
        """Return the starters of which a company has a segment."""
        own = self.env["collections.segment"].sudo().with_context(active_test=False)
        found = own.search(
            [("company_id", "=", company.id), ("origin_id", "!=", False)]
        )
        return found.origin_id.starter_id.sorted()

    def _install(self, company, active=True) -> dict:
        """Copy what a company does not have yet.

        :param active: whether the segments take customers from the next refresh on
        :return: ``{"segments": …, "policies": …}``, the new records
        :raise UserError: a starter without segments has nothing to give
        """
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        originals = self._segments()
        if not originals:
            raise UserError(
                self.env._(
                    "%s has no segments any more. Update the addon to get them back.",
                    self.name,
                )
            )
        policies = self._copies(originals.policy_id.filtered("starter_id"), company)
        segments = self._copies(originals, company, active=active)
        for segment in segments["all"]:
            own = policies["by_origin"].get(segment.origin_id.policy_id.id)
            if own and segment in segments["new"]:
                segment.policy_id = own
        return {"segments": segments["new"], "policies": policies["new"]}

    def _copies(self, originals, company, active=True) -> dict:
        """Return the company's copies of records, making those that are missing."""
        model = originals.with_context(active_test=False)
        have = model.search(
            [("company_id", "=", company.id), ("origin_id", "in", originals.ids)]
        )
        missing = originals - have.origin_id
        new = model.browse()
        for original in missing:
            new += original.copy(
                {
                    "company_id": company.id,
                    "origin_id": original.id,
                    "active": active,
                }
            )
        return {
            "all": have + new,
            "new": new,
            "by_origin": {one.origin_id.id: one for one in have + new},
        }
