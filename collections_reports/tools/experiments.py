"""What an experiment showed: two arms, their difference, and what it is worth.

Of a ratio of sums (recovered over owed, where large customers count more than small
ones) the variance is that of its linearized residuals, Cochran, *Sampling Techniques*
(1977), section 6.3; two arms are compared with Welch's (1947) degrees of freedom. Of
shares of customers the interval is Newcombe's hybrid score interval, *Statistics in
Medicine* 17 (1998), method 10: right for few customers and near 0 and 100 %.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95
POWER = 0.8
# Below this many customers in an arm the intervals are not to be trusted.
LEAST = 20
NORMAL = NormalDist()


class Outcome(NamedTuple):
    """What became of one customer within the days looked at.

    :param owed: open on the day it joined
    :param recovered: collected of that
    :param money_days: sum of amounts times days until each came; what did not come
        counts with all days
    :param promised: whether it promised something
    :param complained: whether it disputed a document or opted out
    """

    owed: float
    recovered: float
    money_days: float
    promised: bool
    complained: bool


class Estimate(NamedTuple):
    """A figure of an arm, with its variance; ``spread``: of one customer."""

    value: float
    variance: float
    count: int

    @property
    def spread(self) -> float:
        return self.variance * self.count


class Difference(NamedTuple):
    """Challenger less control, and the interval that holds it 95 times of 100."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Tell whether no difference at all is outside of the interval."""
        return self.low > 0 or self.high < 0


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Estimate | None:
    """Return the ratio of two sums with its variance; ``None``: nothing was owed.

    >>> ratio([1.0, 3.0], [2.0, 6.0]).value
    0.5
    """
    count, whole = len(wholes), sum(wholes)
    if count < 2 or whole <= 0:
        return None
    value = sum(parts) / whole
    mean = whole / count
    residuals = (
        (part - value * own) / mean for part, own in zip(parts, wholes, strict=True)
    )
    squares = sum(residual * residual for residual in residuals)
    return Estimate(value, squares / (count - 1) / count, count)


def welch(control: Estimate, challenger: Estimate) -> Difference:
    """Return the difference of two estimates with its interval."""
    value = challenger.value - control.value
    variance = control.variance + challenger.variance
    if not variance:
        return Difference(value, value, value)
    freedom = variance**2 / sum(
        one.variance**2 / (one.count - 1) for one in (control, challenger)
    )
    reach = student(freedom) * math.sqrt(variance)
    return Difference(value, value - reach, value + reach)


def student(freedom: float, level: float = LEVEL) -> float:
    """Return the two-sided quantile of Student's distribution.

    The expansion of Abramowitz and Stegun, 26.7.5; within 1 % from 4 degrees on.

    >>> round(student(10), 2), round(student(1e9), 2)
    (2.23, 1.96)
    """
    z = NORMAL.inv_cdf((1 + level) / 2)
    n = max(freedom, 1.0)
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )


def wilson(count: int, total: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the score interval of a share, Wilson (1927).

    >>> [round(end, 3) for end in wilson(0, 20)]
    [0.0, 0.161]
    """
    z = NORMAL.inv_cdf((1 + level) / 2)
    share = count / total
    middle = share + z * z / (2 * total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def newcombe(control: tuple[int, int], challenger: tuple[int, int]) -> Difference:
    """Return the difference of two shares with its interval.

    :param control: how many of how many, as ``challenger``

    >>> found = newcombe((48, 80), (56, 70))
    >>> [round(end, 4) for end in found]
    [0.2, 0.0524, 0.3339]
    """
    (a, m), (b, n) = challenger, control
    one, other = a / m, b / n
    low_one, high_one = wilson(a, m)
    low_other, high_other = wilson(b, n)
    value = one - other
    down = math.sqrt((one - low_one) ** 2 + (high_other - other) ** 2)
    up = math.sqrt((high_one - one) ** 2 + (other - low_other) ** 2)
    return Difference(value, value - down, value + up)


def customers_needed(
    control: Estimate, challenger: Estimate, least: float, percent: int
) -> int:
    """Return how many customers both arms need together to see a difference.

    So that in 8 of 10 experiments a true difference of ``least`` is outside of chance:
    ``(z₀.₉₇₅ + z₀.₈)² · (s₁²/(1-p) + s₂²/p) / least²``.

    :param least: smallest difference that matters, in the unit of the estimates
    :param percent: of the customers in the arm of the challenger
    """
    z = NORMAL.inv_cdf((1 + LEVEL) / 2) + NORMAL.inv_cdf(POWER)
    part = percent / 100
    spread = control.spread / (1 - part) + challenger.spread / part
    return math.ceil(z * z * spread / least**2)


class Verdict(NamedTuple):
    """What may be said of the main figure.

    :param code: ``few``: too early; ``better``, ``worse``: clear; ``alike``: any
        difference is smaller than what matters; ``open``: it may be chance
    :param needed: customers still missing, ``None``: not known
    """

    code: str
    needed: int | None


def judge(
    control: Estimate | None,
    challenger: Estimate | None,
    least: float,
    percent: int,
) -> tuple[Verdict, Difference | None]:
    """Return what the recovered shares of two arms say."""
    counts = [one.count if one else 0 for one in (control, challenger)]
    if min(counts) < LEAST:
        parts = (1 - percent / 100, percent / 100)
        both = max(
            (LEAST - count) / part for count, part in zip(counts, parts, strict=True)
        )
        return Verdict("few", math.ceil(both)), None
    found = welch(control, challenger)
    missing = customers_needed(control, challenger, least, percent) - sum(counts)
    if found.is_clear:
        return Verdict("better" if found.value > 0 else "worse", None), found
    if -least < found.low and found.high < least:
        return Verdict("alike", None), found
    return Verdict("open", max(1, missing)), found
