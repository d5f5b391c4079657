from odoo import fields, models

ACTIONS = {
    "sender": "collections_settings_action",
    "payment": "collections_settings_action",
    "people": "collections_settings_action",
    "balances": "collections_journal_followup_action",
    "starter": "collections_starter_install_action",
    "segments": "collections_segment_action",
    "policies": "collections_policy_action",
    "addresses": "collections_case_action",
}


class CollectionsFirstStepsLine(models.TransientModel):
    _name = "collections.first.steps.line"
    _description = "First Step"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        comodel_name="collections.first.steps",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer()
    code = fields.Char(required=True)
    name = fields.Char(string="Step", required=True)
    state = fields.Selection(
        selection=[("done", "Ready"), ("check", "To Check"), ("todo", "Missing")],
        required=True,
    )
    found = fields.Char(string="What There Is")

    def action_open(self):
        """Go where the step is done; the last one simulates."""
        self.ensure_one()
        runs = self.env["collections.run"]
        self.env["collections.role"]._check_supervisor()
        company = self.wizard_id.company_id
        if self.code == "simulation":
            run = runs.with_company(company).run(simulate=True)
            return {
                "type": "ir.actions.act_window",
                "res_model": "collections.run",
                "res_id": run.id,
                "view_mode": "form",
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"collections_management.{ACTIONS[self.code]}"
        )
        if self.code == "addresses":
            action["domain"] = self.wizard_id._no_email(company)
            action["context"] = {}
        return action

    def action_review(self):
        """Remember that what is left out of reminders was looked at, and is right."""
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        company = self.wizard_id.company_id
        rows = self.env["collections.journal.followup"]._excluded(company)
        company.sudo().write(
            {
                "collections_balances_left": sum(row[1] for row in rows),
                "collections_balances_date": company._collections_today(),
            }
        )
        return self.wizard_id.with_company(company).action_start()
