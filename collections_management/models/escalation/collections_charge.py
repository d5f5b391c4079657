from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from .collections_charge_line import INTEREST

PROPOSED, BOOKED, DISMISSED, VOID = "proposed", "booked", "dismissed", "void"
ACCOUNTANT = "account.group_account_invoice"


class CollectionsCharge(models.Model):
    """Late interest and fees of a customer, to the day: proposed, then booked or not.

    Only a person books it, as a draft invoice of Odoo's own. The days that were booked
    are never proposed again, unless that invoice was deleted or cancelled.
    """

    _name = "collections.charge"
    _description = "Late Interest and Fees"
    _inherit = ["collections.charge.proposer"]
    _order = "id desc"

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
    rule_id = fields.Many2one(
        comodel_name="collections.interest.rule",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    rule_source = fields.Char(related="rule_id.source", string="Rests On")
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    date = fields.Date(string="Until", required=True, readonly=True)
    line_ids = fields.One2many(
        comodel_name="collections.charge.line",
        inverse_name="charge_id",
        readonly=True,
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, string="Total")
    state = fields.Selection(
        selection=[
            (PROPOSED, "Proposed"),
            (BOOKED, "Booked"),
            (DISMISSED, "Dismissed"),
            (VOID, "Invoice cancelled"),
        ],
        required=True,
        readonly=True,
        default=PROPOSED,
        index=True,
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided By",
        readonly=True,
        ondelete="set null",
    )

    _one_proposal = models.UniqueIndex(
        "(case_id, currency_id) WHERE state = 'proposed'",
        "This case has a proposal in that currency already.",
    )

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for charge in self:
            charge.amount = sum(charge.line_ids.mapped("amount"))

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = self.env._(
                "Late interest of %s", charge.partner_id.display_name or ""
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self._by_rule())
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self._by_rule())
        return super().write(vals)

    def _by_rule(self):
        return self.env._("Interest and fees are calculated by rule, never typed in.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(charge.state != PROPOSED for charge in self):
            raise UserError(
                self.env._("What was booked or dismissed is part of the history.")
            )

    # === DECISIONS === #

    def action_dismiss(self):
        """Charge nothing for these days now; they may be proposed again later."""
        self.env["collections.role"]._check_supervisor(self)
        asked = self.sudo().filtered(lambda charge: charge.state == PROPOSED)
        asked.write({"state": DISMISSED, "user_id": self.env.uid})
        for charge in asked:
            charge._tell(self.env._("Dismissed"))

    def action_book(self):
        """Make the draft invoice: an accountant's right, with the accountant's own."""
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(
                self.env._("Only who may make invoices books interest: ask accounting.")
            )
        self.check_access("read")
        self.ensure_one()
        charge = self.sudo()
        if charge.state != PROPOSED:
            raise UserError(self.env._("This was decided already."))
        charge._check_up_to_date()
        move = self.env["account.move"].create(charge._prepare_invoice())
        charge.write({"state": BOOKED, "move_id": move.id, "user_id": self.env.uid})
        charge.line_ids.is_booked = True
        charge._tell(self.env._("Draft invoice made"))
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": move.id,
            "view_mode": "form",
        }

    def action_refresh(self):
        """Calculate the proposal again, to today."""
        self.env["collections.role"]._check_collector(self)
        return self.case_id.action_propose_charge()

    def _check_up_to_date(self):
        """Money that came in since, or another booking, makes it another amount."""
        facts = self._propose_values(self.case_id, self.date)
        lines = [
            line[2]
            for values in facts
            if values["currency_id"] == self.currency_id.id
            for line in values["line_ids"]
        ]
        now = sorted((v["component"], v["move_line_id"], v["amount"]) for v in lines)
        then = sorted(
            (line.component, line.move_line_id.id, line.amount)
            for line in self.line_ids
        )
        if now != then:
            raise UserError(
                self.env._(
                    "The ledger changed since this was calculated: calculate it again, "
                    "then book it."
                )
            )

    def _prepare_invoice(self) -> dict:
        """Return the draft invoice; product, account and taxes are the rule's."""
        rule = self.rule_id
        if not rule.product_id:
            raise UserError(
                self.env._(
                    "The rule %s has no product: choose the one whose income account "
                    "and taxes interest takes.",
                    rule.name,
                )
            )
        return {
            "move_type": "out_invoice",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "ref": rule.source or rule.name,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": (
                            rule.product_id
                            if line.component == INTEREST
                            else rule.fee_product_id or rule.product_id
                        ).id,
                        "name": line._invoice_text(),
                        "quantity": 1,
                        "price_unit": line.amount,
                    }
                )
                for line in self.line_ids
            ],
        }

    def _tell(self, what):
        self.ensure_one()
        text = self.env._(
            "%(what)s: late interest and fees of %(amount)s until %(date)s",
            what=what,
            amount=self.currency_id.format(self.amount),
            date=self.date,
        )
        self.env["collections.interaction"].sudo().create(
            {
                "case_id": self.case_id.id,
                "channel": "system",
                "user_id": self.env.uid,
                "text": text,
            }
        )
        self.case_id._message_log(body=text)
