from odoo import api, fields, models


class CollectionsCaseGroup(models.AbstractModel):
    """Who stands behind the customer of a case: its payer, its group, its guarantors.

    A group is a payer and the customers it pays for. Each debt stays its debtor's: in
    the ledger, in every figure and in dunning, which goes on customer by customer.
    What is the payer's: it gets the reminders, it counts as the person contacted for
    rules, consents and limits, and its flag stops the others. Totals of a group are
    read from its cases in the same company and stored nowhere; a user sees those of
    the cases that the user may see. What it pays is applied in the ledger, by whoever
    keeps the books.
    """

    _name = "collections.case.group"
    _description = "Group and Guarantors of a Case"
    _inherit = ["collections.case.profile"]

    payer_id = fields.Many2one(
        related="partner_id.collections_payer_id", string="Paid By"
    )
    payer_case_id = fields.Many2one(
        comodel_name="collections.case", compute="_compute_group"
    )
    member_ids = fields.Many2many(
        comodel_name="collections.case",
        string="Group",
        compute="_compute_group",
        help="The payer's own case and those of the customers it pays for",
    )
    member_count = fields.Integer(string="Customers", compute="_compute_group")
    group_amount_overdue = fields.Monetary(
        string="Overdue of the Group", compute="_compute_group"
    )
    group_amount_actionable = fields.Monetary(
        string="Actionable of the Group", compute="_compute_group"
    )
    group_amount_balance = fields.Monetary(
        string="Balance of the Group", compute="_compute_group"
    )
    guarantor_ids = fields.One2many(
        comodel_name="collections.guarantor", inverse_name="case_id"
    )
    party_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Who May Speak for the Debt",
        compute="_compute_party_ids",
        help="The customer, who pays for it and who answers for it",
    )

    @api.depends("partner_id")
    def _compute_group(self):
        cases = self._group_cases()
        for case in self:
            head = case.payer_id or case.partner_id
            own = cases.get((case.company_id, head), self.browse())
            case.payer_case_id = own.filtered(
                lambda one, case=case: one.partner_id == case.payer_id
            )
            case.member_ids = own if len(own) > 1 else False
            case.member_count = len(case.member_ids)
            for amount in ("overdue", "actionable", "balance"):
                case[f"group_amount_{amount}"] = sum(
                    case.member_ids.mapped(f"amount_{amount}")
                )

    def _group_cases(self) -> dict:
        """Return the cases of each group by company and payer, the largest first."""
        heads = self.partner_id.collections_payer_id | self.partner_id
        found = self.env["collections.case"].search(
            [
                ("company_id", "in", self.company_id.ids),
                "|",
                ("partner_id", "in", heads.ids),
                ("partner_id.collections_payer_id", "in", heads.ids),
            ],
            order="amount_actionable desc, id",
        )
        return found.grouped(
            lambda case: (case.company_id, case.payer_id or case.partner_id)
        )

    @api.depends("partner_id", "payer_id", "guarantor_ids")
    def _compute_party_ids(self):
        for case in self:
            case.party_ids = case._parties()

    def _parties(self):
        """Return the customers who may speak for the debt."""
        self.ensure_one()
        behind = self.guarantor_ids.filtered("is_current").guarantor_id
        return self.partner_id | self.payer_id | behind.commercial_partner_id

    # === ACTIONS === #

    def action_view_group(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_action"
        )
        return {
            **action,
            "name": self.env._("Group of %s", (self.payer_id or self.partner_id).name),
            "domain": [("id", "in", self.member_ids.ids)],
            "context": {},
        }

    def action_print_group_statement(self):
        """Print the statements of the whole group, the payer's first."""
        self.ensure_one()
        self.check_access("read")
        head = self.payer_id or self.partner_id
        cases = self.member_ids.sorted(lambda case: case.partner_id != head)
        return (cases or self).action_print_statement()
