from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import transitions

REASONS = [
    # The gate: what no longer applies.
    ("paid", "The document was paid"),
    ("covered", "Credits cover the debt"),
    ("below_minimum", "Below the policy's minimum"),
    ("paused", "Something agreed with the customer covers it"),
    ("disputed", "The customer disputes it"),
    ("policy_done", "The policy has no further level"),
    ("no_policy", "No policy applies"),
    ("nothing_open", "Nothing is open"),
    ("stopped", "Reminders to the customer are stopped"),
    ("escalated", "The case was handed over: no automatic reminders"),
    ("changed", "Something else is due now"),
    ("superseded", "Cancelled by a person"),
    # The gate: what may not go now.
    ("mode_off", "Collections are switched off"),
    ("no_address", "No usable address"),
    ("no_sender", "Nobody is set as the sender: see Settings"),
    ("blacklisted", "The address is on the blacklist"),
    ("trial", "Trial: only e-mails are redirected"),
    ("channel_paused", "The channel is paused"),
    ("no_channel", "The channel is not installed any more"),
    ("daily_cap", "Daily limit reached"),
    ("put_off", "Put off by a person"),
    # Contact rules and consent.
    ("rule_hours", "Outside the allowed hours"),
    ("rule_holiday", "A day off for the customer"),
    ("rule_closed_day", "No contact on that weekday"),
    ("rule_max_day", "Contacted enough that day"),
    ("rule_max_week", "Contacted enough that week"),
    ("rule_min_days", "Too soon after the last contact"),
    ("rule_after_talk", "Too soon after a conversation"),
    ("rule_one_channel", "Another channel was used that week"),
    ("no_consent", "The customer did not agree to this channel"),
    ("opted_out", "The customer does not want this channel"),
    # The channel.
    ("to_post", "Printed: not posted yet"),
    ("not_composed", "The text could not be made"),
    ("delivery_failed", "The message could not be delivered"),
    ("connection_failed", "The server did not answer"),
    ("worker_gone", "Interrupted while sending: it may have gone out"),
    ("bounced", "The address rejected the message"),
]


