"""Letters for window envelopes: paper, window, and the lines of the address.

Lengths are millimetres from the upper left corner of the first sheet, which is folded
in three. A window is given as the part of it that shows the sheet however it lies in
the envelope.
"""

from collections.abc import Sequence
from typing import NamedTuple

A4, LETTER = "A4", "Letter"
LEFT, RIGHT = "left", "right"

# Unicode CLDR, supplemental data, measurementData: paperSize US-Letter. All others: A4.
US_LETTER = frozenset(
    ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"]
)


class Window(NamedTuple):
    left: float
    top: float
    width: float
    height: float


SIZES = {A4: (210.0, 297.0), LETTER: (215.9, 279.4)}
WINDOWS = {
    # DIN 680: DL envelope 110 x 220, window 45 x 90, 20 from the left, 15 from below.
    (A4, LEFT): Window(20, 50, 80, 34),
    # AFNOR: DL envelope, window 35 x 100, 20 from the right, 20 from below.
    (A4, RIGHT): Window(100, 55, 90, 24),
    # No. 10 envelope 104.8 x 241.3, window 28.6 x 114.3, 22.2 from the left, 12.7 from
    # below. The sheet lies on the lower edge: the envelope is higher than its fold.
    (LETTER, LEFT): Window(23, 54, 88, 26),
    (LETTER, RIGHT): Window(105, 54, 88, 26),
}
# The sender's line above the address, and a line of the address.
SENDER_LINE, LINE = 4.0, 4.2


def paper_of(country: str | None) -> str:
    """Return the paper that a country uses (ISO 3166 code).

    >>> paper_of("CO"), paper_of("PE"), paper_of(None)
    ('Letter', 'A4', 'A4')
    """
    return LETTER if country in US_LETTER else A4


def window_of(paper: str, side: str) -> Window:
    """Return what is always seen through the window of an envelope."""
    return WINDOWS[paper, side]


def lines_shown(window: Window) -> int:
    """Return how many lines of an address a window shows below the sender's.

    >>> [lines_shown(window) for window in WINDOWS.values()]
    [7, 4, 5, 5]
    """
    return int((window.height - SENDER_LINE) / LINE)


def fit(lines: Sequence[str], most: int) -> list[str]:
    """Return an address in at most so many lines; the first and last ones are kept.

    What the post needs most is who (first) and the town and country (last): lines in
    between are joined, the shortest neighbours first.

    >>> fit(["Ana Ruiz", "Calle 1", "Piso 2", "Lima"], 3)
    ['Ana Ruiz', 'Calle 1, Piso 2', 'Lima']
    """
    found = [" ".join(line.split()) for line in lines if line.strip()]
    while len(found) > max(most, 1):
        inner = range(1, len(found) - 2) or range(len(found) - 1)
        place = min(inner, key=lambda at: len(found[at]) + len(found[at + 1]))
        found[place : place + 2] = [f"{found[place]}, {found[place + 1]}"]
    return found


def sheet_pages(pages: Sequence[range], both_sides: bool) -> list[list[int | None]]:
    """Return the pages of each letter as printed; ``None`` is an empty page.

    Printed on both sides, each letter begins on a sheet of its own.

    >>> sheet_pages([range(0, 1), range(1, 3)], True)
    [[0, None], [1, 2]]
    """
    found: list[list[int | None]] = []
    for own in pages:
        numbers: list[int | None] = list(own)
        if both_sides and len(numbers) % 2:
            numbers.append(None)
        found.append(numbers)
    return found
