from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CollectionsGuarantor(models.Model):
    """Somebody who answers for the debts of a customer.

    Data of the case: what the guarantor owes, the ledger does not know. Many
    countries forbid contacting anybody but the debtor; whether guarantors may be is
    said by the contact rule of *their* country and kind, and where no rule says so
    they may not. Limits of frequency are those of the case: a contact with one
    person counts for all.
    """

    _name = "collections.guarantor"
    _description = "Guarantor"
    _order = "case_id, date_until desc, id"
    _rec_name = "guarantor_id"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", store=True, index=True, string="Customer"
    )
    guarantor_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('commercial_partner_id', '!=', partner_id)]",
    )
    kind = fields.Selection(
        selection=[
            ("guarantor", "Guarantor"),
            ("co_debtor", "Joint debtor"),
            ("surety", "Surety"),
            ("insurer", "Bank or insurer"),
        ],
        required=True,
        default="guarantor",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_limit = fields.Monetary(string="Up To", help="0: all that the customer owes")
    document = fields.Char(help="Promissory note, contract or policy, and its number")
    copy_file = fields.Binary(string="Copy", attachment=True)
    copy_name = fields.Char()
    date_from = fields.Date(string="Since")
    date_until = fields.Date(string="Valid Until", help="Empty: until it is given up")
    note = fields.Char()
    active = fields.Boolean(default=True)
    phone = fields.Char(related="guarantor_id.phone")
    email = fields.Char(related="guarantor_id.email")
    is_current = fields.Boolean(
        string="In Force", compute="_compute_is_current", search="_search_is_current"
    )
    contact_text = fields.Char(
        string="May Be Contacted",
        compute="_compute_contact_text",
        help="As the contact rule for the guarantor says",
    )

    _limit_not_negative = models.Constraint(
        "CHECK (amount_limit >= 0)", "A guarantee is up to zero or more."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_until >= date_from)",
        "A guarantee ends on the day it begins or later.",
    )
    _person_uniq = models.UniqueIndex(
        "(case_id, guarantor_id, kind) WHERE active",
        "This person answers for the customer in this way already.",
    )

    @api.constrains("guarantor_id", "case_id")
    def _check_other_person(self):
        for row in self:
            if row.guarantor_id.commercial_partner_id == row.partner_id:
                raise ValidationError(
                    self.env._(
                        "%s answers for its own debts anyway: choose somebody else.",
                        row.guarantor_id.display_name,
                    )
                )

    @api.depends("date_from", "date_until", "active")
    def _compute_is_current(self):
        for row in self:
            today = (row.company_id or self.env.company)._collections_today()
            row.is_current = bool(
                row.active
                and (not row.date_from or row.date_from <= today)
                and (not row.date_until or row.date_until >= today)
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._collections_today()
        domain = (
            Domain("active", "=", True)
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", today))
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", today))
        )
        return domain if True in value else ~domain

    @api.depends("guarantor_id", "case_id")
    @api.depends_context("lang")
    def _compute_contact_text(self):
        for row in self:
            if not row.guarantor_id or not row.case_id._origin:
                row.contact_text = False
                continue
            rule = row._contact_rule()
            row.contact_text = (
                self.env._("Yes: %s", rule.name)
                if rule.guarantors_allowed
                else self.env._("No: %s", rule.name or self.env._("no rule allows it"))
            )

    def _contact_rule(self):
        """Return the rule for calls to the guarantor, empty where there is none."""
        self.ensure_one()
        rule, _answer = (
            self.env["collections.contact"]
            .sudo()
            ._of_case(self.case_id, "call", self.guarantor_id)
        )
        return rule

    @api.model
    def _in_force(self, case_ids) -> dict:
        """Return guarantors by case id and id of a person who speaks for them."""
        rows = self.sudo().search(
            [("case_id", "in", list(case_ids)), ("is_current", "=", True)]
        )
        return {
            (row.case_id.id, contact.id): row.guarantor_id.commercial_partner_id
            for row in rows
            for contact in row.guarantor_id | row.guarantor_id.child_ids
        }
