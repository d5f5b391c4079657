import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import transitions
from ...tools.contact_rules import OPTED_OUT
from ..channel import collections_channel as channel

# So long a yes has to hold: a batch is on its way.
LASTS = timedelta(seconds=10)
KEEP_ANSWERS = """
    UPDATE collections_reminder rem
       SET contact_rule_id = new.rule_id, reason = new.reason,
           rule_reasons = new.reasons::jsonb, date_deferred = new.moment,
           state = CASE WHEN rem.state = %(queued)s AND new.reason IS NOT NULL
                         AND (new.reason <> ALL(%(fallback)s) OR NOT EXISTS (
                             SELECT FROM collections_level_channel way
                              WHERE way.level_id = rem.level_id
                                AND way.id <> rem.level_channel_id))
                        THEN %(deferred)s ELSE rem.state END
      FROM unnest(%(ids)s::int[], %(rules)s::int[], %(reasons)s::text[],
                  %(values)s::text[], %(moments)s::timestamp[])
        AS new (id, rule_id, reason, reasons, moment)
     WHERE rem.id = new.id
"""
KEEP_EVENTS = """
    INSERT INTO collections_reminder_event
                (reminder_id, state, contact_rule_id, rule_reasons,
                 create_uid, create_date, write_uid, write_date)
         SELECT id, state, contact_rule_id, rule_reasons,
                %(uid)s, %(now)s, %(uid)s, %(now)s
           FROM collections_reminder
          WHERE id = ANY(%(ids)s) AND state = %(deferred)s
"""


class CollectionsReminderRule(models.AbstractModel):
    """What a contact rule said about a reminder, and when it may go out."""

    _name = "collections.reminder.rule"
    _description = "Contact Rule of a Reminder"

    contact_rule_id = fields.Many2one(
        comodel_name="collections.contact.rule", ondelete="set null", readonly=True
    )
    rule_reasons = fields.Json(readonly=True)
    is_reply = fields.Boolean(
        string="Answer to the Customer",
        readonly=True,
        help="The customer wrote first: hours and limits of contact do not apply.",
    )
    rule_words = fields.Char(string="Why Not Now", compute="_compute_rule_words")

    @api.depends("rule_reasons")
    @api.depends_context("lang")
    def _compute_rule_words(self):
        words = self.env["collections.contact.words"]
        for record in self:
            record.rule_words = words._text(record.rule_reasons)

    def _check_contact_rule(self):
        """Ask the contact rules; return the reasons of those that may not go out.

        The next moment is kept in ``date_deferred``, the values of its text beside.
        """
        contact = self.env["collections.contact"]
        answers = contact._of_reminders(SQL("rem.id = ANY(%s)", self.ids), lasts=LASTS)
        reasons = {}
        for reminder in self:
            rule_id, answer = answers[reminder.id]
            if reminder.is_reply and not answer.allowed:
                # Only a refusal of the channel counts for who wrote to us.
                refused = [one for one in answer.reasons if one.code == OPTED_OUT]
                answer = answer._replace(allowed=not refused, reasons=tuple(refused))
            rule_id, reason, values, moment = contact._columns(rule_id, answer)
            reminder.write({"contact_rule_id": rule_id, "rule_reasons": values})
            reminder._leave_out_who_refused()
            if reason:
                reminder.date_deferred = moment
                reasons[reminder.id] = reason
        return reasons

    def _leave_out_who_refused(self):
        """Of several people, those who refused the channel do not get it."""
        if len(self.recipient_ids) < 2:
            return
        consent = self.env["collections.consent"]
        latest = consent._latest(self.company_id.ids, self.recipient_ids.ids)
        refused = self.recipient_ids.filtered(
            lambda person: (
                consent._of_person(latest, self.company_id.id, person.id, self.channel)
                is False
            )
        )
        if refused < self.recipient_ids:
            self.recipient_ids -= refused

    def _next_allowed(self, reason):
        """Return when the rule that gave ``reason`` lets it go, else ``None``."""
        self.ensure_one()
        if self.rule_reasons and self.rule_reasons[0][0] == reason:
            return self.date_deferred
        # What a rule said earlier is not why it waits now.
        self.rule_reasons = False
        return None

    @api.model
    def _write_answers(self, rows) -> None:
        """Keep the answers of many reminders; those that wait to go are deferred.

        Where only this channel is refused and the level has another, the outbox
        tries that one.

        :param rows: id, rule, reason, values and the next moment of each
        """
        self.flush_model()
        columns = [list(column) for column in zip(*rows, strict=True)]
        columns[3] = [value and json.dumps(value) for value in columns[3]]
        names = ("ids", "rules", "reasons", "values", "moments")
        self.env.cr.execute(
            SQL(
                KEEP_ANSWERS,
                queued=transitions.QUEUED,
                deferred=transitions.DEFERRED,
                fallback=list(channel.FALLBACK_REASONS),
                **dict(zip(names, columns, strict=True)),
            )
        )
        self.env.cr.execute(
            SQL(
                KEEP_EVENTS,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=columns[0],
                deferred=transitions.DEFERRED,
            )
        )
        self.invalidate_model()
