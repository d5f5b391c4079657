from odoo import api, models

# What a channel knows after it handed a reminder over.
SENT = "sent"
REFUSED = "refused"
FAILED = "failed"
LATER = "later"
UNKNOWN = "unknown"


class CollectionsChannel(models.AbstractModel):
    """How a reminder leaves. A channel is one model that inherits this one.

    Named ``collections.channel.<code>``, with ``<code>`` added to the selection
    ``channel`` of levels and reminders. The outbox calls, in this order:
    :meth:`_check_recipient` in the gate, :meth:`_compose`, :meth:`_connect`, then
    commits *sending* and calls :meth:`_transmit`.
    """

    _name = "collections.channel"
    _description = "Channel"

    # Whether what goes out is a contact with the customer, for the log.
    _is_contact = True

    @api.model
    def _of(self, reminder):
        """Return the channel of a reminder."""
        return self.env[f"collections.channel.{reminder.channel}"]

    @api.model
    def _check_recipient(self, reminder):
        """Return ``None``, or the gate's verdict, reason and detail."""
        return

    @api.model
    def _compose(self, reminder) -> None:
        """Write subject, body and address as they go out."""
        raise NotImplementedError

    @api.model
    def _connect(self, reminder):
        """Return a session for a batch. A failure here is safe: nothing went out."""
        return

    @api.model
    def _transmit(self, reminder, session) -> tuple[str, str | None]:
        """Hand one reminder over.

        :return: SENT, REFUSED (the address, for good), FAILED (for another reason,
            for good), LATER (try again) or UNKNOWN (it may have gone out), and the
            other side's words
        """
        raise NotImplementedError
