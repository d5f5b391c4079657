from odoo import fields, models


class CollectionsCaseCollector(models.AbstractModel):
    """Who works a case: chosen by a person, or by the rules."""

    _name = "collections.case.collector"
    _description = "Collector of a Case"

    collector_id = fields.Many2one(
        comodel_name="res.users",
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    manual_collector = fields.Boolean(
        string="Collector Chosen by Hand",
        help="Assignment rules no longer change the collector of this case.",
    )
    assignment_rule_id = fields.Many2one(
        comodel_name="collections.assignment.rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The rule that chose the collector",
    )

    def write(self, vals):
        if "collector_id" in vals:
            chosen = {"manual_collector": bool(vals["collector_id"]), **vals}
            vals = {**chosen, "assignment_rule_id": False}
        return super().write(vals)

    def _hand_over_activities(self, user):
        """Give the open activities of the present collectors to the next one."""
        # The next collector may act on them, whoever made them.
        for case in self.sudo():
            case.activity_ids.filtered(
                lambda activity, case=case: activity.user_id == case.collector_id
            ).write({"user_id": user.id})

    def action_assign(self):
        """Open the dialog that gives cases to other collectors."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_assign_action"
        )
        return {**action, "context": {"default_case_ids": self.ids}}

    def action_follow_rules(self):
        """Let the assignment rules choose the collector again."""
        self.env["collections.role"]._check_collector()
        self.check_access("write")
        self.write({"manual_collector": False})
        for company, cases in self.grouped("company_id").items():
            self.env["collections.assigner"].sudo()._assign(
                company, cases.partner_id.ids
            )
