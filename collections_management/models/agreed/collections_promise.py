from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount, format_date

from ...tools import promises

# What a person says; everything else follows.
TYPED = {
    "case_id",
    "kind",
    "currency_id",
    "amount",
    "date",
    "line_ids",
    "contact_id",
    "channel",
    "bank",
    "note",
}


class CollectionsPromise(models.Model):
    """Somebody said what will be paid, and when. The ledger says whether it was.

    A *payment notice* is the same about the past: the customer says it is paid. An
    *instalment* belongs to an agreement. What was paid of each is never stored.
    """

    _name = "collections.promise"
    _description = "Promise"
    _inherit = ["collections.promise.judge", "collections.promise.notice"]
    _order = "date desc, id desc"

    case_id = fields.Many2one(
        comodel_name="collections.case",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", store=True, index=True, string="Customer"
    )
    salesperson_id = fields.Many2one(related="case_id.salesperson_id")
    collector_id = fields.Many2one(related="case_id.collector_id")
    kind = fields.Selection(
        selection=[
            (promises.PROMISE, "Promise"),
            (promises.REPORTED, "Payment notice"),
            (promises.INSTALMENT, "Instalment"),
            (promises.CHEQUE, "Cheque"),
        ],
        required=True,
        readonly=True,
        default=promises.PROMISE,
    )
    state = fields.Selection(
        selection=[
            (promises.OPEN, "Open"),
            (promises.KEPT, "Kept"),
            (promises.PARTIAL, "Partially kept"),
            (promises.BROKEN, "Broken"),
            (promises.WITHDRAWN, "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default=promises.OPEN,
        index=True,
        help="The ledger decides: kept when the amount was collected by the date and "
        "the company's days of tolerance.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    amount = fields.Monetary(required=True, readonly=True)
    date = fields.Date(
        required=True,
        readonly=True,
        index=True,
        help="Of a promise the day by which it is paid; of a payment notice the day of "
        "the payment.",
    )
    date_made = fields.Date(string="Made On", required=True, readonly=True)
    date_until = fields.Date(
        string="Waits Until",
        readonly=True,
        help="Last day that a payment notice pauses",
    )
    date_judged = fields.Date(string="Judged On", readonly=True)
    to_approve = fields.Boolean(
        readonly=True,
        help="Beyond the limits of the policy: pauses nothing until a supervisor "
        "approves.",
    )
    approved_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    line_ids = fields.One2many(
        comodel_name="collections.promise.line",
        inverse_name="promise_id",
        string="Documents",
        readonly=True,
        help="Empty: whatever the customer owes in this currency",
    )
    document_names = fields.Char(string="About", compute="_compute_document_names")
    cheque_ids = fields.One2many(
        comodel_name="collections.cheque", inverse_name="promise_id"
    )
    replaced_by_id = fields.Many2one(
        comodel_name="collections.promise",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner", string="Said By", readonly=True, ondelete="set null"
    )
    channel = fields.Selection(
        selection=lambda self: self.env["collections.interaction"]._contact_channels(),
        readonly=True,
        default="call",
    )
    note = fields.Char()
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Registered By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    amount_paid = fields.Monetary(
        string="Paid",
        compute="_compute_paid",
        help="Collected after the promise was made and by its date with tolerance",
    )
    amount_late = fields.Monetary(string="Paid Late", compute="_compute_paid")

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "What is promised is more than zero."
    )
    _open_idx = models.Index("(company_id, date) WHERE state = 'open'")

    # === COMPUTE === #

    @api.depends("kind", "amount", "date", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for promise in self:
            promise.display_name = self.env._(
                "%(kind)s: %(amount)s, %(date)s",
                kind=kinds.get(promise.kind, ""),
                amount=promise._amount_text(promise.amount),
                date=format_date(self.env, promise.date) if promise.date else "",
            )

    @api.depends("line_ids.number")
    @api.depends_context("lang")
    def _compute_document_names(self):
        for promise in self:
            numbers = [number or "?" for number in promise.line_ids.mapped("number")]
            promise.document_names = ", ".join(numbers) or self.env._("The account")

    def _compute_paid(self):
        paid = self._paid()
        for promise in self:
            own = paid.get(promise.id, promises.Paid())
            promise.amount_paid = own.on_time
            promise.amount_late = own.late

    def _company_amount(self):
        self.ensure_one()
        company = self.company_id
        return self.currency_id._convert(
            self.amount, company.currency_id, company, self.date_made
        )

    def _amount_text(self, amount):
        return format_amount(self.env, amount or 0.0, self.currency_id)

    # === MADE ONCE === #

    @api.model_create_multi
    def create(self, vals_list):
        """Register promises: replace open ones, ask for approval, log, pause."""
        for vals in vals_list:
            if not self.env.su and vals.keys() - TYPED:
                raise AccessError(
                    self.env._("The ledger judges promises; nobody types the verdict.")
                )
            case = self.env["collections.case"].browse(vals["case_id"])
            case.check_access("read")
            vals.setdefault("currency_id", case.currency_id.id)
            # Only what is taken over from elsewhere was made on another day.
            vals.setdefault("date_made", case.company_id._collections_today())
        made = super().create(vals_list)
        made._check_sense()
        for promise in made:
            promise.sudo()._begin(self.env.user)
        made._log_made()
        made.sudo().case_id._touch()
        return made

    def write(self, vals):
        if not self.env.su and vals.keys() - {"note"}:
            raise AccessError(
                self.env._("A promise is not edited: withdraw it, or make a new one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Promises are part of the history: withdraw it instead.")
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("Promises are not copied: make a new one."))

    def _check_sense(self):
        for promise in self:
            future = promise.date > promise.date_made
            if promise.kind == promises.REPORTED and future:
                raise ValidationError(
                    self.env._("A payment notice is about a payment already made.")
                )
            if promise.kind == promises.PROMISE and promise.date < promise.date_made:
                raise ValidationError(
                    self.env._("The promised date is over. Choose today or later.")
                )
            lines = promise.sudo().line_ids.move_line_id
            others = lines.filtered(
                lambda line, promise=promise: (
                    line.partner_id.commercial_partner_id != promise.partner_id
                    or line.company_id != promise.company_id
                    or line.currency_id != promise.currency_id
                )
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(document)s is not a document of %(customer)s in "
                        "%(currency)s.",
                        document=others[0].move_name or others[0].name,
                        customer=promise.partner_id.display_name,
                        currency=promise.currency_id.name,
                    )
                )

    def _begin(self, user):
        """Set what follows from the policy, and replace what it replaces."""
        self.ensure_one()
        policy = self.case_id.policy_id
        if self.kind == promises.REPORTED:
            self.date_until = self.date_made + timedelta(days=policy.notice_days or 5)
        before = self._others_in_force()
        if self.kind == promises.CHEQUE:
            days = self.company_id.sudo().collections_cheque_days
            self.date_until = self.date + timedelta(days=days)
        elif self.kind != promises.INSTALMENT:
            waits = self._is_beyond(policy) and not user.has_group(
                "collections_management.group_supervisor"
            )
            # A customer who entered it may have to wait in any case.
            self.to_approve = self.to_approve or waits
        if not self.to_approve:
            before._withdraw(self)
        else:
            self.case_id._ask_supervisor_for_promise()

    def _others_in_force(self):
        """Open ones of the same kind about the same documents."""
        self.ensure_one()
        if self.kind == promises.INSTALMENT:
            return self.browse()
        # Of several cheques each counts; together they are what was promised.
        kind = promises.PROMISE if self.kind == promises.CHEQUE else self.kind
        others = self.search(
            [
                ("case_id", "=", self.case_id.id),
                ("kind", "=", kind),
                ("state", "=", promises.OPEN),
                ("currency_id", "=", self.currency_id.id),
                ("id", "!=", self.id),
            ]
        )
        return others.filtered(self._overlaps)

    def _overlaps(self, other) -> bool:
        """About the same document, or both about the account."""
        if not self.line_ids or not other.line_ids:
            return not self.line_ids and not other.line_ids
        return bool(self.line_ids.move_line_id & other.line_ids.move_line_id)

    def _is_beyond(self, policy) -> bool:
        """Too far ahead, or too many in a row that were not kept."""
        if self.kind == promises.CHEQUE:
            return False
        days = policy.promise_max_days
        ahead = self.kind == promises.PROMISE and days
        if ahead and self.date > self.date_made + timedelta(days=days):
            return True
        return bool(policy.promise_max_count) and (
            self._number_in_a_row() > policy.promise_max_count
        )

    def _number_in_a_row(self) -> int:
        """Return which one it is since the last that was kept, on the same debt."""
        self.ensure_one()
        number = 1
        past = self.search(
            [
                ("case_id", "=", self.case_id.id),
                ("kind", "=", self.kind),
                ("id", "<", self.id),
                ("to_approve", "=", False),
            ],
            order="id desc",
        )
        for other in past.filtered(self._overlaps):
            if other.state == promises.KEPT:
                break
            number += 1
        return number

    def _withdraw(self, replaced_by=None):
        """Take open promises back; they pause and count no more."""
        taken = self.filtered(lambda promise: promise.state == promises.OPEN)
        if not taken:
            return taken
        taken.write(
            {
                "state": promises.WITHDRAWN,
                "date_judged": taken[0].company_id._collections_today(),
                "replaced_by_id": replaced_by.id if replaced_by else False,
                "to_approve": False,
            }
        )
        taken._log_verdicts({})
        return taken

    # === ACTIONS === #

    def action_withdraw(self):
        """The customer takes it back: dunning goes on."""
        self.env["collections.role"]._check_collector()
        self.check_access("read")
        if self.sudo().cheque_ids:
            raise UserError(
                self.env._("Open the cheque, and give it back to the customer.")
            )
        self.sudo()._withdraw()
        self.case_id.action_refresh()

    def action_approve(self):
        """Accept a promise beyond the limits of the policy."""
        self.env["collections.role"]._check_supervisor(self)
        for promise in self.sudo().filtered("to_approve"):
            promise._others_in_force()._withdraw(promise)
            promise.write({"to_approve": False, "approved_by_id": self.env.uid})
            promise._log_event(self.env._("Approved: %s", promise.display_name))
        self.case_id._done_with_approvals()
        self.case_id.action_refresh()

    def action_refuse(self):
        """Do not accept a promise beyond the limits of the policy."""
        self.env["collections.role"]._check_supervisor(self)
        self.sudo().filtered("to_approve")._withdraw()
        self.case_id._done_with_approvals()
        self.case_id.action_refresh()

    def action_open_case(self):
        self.ensure_one()
        return self.case_id.action_open()
