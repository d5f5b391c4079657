import uuid

from odoo import fields, models

from ...tools import transitions
from ..channel import collections_channel as channel
from ..policy import collections_level_channel as level_channel
from ..run import collections_gate as gate

# What a reminder has in common with the one that failed by another channel.
COPIED = (
    "run_id",
    "case_id",
    "company_id",
    "partner_id",
    "segment_id",
    "policy_id",
    "level_id",
    "level_delay",
    "kind",
    "trigger_line_id",
    "trigger_move_id",
    "trigger_number",
    "trigger_date_due",
    "cycle",
    "occurrence",
)


class CollectionsReminderFallback(models.AbstractModel):
    """By which of its level's channels a reminder goes.

    Before it goes out, the reminder itself changes to the next channel. When it
    failed on the way, it stays as it is, and another one follows it by the next.
    """

    _name = "collections.reminder.fallback"
    _description = "Channels of a Reminder"

    fallback_of_id = fields.Many2one(
        comodel_name="collections.reminder",
        string="Instead Of",
        ondelete="set null",
        index="btree_not_null",
        help="The reminder that failed by another channel",
    )

    def _further_channels(self):
        """Return the channels of the level after the one in use.

        After the one that the customer prefers come all others in their order.
        """
        self.ensure_one()
        ways = self.sudo().level_id.channel_ids.sorted(lambda w: (w.sequence, w.id))
        current = self.level_channel_id
        preferred = (self.partner_id | self._candidates()).mapped("collections_channel")
        if current not in ways or current.channel in preferred:
            tried = [self.channel, *self._tried_channels()]
            return ways.filtered(lambda way: way.channel not in tried)
        position = list(ways).index(current)
        return ways[position + 1 :].filtered(
            lambda way: way.channel not in self._tried_channels()
        )

    def _tried_channels(self) -> list[str]:
        """Return the channels by which the reminders before this one failed."""
        channels, before = [], self.sudo().fallback_of_id
        while before and before.channel not in channels:
            channels.append(before.channel)
            before = before.fallback_of_id
        return channels

    def _candidates(self):
        """Return the contacts who may get it at all, with or without an address."""
        self.ensure_one()
        customer = self.partner_id.sudo()
        return (customer | customer.child_ids).filtered(
            lambda contact: (
                contact.collections_contact
                or contact.type == "invoice"
                or contact in (customer, self.trigger_move_id.sudo().partner_id)
            )
        )

    # === BEFORE IT GOES OUT === #

    def _ask_gate(self):
        """Ask the gate, for the next channels too where one cannot be used.

        :return: the gate's verdict, reason and detail by reminder id, for the channel
            that is now in use: the first that is not ruled out, else the one it had
        """
        answers = self.env["collections.gate"]._decide(self)
        for reminder in self:
            if self._is_ruled_out(answers[reminder.id]):
                answers[reminder.id] = reminder._ask_further(answers[reminder.id])
        return answers

    def _ask_further(self, first):
        """Return the answer for the next channel that is not ruled out, and take it."""
        self.ensure_one()
        answer, before, code = first, self.level_channel_id, self.channel
        for way in self._further_channels():
            self._use_channel(way.channel, way)
            answer = self.env["collections.gate"]._decide(self)[self.id]
            if not self._is_ruled_out(answer):
                break
        if self._is_ruled_out(answer):
            if self.channel != code:
                self._use_channel(code, before)
            return first
        if self.channel != code:
            self._note_change(code, first)
        return answer

    def _is_ruled_out(self, answer) -> bool:
        verdict, reason, _detail = answer
        return verdict == gate.DEFER and reason in channel.FALLBACK_REASONS

    def _use_channel(self, code, way):
        """Take a channel and its recipients."""
        self.write({"channel": code, "level_channel_id": way.id})
        self._refresh_recipients()

    def _note_change(self, code, answer):
        """Leave a trace of why it goes another way."""
        _verdict, reason, detail = answer
        names = dict(self._fields["channel"]._description_selection(self.env))
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        self.env["collections.reminder.event"].create(
            {
                "reminder_id": self.id,
                "state": self.state,
                "detail": self.env._(
                    "%(new)s instead of %(old)s: %(reason)s",
                    new=names.get(self.channel),
                    old=names.get(code, code),
                    reason=": ".join(filter(None, [reasons.get(reason), detail])),
                ),
            }
        )

    def _needs_approval(self, way) -> bool:
        """Whether a person has to look at it, by this channel, before it goes."""
        mode = self.company_id.sudo().collections_mode
        return mode == "propose" or way.sudo().release == level_channel.APPROVE

    # === AFTER IT FAILED === #

    def _bounced(self, detail=None, reason="bounced", mark=True):
        """It went out and came back: mark the address and go on by another channel.

        :param mark: unless that was done, or the address is not to blame
        """
        for reminder in self._together().sudo():
            if reminder._move_to(transitions.FAILED, reason, detail):
                if mark:
                    reminder._mark_addresses_bad()
                reminder._go_on()

    def _mark_addresses_bad(self):
        """The addresses do not work: they are not used again, and somebody is told."""
        self.env["collections.channel"]._of(self)._mark_bad(self)
        self.case_id._ask_for_address()

    def _go_on(self):
        """Follow a failed reminder by the next channel of its level, if any."""
        self.ensure_one()
        way = self._further_channels()[:1]
        if not way or self._is_replaced():
            return self.browse()
        [values] = self.sudo().read(COPIED, load=False)
        approve = self._needs_approval(way)
        following = self.sudo().create(
            {
                **{name: values[name] for name in COPIED},
                "uuid": str(uuid.uuid4()),
                "state": transitions.TO_APPROVE if approve else transitions.QUEUED,
                "date": self._logical_today(),
                "channel": way.channel,
                "level_channel_id": way.id,
                "fallback_of_id": self.id,
            }
        )
        following._refresh_content()
        following._note_change(self.channel, (None, self.reason, self.reason_detail))
        self.env["collections.outbox"]._wake()
        return following

    def _is_replaced(self) -> bool:
        """Whether a run planned the same again, or another one followed it already."""
        same = [
            ("trigger_line_id", "=", self.trigger_line_id.id),
            ("kind", "=", self.kind),
            ("level_delay", "=", self.level_delay),
            ("cycle", "=", self.cycle),
            ("occurrence", "=", self.occurrence),
            ("state", "not in", transitions.VOID),
        ]
        follows = [("fallback_of_id", "=", self.id)]
        return bool(self.sudo().search_count(["|", *follows, "&", *(["&"] * 4), *same]))
