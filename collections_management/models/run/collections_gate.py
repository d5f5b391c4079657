from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

PASS = "pass"
CANCEL = "cancel"
DEFER = "defer"


class CollectionsGate(models.AbstractModel):
    """May these reminders go out now? Asked at the moment of sending, every time.

    Each check gets the reminders that all before it let pass, and answers
    ``{reminder id: (verdict, reason, detail)}`` for those that it objects to: one
    reminder or fifty, with as many statements. What no longer applies is cancelled,
    what may not go now is deferred.
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
            self._check_dispute,
            self._check_promise,
            self._check_balance,
            self._check_recipient,
            self._check_contact_rule,
            # Last: only what would go out uses up the day's number.
            self._check_cap,
        ]

    @api.model
    def _decide(self, reminders) -> dict[int, tuple]:
        """Return verdict, reason and detail by reminder id.

        Of one customer only one at a time: what the first does counts for the next.
        """
        answers = {}
        for check in self._checks():
            left = reminders.browse(key for key in reminders.ids if key not in answers)
            if not left:
                break
            answers |= check(left)
        return dict.fromkeys(reminders.ids, (PASS, None, None)) | answers

    @api.model
    def _by_day(self, reminders):
        """Yield company, the day that they live in, and the reminders of both."""
        days = defaultdict(reminders.browse)
        for reminder in reminders:
            days[reminder.company_id, reminder._logical_today()] |= reminder
        for (company, today), own in days.items():
            yield company, today, own

    @api.model
    def _check_mode(self, reminders):
        return {
            reminder.id: (DEFER, "mode_off", None)
            for reminder in reminders
            if reminder.company_id.sudo().collections_mode
            not in ("propose", "automatic")
        }

    @api.model
    def _check_stop(self, reminders):
        """A flag stops every kind of reminder, also what a person began."""
        return {
            reminder.id: (CANCEL, "stopped", None)
            for reminder in reminders
            if reminder.case_id.stop_flag
        }

    @api.model
    def _check_escalation(self, reminders):
        """Who has taken the case over talks to the customer, or a person of ours."""
        return {
            reminder.id: (CANCEL, "escalated", None)
            for reminder in reminders
            if reminder.kind != "manual"
            and reminder.case_id.sudo().manual_stage_id.stops_reminders
        }

    @api.model
    def _check_cap(self, reminders):
        found = {}
        for company, own in reminders.grouped("company_id").items():
            left = self._left_today(company)
            if left is not None:
                over = own[left:]
                found |= dict.fromkeys(over.ids, (DEFER, "daily_cap", None))
        return found

    @api.model
    def _left_today(self, company) -> int | None:
        """Return how many may still go out within 24 hours, ``None`` for all."""
        cap = company.sudo().collections_daily_cap
        if not cap:
            return None
        since = fields.Datetime.now() - timedelta(days=1)
        sent = self.env["collections.reminder"].search_count(
            [("company_id", "=", company.id), ("date_sent", ">=", since)], limit=cap
        )
        return cap - sent

    @api.model
    def _check_dispute(self, reminders):
        """What the customer disputes since it was planned is not asked for."""
        found = {}
        for company, today, own in self._by_day(reminders):
            disputed = self.env["collections.dispute"]._disputed(
                company, today, own.partner_id
            )
            for reminder in own:
                parts = disputed.get(reminder.partner_id.id, {})
                line = reminder.trigger_line_id
                part = parts.get(line.id, 0.0) if line else 0.0
                if None in parts or 0 < line.amount_residual_currency <= part:
                    found[reminder.id] = CANCEL, "disputed", None
        return found

    @api.model
    def _check_promise(self, reminders):
        """An instalment that was paid or given up is not asked for."""
        found = {}
        for company, today, own in self._by_day(reminders.filtered("promise_id")):
            self.env["collections.promise"]._judge(company, today, own.partner_id.ids)
            for reminder in own:
                state = reminder.promise_id.state
                if state != "open":
                    reason = "paid" if state == "kept" else "changed"
                    found[reminder.id] = CANCEL, reason, None
        return found

    @api.model
    def _check_balance(self, reminders):
        """Ask the planner again: would it still send this, for this item, today?"""
        found = {}
        dunning = reminders.filtered(lambda rem: rem.kind == "dunning")
        for company, today, own in self._by_day(dunning):
            for jump, group in own.grouped(lambda rem: rem.run_id.jump).items():
                decisions, _history = self.env["collections.planner"]._evaluate(
                    company, today, group.partner_id.ids, jump=jump
                )
                for reminder in group:
                    decision = decisions[reminder.partner_id.id]
                    if reason := self._not_the_same(reminder, decision, today):
                        found[reminder.id] = CANCEL, reason, None
        return found

    @api.model
    def _not_the_same(self, reminder, decision, today) -> str | None:
        """Return why a reminder is not what the planner would send now."""
        step = decision.step
        if step is None:
            return decision.reason if reminder._is_open() else "paid"
        same = (decision.line_id, step.level.delay, step.occurrence) == (
            reminder.trigger_line_id.id,
            reminder.level_delay,
            reminder.occurrence,
        )
        if same and step.date <= today:
            return None
        return "changed" if reminder._is_open() else "paid"

    @api.model
    def _check_recipient(self, reminders):
        paused = self.env["collections.channel.switch"]._paused(reminders.company_id)
        register = self.env["collections.channel"].with_context(
            collections_paused=paused
        )
        answers = {
            reminder.id: register._of(reminder)._check_recipient(reminder)
            for reminder in reminders
        }
        return {key: answer for key, answer in answers.items() if answer}

    @api.model
    def _check_contact_rule(self, reminders):
        """The law of the debtor's country, and what the debtor agreed to."""
        return {
            key: (DEFER, reason, None)
            for key, reason in reminders._check_contact_rule().items()
        }
