import base64
import binascii
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools import promises

USUAL_DAYS = 7


class CollectionsPromiseMake(models.TransientModel):
    """Register what the customer promised, or says was paid."""

    _name = "collections.promise.make"
    _description = "Register a Promise"

    case_id = fields.Many2one(comodel_name="collections.case", required=True)
    partner_id = fields.Many2one(related="case_id.partner_id")
    kind = fields.Selection(
        selection=[
            (promises.PROMISE, "Promise"),
            (promises.REPORTED, "Payment notice"),
        ],
        required=True,
        default=promises.PROMISE,
    )
    item_ids = fields.Many2many(
        comodel_name="collections.item",
        string="Documents",
        help="Empty: whatever the customer owes",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    amount = fields.Monetary(
        required=True,
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
    )
    date = fields.Date(
        required=True,
        compute="_compute_date",
        store=True,
        precompute=True,
        readonly=False,
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Said By",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    channel = fields.Selection(
        selection=lambda self: self.env["collections.interaction"]._contact_channels(),
        required=True,
        default="call",
    )
    bank = fields.Char()
    slip = fields.Binary(help="PDF or image of the transfer or deposit")
    slip_name = fields.Char()
    note = fields.Char()
    replaces = fields.Char(compute="_compute_warnings")
    is_beyond = fields.Boolean(compute="_compute_warnings")

    # === COMPUTE === #

    @api.depends("case_id", "item_ids")
    def _compute_currency_id(self):
        """The documents' currency, else the one in which most is overdue."""
        for dialog in self:
            items = dialog.item_ids or dialog._debits()
            totals = {}
            for item in items:
                weight = (item.state == "overdue", item.amount)
                known = totals.get(item.currency_id, (False, 0.0))
                totals[item.currency_id] = (
                    known[0] or weight[0],
                    known[1] + weight[1],
                )
            best = max(totals, key=totals.get, default=dialog.case_id.currency_id)
            dialog.currency_id = best

    @api.depends("case_id", "item_ids", "currency_id")
    def _compute_amount(self):
        for dialog in self:
            items = dialog.item_ids
            if not items:
                debits = dialog._debits()
                overdue = debits.filtered(lambda item: item.state == "overdue")
                items = overdue or debits
            own = items.filtered(
                lambda item, dialog=dialog: item.currency_id == dialog.currency_id
            )
            dialog.amount = sum(own.mapped("amount_residual"))

    @api.depends("kind", "case_id")
    def _compute_date(self):
        for dialog in self:
            today = dialog._today()
            ahead = dialog.kind == promises.PROMISE
            dialog.date = today + timedelta(days=USUAL_DAYS if ahead else 0)

    @api.depends("case_id", "kind", "currency_id", "item_ids", "date")
    def _compute_warnings(self):
        """Say what it replaces, and whether a supervisor has to approve it."""
        for dialog in self:
            draft = dialog._draft() if dialog.case_id and dialog.date else None
            dialog.replaces = draft and ", ".join(
                draft._others_in_force().mapped("display_name")
            )
            dialog.is_beyond = bool(
                draft
                and draft._is_beyond(dialog.case_id.policy_id)
                and not self.env.user.has_group(
                    "collections_management.group_supervisor"
                )
            )

    def _draft(self):
        """Return the promise as it would be, to ask it what it would do."""
        self.ensure_one()
        return self.env["collections.promise"].new(
            {
                **self._values(),
                "date_made": self._today(),
                "line_ids": [
                    Command.create({"move_line_id": item.id})
                    for item in self._own_items()
                ],
            }
        )

    def _today(self):
        return (self.case_id.company_id or self.env.company)._collections_today()

    def _debits(self):
        return self.env["collections.item"].search(
            [("case_id", "=", self.case_id.id), ("is_credit", "=", False)]
        )

    def _own_items(self):
        """The chosen documents as records, the oldest first."""
        return self.env["collections.item"].search(
            [("id", "in", self.item_ids.ids), ("case_id", "=", self.case_id.id)]
        )

    def _values(self):
        return {
            "case_id": self.case_id.id,
            "kind": self.kind,
            "currency_id": self.currency_id.id,
            "amount": self.amount,
            "date": self.date,
            "contact_id": (self.contact_id or self.partner_id).id,
            "channel": self.channel,
            "bank": self.bank,
            "note": self.note,
        }

    # === ACTIONS === #

    def action_save(self):
        """Register it; what it covers is paused from now on."""
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        promise = self.env["collections.promise"].create(
            {**self._values(), "line_ids": self._line_commands()}
        )
        if self.slip:
            promise._attach_slip(self._slip_content())
        self.case_id.action_refresh()
        return {"type": "ir.actions.act_window_close"}

    def _slip_content(self) -> bytes:
        try:
            return base64.b64decode(self.slip, validate=True)
        except binascii.Error as error:
            raise UserError(self.env._("The slip could not be read.")) from error

    def _line_commands(self):
        items = self._own_items()
        foreign = items.filtered(lambda item: item.currency_id != self.currency_id)
        if foreign:
            raise UserError(
                self.env._(
                    "%(document)s is not in %(currency)s. Register one promise for "
                    "each currency.",
                    document=foreign[0].number,
                    currency=self.currency_id.name,
                )
            )
        total = sum(items.mapped("amount_residual"))
        if items and self.currency_id.compare_amounts(self.amount, total) > 0:
            raise UserError(
                self.env._(
                    "The documents are open by %(total)s: promise no more than that, "
                    "or choose more documents.",
                    total=format_amount(self.env, total, self.currency_id),
                )
            )
        return items._promise_lines(self.amount)
