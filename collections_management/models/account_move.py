from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_date

from ..tools import transitions
from .res_partner import GROUPS

# Fields of a posted entry that a case shows.
WATCHED = {"invoice_user_id"}
DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")


class AccountMove(models.Model):
    _inherit = "account.move"

    # Read through cases and reminders with the user's own rights. Without
    # dependencies, so that posting and paying cost nothing more.
    collections_case_id = fields.Many2one(
        comodel_name="collections.case",
        compute="_compute_collections_case_id",
        search="_search_collections_case_id",
        groups=GROUPS,
    )
    collections_level_id = fields.Many2one(
        comodel_name="collections.dunning.level",
        string="Dunning Level",
        compute="_compute_collections_level_id",
        search="_search_collections_level_id",
        groups=GROUPS,
        help="The last level at which the customer was reminded of this document",
    )
    collections_next_step = fields.Char(
        string="Next Collection Step",
        compute="_compute_collections_next_step",
        groups=GROUPS,
        help="What happens next with the customer, while the document is open",
    )

    collections_dispute_ids = fields.Many2many(
        comodel_name="collections.dispute",
        string="Open Issues",
        compute="_compute_collections_dispute_ids",
        groups=GROUPS,
        help="What the customer disputes of this document",
    )

    # === COLLECTIONS ON SCREEN === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_collections_case_id(self):
        documents = self.filtered(
            lambda move: move.move_type in DOCUMENTS and move.state == "posted"
        )
        cases = self.env["collections.case"].search(
            [
                ("partner_id", "in", documents.commercial_partner_id.ids),
                ("company_id", "in", documents.company_id.ids),
            ]
        )
        found = {(case.company_id, case.partner_id): case for case in cases}
        self.collections_case_id = False
        for move in documents:
            key = (move.company_id, move.commercial_partner_id)
            move.collections_case_id = found.get(key, False)

    def _search_collections_case_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == "in" and False in value:
            found = Domain.OR(
                self._collections_of_cases(company, Domain.TRUE)
                for company in self.env.companies
            )
            others = Domain("collections_case_id", "in", set(value) - {False})
            return others | ~(Domain("move_type", "in", DOCUMENTS) & found)
        return Domain("move_type", "in", DOCUMENTS) & Domain.OR(
            self._collections_of_cases(company, Domain("id", operator, value))
            for company in self.env.companies
        )

    @api.model
    def _collections_of_cases(self, company, domain):
        """Return the domain of the documents of some cases of a company."""
        own = Domain("company_id", "=", company.id)
        cases = self.env["collections.case"]._search(domain & own)
        partners = cases.subselect(SQL.identifier(cases.table, "partner_id"))
        return own & Domain("commercial_partner_id", "in", partners)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_collections_level_id(self):
        reminders = self.env["collections.reminder"].search(
            Domain("trigger_move_id", "in", self.ids) & self._collections_reached(),
            order="level_delay",
        )
        found = {rem.trigger_move_id.id: rem.level_id for rem in reminders}
        for move in self:
            move.collections_level_id = found.get(move._origin.id, False)

    def _search_collections_level_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == "in" and False in value:
            others = Domain("collections_level_id", "in", set(value) - {False})
            reached = self._collections_reminded(Domain.TRUE)
            return others | Domain("id", "not in", reached)
        return Domain(
            "id", "in", self._collections_reminded(Domain("level_id", operator, value))
        )

    @api.model
    def _collections_reminded(self, domain):
        """Return the ids of documents that were reminded of, as a subselect."""
        reminders = self.env["collections.reminder"]._search(
            self._collections_reached()
            & Domain("trigger_move_id", "!=", False)
            & domain
        )
        return reminders.subselect(SQL.identifier(reminders.table, "trigger_move_id"))

    @api.model
    def _collections_reached(self):
        return Domain(
            [
                ("kind", "=", "dunning"),
                ("cycle_closed", "=", False),
                ("state", "in", transitions.GONE),
            ]
        )

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_collections_next_step(self):
        for move in self:
            case = move.collections_case_id
            label = case.next_step_label if move.amount_residual else False
            if label and case.next_step_date:
                label = f"{label} · {format_date(self.env, case.next_step_date)}"
            move.collections_next_step = label

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_collections_dispute_ids(self):
        disputes = self.env["collections.dispute"].search(
            [("line_ids.move_id", "in", self.ids), ("is_pausing", "=", True)]
        )
        for move in self:
            move.collections_dispute_ids = disputes.filtered(
                lambda dispute, move=move: move._origin in dispute.line_ids.move_id
            )

    def _collections_items(self):
        """Return what is open of the documents."""
        return self.env["collections.item"].search(
            [("move_id", "in", self.ids), ("is_credit", "=", False)]
        )

    def action_collections_issue(self):
        """Report an issue with this document."""
        self.ensure_one()
        Case = self.env["collections.case"].with_company(self.company_id)
        case = Case._of_customers(self.commercial_partner_id)
        items = self._collections_items()
        action = case.action_report_issue()
        context = {**action["context"], "default_item_ids": [Command.set(items.ids)]}
        return {**action, "context": context}

    def action_collections_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.case",
            "res_id": self.collections_case_id.id,
            "view_mode": "form",
        }

    def action_collections_hold(self):
        """Pause the reminders of this document."""
        return self._collections_items().action_hold()

    def action_collections_promise(self):
        """Register that the customer promises to pay this document."""
        self.ensure_one()
        items = self._collections_items()
        case = self.collections_case_id.with_context(default_item_ids=items.ids)
        return case.action_promise()

    # === FOLLOWING THE LEDGER === #

    def _collections_touch(self):
        self.env["collections.touch"]._touch_lines(
            self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        )

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._collections_touch()
        return posted

    def button_draft(self):
        self._collections_touch()
        return super().button_draft()

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self.filtered(lambda move: move.state == "posted")._collections_touch()
        return result
