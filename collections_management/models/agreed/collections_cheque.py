from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date

from ...tools import cheques, pauses, promises

# What a person may still correct.
EDITED = {"number", "bank", "drawer", "drawer_vat", "image"}
# Payments of customers in the books that are no cheque's yet.
PAYMENTS = """
    SELECT pay.id, customer.commercial_partner_id, pay.currency_id, pay.amount::float8,
           pay.date, concat_ws(' ', pay.memo, pay.payment_reference, move.ref)
      FROM account_payment pay
      JOIN res_partner customer ON customer.id = pay.partner_id
 LEFT JOIN account_move move ON move.id = pay.move_id
     WHERE pay.company_id = %(company)s AND pay.payment_type = 'inbound'
       AND pay.state IN ('in_process', 'paid')
       AND customer.commercial_partner_id = ANY(%(customers)s)
       AND NOT EXISTS (SELECT 1 FROM collections_cheque cheque
                        WHERE cheque.payment_id = pay.id)
"""


class CollectionsCheque(models.Model):
    """A customer's cheque of a later date, in our drawer.

    It is a promise on paper: its promise says what it covers and until when, counts
    as expected cash and is kept once the ledger has the money. Here is what happens
    to the paper. When the accountant registers the payment it is found by itself;
    from then on the ledger has what the cheque covered.
    """

    _name = "collections.cheque"
    _description = "Cheque Held"
    _inherit = ["collections.cheque.actions"]
    _order = "date, id"
    _rec_name = "number"

    promise_id = fields.Many2one(
        comodel_name="collections.promise",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    case_id = fields.Many2one(related="promise_id.case_id", store=True, index=True)
    company_id = fields.Many2one(
        related="promise_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="promise_id.partner_id", store=True, index=True, string="Customer"
    )
    salesperson_id = fields.Many2one(related="case_id.salesperson_id")
    collector_id = fields.Many2one(related="case_id.collector_id")
    currency_id = fields.Many2one(related="promise_id.currency_id", store=True)
    amount = fields.Monetary(related="promise_id.amount", store=True)
    date = fields.Date(
        related="promise_id.date",
        store=True,
        index=True,
        help="From this day the bank takes it",
    )
    date_until = fields.Date(
        related="promise_id.date_until",
        string="Covers Until",
        help="Its date and the company's days for clearing",
    )
    document_names = fields.Char(related="promise_id.document_names")
    line_ids = fields.One2many(related="promise_id.line_ids")
    note = fields.Char(related="promise_id.note")
    number = fields.Char(required=True)
    bank = fields.Char(required=True, help="On which it is drawn")
    drawer = fields.Char(
        string="Signed By", help="Who drew it, where that is not the customer"
    )
    drawer_vat = fields.Char(string="Tax ID of the Drawer")
    image = fields.Binary(string="Photo", attachment=True)
    state = fields.Selection(
        selection=[
            (cheques.HELD, "Held"),
            (cheques.DEPOSITED, "Deposited"),
            (cheques.CLEARED, "Cleared"),
            (cheques.BOUNCED, "Bounced"),
            (cheques.RETURNED, "Given back"),
        ],
        required=True,
        readonly=True,
        default=cheques.HELD,
        index=True,
    )
    date_state = fields.Date(string="Since", readonly=True)
    bounce_reason = fields.Selection(
        selection=[
            ("funds", "Insufficient funds"),
            ("signature", "Signature or form"),
            ("stopped", "Payment stopped"),
            ("closed", "Account closed"),
            ("other", "Other"),
        ],
        readonly=True,
    )
    is_to_deposit = fields.Boolean(
        string="To Deposit",
        compute="_compute_is_to_deposit",
        search="_search_is_to_deposit",
    )
    is_asked = fields.Boolean(readonly=True, help="Somebody was asked to deposit it")
    # Never *restrict*: nothing of ours may refuse a change of the ledger.
    payment_id = fields.Many2one(
        comodel_name="account.payment",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    payment_name = fields.Char(
        string="Payment in the Books", compute="_compute_payment_name"
    )

    _promise_uniq = models.Constraint(
        "UNIQUE (promise_id)", "A promise is about one cheque."
    )

    # === COMPUTE === #

    @api.depends("number", "bank", "date", "partner_id", "amount", "currency_id")
    @api.depends_context("collections_by_customer")
    def _compute_display_name(self):
        """In the calendar, the date is known and whose cheque it is matters."""
        by_customer = self.env.context.get("collections_by_customer")
        for cheque in self:
            if by_customer:
                cheque.display_name = self.env._(
                    "%(amount)s, %(customer)s, cheque %(number)s",
                    amount=format_amount(self.env, cheque.amount, cheque.currency_id),
                    customer=cheque.partner_id.display_name,
                    number=cheque.number,
                )
                continue
            cheque.display_name = self.env._(
                "Cheque %(number)s, %(bank)s, %(date)s",
                number=cheque.number,
                bank=cheque.bank,
                date=format_date(self.env, cheque.date) if cheque.date else "",
            )

    @api.depends("state", "date")
    def _compute_is_to_deposit(self):
        for cheque in self:
            today = (cheque.company_id or self.env.company)._collections_today()
            cheque.is_to_deposit = cheque.state == cheques.HELD and (
                bool(cheque.date) and cheque.date <= today
            )

    def _search_is_to_deposit(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._collections_today()
        domain = Domain("state", "=", cheques.HELD) & Domain("date", "<=", today)
        return domain if True in value else ~domain

    @api.depends("promise_id")
    def _compute_payment_name(self):
        for cheque in self:
            payment = cheque.sudo().payment_id
            cheque.payment_name = payment.name or payment.memo or False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and vals.keys() - EDITED - {"promise_id"}:
                raise AccessError(
                    self.env._("What becomes of a cheque is told by its buttons.")
                )
        made = super().create(vals_list)
        made._check_sense()
        made.sudo().case_id._touch()
        return made

    def write(self, vals):
        if not self.env.su and vals.keys() - EDITED:
            raise AccessError(
                self.env._("What becomes of a cheque is told by its buttons.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Cheques are part of the history: give it back instead.")
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("Cheques are not copied: register a new one."))

    def _check_sense(self):
        for cheque in self:
            if cheque.promise_id.kind != promises.CHEQUE:
                raise ValidationError(
                    self.env._("Register a cheque from the case of its customer.")
                )
            twin = self.sudo().search(
                [
                    ("id", "!=", cheque.id),
                    ("company_id", "=", cheque.company_id.id),
                    ("partner_id", "=", cheque.partner_id.id),
                    ("number", "=", cheque.number),
                    ("bank", "=ilike", cheque.bank),
                    ("state", "!=", cheques.RETURNED),
                ],
                limit=1,
            )
            if twin:
                raise ValidationError(
                    self.env._(
                        "%(cheque)s of %(customer)s is registered already.",
                        cheque=twin.display_name,
                        customer=twin.partner_id.display_name,
                    )
                )

    # === THE PAYMENT IN THE BOOKS === #

    @api.model
    def _follow_ledger(self, company, today, partner_ids=None) -> None:
        """Find payments in the books, and ask for what is to be deposited.

        One statement where there is no cheque.
        """
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("state", "in", (*cheques.LIVE, cheques.BOUNCED))
        if partner_ids is not None:
            domain &= Domain("partner_id", "in", list(partner_ids))
        found = self.sudo().search(domain)
        found._match_payments()
        found._ask_to_deposit(today)

    def _match_payments(self) -> None:
        """Find the payments that were registered for cheques; see `tools.cheques`.

        A payment that was cancelled is let go, and another one looked for.
        """
        gone = self.filtered(
            lambda cheque: cheque.payment_id.state not in ("in_process", "paid", False)
        )
        gone.payment_id = False
        # To be judged anew.
        gone.promise_id.filtered(
            lambda promise: promise.state == promises.KEPT
        ).state = promises.OPEN
        waiting = self.filtered(
            lambda cheque: not cheque.payment_id and cheque.state in cheques.LIVE
        )
        for company, own in waiting.grouped("company_id").items():
            own._match_payments_of(company)

    def _match_payments_of(self, company) -> None:
        self.flush_model(["payment_id"])
        self.env["account.payment"].flush_model()
        rows = self.env.execute_query(
            SQL(PAYMENTS, company=company.id, customers=self.partner_id.ids)
        )
        found = cheques.match(
            [
                cheques.Cheque(
                    cheque.id,
                    cheque.partner_id.id,
                    cheque.currency_id.id,
                    cheque.amount,
                    cheque.date,
                    cheque.number,
                )
                for cheque in self
            ],
            [cheques.Payment(*row) for row in rows],
        )
        for cheque in self:
            cheque.payment_id = found.get(cheque.id)

    @api.model
    def _unapplied(self, company) -> list[pauses.Pause]:
        """Return what cheques cover whose payment is registered and not applied yet.

        The payment is the money to come, so the documents are not expected besides.
        """
        found = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "in", cheques.LIVE),
                ("payment_id.state", "in", ("in_process", "paid")),
                ("payment_id.is_reconciled", "=", False),
            ]
        )
        return [
            pauses.Pause(
                pauses.CHEQUE, cheque.partner_id.id, line.move_line_id.id, line.amount
            )
            for cheque in found
            for line in cheque.line_ids
            if line.move_line_id
        ]

    # === DEPOSITING === #

    def _ask_to_deposit(self, today) -> None:
        """One activity for treasury on the day from which the bank takes it."""
        ready = self.filtered(
            lambda cheque: (
                cheque.state == cheques.HELD
                and not cheque.is_asked
                and cheque.date <= today
            )
        )
        if ready:
            ready.is_asked = True
            ready._ask_treasury(lambda env: env._("Cheques to deposit today"))
