from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionsDisputeReport(models.TransientModel):
    """Report an issue of a customer: what it is about, why, in a few words."""

    _name = "collections.dispute.report"
    _description = "Report an Issue"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, string="Customer"
    )
    company_id = fields.Many2one(related="case_id.company_id")
    reason_id = fields.Many2one(
        comodel_name="collections.dispute.reason", required=True
    )
    item_ids = fields.Many2many(
        comodel_name="collections.item",
        string="Documents",
        help="Empty: everything that the customer owes",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_is_single"
    )
    amount = fields.Monetary(
        string="Disputed Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="Less than what is open: the rest of the document is still asked for",
    )
    is_single = fields.Boolean(compute="_compute_is_single")
    description = fields.Text(string="What the Customer Says")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        domain=lambda self: self.env["collections.dispute"]._owner_domain(),
        groups="collections_management.group_collector",
    )
    date_deadline = fields.Date(
        string="Deadline",
        compute="_compute_date_deadline",
        store=True,
        readonly=False,
        groups="collections_management.group_collector",
    )

    @api.depends("item_ids")
    def _compute_is_single(self):
        """A part is disputed of one document only."""
        for wizard in self:
            wizard.is_single = len(wizard.item_ids) == 1
            wizard.currency_id = wizard.item_ids[:1].currency_id

    @api.depends("item_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.item_ids.amount_residual if wizard.is_single else 0.0

    @api.depends("reason_id", "case_id")
    def _compute_date_deadline(self):
        for wizard in self:
            today = (wizard.company_id or self.env.company)._collections_today()
            reason = wizard.reason_id
            wizard.date_deadline = (
                fields.Date.add(today, days=reason.days) if reason else False
            )

    def action_report(self):
        """Open the dispute, with the right to see the customer's case and no other."""
        self.ensure_one()
        self.case_id.check_access("read")
        self.item_ids.check_access("read")
        self._check_documents()
        part = self.amount if self.is_single else None
        values = {
            "case": self.case_id,
            "reason_id": self.reason_id.id,
            "items": dict.fromkeys(self.item_ids.ids, part),
            "description": self.description,
        }
        if self.env.user.has_group("collections_management.group_collector"):
            values["user_id"] = self.user_id.id
            values["date_deadline"] = self.date_deadline
        dispute = self.env["collections.dispute"]._open([values])
        if self.env.user.has_group("collections_management.group_collector"):
            self.case_id.action_refresh()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Reported to %(owner)s, who answers by %(date)s.",
                    owner=dispute.sudo().user_id.name,
                    date=fields.Date.to_string(dispute.date_deadline),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_documents(self):
        if self.item_ids.case_id - self.case_id or any(
            item.is_credit for item in self.item_ids
        ):
            raise UserError(
                self.env._("Choose open invoices of this customer, no credits.")
            )
        if self.is_single and not 0 < self.amount <= self.item_ids.amount_residual:
            raise UserError(
                self.env._(
                    "The disputed amount is more than nothing and at most what is open."
                )
            )
