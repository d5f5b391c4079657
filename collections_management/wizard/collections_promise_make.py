import base64
import binascii
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools import cheques, promises

# From today to the date that is usual.
USUAL_DAYS = {promises.PROMISE: 7, promises.REPORTED: 0, promises.CHEQUE: 30}
MOST_CHEQUES = 60


class CollectionsPromiseMake(models.TransientModel):
    """Register what the customer promised, says was paid, or handed in as cheques."""

    _name = "collections.promise.make"
    _description = "Register a Promise"

    case_id = fields.Many2one(comodel_name="collections.case", required=True)
    partner_id = fields.Many2one(related="case_id.partner_id")
    party_ids = fields.Many2many(related="case_id.party_ids")
    kind = fields.Selection(
        selection=[
            (promises.PROMISE, "Promise"),
            (promises.REPORTED, "Payment notice"),
            (promises.CHEQUE, "Cheque"),
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
        domain="[('commercial_partner_id', 'in', party_ids)]",
    )
    channel = fields.Selection(
        selection=lambda self: self.env["collections.interaction"]._contact_channels(),
        required=True,
        default="call",
    )
    bank = fields.Char()
    number = fields.Char(string="Cheque Number")
    count = fields.Integer(
        string="Cheques in a Row",
        default=1,
        help="Each of this amount, a month after the one before and with the next "
        "number",
    )
    drawer = fields.Char(
        string="Signed By", help="Who drew it, where that is not the customer"
    )
    drawer_vat = fields.Char(string="Tax ID of the Drawer")
    image = fields.Binary(string="Photo of the Cheque")
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
            dialog.date = today + timedelta(days=USUAL_DAYS.get(dialog.kind, 0))

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
        if self.kind == promises.CHEQUE:
            self._register_cheques()
        else:
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

    def _register_cheques(self):
        """One promise for each cheque: what it covers, and from when it is money."""
        if not 1 <= self.count <= MOST_CHEQUES:
            raise UserError(
                self.env._("Register from 1 to %s cheques at once.", MOST_CHEQUES)
            )
        if not self.number or not self.bank:
            raise UserError(self.env._("Enter number and bank of the cheque."))
        items = self._checked_items(self.amount * self.count)
        values = self._values()
        promises_made = self.env["collections.promise"].create(
            [
                {
                    **values,
                    "date": when,
                    "note": ", ".join(filter(None, [number, self.bank, self.note])),
                    "line_ids": items._promise_parts(parts),
                }
                for (number, when), parts in self._sheets(items)
            ]
        )
        self.env["collections.cheque"].create(
            [
                {
                    "promise_id": promise.id,
                    "number": number,
                    "bank": self.bank,
                    "drawer": self.drawer,
                    "drawer_vat": self.drawer_vat,
                    "image": self.image if self.count == 1 else False,
                }
                for promise, ((number, _when), _parts) in zip(
                    promises_made, self._sheets(items), strict=True
                )
            ]
        )

    def _sheets(self, items):
        """Return number and date of each cheque, with its part of each document."""
        return list(
            zip(
                cheques.series(self.number, self.date, self.count),
                cheques.shares(
                    self.amount, self.count, items.mapped("amount_residual")
                ),
                strict=True,
            )
        )

    def _line_commands(self):
        return self._checked_items(self.amount)._promise_lines(self.amount)

    def _checked_items(self, amount):
        """Return the documents chosen, the oldest first, if they fit an amount."""
        items = self._own_items().sorted(lambda item: (item.date_due, item.id))
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
        if items and self.currency_id.compare_amounts(amount, total) > 0:
            raise UserError(
                self.env._(
                    "The documents are open by %(total)s: promise no more than that, "
                    "or choose more documents.",
                    total=format_amount(self.env, total, self.currency_id),
                )
            )
        return items
