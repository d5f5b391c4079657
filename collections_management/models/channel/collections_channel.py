from odoo import api, models
from odoo.tools import SQL

from ..run import collections_gate as gate

# What a channel knows after it handed a reminder over.
SENT = "sent"
REFUSED = "refused"
FAILED = "failed"
LATER = "later"
UNKNOWN = "unknown"
PAUSE = "pause"

PREFIX = "collections.channel."
# The next channel of the level is tried for these; the others hold for all of them.
FALLBACK_REASONS = {
    "no_address",
    "no_channel",
    "no_consent",
    "opted_out",
    "blacklisted",
    "bounced",
    "delivery_failed",
}


class CollectionsChannel(models.AbstractModel):
    """How a reminder leaves. A channel is one model, in one file, of any addon::

        class CollectionsChannelPigeon(models.AbstractModel):
            _name = "collections.channel.pigeon"  # code "pigeon"
            _description = "Carrier Pigeon"  # as people see it, translated
            _inherit = ["collections.channel"]

    That is enough for it to be offered in the levels of a policy, with fallback,
    approval, pause, gate, log and outbox. What it does is said by these methods, in
    the order in which they are called:

    1. :meth:`_reachable_sql` - whom it can reach; asked in bulk when reminders are
       planned and again before each is sent. Who is left is in ``recipient_ids``.
    2. :meth:`_check_recipient` - in the gate: a reason not to go now.
    3. :meth:`_prepare` - what is cheaper for many reminders than for one.
    4. :meth:`_compose` - writes ``subject``, ``body`` and ``email_to`` (the address
       used, whatever its kind). It may be repeated: an earlier try never went out.
       :meth:`_compose_all` does it for many, where that is cheaper.
    5. :meth:`_connect` - a session for many. A failure here is safe.
    6. the outbox commits *sending*; from here on nothing is sent twice.
    7. :meth:`_transmit` - the outside call. An exception it lets through ends the
       worker and leaves the reminder *uncertain*: return an outcome instead.
    8. :meth:`_conclude` - for many that went out, a few seconds later.
    9. :meth:`_mark_bad` - after REFUSED or a bounce.

    :meth:`_preview` shows the text before. What comes back later (webhooks) goes to
    ``reminder._move_to("delivered")``, ``_move_to("read")`` or
    ``reminder._bounced(detail)``: repeats and what comes late are ignored. The
    reminder is found by its ``uuid``, which travels with the message.

    A channel with texts of its own kind adds a field to `collections.level.channel`
    and reads it from ``reminder.level_channel_id``.
    """

    _name = "collections.channel"
    _description = "Channel"

    # Place in lists.
    _sequence = 50
    _icon = "fa-paper-plane-o"
    # Whether what goes out is a contact with the customer, for the log.
    _is_contact = True
    # What contact rules count it as: "written" or "voice" (calls and visits).
    _contact_class = "written"
    # The outbox leaves it to a person, who lets it through the gate, as letters.
    _is_by_hand = False
    # What its provider reports of a message that went out.
    _receipts = ()
    # Whether one message may be about several customers of one payer.
    _can_bundle = False
    # Whether it obeys the redirect address of a trial; else nothing goes in a trial.
    _can_redirect = False

    # === COST === #

    @api.model
    def _spent_sql(self) -> SQL | None:
        """Return what its messages cost, as its provider bills them.

        :return: rows of ``company_id``, ``partner_id`` (of the case), ``date``,
            ``currency_id`` and ``amount``; ``None`` where nobody says
        """
        return None

    # === REGISTER === #

    @api.model
    def _codes(self) -> list[str]:
        """Return the codes of the installed channels, in their order."""
        names = [name for name in self.env.registry if name.startswith(PREFIX)]
        names = [name for name in names if self.env[name]._abstract]
        names.sort(key=lambda name: (self.env[name]._sequence, name))
        return [name.removeprefix(PREFIX) for name in names]

    @api.model
    def _selection(self) -> list[tuple[str, str]]:
        """Return code and name of the channels, for selection fields."""
        models_ = self.env["ir.model"].sudo()
        return [
            (code, models_._get(PREFIX + code).name or self._by_code(code)._description)
            for code in self._codes()
        ]

    @api.model
    def _selection_written(self) -> list[tuple[str, str]]:
        """Return those by which something is written, for what customers prefer."""
        return [
            (code, name)
            for code, name in self._selection()
            if self._by_code(code)._contact_class == "written"
            and self._by_code(code)._is_contact
        ]

    @api.model
    def _by_hand(self) -> list[str]:
        """Return those by which only a person sends."""
        return [code for code in self._codes() if self._by_code(code)._is_by_hand]

    @api.model
    def _by_code(self, code):
        """Return a channel; this model where its addon is gone: it reaches nobody."""
        return self.env.get(PREFIX + (code or ""), self.env["collections.channel"])

    @api.model
    def _of(self, reminder):
        """Return the channel of a reminder."""
        return self._by_code(reminder.channel)

    @api.model
    def _code(self) -> str:
        return self._name.removeprefix(PREFIX)

    # === WHOM === #

    @api.model
    def _reachable_sql(self) -> SQL:
        """Return the condition under which it can reach ``contact``.

        ``contact`` is a row of ``res_partner``: it has an address that is not known
        to be bad and not on a blacklist. ``FALSE`` reaches nobody.
        """
        return SQL("FALSE")

    @api.model
    def _blocked(self, contacts) -> list[str]:
        """Return addresses that would do, were they not on a blacklist."""
        return []

    @api.model
    def _check_recipient(self, reminder):
        """Return ``None``, or the gate's verdict, reason and detail."""
        company = reminder.company_id.sudo()
        if self._name == "collections.channel":
            return gate.DEFER, "no_channel", reminder.channel
        if company.collections_redirect_email and not self._can_redirect:
            return gate.DEFER, "trial", None
        if self.env["collections.channel.switch"]._is_paused(company, self._code()):
            return gate.DEFER, "channel_paused", None
        if not reminder.recipient_ids:
            blocked = self._blocked(reminder._candidates())
            reason = "blacklisted" if blocked else "no_address"
            return gate.DEFER, reason, ", ".join(sorted(blocked)) or None
        return None

    @api.model
    def _mark_bad(self, reminder) -> None:
        """Remember that the addresses of a reminder do not work."""
        return

    # === WHAT === #

    @api.model
    def _prepare(self, reminders) -> dict:
        """Return what is cheaper to make for many, by reminder id.

        :meth:`_compose` finds it in the context as ``collections_prepared``.
        """
        return {}

    @api.model
    def _compose(self, reminder) -> None:
        """Write subject, body and address as they go out."""
        raise NotImplementedError

    @api.model
    def _compose_all(self, reminders) -> dict:
        """Compose many, all or none.

        :return: what each takes along, by reminder id; :meth:`_transmit` finds it in
            the context as ``collections_parcel``
        """
        for reminder in reminders:
            self._compose(reminder)
        return {}

    @api.model
    def _preview(self, reminder, way=None) -> dict:
        """Return ``subject`` and ``body`` as they would go out now; changes nothing.

        :param way: the channel of the level as it is being edited, not saved yet
        """
        return {"subject": None, "body": None}

    # === OUT === #

    @api.model
    def _connect(self, reminder):
        """Return a session for a batch. A failure here is safe: nothing went out."""
        return

    @api.model
    def _transmit(self, reminder, session) -> tuple[str, str | None]:
        """Hand one reminder over.

        :return: SENT, REFUSED (the address, for good), FAILED (for another reason,
            for good), LATER (try again), PAUSE (nothing went out, and nothing will
            by this channel until a person looks: credentials, credit) or UNKNOWN (it
            may have gone out), and the other side's words
        """
        raise NotImplementedError

    @api.model
    def _conclude(self, reminders) -> None:
        """Write down what can wait of reminders that went out; may be repeated."""
        return
