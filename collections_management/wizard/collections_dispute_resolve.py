from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import disputes

ACCOUNTING = "account.group_account_invoice"


class CollectionsDisputeResolve(models.TransientModel):
    """Answer an issue: accepted, in part, rejected or withdrawn by the customer."""

    _name = "collections.dispute.resolve"
    _description = "Answer an Issue"

    dispute_id = fields.Many2one(comodel_name="collections.dispute", required=True)
    company_id = fields.Many2one(related="dispute_id.company_id")
    partner_id = fields.Many2one(related="dispute_id.partner_id")
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    is_whole = fields.Boolean(related="dispute_id.is_whole")
    amount = fields.Monetary(related="dispute_id.amount")
    resolution = fields.Selection(
        selection=[
            (disputes.ACCEPTED, "Accept"),
            (disputes.PARTIAL, "Accept a part"),
            (disputes.REJECTED, "Reject"),
            (disputes.WITHDRAWN, "The customer withdrew it"),
        ],
        required=True,
        default=disputes.ACCEPTED,
    )
    amount_accepted = fields.Monetary(
        string="Accepted Amount",
        compute="_compute_amount_accepted",
        store=True,
        readonly=False,
    )
    credit_note_ids = fields.Many2many(
        comodel_name="account.move",
        # Not Odoo's own name for it, which begins with the accounting table.
        relation="collections_dispute_resolve_credit_rel",
        string="Credit Notes",
        groups="account.group_account_invoice,account.group_account_readonly",
        domain="[('move_type', '=', 'out_refund'), ('state', '=', 'posted'), "
        "('company_id', '=', company_id), ('commercial_partner_id', '=', partner_id)]",
        help="Posted ones that give it back. Empty: the credit note is to come, and "
        "until then the accepted amount is not asked for.",
    )
    credit_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Credit Note By",
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref(ACCOUNTING).ids),
            ("share", "=", False),
        ],
        help="Gets an activity to prepare it",
    )
    note = fields.Text(string="Answer")

    @api.depends("resolution", "dispute_id")
    def _compute_amount_accepted(self):
        for wizard in self:
            whole = wizard.resolution == disputes.ACCEPTED
            wizard.amount_accepted = wizard.amount if whole else 0.0

    def action_apply(self):
        """Answer; who has to prepare a credit note gets it on their list."""
        self._apply()
        return {"type": "ir.actions.act_window_close"}

    def action_create_credit_note(self):
        """Answer, then open Odoo's own dialog that reverses the invoices."""
        self._apply(ask=False)
        return self.dispute_id.action_create_credit_note()

    def _apply(self, ask=True):
        self.ensure_one()
        dispute = self.dispute_id
        dispute._check_may_answer()
        self._check_answer()
        notes = self._credit_notes()
        accepted = 0.0
        if self.resolution in (disputes.ACCEPTED, disputes.PARTIAL):
            accepted = self.amount_accepted
        dispute._resolve(self.resolution, self.note, accepted, notes)
        if ask and dispute.state == disputes.TO_CREDIT:
            dispute._ask_for_credit_note(self.credit_user_id, accepted)

    def _check_answer(self):
        if not self.dispute_id.is_pausing:
            raise UserError(self.env._("This issue is closed: reopen it first."))
        silent = self.resolution in (disputes.REJECTED, disputes.PARTIAL)
        if silent and not (self.note or "").strip():
            raise UserError(
                self.env._("Say why: the salesperson has to tell the customer.")
            )
        if self.resolution == disputes.PARTIAL and not (
            0 < self.amount_accepted < self.amount
        ):
            raise UserError(
                self.env._("A part is more than nothing and less than all of it.")
            )

    def _credit_notes(self):
        if not self.env.user.has_groups(
            "account.group_account_invoice,account.group_account_readonly"
        ):
            return self.env["account.move"]
        notes = self.credit_note_ids
        wrong = notes.filtered(
            lambda move: (
                move.move_type != "out_refund"
                or move.state != "posted"
                or move.commercial_partner_id != self.partner_id
                or move.company_id != self.company_id
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "%s is no posted credit note of this customer.",
                    ", ".join(wrong.mapped("display_name")),
                )
            )
        return notes
