from datetime import timedelta

from odoo import api, fields, models

PASS = "pass"
CANCEL = "cancel"
DEFER = "defer"


class CollectionsGate(models.AbstractModel):
    """May this reminder go out now? Asked at the moment of sending, every time.

    Each check answers ``None`` to let it pass, or ``(verdict, reason, detail)``.
    What no longer applies is cancelled, what may not go now is deferred.
    """

    _name = "collections.gate"
    _description = "Gate before Sending"

    @api.model
    def _checks(self):
        """Hook: the checks in their order, cheap ones first."""
        return [
            self._check_mode,
            self._check_stop,
            self._check_escalation,
            self._check_cap,
            self._check_dispute,
            self._check_promise,
            self._check_balance,
            self._check_recipient,
            self._check_contact_rule,
        ]

    @api.model
    def _decide(self, reminder) -> tuple[str, str | None, str | None]:
        for check in self._checks():
            answer = check(reminder)
            if answer:
                return answer
        return PASS, None, None

    @api.model
    def _check_mode(self, reminder):
        if reminder.company_id.sudo().collections_mode not in ("propose", "automatic"):
            return DEFER, "mode_off", None
        return None

    @api.model
    def _check_stop(self, reminder):
        """A flag stops every kind of reminder, also what a person began."""
        stopped = reminder.case_id.stop_flag
        return (CANCEL, "stopped", None) if stopped else None

    @api.model
    def _check_escalation(self, reminder):
        """Who has taken the case over talks to the customer, or a person of ours."""
        escalated = reminder.case_id.sudo().manual_stage_id.stops_reminders
        automatic = reminder.kind != "manual"
        return (CANCEL, "escalated", None) if escalated and automatic else None

    @api.model
    def _check_cap(self, reminder):
        company = reminder.company_id.sudo()
        cap = company.collections_daily_cap
        if not cap:
            return None
        sent = self.env["collections.reminder"].search_count(
            [
                ("company_id", "=", company.id),
                ("date_sent", ">=", fields.Datetime.now() - timedelta(days=1)),
            ],
            limit=cap,
        )
        return (DEFER, "daily_cap", None) if sent >= cap else None

    @api.model
    def _check_dispute(self, reminder):
        """What the customer disputes since it was planned is not asked for."""
        disputed = self.env["collections.dispute"]._disputed(
            reminder.company_id, reminder._logical_today(), reminder.partner_id
        )
        line = reminder.trigger_line_id
        part = disputed.get(line.id, 0.0) if line else 0.0
        if None in disputed or 0 < line.amount_residual_currency <= part:
            return CANCEL, "disputed", None
        return None

    @api.model
    def _check_promise(self, reminder):
        """An instalment that was paid or given up is not asked for."""
        promise = reminder.promise_id
        if not promise:
            return None
        self.env["collections.promise"]._judge(
            reminder.company_id, reminder._logical_today(), reminder.partner_id.ids
        )
        if promise.state == "open":
            return None
        return CANCEL, "paid" if promise.state == "kept" else "changed", None

    @api.model
    def _check_balance(self, reminder):
        """Ask the planner again: would it still send this, for this item, today?"""
        if reminder.kind != "dunning":
            return None
        decision = reminder._decide_again()
        step = decision.step
        if step is None:
            return CANCEL, decision.reason if reminder._is_open() else "paid", None
        same = (decision.line_id, step.level.delay, step.occurrence) == (
            reminder.trigger_line_id.id,
            reminder.level_delay,
            reminder.occurrence,
        )
        if same and step.date <= reminder._logical_today():
            return None
        return CANCEL, "changed" if reminder._is_open() else "paid", None

    @api.model
    def _check_recipient(self, reminder):
        return self.env["collections.channel"]._of(reminder)._check_recipient(reminder)

    @api.model
    def _check_contact_rule(self, reminder):
        """The law of the debtor's country, and what the debtor agreed to."""
        reason = reminder._check_contact_rule()
        return (DEFER, reason, None) if reason else None
