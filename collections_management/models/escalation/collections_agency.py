from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionsAgency(models.Model):
    """Who collects for us from outside, on which terms, and what came of it."""

    _name = "collections.agency"
    _description = "Collection Agency"
    _inherit = ["collections.agency.figures"]
    _order = "name, id"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Agency",
        required=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    name = fields.Char(related="partner_id.name", store=True)
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact There",
        domain="[('parent_id', '=', partner_id)]",
        ondelete="set null",
        check_company=True,
    )
    email = fields.Char(compute="_compute_address")
    phone = fields.Char(compute="_compute_address")
    country_ids = fields.Many2many(
        comodel_name="res.country",
        string="Works In",
        help="Empty: everywhere. Cases of customers elsewhere are not handed over.",
    )
    note = fields.Text(string="Terms", help="Contract, payment of the money collected")
    file_ids = fields.One2many(
        comodel_name="collections.agency.file", inverse_name="agency_id"
    )

    _commission_sane = models.Constraint(
        "CHECK (commission >= 0 AND commission <= 100)",
        "A commission is from 0 to 100 percent.",
    )
    _partner_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE active",
        "This agency is there already in this company.",
    )

    @api.depends("partner_id", "contact_id")
    def _compute_address(self):
        for agency in self:
            person = agency.contact_id or agency.partner_id
            agency.email = person.email or agency.partner_id.email
            agency.phone = person.phone or agency.partner_id.phone

    @api.constrains("active")
    def _check_nothing_there(self):
        for agency in self.filtered(lambda agency: not agency.active):
            if agency.case_count:
                raise ValidationError(
                    self.env._(
                        "%(agency)s still has %(count)s cases: take them back first.",
                        agency=agency.name,
                        count=agency.case_count,
                    )
                )

    def _works_in(self, country) -> bool:
        """Whether the agency may be given customers of a country."""
        self.ensure_one()
        return not self.country_ids or country in self.country_ids

    # === ACTIONS === #

    def action_view_cases(self):
        """Open the cases that the agency has now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_action"
        )
        return {
            **action,
            "domain": [("agency_id", "=", self.id)],
            "context": {},
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
        }

    def action_view_escalations(self):
        """Open all that was ever handed to the agency, with what came of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_escalation_action"
        )
        return {**action, "domain": [("agency_id", "=", self.id)], "context": {}}

    def action_export(self):
        """Open the dialog that makes the file for the agency."""
        return self._dialog("collections.agency.export", self.env._("File for Agency"))

    def action_import(self):
        """Open the dialog that takes in what the agency did."""
        return self._dialog("collections.agency.import", self.env._("Import Results"))

    def _dialog(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_agency_id": self.id},
        }
