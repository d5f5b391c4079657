"""How risky a customer is: a grade from A to E that says what it is made of.

From the history of payments, promises, issues, the credit limit and the prediction;
never from names, tags, notes, country or other properties of a person. It informs
people: nothing is decided by it alone.
"""

from typing import NamedTuple

GRADES = "ABCDE"
# From so many points of a hundred on it is this grade.
LIMITS = (0, 15, 30, 50, 70)
# A grade gets better only when it is clearly better: not today B and tomorrow C.
MARGIN = 3
SHOWN = 3


class Facts(NamedTuple):
    """What is known of a customer; ``None``: nothing is known.

    :param days_late: average days late of what was paid in the last 12 months
    :param days_overdue: of the oldest item
    :param kept, broken: promises judged in the last 12 months
    :param disputes: issues reported in the last 12 months
    :param limit_use: balance as a share of the credit limit
    :param trend: days by which the last payments came later than its usual ones
    :param over_30: predicted share of the debt to be paid over 30 days late
    """

    days_late: float | None = None
    days_overdue: int = 0
    kept: int = 0
    broken: int = 0
    disputes: int = 0
    limit_use: float | None = None
    trend: float | None = None
    over_30: float | None = None


class Part(NamedTuple):
    """A component of the score: its points, the most it can have, what it shows."""

    code: str
    points: float
    most: int
    value: float


class Risk(NamedTuple):
    """The grade, its score from 0 to 100, and all components, the heaviest first."""

    grade: str
    score: int
    parts: tuple[Part, ...]


def rate(facts: Facts, before: str | None = None) -> Risk | None:
    """Return the grade of a customer; ``None`` where nothing is known of it.

    What is not known counts neither for nor against: the points are those of the
    known components, as a share of the most these can give.

    :param before: the grade it had

    >>> rate(Facts()) is None
    True
    >>> rate(Facts(days_late=0.0)).grade, rate(Facts(days_late=60.0)).grade
    ('A', 'C')
    """
    if facts.days_late is None and not (facts.days_overdue or facts.broken):
        return None
    parts = tuple(sorted(_parts(facts), key=lambda part: (-part.points, part.code)))
    score = round(100 * sum(p.points for p in parts) / sum(p.most for p in parts))
    grade = _grade(score)
    if before and grade < before:
        grade = min(before, _grade(score + MARGIN))
    return Risk(grade, score, parts)


def reasons(risk: Risk) -> list[Part]:
    """Return the components that weigh most, at most three."""
    return [part for part in risk.parts if part.points > 0][:SHOWN]


def _grade(score: float) -> str:
    return [g for g, limit in zip(GRADES, LIMITS, strict=True) if score >= limit][-1]


def _parts(facts: Facts):
    yield _part("overdue", 20, facts.days_overdue / 90, facts.days_overdue)
    judged = facts.kept + facts.broken
    share = facts.broken / judged if judged else 0.0
    yield _part("broken", 20, facts.broken * share / 2, facts.broken)
    yield _part("disputes", 5, facts.disputes / 3, facts.disputes)
    if facts.days_late is not None:
        yield _part("habit", 25, facts.days_late / 30, facts.days_late)
    if facts.trend is not None:
        yield _part("trend", 10, facts.trend / 15, facts.trend)
    if facts.limit_use is not None:
        yield _part("limit", 10, (facts.limit_use - 0.5) / 0.5, facts.limit_use)
    if facts.over_30 is not None:
        yield _part("prediction", 20, facts.over_30 / 0.6, facts.over_30)


def _part(code: str, most: int, share: float, value: float) -> Part:
    return Part(code, round(most * min(max(share, 0.0), 1.0), 2), most, float(value))
