"""When a document is paid, as the chance of payment in each period around its due date.

A *hazard* is the chance that a document still open at the start of a period is paid
in it. Hazards, other than averages of paid documents, also learn from those that are
still open (censored). A *curve* is the share still open at the end of each period.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence

# Last day of each period, counted from the due date; after the last one: never here.
EDGES = (
    *(-45, -30, -20, -15, -10, -6, -3, 0, 3, 6, 10, 15, 20, 25, 30),
    *(40, 50, 60, 75, 90, 120, 180, 365),
)
PERIODS = len(EDGES)
FIRST = -60
# The day before the first day of each period.
STARTS = (FIRST, *EDGES[:-1])
LIMITS = (0, 30, 60, 90)


def period_of(delay: int) -> int:
    """Return the period in which a delay falls; ``PERIODS``: after the last one.

    >>> EDGES[period_of(0)], EDGES[period_of(1)], period_of(9999) == PERIODS
    (0, 3, True)
    """
    return bisect_left(EDGES, delay)


def curve(hazards: Sequence[float], age: int) -> list[float]:
    """Return the share still open at the end of each period, given it is open now.

    :param age: days since the due date; negative: not due
    """
    shares = []
    open_share = 1.0
    for end, start, hazard in zip(EDGES, STARTS, hazards, strict=True):
        if age <= start:
            open_share *= 1.0 - hazard
        elif age < end:
            open_share *= (1.0 - hazard) ** ((end - age) / (end - start))
        shares.append(open_share)
    return shares


def around(mean: float, spread: float, age: int) -> list[float]:
    """Return the share still open at the end of each period, given it is open now.

    Delays lie around a mean: a logistic distribution of that standard deviation, at
    least half a day. It knows single days, which periods do not.

    :param age: days since the due date; negative: not due
    """
    scale = max(spread, 0.5) * math.sqrt(3) / math.pi

    def is_open(delay: int) -> float:
        power = min(50.0, max(-50.0, (delay + 0.5 - mean) / scale))
        return 1.0 / (1.0 + math.exp(power))

    now = is_open(age)
    return [1.0 if end <= age else is_open(end) / now for end in EDGES]


def share_at(shares: Sequence[float], age: int, delay: float) -> float:
    """Return the share still open so many days after the due date."""
    if delay <= age:
        return 1.0
    before_day, before = age, 1.0
    for end, share in zip(EDGES, shares, strict=True):
        if end <= age:
            continue
        if delay <= end:
            part = (delay - before_day) / (end - before_day)
            return before + (share - before) * part
        before_day, before = end, share
    return before


def paid_until(
    shares: Sequence[float], age: int, delays: Sequence[float]
) -> list[float]:
    """Return the share paid after each of several days, in one pass.

    :param delays: days after the due date, ascending
    """
    steps = [(age, 1.0)]
    steps += [row for row in zip(EDGES, shares, strict=True) if row[0] > age]
    found, place = [], 1
    for delay in delays:
        while place < len(steps) and steps[place][0] < delay:
            place += 1
        before_day, before = steps[place - 1]
        if delay <= age or place == len(steps):
            found.append(1.0 - before)
            continue
        day, share = steps[place]
        part = (delay - before_day) / (day - before_day)
        found.append(1.0 - before - (share - before) * part)
    return found


def given(shares: Sequence[float], first: int, age: int) -> list[float]:
    """Return a curve that began at ``first``, given that it is open at ``age``."""
    now = share_at(shares, first, age)
    return [
        1.0 if end <= age or now <= 0 else min(1.0, share / now)
        for end, share in zip(EDGES, shares, strict=True)
    ]


def delay_at(shares: Sequence[float], age: int, share: float) -> float:
    """Return after how many days from the due date only ``share`` is still open.

    The last edge where it takes longer than that.
    """
    before_day, before = age, 1.0
    for end, after in zip(EDGES, shares, strict=True):
        if end <= age:
            continue
        if after <= share:
            part = (before - share) / (before - after) if before > after else 1.0
            return before_day + (end - before_day) * part
        before_day, before = end, after
    return float(max(EDGES[-1], age))
