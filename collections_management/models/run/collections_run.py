import time
from contextlib import contextmanager
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, format_date

from ...tools import transitions

COUNTS = {
    "to_approve_count": (transitions.TO_APPROVE,),
    "waiting_count": (transitions.PLANNED, transitions.QUEUED),
    "sent_count": (transitions.SENT, transitions.DELIVERED, transitions.READ),
    "deferred_count": (transitions.DEFERRED,),
    "cancelled_count": (transitions.CANCELLED,),
    "failed_count": (transitions.FAILED,),
    "uncertain_count": (transitions.UNCERTAIN, transitions.SENDING),
}


class CollectionsRun(models.Model):
    """One pass over a company on a date: refresh, classify, plan, queue."""

    _name = "collections.run"
    _description = "Collections Run"
    _inherit = ["collections.run.view"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True)
    mode = fields.Selection(selection="_selection_mode", required=True)
    is_simulation = fields.Boolean(
        string="Simulation", help="Nothing of it enters the outbox"
    )
    as_of = fields.Boolean(
        string="Past Date", help="Planned from the ledger as of the date"
    )
    jump = fields.Boolean(
        string="Straight to the Level Due",
        help="Late starters begin at the level due by age, for this run only",
    )
    is_daily = fields.Boolean(
        string="Daily Run", help="Made by the daily scheduled action"
    )
    state = fields.Selection(
        selection=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        default="running",
        required=True,
    )
    version_id = fields.Many2one(
        comodel_name="collections.policy.version",
        string="Collection Policy",
        readonly=True,
        ondelete="set null",
        help="What was in force",
    )
    error = fields.Text()
    drift_count = fields.Integer(
        string="Unannounced Changes", help="Cases that changed without being announced"
    )
    item_count = fields.Integer(string="Items")
    case_count = fields.Integer(string="Cases")
    planned_count = fields.Integer(string="Planned")
    to_approve_count = fields.Integer(compute="_compute_counts")
    waiting_count = fields.Integer(compute="_compute_counts")
    sent_count = fields.Integer(compute="_compute_counts")
    deferred_count = fields.Integer(compute="_compute_counts")
    cancelled_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")
    uncertain_count = fields.Integer(compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", help="Percent handled")
    amount_planned = fields.Monetary(compute="_compute_counts")
    no_address_count = fields.Integer(
        compute="_compute_anomalies", string="Customers Without Address"
    )
    credit_case_count = fields.Integer(
        compute="_compute_anomalies", string="Customers With Unapplied Credits"
    )
    excluded_count = fields.Integer(
        compute="_compute_anomalies", string="Overdue Debits Without Follow-up"
    )
    excluded_amount = fields.Monetary(compute="_compute_anomalies")
    refresh_seconds = fields.Float(digits=(10, 2))
    classify_seconds = fields.Float(digits=(10, 2))
    plan_seconds = fields.Float(digits=(10, 2))
    gate_seconds = fields.Float(
        digits=(10, 2), help="Contact rules and consents, part of the plan"
    )
    follow_seconds = fields.Float(
        digits=(10, 2), help="Priorities, disputes that are late, what to reconcile"
    )
    reminder_ids = fields.One2many(
        comodel_name="collections.reminder", inverse_name="run_id"
    )

    @api.model
    def _selection_mode(self):
        return (
            self.env["res.company"]
            ._fields["collections_mode"]
            ._description_selection(self.env)
        )

    @api.depends("date", "company_id", "is_simulation")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            kind = self.env._("Simulation") if run.is_simulation else self.env._("Run")
            run.name = f"{kind} {format_date(self.env, run.date)}"

    @api.depends("name")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.name

    @api.depends("reminder_ids.state")
    def _compute_counts(self):
        found = {
            (run.id, state): (count, net)
            for run, state, count, net in self.env["collections.reminder"]._read_group(
                [("run_id", "in", self.ids)],
                ["run_id", "state"],
                ["__count", "amount_net:sum"],
            )
        }
        for run in self:
            own = {
                state: row for (run_id, state), row in found.items() if run_id == run.id
            }
            for field, states in COUNTS.items():
                run[field] = sum(own[state][0] for state in states if state in own)
            waiting = run.waiting_count + run.to_approve_count
            total = sum(count for count, _net in own.values())
            run.progress = 100.0 * (total - waiting) / total if total else 0.0
            run.amount_planned = sum(net for _count, net in own.values())

    @api.depends("reminder_ids.recipient_ids", "company_id")
    def _compute_anomalies(self):
        Reminder, Case = self.env["collections.reminder"], self.env["collections.case"]
        for run in self:
            run.no_address_count = Reminder.search_count(
                [("run_id", "=", run.id), ("recipient_ids", "=", False)]
            )
            own = [("company_id", "=", run.company_id.id)]
            run.credit_case_count = Case.search_count(
                [*own, ("amount_credit", ">", 0), ("amount_overdue", ">", 0)]
            )
            [(count, amount)] = Case._read_group(
                [*own, ("amount_excluded", ">", 0)],
                [],
                ["__count", "amount_excluded:sum"],
            )
            run.excluded_count, run.excluded_amount = count, amount

    # === RUNNING === #

    @api.model
    def run(self, date=None, simulate=False, jump=False):
        """Run collections for the current company and queue what is due.

        :param date: the day to run for; ``None``: today in the company's zone. A
            past date plans from the ledger as of that date, sends nothing and
            touches no case, unless the ledger holds nothing later. A future date
            is only simulated.
        :param simulate: plan, but let nothing enter the outbox
        :param jump: late starters begin at the level due by age
        :return: the run
        :raise UserError: for a future date that is not simulated
        """
        self.env["collections.role"]._check_supervisor()
        company = self.env.company
        date = fields.Date.to_date(date) or company._collections_today()
        past = self._prepare_date(company, date, simulate)
        mode = company.sudo().collections_mode
        run = self.sudo().create(
            {
                "company_id": company.id,
                "date": date,
                "mode": mode,
                "is_simulation": simulate or past or mode == "simulate",
                "as_of": past,
                "jump": jump,
            }
        )
        run._execute()
        return run.with_env(self.env)

    @api.model
    def _prepare_date(self, company, date, simulate) -> bool:
        """Tell whether the run looks at the past instead of at the open items."""
        today = company._collections_today()
        if date > today and not simulate:
            raise UserError(
                self.env._(
                    "%(date)s is in the future: a run can only be simulated for it.",
                    date=date,
                )
            )
        return date < today and company._collections_ledger_after(date)

    def _ledger_date(self):
        """Return the date to read the ledger as of, ``None`` for now."""
        return self.date if self.as_of else None

    def _execute(self):
        """Refresh, classify, plan and queue; counters and seconds on the way."""
        self.ensure_one()
        company, today = self.company_id, self.date
        env = self.with_company(company).env
        self.version_id = env["collections.policy.version"]._current(company)
        live = not self.as_of and today <= company._collections_today()
        if live:
            with self._timed("refresh_seconds"):
                self.drift_count = env["collections.refresher"]._refresh_for_run(
                    company, today, self.is_daily
                )
            with self._timed("classify_seconds"):
                env["collections.segment"]._classify(company)
                env["collections.assigner"]._assign(company)
        with self._timed("plan_seconds"):
            planner = env["collections.planner"]
            decisions, history = planner._evaluate(
                company, today, as_of=self._ledger_date(), jump=self.jump
            )
            state = self._first_state()
            if state:
                planner._plan(self, decisions, state)
            if state and live:
                with self._timed("gate_seconds"):
                    env["collections.contact"]._gate_run(self)
            if state == transitions.QUEUED:
                env["collections.outbox"]._wake()
            if live:
                planner._write_progress(
                    company, today, decisions, history, jump=self.jump
                )
        if live:
            with self._timed("follow_seconds"):
                self._follow_up(env, decisions)
        self.invalidate_recordset()
        self._count(decisions)
        self.state = "done"

    def _follow_up(self, env, decisions) -> None:
        """What people have to do next, now that it is known what reminders do."""
        company, today = self.company_id, self.date
        env["collections.prioritizer"]._prioritize(company, today)
        env["collections.refresher"]._ask_to_reconcile(company, decisions)
        env["collections.dispute"]._escalate(company, today)
        env["collections.escalation"]._ask_about_settled(company)

    @contextmanager
    def _timed(self, field):
        start = time.monotonic()
        yield
        self[field] = time.monotonic() - start

    def _first_state(self):
        """Reminders are only looked at, go to a person, or straight to the outbox."""
        if self.is_simulation:
            return transitions.SIMULATED
        states = {"propose": transitions.TO_APPROVE, "automatic": transitions.QUEUED}
        return states.get(self.mode)

    def _count(self, decisions):
        reminders = self.env["collections.reminder"]
        self.case_count = len(decisions)
        self.planned_count = reminders.search_count([("run_id", "=", self.id)])
        [(items,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (%s) item",
                self.env["collections.ledger"]._open_lines_sql(
                    self.company_id.ids, self._ledger_date()
                ),
            )
        )
        self.item_count = items

    def flush(self):
        """Send all that this company's outbox holds now, for scripts and tests."""
        self.env["collections.role"]._check_supervisor()
        for company in self.company_id:
            env = self.sudo().with_company(company).env
            env["collections.outbox"]._drain(company)
            while env["collections.refresher"]._refresh_touched(company):
                pass
        self.invalidate_recordset()

    # === SCHEDULED === #

    @api.model
    def _cron_run_daily(self):
        """Every hour: each company at its own hour, each in its own transaction."""
        companies = self.env["res.company"].search([("active", "=", True)])
        cron = self.env["ir.cron"]
        for position, company in enumerate(companies):
            if company._collections_run_is_due():
                self.env["collections.refresher"]._retrying(
                    partial(self.with_company(company)._run_daily, company)
                )
            cron._commit_progress(1, remaining=len(companies) - position - 1)

    @api.model
    def _run_daily(self, company):
        """The day's run; an error is kept on it and never reaches another company."""
        values = {
            "company_id": company.id,
            "date": company._collections_today(),
            "mode": company.collections_mode,
            "is_simulation": company.collections_mode == "simulate",
            "is_daily": True,
        }
        run = self.create(values)
        try:
            with self.env.cr.savepoint():
                run._execute()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 shown to a person, other companies go on
            run.invalidate_recordset()
            run.write({"state": "failed", "error": str(error)})
        self._raise_alerts(run)
        return run

    @api.model
    def _raise_alerts(self, run):
        """Tell our own people, in any mode; an error is kept and stops nothing."""
        try:
            with self.env.cr.savepoint():
                self.env["collections.alert"]._raise(run.company_id)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 shown to a person
            run.invalidate_recordset()
            run.error = "\n".join(filter(None, [run.error, str(error)]))

    @api.autovacuum
    def _gc_simulations(self):
        """Simulated reminders are only looked at for a few days."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=14)
        runs = self.search([("is_simulation", "=", True), ("create_date", "<", limit)])
        runs.reminder_ids.unlink()
        runs.unlink()

    # === ACTIONS === #

    def action_approve_all(self):
        self.ensure_one()
        waiting = self.reminder_ids.filtered(
            lambda reminder: reminder.state == transitions.TO_APPROVE
        )
        return waiting.action_approve()

    def action_view_reminders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_reminder_action"
        )
        return {
            **action,
            "domain": [("run_id", "=", self.id)],
            "context": {"search_default_group_level": 1},
        }
