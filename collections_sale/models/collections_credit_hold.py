from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

PROPOSED = "proposed"
APPROVED = "approved"
DECLINED = "declined"
RELEASED = "released"
# What each state may become, by the button of a supervisor.
NEXT = {PROPOSED: (APPROVED, DECLINED), APPROVED: (RELEASED,)}
ACTIVITY = "collections_sale.mail_activity_type_credit_hold"


class CollectionsCreditHold(models.Model):
    """No more sales on credit to a customer of one company.

    A collector proposes it, a supervisor decides. Nothing of the sales order is
    touched: it only asks, when a quotation is confirmed.
    """

    _name = "collections.credit.hold"
    _description = "Credit Hold"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    case_id = fields.Many2one(
        comodel_name="collections.case",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        related="case_id.partner_id",
        store=True,
        index=True,
        string="Customer",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_overdue = fields.Monetary(related="case_id.amount_overdue")
    reason = fields.Text(required=True, help="Salespeople read it on the quotation")
    ends_when_paid = fields.Boolean(
        string="Ends When Nothing Is Overdue",
        default=True,
        help="Quotations are confirmed again as soon as credits and payments cover "
        "what is overdue.",
    )
    state = fields.Selection(
        selection=[
            (PROPOSED, "Proposed"),
            (APPROVED, "Approved"),
            (DECLINED, "Declined"),
            (RELEASED, "Released"),
        ],
        required=True,
        default=PROPOSED,
        readonly=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Proposed By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided By",
        readonly=True,
        ondelete="set null",
    )
    date_approved = fields.Date(readonly=True)
    date_released = fields.Date(readonly=True)

    _one_at_a_time = models.UniqueIndex(
        "(case_id) WHERE state IN ('proposed', 'approved')",
        "This customer has a credit hold already, proposed or approved.",
    )

    @api.depends("partner_id", "state")
    def _compute_display_name(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for hold in self:
            hold.display_name = f"{hold.partner_id.name} - {states.get(hold.state)}"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever proposes it, and over whatever way: a supervisor decides."""
        for vals in vals_list:
            for name in ("state", "user_id", "approver_id", "date_approved"):
                vals.pop(name, None)
        holds = super().create(vals_list)
        for hold in holds:
            hold._log(self.env._("Credit hold proposed: %s", hold.reason))
            hold._ask_supervisor()
        return holds

    def write(self, vals):
        fixed = {"state", "case_id", "user_id", "approver_id"} & vals.keys()
        if fixed and not self.env.su:
            raise AccessError(
                self.env._("A credit hold is approved or released with its buttons.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Credit holds are part of the history: release it instead.")
        )

    def _ask_supervisor(self):
        self.ensure_one()
        supervisor = self.company_id._collections_supervisor()
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "activity_type_id": self.env.ref(ACTIVITY).id,
                "summary": self.env._("Decide on a credit hold: %s", self.reason),
                "date_deadline": self.company_id._collections_today(),
                "user_id": supervisor.id or self.env.uid,
            }
        )

    def _log(self, text):
        """Write the customer's log and case; nobody was contacted."""
        self.ensure_one()
        case = self.case_id.sudo()
        self.env["collections.interaction"].sudo().create(
            {"case_id": case.id, "channel": "system", "text": text}
        )
        case._message_log(body=text)

    # === BUTTONS === #

    def action_approve(self):
        """From now on the customer's quotations are not confirmed."""
        today = self._decide(APPROVED, self.env._("Credit hold approved."))
        self.sudo().date_approved = today

    def action_decline(self):
        self._decide(DECLINED, self.env._("Credit hold declined."))

    def action_release(self):
        """Let quotations be confirmed again."""
        today = self._decide(RELEASED, self.env._("Credit hold released."))
        self.sudo().date_released = today

    def _decide(self, state, text):
        self.env["collections.role"]._check_supervisor()
        self.check_access("write")
        for hold in self.filtered(lambda hold: state in NEXT.get(hold.state, ())):
            hold.sudo().write({"state": state, "approver_id": self.env.uid})
            hold._log(text)
            hold.activity_ids.sudo().action_feedback(feedback=text)
        return self.company_id[:1]._collections_today()

    # === FOR THE QUOTATION === #

    @api.model
    def _in_force(self, company, partners):
        """Return the holds that block customers in a company, by customer.

        As superuser: whoever confirms a quotation is stopped, also who may not see
        the customer's case.
        """
        holds = self.sudo().search(
            [
                ("state", "=", APPROVED),
                ("company_id", "=", company.id),
                ("partner_id", "in", partners.commercial_partner_id.ids),
                "|",
                ("ends_when_paid", "=", False),
                ("case_id.amount_overdue_net", ">", 0),
            ]
        )
        return {hold.partner_id: hold for hold in holds}
