from odoo import api, fields, models
from odoo.tools import format_amount, format_date

COLLECTOR = "collections_management.group_collector"


class CollectionsCaseDeposits(models.AbstractModel):
    """Unidentified deposits that may be of a customer: shown, never counted."""

    _name = "collections.case.deposits"
    _description = "Deposits That May Be of a Customer"

    deposit_match_ids = fields.One2many(
        comodel_name="collections.deposit.match",
        inverse_name="case_id",
        string="Perhaps Paid",
        # Only what still waits in the bank.
        domain=[("state", "!=", "dismissed"), ("deposit_id.amount", ">", 0)],
        groups=COLLECTOR,
    )
    deposit_hint = fields.Char(
        string="To Confirm in the Bank",
        compute="_compute_deposit_hint",
        groups=COLLECTOR,
    )

    @api.depends("deposit_match_ids.score", "deposit_match_ids.state")
    @api.depends_context("lang")
    def _compute_deposit_hint(self):
        for case in self:
            best = case.deposit_match_ids.sorted(lambda one: (-one.score, one.id))[:1]
            case.deposit_hint = case._deposit_words(best) if best else False

    @api.model
    def _deposit_words(self, match) -> str:
        likelihoods = dict(match._selection_likelihood())
        return self.env._(
            "%(amount)s of %(date)s (%(likelihood)s): %(why)s",
            amount=format_amount(self.env, match.amount, match.currency_id),
            date=format_date(self.env, match.date),
            likelihood=likelihoods[match.likelihood].lower(),
            why=match.reason_text,
        )

    def action_view_deposits(self):
        """Open what nobody has identified, to say that one is this customer's."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_deposit_action"
        )
        return {
            **action,
            "domain": [("company_id", "=", self.company_id.id)],
            "context": {"collections_case_id": self.id},
            "name": self.env._("Which Deposit Is Theirs?"),
        }
