import hashlib
import json

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools import instalments, promises

IN_FORCE = (instalments.ACCEPTED, instalments.ACTIVE, instalments.FULFILLED)
# Facts of what was agreed: they stay as they were accepted.
AGREED = {"line_ids", "document_ids", "case_id", "currency_id", "state"}


class CollectionsAgreement(models.Model):
    """Overdue debt in instalments, each of them a promise that the ledger judges.

    The due dates of the documents stay as they are; what is agreed is paused.
    """

    _name = "collections.agreement"
    _description = "Agreement"
    _inherit = ["collections.agreement.ledger"]
    _order = "id desc"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", store=True, index=True, string="Customer"
    )
    collector_id = fields.Many2one(related="case_id.collector_id")
    currency_id = fields.Many2one(comodel_name="res.currency", required=True)
    state = fields.Selection(
        selection=[
            (instalments.DRAFT, "Proposed"),
            (instalments.ACCEPTED, "Accepted"),
            (instalments.ACTIVE, "Active"),
            (instalments.FULFILLED, "Fulfilled"),
            (instalments.BROKEN, "Broken"),
            (instalments.WITHDRAWN, "Withdrawn"),
        ],
        default=instalments.DRAFT,
        required=True,
        readonly=True,
        index=True,
    )
    document_ids = fields.One2many(
        comodel_name="collections.agreement.document",
        inverse_name="agreement_id",
        string="Documents",
    )
    line_ids = fields.One2many(
        comodel_name="collections.agreement.line",
        inverse_name="agreement_id",
        string="Instalments",
    )
    count = fields.Integer(string="Number of Instalments", default=3)
    period = fields.Selection(
        selection=[
            (instalments.WEEK, "Weekly"),
            (instalments.FORTNIGHT, "Every two weeks"),
            (instalments.MONTH, "Monthly"),
        ],
        default=instalments.MONTH,
        required=True,
    )
    date_first = fields.Date(string="First Instalment", required=True)
    date_accepted = fields.Date(readonly=True)
    accepted_by_id = fields.Many2one(
        comodel_name="res.users", string="Registered By", readonly=True
    )
    note = fields.Text(string="Terms")
    offer_key = fields.Char(
        readonly=True, copy=False, help="What was offered; changes end the offer"
    )
    is_offered = fields.Boolean(
        string="Offered",
        compute="_compute_is_offered",
        help="The customer sees the proposal in the portal and may accept it there.",
    )
    is_requested = fields.Boolean(
        string="Asked For",
        readonly=True,
        help="The customer asked for it in the portal.",
    )
    amount = fields.Monetary(
        string="Debt", compute="_compute_amounts", help="Open of the documents"
    )
    amount_planned = fields.Monetary(
        string="In Instalments", compute="_compute_amounts"
    )
    amount_paid = fields.Monetary(string="Paid", compute="_compute_paid")
    missed_count = fields.Integer(string="Missed", compute="_compute_paid")

    # === COMPUTE === #

    @api.depends("partner_id", "currency_id", "line_ids.amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for agreement in self:
            agreement.display_name = self.env._(
                "Agreement %(number)s - %(customer)s",
                number=agreement.id or "",
                customer=agreement.partner_id.display_name or "",
            )

    @api.depends("document_ids.amount_residual", "line_ids.amount")
    def _compute_amounts(self):
        for agreement in self:
            agreement.amount = sum(agreement.document_ids.mapped("amount_residual"))
            agreement.amount_planned = sum(agreement.line_ids.mapped("amount"))

    def _compute_paid(self):
        for agreement in self:
            own = agreement.line_ids.promise_id
            agreement.amount_paid = sum(own.mapped("amount_paid"))
            agreement.missed_count = len(
                own.filtered(
                    lambda one: one.state in (promises.BROKEN, promises.PARTIAL)
                )
            )

    @api.depends(
        "offer_key", "note", "document_ids", "line_ids.date", "line_ids.amount"
    )
    def _compute_is_offered(self):
        for agreement in self:
            agreement.is_offered = (
                agreement.state == instalments.DRAFT
                and bool(agreement.offer_key)
                and agreement.offer_key == agreement._fingerprint()
            )

    def _fingerprint(self) -> str:
        """Return what a proposal says as a short code: another one, another code."""
        said = [
            self.id,
            self.note or "",
            *[
                [line.number, round(line.amount_residual, 6)]
                for line in self.document_ids.sorted("id")
            ],
            *[
                [str(line.date), round(line.amount, 6)]
                for line in self.line_ids.sorted(lambda line: (line.date, line.id))
            ],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any("state" in vals for vals in vals_list):
            raise AccessError(self.env._("An agreement begins as a proposal."))
        made = super().create(vals_list)
        made.filtered(lambda one: not one.document_ids)._take_documents()
        made.filtered(lambda one: not one.line_ids)._distribute()
        return made

    def write(self, vals):
        agreed = self.filtered(lambda one: one.state != instalments.DRAFT)
        if not self.env.su and agreed and AGREED & vals.keys():
            raise UserError(
                self.env._(
                    "What was accepted stays as it is: withdraw the agreement and "
                    "propose another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_accepted(self):
        if any(agreement.state != instalments.DRAFT for agreement in self):
            raise UserError(self.env._("An accepted agreement is part of the history."))

    def _take_documents(self):
        """Cover all overdue documents of the currency."""
        for agreement in self:
            items = self.env["collections.item"].search(
                [
                    ("case_id", "=", agreement.case_id.id),
                    ("currency_id", "=", agreement.currency_id.id),
                    ("state", "=", "overdue"),
                    ("no_followup", "=", False),
                ]
            )
            agreement.document_ids = [
                Command.create(item._snapshot()) for item in items
            ]

    def _distribute(self):
        for agreement in self:
            if agreement.count < 1 or agreement.amount <= 0:
                continue
            parts = instalments.schedule(
                agreement.amount,
                agreement.count,
                agreement.date_first,
                agreement.period,
                agreement.currency_id.decimal_places,
            )
            agreement.line_ids = [
                Command.clear(),
                *(
                    Command.create({"date": part.date, "amount": part.amount})
                    for part in parts
                ),
            ]

    # === ACTIONS === #

    def action_offer(self):
        """Show the proposal to the customer in the portal, to be accepted there."""
        self.env["collections.role"]._check_collector()
        self.check_access("write")
        for agreement in self.filtered(lambda one: one.state == instalments.DRAFT):
            agreement._check_complete()
            agreement._check_within_policy()
            agreement.sudo().offer_key = agreement._fingerprint()

    def action_distribute(self):
        """Put the debt in even instalments again."""
        self.env["collections.role"]._check_collector()
        self.check_access("write")
        self.filtered(lambda one: one.state == instalments.DRAFT)._distribute()

    def action_accept(self):
        """The customer accepts: each instalment becomes a promise, all is paused."""
        self.env["collections.role"]._check_collector()
        self.check_access("write")
        for agreement in self.filtered(lambda one: one.state == instalments.DRAFT):
            agreement._check_complete()
            agreement._check_within_policy()
            agreement.sudo()._accept(self.env.user)
        self.case_id.action_refresh()

    def _check_complete(self):
        """What is signed is possible, and covers the debt to the cent."""
        today = self.company_id._collections_today()
        if not self.line_ids or self.line_ids[0].date < today:
            raise UserError(
                self.env._("The instalments begin today or later. Check their dates.")
            )
        difference = self.currency_id.compare_amounts(self.amount_planned, self.amount)
        if difference:
            raise UserError(
                self.env._(
                    "The instalments are %(planned)s, the documents %(debt)s: both "
                    "have to be the same.",
                    planned=self.currency_id.format(self.amount_planned),
                    debt=self.currency_id.format(self.amount),
                )
            )

    def _check_within_policy(self):
        most = self.case_id.policy_id.agreement_max_count
        supervisor = self.env.user.has_group("collections_management.group_supervisor")
        if most and len(self.line_ids) > most and not supervisor:
            raise UserError(
                self.env._(
                    "The policy allows %s instalments. Ask a supervisor for more.", most
                )
            )

    def _accept(self, user):
        today = self.company_id._collections_today()
        self._replaced()._withdraw()
        covers = self._covers()
        made = self.env["collections.promise"].create(
            [
                {
                    "case_id": self.case_id.id,
                    "kind": promises.INSTALMENT,
                    "currency_id": self.currency_id.id,
                    "amount": line.amount,
                    "date": line.date,
                    "user_id": user.id,
                    "line_ids": [Command.create(cover) for cover in covers],
                }
                for line in self.line_ids
            ]
        )
        for line, promise in zip(self.line_ids, made, strict=True):
            line.promise_id = promise
        self.write(
            {
                "state": instalments.ACCEPTED,
                "date_accepted": today,
                "accepted_by_id": user.id,
            }
        )
        self._log(
            self.env._(
                "%(agreement)s accepted: %(count)s instalments, %(amount)s, the first "
                "on %(date)s.",
                agreement=self.display_name,
                count=len(made),
                amount=self.currency_id.format(self.amount_planned),
                date=format_date(self.env, self.line_ids[0].date),
            ),
            direction="in",
        )

    def _replaced(self):
        """Return the open promises about the same documents."""
        lines = self.document_ids.move_line_id
        return self.case_id.promise_ids.filtered(
            lambda promise: (
                promise.kind == promises.PROMISE
                and promise.state == promises.OPEN
                and promise.currency_id == self.currency_id
                and (not promise.line_ids or promise.line_ids.move_line_id & lines)
            )
        )

    def _covers(self) -> list[dict]:
        """Return the documents as each instalment covers them."""
        return [
            {
                "move_line_id": document.move_line_id.id,
                "move_id": document.move_id.id,
                "number": document.number,
                "date_due": document.date_due,
                "amount_residual": document.amount_residual,
                "amount": document.amount_residual,
            }
            for document in self.document_ids
        ]

    def action_withdraw(self):
        """Give the agreement up: dunning goes on."""
        self.env["collections.role"]._check_collector()
        self.check_access("write")
        taken = self.sudo().filtered(
            lambda one: one.state in (instalments.DRAFT, *IN_FORCE[:2])
        )
        taken.line_ids.promise_id._withdraw()
        taken.state = instalments.WITHDRAWN
        for agreement in taken:
            agreement._log(self.env._("%s withdrawn.", agreement.display_name))
        self.case_id.action_refresh()

    def action_print(self):
        """Print it for signature."""
        self.check_access("read")
        report = self.env.ref("collections_management.collections_agreement_report")
        return report.sudo().report_action(self, config=False)

    def action_open_case(self):
        self.ensure_one()
        return self.case_id.action_open()

    def _lang(self):
        return self.env["collections.statement"]._lang(self.case_id.sudo())
