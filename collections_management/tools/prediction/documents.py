"""What is known of documents on a day: the only door to the data of a prediction.

Days are ordinals (:meth:`datetime.date.toordinal`), amounts company currency.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Document(NamedTuple):
    """A debit that was or will be paid; an instalment counts by itself.

    :param closed: day on which the last of it came in, ``None`` while it is open
    :param group: what a customer without history is compared with: its segment
    """

    id: int
    customer: int
    issued: int
    due: int
    amount: float
    closed: int | None = None
    group: int | None = None

    @property
    def delay(self) -> int | None:
        """Days between due date and payment; negative: paid before."""
        return None if self.closed is None else self.closed - self.due


class Event(NamedTuple):
    """A promise found broken or an issue reported by the customer, on its day."""

    customer: int
    day: int
    kind: str


BROKEN, DISPUTE = "broken", "dispute"


def is_late(document: Document) -> bool:
    """Tell of a document whose due date has passed whether it was paid after it."""
    return document.closed is None or document.closed > document.due


def known(documents: Iterable[Document], day: int) -> list[Document]:
    """Return the documents as they were known at the end of a day.

    >>> paid_later = Document(1, 7, issued=10, due=40, amount=5.0, closed=60)
    >>> known([paid_later], 50)[0].closed is None, known([paid_later], 9)
    (True, [])
    """
    return [
        document
        if document.closed is None or document.closed <= day
        else document._replace(closed=None)
        for document in documents
        if document.issued <= day
    ]


def known_events(events: Iterable[Event], day: int) -> list[Event]:
    """Return the events that had happened at the end of a day."""
    return [event for event in events if event.day <= day]
