from odoo import api, fields, models


class CollectionsCaseExperiment(models.AbstractModel):
    """In which experiments a case is, and what chance gave it."""

    _name = "collections.case.experiment"
    _description = "Experiments of a Case"

    experiment_member_ids = fields.One2many(
        comodel_name="collections.experiment.member",
        inverse_name="case_id",
        string="Experiments",
        readonly=True,
        groups="collections_management.group_collector",
    )
    experiment_text = fields.Char(
        string="Experiment",
        compute="_compute_experiment_text",
        groups="collections_management.group_collector",
    )

    @api.depends("experiment_member_ids.arm", "policy_id")
    def _compute_experiment_text(self):
        for case in self:
            running = case.experiment_member_ids.filtered(
                lambda member: member.experiment_id.state == "running"
            )
            case.experiment_text = ", ".join(
                case._experiment_words(member) for member in running
            )

    def _experiment_words(self, member) -> str:
        words = {
            "name": member.experiment_id._describe(),
            "policy": member._policy().name,
        }
        if member.is_following:
            return self.env._("%(name)s: policy %(policy)s", **words)
        return self.env._(
            "%(name)s: policy %(policy)s once nothing is in dunning any more", **words
        )
