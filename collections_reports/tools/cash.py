"""Expected cash by week with a range, and how far earlier forecasts were off.

Each document has a chance of being paid by the end of each week. What is expected is
the sum of amount times chance, exactly. How far it may be off comes from chance and
from what forecasts usually get wrong:

- Customers pay independently of each other, the documents of one customer together
  (one draw decides all of them): documents paid in one transfer widen the range, as
  they do in life. The largest customers are drawn, since one of them may be the whole
  week; all others are many, so their sum is normal (central limit theorem) with the
  sum of their variances, each customer's being at most ``(sum of a·√(p(1-p)))²``.
- A forecast is also wrong for all customers at once: a strike, a holiday, a habit that
  changes. That *shock* is what earlier forecasts were off by beyond chance.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

WEEKS = 13
HORIZON = 4
LOW, HIGH = 0.1, 0.9
DRAWS, LARGE = 1000, 100
SEED = 20120101
# Fewer weeks than this, or months, tell nothing of how far forecasts are off.
LEAST, LEAST_MONTHS = 4, 2
WORST = 1.0


class Payer(NamedTuple):
    """What is paid together: the documents of a customer, or a promise.

    :param parts: amount, and the chance that it is paid by the end of each week
    """

    parts: Sequence[tuple[float, Sequence[float]]]

    @property
    def amount(self) -> float:
        return sum(amount for amount, _chances in self.parts)


class Shock(NamedTuple):
    """Relative error beyond chance: of one week, and of all up to a week."""

    week: float = 0.0
    total: float = 0.0


class Week(NamedTuple):
    """What is expected in a week, and from the beginning up to its end.

    :param deviation: standard deviation by chance alone, as ``total_deviation``
    """

    amount: float
    low: float
    high: float
    total: float
    total_low: float
    total_high: float
    deviation: float
    total_deviation: float


class Pair(NamedTuple):
    """What was expected, and what came."""

    amount: float
    low: float
    high: float
    deviation: float
    came: float


# === CHANCES === #


def aged(chances: Sequence[float], days: int) -> list[float]:
    """Return chances by week some days later, given that it was not paid since.

    Between two weeks the chance grows evenly; after the last one no more.

    >>> aged([0.5, 0.75, 0.75], 7)
    [0.5, 0.5, 0.5]
    """
    if days <= 0:
        return list(chances)
    whole, part = divmod(days, 7)
    steps = [0.0, *chances, *[chances[-1]] * (whole + 2)]

    def at(place: int) -> float:
        return steps[place] + (steps[place + 1] - steps[place]) * part / 7

    now = at(whole)
    if now >= 1.0:
        return [1.0] * len(chances)
    return [(at(whole + n) - now) / (1 - now) for n in range(1, len(chances) + 1)]


def on_day(days: int, chance: float = 1.0, weeks: int = WEEKS) -> list[float]:
    """Return chances by week of what comes on a day or not at all.

    >>> on_day(9, 0.8, weeks=3)
    [0.0, 0.8, 0.8]
    """
    week = max(0, days) // 7
    return [chance if number >= week else 0.0 for number in range(weeks)]


def kept_chance(kept: int, judged: int) -> float:
    """Return the chance that a promise is kept: Laplace's rule of succession.

    >>> kept_chance(0, 0), kept_chance(8, 8)
    (0.5, 0.9)
    """
    return (kept + 1) / (judged + 2)


def payers(rows: Iterable[tuple]) -> list[Payer]:
    """Return the documents of each customer, net of its credits.

    Credits make every document of the customer smaller by the same share; what they
    cover is not expected.

    :param rows: customer, signed open amount, chances by week (of debits)
    """
    parts, credits = defaultdict(list), defaultdict(float)
    for customer, amount, chances in rows:
        if amount < 0:
            credits[customer] -= amount
        elif amount > 0:
            parts[customer].append((amount, chances))
    found = []
    for customer, own in parts.items():
        debits = sum(amount for amount, _chances in own)
        left = max(0.0, 1.0 - credits[customer] / debits)
        found.append(Payer([(amount * left, chances) for amount, chances in own]))
    return found


# === FORECAST === #


def forecast(
    payers: Iterable[Payer],
    sure: Sequence[float],
    shock: Shock = Shock(),  # noqa: B008 a tuple of numbers
) -> list[Week]:
    """Return amount and range of each week; eight of ten fall into the range.

    :param sure: amounts by week that are not left to chance, such as cheques held
    """
    count = len(sure)
    rows = sorted(payers, key=lambda payer: -payer.amount)
    week, total = _Sums(count), _Sums(count)
    for place, payer in enumerate(rows):
        _add(payer, week, total, is_drawn=place < LARGE)
    drawn = _draw(rows[:LARGE], week, total, sure, shock)
    found, so_far = [], 0.0
    for number in range(count):
        so_far += sure[number]
        amount, sum_of = week.means[number] + sure[number], total.means[number] + so_far
        weekly, up_to = (sorted(draws[number]) for draws in drawn)
        found.append(
            Week(
                amount,
                *_range(weekly, amount),
                sum_of,
                *_range(up_to, sum_of),
                math.sqrt(week.all[number]),
                math.sqrt(total.all[number]),
            )
        )
    return found


class _Sums:
    """Means and variances by week; ``rest``: of those that are not drawn."""

    def __init__(self, count: int):
        self.means = [0.0] * count
        self.all = [0.0] * count
        self.rest = [0.0] * count


def _add(payer: Payer, week: _Sums, total: _Sums, *, is_drawn: bool) -> None:
    root = math.sqrt
    count = len(week.means)
    spread, spread_total = [0.0] * count, [0.0] * count
    means, means_total = week.means, total.means
    for amount, chances in payer.parts:
        before = 0.0
        for number, until in enumerate(chances[:count]):
            if until > 0.0:
                means_total[number] += amount * until
                spread_total[number] += amount * root(until * (1.0 - until))
                own = until - before
                if own > 0.0:
                    means[number] += amount * own
                    spread[number] += amount * root(own * (1.0 - own))
            before = until
    for sums, found in ((week, spread), (total, spread_total)):
        for number, value in enumerate(found):
            sums.all[number] += value * value
            if not is_drawn:
                sums.rest[number] += value * value


def _draw(large, week: _Sums, total: _Sums, sure, shock: Shock):
    """Return draws by week, and of the sums up to each week."""
    random = Random(SEED)
    count = len(sure)
    rest = [math.sqrt(value) for value in week.rest]
    rest_total = [math.sqrt(value) for value in total.rest]
    means = _rest_means(large, week, count), _rest_means(large, total, count, True)
    weekly, up_to = ([[] for _week in sure] for _kind in range(2))
    for _draw_number in range(DRAWS):
        came = [0.0] * count
        for payer in large:
            chance = random.random()
            for amount, chances in payer.parts:
                number = _first(chances, chance)
                if number < count:
                    came[number] += amount
        so_far = sure_so_far = 0.0
        common = max(0.0, 1.0 + shock.total * random.gauss(0, 1))
        for number in range(count):
            so_far += came[number]
            sure_so_far += sure[number]
            other = means[0][number] + rest[number] * random.gauss(0, 1)
            own = max(0.0, 1.0 + shock.week * random.gauss(0, 1))
            weekly[number].append(sure[number] + own * (came[number] + max(0.0, other)))
            other = means[1][number] + rest_total[number] * random.gauss(0, 1)
            up_to[number].append(sure_so_far + common * (so_far + max(0.0, other)))
    return weekly, up_to


def _rest_means(large, sums: _Sums, count: int, is_total: bool = False) -> list[float]:
    means = sums.means[:]
    for payer in large:
        for amount, chances in payer.parts:
            for number in range(count):
                before = chances[number - 1] if number and not is_total else 0.0
                means[number] -= amount * max(0.0, chances[number] - before)
    return means


def _first(chances: Sequence[float], chance: float) -> int:
    """Return the week in which it is paid: the first whose chance is above."""
    for number, until in enumerate(chances):
        if chance < until:
            return number
    return len(chances)


def _range(draws: Sequence[float], mean: float) -> tuple[float, float]:
    """Return the two ends of a range that holds the mean too.

    Where one customer is the whole week, the mean may be outside of eight in ten.
    """
    low = draws[int(LOW * len(draws))]
    high = draws[min(len(draws) - 1, int(HIGH * len(draws)))]
    return min(low, mean), max(high, mean)


# === WHAT CAME === #


def shock_of(pairs: Sequence[Pair], least: int = LEAST) -> float:
    """Return the relative error beyond chance, by the method of moments.

    ``s² = (Σ (came - amount)² - Σ deviation²) / Σ amount²``, not below nothing.

    :param least: with fewer pairs nothing is known
    """
    squares = sum(pair.amount**2 for pair in pairs)
    if len(pairs) < least or not squares:
        return 0.0
    off = sum((pair.came - pair.amount) ** 2 for pair in pairs)
    chance = sum(pair.deviation**2 for pair in pairs)
    return min(WORST, math.sqrt(max(0.0, off - chance) / squares))


def weighted_error(pairs: Sequence[Pair]) -> float | None:
    """Return the weighted absolute percentage error (WAPE), in percent.

    Sum of the errors over the sum of what came: a week in which nothing came does not
    make it infinite, as it does the mean of percentages.

    >>> weighted_error([Pair(90, 0, 0, 0, 100), Pair(120, 0, 0, 0, 100)])
    15.0
    """
    came = sum(pair.came for pair in pairs)
    if came <= 0:
        return None
    return sum(abs(pair.amount - pair.came) for pair in pairs) / came * 100


def bias(pairs: Sequence[Pair]) -> float | None:
    """Return by how much too much was expected, in percent of what came."""
    came = sum(pair.came for pair in pairs)
    if came <= 0:
        return None
    return (sum(pair.amount for pair in pairs) - came) / came * 100


def covered(pair: Pair) -> bool:
    return pair.low <= pair.came <= pair.high


def coverage(pairs: Sequence[Pair]) -> float | None:
    """Return how many of the weeks fell into their range, in percent."""
    return sum(map(covered, pairs)) / len(pairs) * 100 if pairs else None
