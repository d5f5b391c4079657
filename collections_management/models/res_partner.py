from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .risk.collections_case_risk import GRADES as RISK_GRADES

GROUPS = (
    "collections_management.group_salesperson,collections_management.group_collector"
)


# What of a customer moves its cases.
FOLLOWED = {
    "parent_id",
    "is_company",
    "user_id",
    "active",
    "collections_payer_id",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    collections_contact = fields.Boolean(
        string="Receives Reminders",
        help="Payment reminders of the company go to this contact.",
    )
    collections_channel = fields.Selection(
        selection="_selection_collections_channel",
        string="Preferred Channel",
        help="Reminders go this way where their level offers it, else by the first "
        "channel of the level that works.",
    )
    collections_bad_phone = fields.Char(
        string="Number That Failed",
        readonly=True,
        groups=GROUPS,
        help="A message to this number came back; it is used again once the number "
        "is another.",
    )
    collections_bad_address = fields.Char(
        string="Address That Failed",
        readonly=True,
        groups=GROUPS,
        help="A letter to this address came back; it is used again once the address "
        "is another.",
    )
    collections_case_id = fields.Many2one(
        comodel_name="collections.case",
        compute="_compute_collections_case",
        search="_search_collections_case_id",
        groups=GROUPS,
    )
    collections_currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_collections_case",
        groups=GROUPS,
    )
    collections_overdue = fields.Monetary(
        string="Overdue",
        currency_field="collections_currency_id",
        compute="_compute_collections_case",
        search="_search_collections_overdue",
        groups=GROUPS,
    )
    collections_segment_id = fields.Many2one(
        comodel_name="collections.segment",
        compute="_compute_collections_case",
        search="_search_collections_segment_id",
        groups=GROUPS,
    )
    collections_risk_grade = fields.Selection(
        selection=RISK_GRADES,
        string="Risk",
        compute="_compute_collections_case",
        search="_search_collections_risk_grade",
        groups=GROUPS,
        help="In the current company. It informs, and decides nothing by itself.",
    )
    collections_risk_text = fields.Text(
        string="Why This Risk", compute="_compute_collections_case", groups=GROUPS
    )

    collections_payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Paid By",
        index="btree_not_null",
        ondelete="set null",
        domain="[('id', '!=', id), ('parent_id', '=', False), "
        "('collections_payer_id', '=', False)]",
        help="Another customer who pays for this one, as in a corporate group or a "
        "family. Reminders go to its contacts, and it counts as the person contacted; "
        "the debts stay this customer's.",
    )
    collections_paid_ids = fields.One2many(
        comodel_name="res.partner",
        inverse_name="collections_payer_id",
        string="Pays For",
    )
    collections_day_ids = fields.One2many(
        comodel_name="collections.customer.day",
        inverse_name="partner_id",
        string="Payment and Reception Days",
        groups=GROUPS,
    )
    collections_closing_ids = fields.One2many(
        comodel_name="collections.customer.closing",
        inverse_name="partner_id",
        string="Closings",
        groups=GROUPS,
    )

    collections_banner = fields.Char(
        string="Collections",
        compute="_compute_collections_banner",
        groups=GROUPS,
        help="What to know before selling more to the customer",
    )

    @api.model
    def _selection_collections_channel(self):
        return self.env["collections.channel"]._selection_written()

    @api.constrains("collections_payer_id", "parent_id", "is_company")
    def _check_collections_payer(self):
        """One level deep, among customers: who pays for others pays for itself."""
        for partner in self.sudo().filtered("collections_payer_id"):
            payer = partner.collections_payer_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s: say who pays on the "
                        "customer itself.",
                        contact=partner.display_name,
                        customer=partner.commercial_partner_id.display_name,
                    )
                )
            if payer == partner or payer.commercial_partner_id != payer:
                raise ValidationError(
                    self.env._(
                        "%(customer)s cannot be paid by %(payer)s: choose another "
                        "customer, not a contact.",
                        customer=partner.display_name,
                        payer=payer.display_name,
                    )
                )
            if payer.collections_payer_id or partner.collections_paid_ids:
                last = payer.collections_payer_id or payer
                raise ValidationError(
                    self.env._(
                        "%(payer)s cannot pay for %(customer)s: a payer has no payer "
                        "itself. Let %(last)s pay for all of them.",
                        payer=payer.display_name,
                        customer=partner.display_name,
                        last=last.display_name,
                    )
                )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_collections_case(self):
        """Through the cases that the user may see, in the current company."""
        cases = self.env["collections.case"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        by_partner = cases.grouped("partner_id")
        for partner in self:
            case = by_partner.get(partner.commercial_partner_id, cases.browse())
            partner.collections_case_id = case
            partner.collections_currency_id = self.env.company.currency_id
            partner.collections_overdue = case.amount_overdue
            partner.collections_segment_id = case.segment_id
            partner.collections_risk_grade = case.risk_grade
            partner.collections_risk_text = case.risk_text

    @api.depends("collections_case_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_collections_banner(self):
        for partner in self:
            facts = partner.collections_case_id._facts_to_know()
            partner.collections_banner = " · ".join(facts) or False

    def _search_collections_case_id(self, operator, value):
        return self._collections_search_cases("id", operator, value)

    def _search_collections_overdue(self, operator, value):
        return self._collections_search_cases("amount_overdue", operator, value)

    def _search_collections_segment_id(self, operator, value):
        return self._collections_search_cases("segment_id", operator, value)

    def _search_collections_risk_grade(self, operator, value):
        return self._collections_search_cases("risk_grade", operator, value)

    def _collections_search_cases(self, field, operator, value):
        cases = self.env["collections.case"]._search(
            [(field, operator, value), ("company_id", "=", self.env.company.id)]
        )
        # A record rule may have joined tables that have a partner too.
        partners = cases.subselect(SQL.identifier(cases.table, "partner_id"))
        return [("commercial_partner_id", "in", partners)]

    # === FOLLOWING THE PARTNER === #

    def write(self, vals):
        if vals.get("email"):
            # A corrected address is worth another try.
            vals = {"message_bounce": 0, **vals}
        if not FOLLOWED & vals.keys():
            return super().write(vals)
        before = self.commercial_partner_id
        result = super().write(vals)
        self._collections_follow(before)
        return result

    def _collections_follow(self, before):
        """Cases follow the commercial partner; the salesperson may have changed."""
        after = self.commercial_partner_id
        refresher = self.env["collections.refresher"].sudo()
        for partner in before - after:
            refresher._fold(partner, partner.commercial_partner_id)
        self.env["collections.touch"]._touch(
            self._collections_companies(before | after)
        )

    def _collections_companies(self, partners):
        """Return pairs of company and customer that have a case or receivables."""
        self.flush_model(["commercial_partner_id"])
        self.env["account.move.line"].flush_model(["reconciled"])
        return self.env.execute_query(
            SQL(
                """SELECT company_id, partner_id FROM collections_case
                    WHERE partner_id = ANY(%(partners)s)
                    UNION
                   SELECT line.company_id, p.commercial_partner_id
                     FROM account_move_line line
                     JOIN res_partner p ON p.id = line.partner_id
                    WHERE p.commercial_partner_id = ANY(%(partners)s)
                      AND line.account_id = ANY(%(accounts)s)
                      AND line.reconciled IS NOT TRUE""",
                partners=partners.ids,
                accounts=self.env["collections.ledger"]._receivable_account_ids(),
            )
        )

    def action_collections_issue(self):
        """Report an issue of the customer."""
        cases = self.env["collections.case"]._of_customers(self)
        return cases.action_report_issue()

    def action_collections_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.case",
            "res_id": self.collections_case_id.id,
            "view_mode": "form",
        }

    def action_collections_promise(self):
        """Register that the customer promises to pay."""
        self.ensure_one()
        return self.collections_case_id.action_promise()