class CollectionsReminder(models.Model):
    """One communication, planned or sent: a row of the outbox."""

    _name = "collections.reminder"
    _description = "Reminder"
    _inherit = [
        "collections.reminder.actions",
        "collections.reminder.bundle",
        "collections.reminder.fallback",
        "collections.reminder.letter",
        "collections.reminder.rule",
        "collections.reminder.text",
        "collections.reminder.view",
        "collections.touching",
    ]
    _touching_fields = frozenset({"state", "date", "date_deferred", "cycle_closed"})
    _order = "date desc, id desc"
    _rec_name = "subject"

    run_id = fields.Many2one(
        comodel_name="collections.run", ondelete="set null", index="btree_not_null"
    )
    case_id = fields.Many2one(
        comodel_name="collections.case",
        ondelete="cascade",
        index=True,
        help="Empty only in simulations of a date when the customer still owed",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner", required=True, index=True, string="Customer"
    )
    salesperson_id = fields.Many2one(related="case_id.salesperson_id")
    segment_id = fields.Many2one(
        comodel_name="collections.segment", ondelete="set null"
    )
    policy_id = fields.Many2one(comodel_name="collections.policy", ondelete="set null")
    level_id = fields.Many2one(
        comodel_name="collections.dunning.level", ondelete="set null"
    )
    level_delay = fields.Integer(
        string="Days of the Level",
        help="Levels are compared by their days, not by record.",
    )
    kind = fields.Selection(
        selection=[
            ("dunning", "Dunning"),
            ("promise", "Promise"),
            ("instalment", "Instalment"),
            ("manual", "Manual"),
        ],
        required=True,
        default="dunning",
    )
    channel = fields.Selection(
        selection="_selection_channel", required=True, default="email"
    )
    level_channel_id = fields.Many2one(
        comodel_name="collections.level.channel",
        string="Channel of the Level",
        ondelete="set null",
        index="btree_not_null",
    )
    state = fields.Selection(
        selection=[
            (transitions.SIMULATED, "Simulated"),
            (transitions.PLANNED, "Planned"),
            (transitions.TO_APPROVE, "To Approve"),
            (transitions.DEFERRED, "Deferred"),
            (transitions.QUEUED, "Queued"),
            (transitions.SENDING, "Sending"),
            (transitions.SENT, "Sent"),
            (transitions.DELIVERED, "Delivered"),
            (transitions.READ, "Read"),
            (transitions.FAILED, "Failed"),
            (transitions.UNCERTAIN, "Uncertain"),
            (transitions.CANCELLED, "Cancelled"),
        ],
        required=True,
        default=transitions.PLANNED,
        index=True,
    )
    reason = fields.Selection(selection=REASONS)
    reason_detail = fields.Char()
    date = fields.Date(required=True, help="The day it is for")
    date_deferred = fields.Datetime(string="Not Before")
    date_sent = fields.Datetime()
    attempts = fields.Integer()
    to_conclude = fields.Boolean(help="It went out; the log does not say so yet")
    uuid = fields.Char(string="Message Reference", required=True, readonly=True)
    promise_id = fields.Many2one(
        comodel_name="collections.promise",
        string="Instalment",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    # What triggered it. Never *restrict*: see the reminder's lines.
    trigger_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Oldest Journal Item",
        ondelete="set null",
        index="btree_not_null",
    )
    trigger_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Oldest Document",
        ondelete="set null",
        index="btree_not_null",
    )
    trigger_number = fields.Char(string="Document")
    trigger_date_due = fields.Date(string="Due Date")
    cycle = fields.Integer(
        string="Times Open", default=1, help="How often the document was open again"
    )
    cycle_closed = fields.Boolean(
        string="Paid Since", help="The document was paid after this reminder"
    )
    occurrence = fields.Integer(
        string="Times Sent", default=1, help="Repeat of the last level"
    )
    line_ids = fields.One2many(
        comodel_name="collections.reminder.line",
        inverse_name="reminder_id",
        string="Documents",
    )
    event_ids = fields.One2many(
        comodel_name="collections.reminder.event", inverse_name="reminder_id"
    )
    amount_debit = fields.Monetary(string="Debits")
    amount_credit = fields.Monetary(string="Credits")
    amount_net = fields.Monetary(string="Net")
    recipient_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="collections_reminder_recipient_rel",
        string="Recipients",
    )
    email_to = fields.Char(string="Sent To", help="Addresses used, as they were")
    lang = fields.Char(compute="_compute_lang")
    subject = fields.Char()
    body = fields.Html(sanitize=False, help="As it was sent")
    mail_id = fields.Many2one(
        comodel_name="mail.mail", ondelete="set null", index="btree_not_null"
    )

    _once = models.UniqueIndex(
        "(trigger_line_id, kind, level_delay, cycle, occurrence)"
        " WHERE state NOT IN ('cancelled', 'failed', 'simulated')"
    )
    _to_conclude_idx = models.Index("(id) WHERE to_conclude")
    _has_case = models.Constraint(
        "CHECK (case_id IS NOT NULL OR state = 'simulated')",
        "A reminder belongs to a case.",
    )
    _waiting_idx = models.Index(
        "(company_id, partner_id) WHERE state IN"
        " ('planned', 'to_approve', 'deferred', 'queued')"
    )

    @api.model
    def _selection_channel(self):
        return self.env["collections.channel"]._selection()

    @api.depends("subject", "level_id", "partner_id")
    def _compute_display_name(self):
        for reminder in self:
            level = reminder.level_id.name or self.env._("Reminder")
            reminder.display_name = reminder.subject or (
                f"{level} - {reminder.partner_id.display_name}"
            )

    @api.depends("recipient_ids", "partner_id")
    def _compute_lang(self):
        for reminder in self:
            recipient = reminder.recipient_ids[:1]
            reminder.lang = recipient.lang or reminder.partner_id.lang or self.env.lang

    def _touch_cases(self):
        """Without reading the cases: this happens with every message."""
        self.env["collections.touch"]._touch(
            (rem.company_id.id, rem.partner_id.id) for rem in self.sudo() if rem.case_id
        )

    # === STATE === #

    def _move_to(self, state, reason=None, detail=None, **values):
        """Move reminders along the state machine; repeats and detours are ignored.

        :return: the reminders that moved
        """
        moving = self.filtered(lambda r: transitions.can_move(r.state, state))
        if not moving:
            return moving
        moving.write(
            {"state": state, "reason": reason, "reason_detail": detail, **values}
        )
        label = dict(self._fields["reason"]._description_selection(self.env))
        self.env["collections.reminder.event"].create(
            [
                {
                    "reminder_id": reminder.id,
                    "state": state,
                    "detail": detail or label.get(reason),
                }
                for reminder in moving
            ]
        )
        return moving

    # === AT THE MOMENT OF SENDING === #

    def _logical_today(self):
        """Return the day that the reminder lives in.

        Its own date, and the days that passed since it was planned: a run of a
        past date goes on in that past.
        """
        self.ensure_one()
        today = self.company_id._collections_today()
        planned = self.company_id._collections_local(self.create_date).date()
        return self.date + max(today - planned, timedelta())

    def _refresh_content(self):
        """Read items, amounts and recipients again, as they are now."""
        builder = self.env["collections.reminder.builder"]
        for company, today, own in self.env["collections.gate"]._by_day(self):
            builder._snapshot(own, company, today)
        builder._give_tokens(SQL("rem.id = ANY(%s)", self.ids))
        self._refresh_recipients()

    def _refresh_recipients(self):
        """Read again who can be reached by the channel in use."""
        self.flush_recordset(["channel"])
        chosen = SQL("rem.id = ANY(%s)", self.ids)
        self.env["collections.reminder.builder"]._address(chosen)

    def _is_open(self):
        line = self.trigger_line_id.sudo()
        return bool(line.amount_residual or line.amount_residual_currency)

    @api.model
    def _levels_reached(self, line_ids) -> dict:
        """Return the level last reached, in its current cycle, by journal item."""
        reminders = self.sudo().search(
            [
                ("trigger_line_id", "in", line_ids),
                ("kind", "=", "dunning"),
                ("cycle_closed", "=", False),
                ("state", "in", transitions.GONE),
            ],
            order="level_delay",
        )
        return {rem.trigger_line_id.id: rem.level_id for rem in reminders}
