from odoo import models


class CollectionsCaseActions(models.AbstractModel):
    """The buttons of a case."""

    _name = "collections.case.actions"
    _description = "Buttons of a Case"

    def action_refresh(self):
        for company, cases in self.grouped("company_id").items():
            cases.with_company(company).refresh(cases.partner_id.ids)

    def action_view_reminders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_reminder_action"
        )
        return {
            **action,
            "domain": [("case_id", "=", self.id), ("state", "!=", "simulated")],
            "context": {},
        }

    def action_view_items(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_item_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}

    def action_why_segment(self):
        """Open the dialog that says why the case is in its segment."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why This Segment?"),
            "res_model": "collections.case.why",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_log_call(self):
        """Open the dialog that logs a call."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a Call"),
            "res_model": "collections.interaction.log",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_hold(self):
        """Open the dialog that pauses the customer or some documents."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_hold_action"
        )
        return {**action, "context": {"default_case_ids": self.ids}}

    def action_stop(self):
        """Open the dialog that stops all reminders of the customer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stop Reminders"),
            "res_model": "collections.case.stop",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_customer_page(self):
        """Open the dialog with a link to the customer's page in the portal."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer's Page"),
            "res_model": "collections.case.link",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def action_resume(self):
        """Let reminders go out again; a supervisor decides."""
        self.env["collections.role"]._check_supervisor()
        self.stop_flag = False
        self.action_refresh()

    def action_follow_segment(self):
        """Let the segment choose the policy again."""
        self.write({"policy_id": False, "manual_policy": False})
        self.action_refresh()
