from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

from ..models.res_company import MODES, USUAL

SETTINGS = (
    "mode",
    "tz",
    "hour",
    "due_soon_days",
    "daily_cap",
    "dispute_grace_days",
    "redirect_email",
    "sender_email",
    "payment_instructions",
    "collector_id",
    "treasurer_id",
    "promise_tolerance_days",
    "cheque_days",
    "scoring",
    *(f"priority_{name}" for name in USUAL._fields),
    "letter_paper",
    "letter_window",
    "letter_duplex",
    "withholding_journal_ids",
)


class CollectionsSettings(models.TransientModel):
    """How a company collects, for supervisors: they need no system rights.

    Raising the mode lets messages out, so the day's simulation comes first.
    """

    _name = "collections.settings"
    _description = "Collections Settings"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    mode = fields.Selection(
        selection=lambda self: self._of_company("mode"),
        required=True,
    )
    is_raised = fields.Boolean(compute="_compute_is_raised")
    run_id = fields.Many2one(
        comodel_name="collections.run", string="Simulation", readonly=True
    )
    run_summary = fields.Html(related="run_id.summary")
    run_planned_count = fields.Integer(related="run_id.planned_count")
    run_no_address_count = fields.Integer(related="run_id.no_address_count")
    run_credit_case_count = fields.Integer(related="run_id.credit_case_count")
    run_excluded_count = fields.Integer(related="run_id.excluded_count")
    tz = fields.Selection(selection=_tz_get, string="Time Zone", required=True)
    hour = fields.Integer(string="Daily Run At")
    due_soon_days = fields.Integer(string="Due Soon Within")
    daily_cap = fields.Integer(string="Reminders a Day")
    dispute_grace_days = fields.Integer(string="Late Issues Go to a Supervisor After")
    redirect_email = fields.Char(string="Redirect To")
    sender_email = fields.Char(string="Sender")
    payment_instructions = fields.Html()
    collector_id = fields.Many2one(
        comodel_name="res.users",
        string="Default Collector",
        domain=[("share", "=", False)],
    )
    treasurer_id = fields.Many2one(
        comodel_name="res.users", string="Treasury", domain=[("share", "=", False)]
    )
    promise_tolerance_days = fields.Integer(string="Promises: Days of Tolerance")
    cheque_days = fields.Integer(string="Cheques: Days for Clearing")
    scoring = fields.Selection(
        selection=lambda self: self._of_company("scoring"),
        string="Predict and Grade",
        required=True,
        help="Predicting how a person pays is profiling: make sure that you may. "
        "Reasons are always shown, and nothing is decided by it alone.",
    )
    priority_edge = fields.Float(string="Older Age Band Soon")
    priority_broken = fields.Float(string="Promise Not Kept")
    priority_due = fields.Float(string="Promise Due")
    priority_half_life = fields.Integer(string="Half Is Lost After")
    priority_message = fields.Float(string="Work of a Message")
    priority_address = fields.Float(string="Work Without an Address")
    letter_paper = fields.Selection(
        selection=lambda self: self._of_company("letter_paper"),
        string="Paper of Letters",
        help="Empty: what the company's country uses.",
    )
    letter_window = fields.Selection(
        selection=lambda self: self._of_company("letter_window"),
        string="Window of Envelopes",
        required=True,
    )
    letter_duplex = fields.Boolean(
        string="Printed on Both Sides",
        help="Each letter begins on a sheet of its own.",
    )
    withholding_journal_ids = fields.Many2many(
        comodel_name="account.journal",
        relation="collections_settings_journal_rel",
        string="Withholding Journals",
    )
    other_addons = fields.Char(compute="_compute_other_addons")

    @api.model
    def _of_company(self, name):
        """Return what may be chosen for a setting of the company."""
        field = self.env["res.company"]._fields[f"collections_{name}"]
        return field._description_selection(self.env)

    @api.model
    def default_get(self, fields):
        self.browse().check_access("create")
        values = super().default_get(fields)
        company = self.env.company.sudo()
        for name in self._settings():
            if name in fields:
                value = company[f"collections_{name}"]
                values[name] = value.ids if name.endswith("_ids") else value
                if name.endswith("_id"):
                    values[name] = value.id
        return values

    @api.model
    def _settings(self):
        """Return what the user may see: journals need a right in accounting."""
        if self.env["account.journal"].has_access("read"):
            return SETTINGS
        return [name for name in SETTINGS if name != "withholding_journal_ids"]

    @api.depends("mode", "company_id")
    def _compute_is_raised(self):
        for settings in self:
            current = settings.company_id.sudo().collections_mode
            settings.is_raised = MODES.index(settings.mode or "off") > max(
                MODES.index(current), MODES.index("simulate")
            )

    def _compute_other_addons(self):
        """Two addons that dun the same customers would write to them twice."""
        names = ["account_credit_control", "account_followup", "om_account_followup"]
        found = (
            self.env["ir.module.module"]
            .sudo()
            .search([("name", "in", names), ("state", "=", "installed")])
        )
        self.other_addons = ", ".join(found.mapped("shortdesc"))

    def action_simulate(self):
        """Show what would go out today, before anything does."""
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        self.run_id = self.env["collections.run"].run(simulate=True)
        return self._reopen()

    def action_save(self):
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        if self.is_raised and not self.run_id:
            raise UserError(
                self.env._("Look at the simulation before you raise the mode.")
            )
        if not 0 <= self.hour <= 23:
            raise UserError(self.env._("The hour of the daily run is from 0 to 23."))
        values = {}
        for name in self._settings():
            value = self[name]
            if name.endswith("_ids"):
                value = [Command.set(value.ids)]
            elif name.endswith("_id"):
                value = value.id
            values[f"collections_{name}"] = value
        # Refuses a company that is not one of the user's.
        company = self.with_company(self.company_id).env.company
        company.sudo().write(values)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_simulation(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.run",
            "res_id": self.run_id.id,
            "view_mode": "form",
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settings"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
