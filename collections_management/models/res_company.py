from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import letters, priority

USUAL = priority.USUAL
SCORE_CRON = "collections_management.ir_cron_score"
WEIGHTS = tuple(f"collections_priority_{name}" for name in USUAL._fields)
MODES = ("off", "simulate", "propose", "automatic")


class Settings(NamedTuple):
    """Settings of a company as plain values."""

    tz: str
    due_soon_days: int
    collector_id: int | None
    withholding_journal_ids: list[int]
    promise_tolerance_days: int
    currency_id: int
    digits: int
    scoring: str
    priority: priority.Weights


# One an hour, as the scheduled action comes.
DAILY_TRIES = 4


class ResCompany(models.Model):
    _inherit = "res.company"

    collections_mode = fields.Selection(
        selection=[
            ("off", "Off"),
            ("simulate", "Simulate"),
            ("propose", "Propose"),
            ("automatic", "Automatic"),
        ],
        default="off",
        required=True,
        help="Off: nothing is planned. Simulate: every day shows what would be sent. "
        "Propose: a person approves each batch. Automatic: what is due goes out.",
    )
    collections_tz = fields.Selection(
        selection=_tz_get,
        string="Collections Time Zone",
        default=lambda self: self.env.user.tz or "UTC",
        required=True,
    )
    collections_hour = fields.Integer(
        string="Daily Run At", default=7, help="Hour of the day in the company's zone"
    )
    collections_due_soon_days = fields.Integer(string="Due Soon Within", default=7)
    collections_daily_cap = fields.Integer(
        string="Reminders a Day", help="0: no limit. What is over it goes the next day."
    )
    collections_redirect_email = fields.Char(
        string="Redirect To", help="For trials: every reminder goes here instead."
    )
    collections_sender_email = fields.Char(string="Sender")
    collections_letter_paper = fields.Selection(
        selection=[(letters.A4, "A4"), (letters.LETTER, "Letter")],
        string="Paper of Letters",
        help="Empty: what the company's country uses.",
    )
    collections_letter_window = fields.Selection(
        selection=[(letters.LEFT, "On the left"), (letters.RIGHT, "On the right")],
        string="Window of Envelopes",
        required=True,
        default=letters.LEFT,
    )
    collections_letter_duplex = fields.Boolean(
        string="Printed on Both Sides",
        help="Each letter begins on a sheet of its own.",
    )
    collections_payment_instructions = fields.Html(
        translate=True,
        help="Bank accounts, offices: how customers can pay. Empty: the accounts of "
        "the bank journals are shown.",
    )
    collections_collector_id = fields.Many2one(
        comodel_name="res.users",
        string="Default Collector",
        domain=[("share", "=", False)],
    )
    collections_promise_tolerance_days = fields.Integer(
        string="Promises: Days of Tolerance",
        default=2,
        help="A promise is judged so many days after its date.",
    )
    collections_treasurer_id = fields.Many2one(
        comodel_name="res.users",
        string="Treasury",
        domain=[("share", "=", False)],
        help="Looks for payments that customers report. Empty: the collector does.",
    )
    collections_withholding_journal_ids = fields.Many2many(
        comodel_name="account.journal",
        relation="collections_withholding_journal_rel",
        string="Withholding Journals",
        help="Entries of these journals count as money received.",
    )
    collections_cheque_days = fields.Integer(
        string="Cheques: Days for Clearing",
        default=3,
        help="Days after its date in which a cheque still covers what it is for",
    )
    collections_scoring = fields.Selection(
        selection=[
            ("off", "Nobody"),
            ("companies", "Companies only"),
            ("all", "Companies and persons"),
        ],
        string="Predict and Grade",
        default="companies",
        required=True,
        help="Predicting how a person pays is profiling: make sure that you may. "
        "Reasons are always shown, and nothing is decided by it alone.",
    )

    # What makes a case worth acting on today: see `tools.priority.Weights`.
    collections_priority_edge = fields.Float(
        string="Priority: Age Band",
        default=USUAL.edge,
        help="Added on the last day before a debt is over 30, 60, 90 or 120 days old; "
        "less on the seven days before",
    )
    collections_priority_broken = fields.Float(
        string="Priority: Broken Promise",
        default=USUAL.broken,
        help="Added while nobody talked about a promise that was not kept",
    )
    collections_priority_due = fields.Float(
        string="Priority: Promise Due",
        default=USUAL.due,
        help="Added on the day on which a promise is due; less on the two days before",
    )
    collections_priority_half_life = fields.Integer(
        string="Priority: Half of a Debt Lost After",
        default=USUAL.half_life,
        help="Days overdue after which half of a debt can still be collected",
    )
    collections_priority_message = fields.Float(
        string="Priority: Work of a Message",
        default=USUAL.message,
        help="Where a call is 1",
    )
    collections_priority_address = fields.Float(
        string="Priority: Work Without an Address",
        default=USUAL.address,
        help="Finding out how to reach the customer, where a call is 1",
    )
    collections_dispute_grace_days = fields.Integer(
        string="Late Issues Go to a Supervisor After",
        default=3,
        help="Days after the deadline of a customer's issue",
    )

    # What the first steps remember: debits left out of reminders when they were
    # reviewed, and that nobody wants to see the steps first any more.
    collections_balances_left = fields.Integer(string="Debits Left Out, Reviewed")
    collections_balances_date = fields.Date(string="Opening Balances Reviewed On")
    collections_steps_closed = fields.Boolean(string="First Steps Closed")

    def write(self, vals):
        if "collections_mode" in vals and not self.env.su:
            self._collections_check_mode(vals["collections_mode"])
        if any(name.startswith("collections_") for name in vals):
            self.env.registry.clear_cache()
        if {"collections_scoring", *WEIGHTS} & vals.keys():
            # Grades and priorities of all cases, in a transaction of its own.
            self.env.ref(SCORE_CRON).sudo()._trigger()
        return super().write(vals)

    def _collections_priority_weights(self) -> priority.Weights:
        self.ensure_one()
        return priority.Weights(*(self[name] for name in WEIGHTS))

    @api.constrains(*WEIGHTS)
    def _check_collections_priority(self):
        for company in self:
            if not priority.is_sane(company._collections_priority_weights()):
                raise ValidationError(
                    self.env._(
                        "Priority: what is added is 0 or more, work is more than 0 "
                        "and a debt loses half of its value after a day or more."
                    )
                )

    def _collections_check_mode(self, mode):
        """Going up lets messages out: only a supervisor may do it."""
        if self.env.user.has_group("collections_management.group_supervisor"):
            return
        if any(MODES.index(mode) > MODES.index(c.collections_mode) for c in self):
            raise AccessError(
                self.env._("Only a collections supervisor may raise the mode.")
            )

    def _collections_supervisor(self):
        """Return who decides in this company: the first of its supervisors."""
        self.ensure_one()
        group = self.env.ref("collections_management.group_supervisor").sudo()
        users = group.all_user_ids.filtered(
            lambda user: (
                user.active and self in user.company_ids and user.id != SUPERUSER_ID
            )
        )
        # Who only administers the system is the last one to ask.
        return users.sorted(lambda user: (user._is_admin(), user.id))[:1]

    @tools.ormcache("self.id")
    def _collections_settings(self) -> Settings:
        """What every refresh asks of its company, remembered between them."""
        self.ensure_one()
        company = self.sudo()
        return Settings(
            tz=company.collections_tz or "UTC",
            due_soon_days=company.collections_due_soon_days,
            collector_id=company.collections_collector_id.id or None,
            withholding_journal_ids=company.collections_withholding_journal_ids.ids,
            promise_tolerance_days=company.collections_promise_tolerance_days,
            currency_id=company.currency_id.id,
            digits=company.currency_id.decimal_places,
            scoring=company.collections_scoring,
            priority=company._collections_priority_weights(),
        )

    # === TIME === #

    def _collections_local(self, moment: datetime) -> datetime:
        """Return a UTC moment in the company's zone."""
        self.ensure_one()
        zone = ZoneInfo(self._collections_settings().tz)
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)

    @api.private
    def _collections_today(self):
        """Return the company's date: crons run in UTC, and companies have no zone."""
        return self._collections_local(fields.Datetime.now()).date()

    def _collections_run_is_due(self) -> bool:
        """Tell whether today's run is still to be made at this hour.

        One that failed is made again, at most so often a day.
        """
        now = self._collections_local(fields.Datetime.now())
        if now.hour < self.collections_hour:
            return False
        runs = self.env["collections.run"].search(
            [
                ("company_id", "=", self.id),
                ("is_daily", "=", True),
                ("date", "=", now.date()),
            ]
        )
        failed = runs.filtered(lambda run: run.state == "failed")
        return failed == runs and len(failed) < DAILY_TRIES

    def _collections_ledger_after(self, date) -> bool:
        """Tell whether receivables changed after a date."""
        self.ensure_one()
        accounts = self.env["collections.ledger"]._receivable_account_ids()
        self.env["account.move.line"].flush_model()
        [(found,)] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                       SELECT 1 FROM account_move_line
                        WHERE company_id = %s AND account_id = ANY(%s)
                          AND parent_state = 'posted' AND date > %s)""",
                self.id,
                accounts,
                date,
            )
        )
        return found
