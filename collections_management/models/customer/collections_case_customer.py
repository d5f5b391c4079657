from odoo import api, fields, models


class CollectionsCaseCustomer(models.AbstractModel):
    """How the customer of a case pays: its days, and what it has to take in first."""

    _name = "collections.case.customer"
    _description = "Habits of the Customer"

    presentation_ids = fields.One2many(
        comodel_name="collections.presentation", inverse_name="case_id"
    )
    to_present_count = fields.Integer(
        string="Invoices to Present", compute="_compute_to_present_count"
    )
    customer_days = fields.Text(
        string="Days of the Customer", compute="_compute_customer_days"
    )

    def _compute_to_present_count(self):
        groups = self.env["collections.presentation"]._read_group(
            [("case_id", "in", self.ids), ("state", "=", "to_present")],
            ["case_id"],
            ["__count"],
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.to_present_count = counts.get(case.id, 0)

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_customer_days(self):
        for case in self:
            case.customer_days = "\n".join(case._days_in_words()) or False

    def _days_in_words(self) -> list[str]:
        """Return a sentence for each kind of days that the customer has."""
        self.ensure_one()
        today = self.company_id._collections_today()
        described = self.env["collections.customer.calendar"]._describe(
            self.partner_id, today
        )
        return [
            self.env._(
                "%(what)s: %(days)s. Next: %(next)s",
                what=one["label"],
                days=one["text"],
                next=one["next"],
            )
            if one["next"]
            else f"{one['label']}: {one['text']}"
            for one in described
        ]

    def action_view_days(self):
        """Open the days on which the customer pays and takes in invoices."""
        return self._open_of_customer("collections_customer_day_action")

    def action_view_closings(self):
        """Open the times in which the customer is closed."""
        return self._open_of_customer("collections_customer_closing_action")

    def _open_of_customer(self, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"collections_management.{name}"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.partner_id.id)],
            "context": {"default_partner_id": self.partner_id.id},
        }

    def action_view_presentations(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_presentation_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}
