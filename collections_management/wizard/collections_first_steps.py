from ast import literal_eval

from odoo import Command, api, fields, models
from odoo.tools import format_amount, format_date, is_html_empty


class CollectionsFirstSteps(models.TransientModel):
    """From *off* to the first simulation: what is set up, and what is missing."""

    _name = "collections.first.steps"
    _description = "First Steps"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    mode = fields.Selection(related="company_id.collections_mode")
    line_ids = fields.One2many(
        comodel_name="collections.first.steps.line", inverse_name="wizard_id"
    )
    todo_count = fields.Integer(compute="_compute_todo_count", string="Missing")

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("First Steps")

    @api.depends("line_ids.state")
    def _compute_todo_count(self):
        for page in self:
            states = page.line_ids.mapped("state")
            page.todo_count = states.count("todo")

    # === OPENING IT === #

    @api.model
    def _landing(self):
        """Return what the app opens on: these steps until they are done, then work."""
        user = self.env.user
        if user.has_group("collections_management.group_supervisor"):
            company = self.env.company
            states = [step["state"] for step in self._steps(company)]
            if "todo" in states and not company.sudo().collections_steps_closed:
                return self.action_start()
        is_collector = user.has_group("collections_management.group_collector")
        name = "worklist" if is_collector else "case"
        return self.env["ir.actions.actions"]._for_xml_id(
            f"collections_management.collections_{name}_action"
        )

    def action_close(self):
        """Open the app on the day's work from now on, whatever is missing."""
        self.env["collections.role"]._check_supervisor()
        self.company_id.sudo().collections_steps_closed = True
        return self._landing()

    @api.model
    def action_start(self):
        """Open the page with the state of today."""
        self.env["collections.role"]._check_supervisor()
        steps = self._steps(self.env.company)
        page = self.create({"line_ids": [Command.create(step) for step in steps]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First Steps"),
            "res_model": self._name,
            "res_id": page.id,
            "view_mode": "form",
        }

    # === THE STEPS === #

    @api.model
    def _steps(self, company) -> list[dict]:
        """Return the steps in their order: code, name, state, and what it found."""
        own = company.sudo()
        steps = [
            ("sender", self.env._("Sender Address"), self._sender(own)),
            ("payment", self.env._("How Customers Can Pay"), self._payment(own)),
            ("people", self.env._("Who Collects"), self._people(own)),
            ("balances", self.env._("Opening Balances"), self._balances(own)),
            ("starter", self.env._("Starter for Your Business"), self._starter(own)),
            ("segments", self.env._("Segments"), self._segments(own)),
            ("policies", self.env._("Policies"), self._policies(own)),
            ("addresses", self.env._("Customers Without E-mail"), self._emails(own)),
            ("simulation", self.env._("First Simulation"), self._simulation(own)),
        ]
        return [
            {
                "sequence": place,
                "code": code,
                "name": name,
                "state": state,
                "found": found,
            }
            for place, (code, name, (state, found)) in enumerate(steps)
        ]

    @api.model
    def _sender(self, company):
        address = company.collections_sender_email or company.email
        if address:
            return "done", address
        return "todo", self.env._("Without it, no reminder can be sent.")

    @api.model
    def _payment(self, company):
        if not is_html_empty(company.collections_payment_instructions):
            return "done", self.env._("Every reminder and statement shows it.")
        return "todo", self.env._("Reminders do not say yet how to pay.")

    @api.model
    def _people(self, company):
        if company.collections_collector_id:
            return "done", company.collections_collector_id.name
        return "todo", self.env._(
            "No default collector. What nobody is responsible for goes to %s.",
            company._collections_supervisor().name or "",
        )

    @api.model
    def _balances(self, company):
        rows = self.env["collections.journal.followup"]._excluded(company)
        if not rows:
            return "done", self.env._("Every open debit is followed up.")
        count = sum(row[1] for row in rows)
        values = {
            "count": count,
            "amount": format_amount(
                self.env, sum(row[2] for row in rows), company.currency_id
            ),
        }
        # What came since then was not looked at.
        if count <= company.collections_balances_left:
            return "done", self.env._(
                "%(count)s debits, %(amount)s, stay left out: reviewed on %(date)s.",
                date=format_date(self.env, company.collections_balances_date),
                **values,
            )
        return "check", self.env._(
            "%(count)s debits, %(amount)s, are left out of reminders: say which "
            "journals to follow up.",
            **values,
        )

    @api.model
    def _starter(self, company):
        """A choice, not a duty: segments of its own will do as well."""
        installed = self.env["collections.starter"]._installed(company)
        if installed:
            return "done", ", ".join(installed.mapped("name"))
        segments = self.env["collections.segment"]._of_company(company)
        own = segments.filtered(lambda one: one.company_id == company)
        if own:
            return "done", self.env._("The company has segments of its own.")
        return "check", self.env._(
            "Schools, subscriptions, property, goods, services: segments, policies and "
            "texts to begin with, if one is near your business."
        )

    @api.model
    def _segments(self, company):
        segments = self.env["collections.segment"]._of_company(company)
        if segments and literal_eval(segments[-1].domain or "[]") == []:
            return "done", ", ".join(segments.mapped("name"))
        return "todo", self.env._(
            "The last segment must take all other customers: leave its condition empty."
        )

    @api.model
    def _policies(self, company):
        segments = self.env["collections.segment"]._of_company(company)
        policies = segments.policy_id
        empty = policies.filtered(lambda policy: not policy.level_ids)
        if empty or not policies:
            names = ", ".join(empty.mapped("name"))
            return "todo", self.env._("Without levels: %s", names)
        return "done", ", ".join(policies.mapped("name"))

    @api.model
    def _emails(self, company):
        count = self.env["collections.case"].search_count(self._no_email(company))
        if not count:
            return "done", self.env._("All who owe something have one.")
        return "check", self.env._("%s customers who owe something have none.", count)

    @api.model
    def _no_email(self, company):
        return [
            ("company_id", "=", company.id),
            ("amount_balance", ">", 0),
            ("partner_id.email", "=", False),
        ]

    @api.model
    def _simulation(self, company):
        run = self.env["collections.run"].search(
            [("company_id", "=", company.id), ("state", "=", "done")], limit=1
        )
        if run:
            return "done", self.env._(
                "%(run)s: %(count)s messages", run=run.name, count=run.planned_count
            )
        return "todo", self.env._("See what would go out today. Nothing is sent.")
