from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.collections_management.models.res_partner import GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # Read through the customer's case, with the user's own rights.
    collections_banner = fields.Char(
        string="Collections",
        compute="_compute_collections_banner",
        groups=GROUPS,
        help="What to know before selling more to the customer",
    )
    collections_blocked = fields.Char(
        string="Credit Hold",
        compute="_compute_collections_blocked",
        compute_sudo=True,
        help="Why this quotation is not confirmed",
    )
    collections_override_id = fields.Many2one(
        comodel_name="res.users",
        string="Let Through By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The supervisor who let this quotation through a credit hold",
    )
    collections_override_amount = fields.Monetary(
        string="Let Through Up To",
        readonly=True,
        copy=False,
        help="What the quotation came to then: a bigger one is blocked again",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_collections_banner(self):
        for company, orders in self.grouped("company_id").items():
            for order in orders:
                partner = order.partner_id.with_company(company)
                order.collections_banner = partner.collections_banner

    @api.depends(
        "partner_id",
        "company_id",
        "state",
        "amount_total",
        "collections_override_id",
        "collections_override_amount",
    )
    @api.depends_context("lang", "uid")
    def _compute_collections_blocked(self):
        self.collections_blocked = False
        for company, orders in self.grouped("company_id").items():
            holds = self.env["collections.credit.hold"]._in_force(
                company, orders.partner_id
            )
            for order in orders.filtered(lambda order: order._collections_may_block()):
                hold = holds.get(order.partner_id.commercial_partner_id)
                order.collections_blocked = hold and order._collections_why(hold)

    def _collections_may_block(self) -> bool:
        """Not what a supervisor let through, nor what is paid already."""
        self.ensure_one()
        grown = self.currency_id.compare_amounts(
            self.amount_total, self.collections_override_amount
        )
        if self.state not in ("draft", "sent"):
            return False
        if self.collections_override_id and grown <= 0:
            return False
        paid = self.amount_total and self.amount_paid >= self.amount_total
        return not paid

    def _collections_why(self, hold):
        self.ensure_one()
        if self.env.user.share:
            # A customer who signs online is told nothing about collections.
            return self.env._("This quotation cannot be confirmed now: contact us.")
        reason = hold.reason.rstrip()
        return self.env._(
            "%(customer)s is on credit hold in %(company)s since %(date)s: %(reason)s "
            "Ask %(supervisor)s to release it, or to let this quotation through.",
            customer=hold.partner_id.name,
            company=hold.company_id.name,
            date=format_date(self.env, hold.date_approved),
            reason=reason if reason[-1:] in ".!?" else f"{reason}.",
            supervisor=hold.approver_id.name or self.env._("a supervisor"),
        )

    def _confirmation_error_message(self):
        self.ensure_one()
        return super()._confirmation_error_message() or self.collections_blocked

    def action_collections_let_through(self):
        """Let this one quotation be confirmed in spite of the credit hold."""
        self.env["collections.role"]._check_supervisor()
        self.check_access("read")
        for order in self.filtered("collections_blocked"):
            order.sudo().write(
                {
                    "collections_override_id": self.env.uid,
                    "collections_override_amount": order.amount_total,
                }
            )
            name = self.env.user.name
            text = self.env._("Let through the credit hold by %s.", name)
            order._message_log(body=text)

    def action_collections_case(self):
        """Open the customer's story."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_collections_case()

    def action_collections_issue(self):
        """Report an issue of the customer."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_collections_issue()
