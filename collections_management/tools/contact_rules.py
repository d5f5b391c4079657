"""May a customer be contacted now, when else, and why not: a contact rule at work.

All is decided on the wall clock of the debtor. Where the zone is not known, a moment
must be lawful in every zone that is possible. Days are calendar days there: a call
after a talk on the 1st that has to rest seven days is free again on the 8th.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

VOICE = "voice"
WRITTEN = "written"
ROLLING = "rolling"
MONDAY = "monday"

# Why not now; the texts live in the model.
HOURS = "rule_hours"
HOLIDAY = "rule_holiday"
CLOSED_DAY = "rule_closed_day"
MAX_DAY = "rule_max_day"
MAX_WEEK = "rule_max_week"
MIN_DAYS = "rule_min_days"
ONE_CHANNEL = "rule_one_channel"
AFTER_TALK = "rule_after_talk"
NO_CONSENT = "no_consent"
OPTED_OUT = "opted_out"
STOPPED = "stopped"
GUARANTOR = "guarantor"

# What is true of the debtor alone, and is the very reason to ask who answers for it.
OF_THE_DEBTOR = frozenset({"insolvent", "deceased", "opted_out"})

WEEK = 7
# So far ahead the next moment is looked for: longer pauses are a person's matter.
HORIZON = 400
# Zones lie at most so many days apart: what one date opens, a later one may open first.
SPREAD = 3
DAY = timedelta(days=1)


class Window(NamedTuple):
    """From one minute of the day until before another, on a weekday (Monday is 0)."""

    weekday: int
    start: int
    end: int


class Rule(NamedTuple):
    """How a kind of debtor may be contacted; zero means no limit.

    ``counts_all``: contacts by every class of channel count against the limits, not
    only those of the same class. ``stops``: the case's flags that forbid all contact.
    ``guarantors``: whoever answers for the debtor may be contacted, by the same rules.
    """

    windows: tuple[Window, ...] = ()
    on_holidays: bool = False
    max_day: int = 0
    max_week: int = 0
    min_days: int = 0
    days_after_talk: int = 0
    one_channel: bool = False
    week: str = ROLLING
    counts_all: bool = False
    needs_consent: bool = False
    stops: frozenset[str] = frozenset()
    guarantors: bool = False

    def lookback(self) -> int:
        """Return how many days of history can matter."""
        return max(WEEK, self.min_days, self.days_after_talk) + 1


class Contact(NamedTuple):
    """A contact that took place. ``talked``: the person answered and spoke."""

    moment: datetime
    channel: str
    kind: str
    talked: bool = False


class Wish(NamedTuple):
    """What somebody wants to do now, and what is known about the debtor.

    ``consent``: ``True`` given, ``False`` revoked, ``None`` never asked.
    ``guarantor``: the contact is with who answers for the debtor.
    """

    channel: str
    kind: str
    consent: bool | None = None
    stop_flag: str | None = None
    guarantor: bool = False


class Reason(NamedTuple):
    """Why not now: a code, and the values that its text shows."""

    code: str
    values: Mapping[str, object]


class Answer(NamedTuple):
    """``moment``: when it is allowed, in UTC; ``None`` where a person must act first.

    ``until``: when the window of an allowed moment closes, in UTC.
    """

    allowed: bool
    moment: datetime | None
    until: datetime | None = None
    reasons: tuple[Reason, ...] = ()


def decide(
    rule: Rule,
    wish: Wish,
    history: Sequence[Contact],
    holidays: Mapping[date, str],
    zones: Sequence[str],
    now: datetime,
) -> Answer:
    """Tell whether a wish is allowed now, or when it will be.

    :param history: contacts with the debtor, in any order; replies to the debtor's
        own messages do not belong to it
    :param holidays: names of the days off, from now to as far as they are known
    :param zones: where the debtor may be; at least one
    :param now: an aware moment
    """
    if reason := _forbidden(rule, wish):
        return Answer(False, None, None, (reason,))
    now = now.astimezone(UTC)
    clocks = [_Clock(rule, wish, history, holidays, zone) for zone in zones]
    for clock in clocks:
        if reasons := clock.against(now):
            return Answer(False, _next_moment(clocks, now), None, tuple(reasons))
    return Answer(True, now, min(clock.closes(now) for clock in clocks))


def _forbidden(rule: Rule, wish: Wish) -> Reason | None:
    """What no waiting mends."""
    if wish.guarantor and not rule.guarantors:
        return Reason(GUARANTOR, {})
    stops = rule.stops - OF_THE_DEBTOR if wish.guarantor else rule.stops
    if wish.stop_flag and wish.stop_flag in stops:
        return Reason(STOPPED, {"flag": wish.stop_flag})
    if wish.consent is False:
        return Reason(OPTED_OUT, {"channel": wish.channel})
    if rule.needs_consent and not wish.consent:
        return Reason(NO_CONSENT, {"channel": wish.channel})
    return None


def _next_moment(clocks, now: datetime) -> datetime | None:
    """Return the first opening after ``now`` that no clock objects to."""
    first = now.date() - DAY
    found: list[datetime] = []
    for offset in range(HORIZON):
        day = first + offset * DAY
        found += [
            moment
            for clock in clocks
            for moment in clock.openings(day)
            if moment > now and not any(other.against(moment) for other in clocks)
        ]
        # In one zone the first day that opens is the first; in several, look further.
        if found and (len(clocks) == 1 or min(found).date() + SPREAD * DAY <= day):
            break
    return min(found, default=None)


class _Clock:
    """A rule seen from one zone."""

    def __init__(self, rule, wish, history, holidays, zone):
        self._rule = rule
        self._wish = wish
        self._holidays = holidays
        self._name = zone
        self._zone = ZoneInfo(zone)
        counted = [
            (contact.moment.astimezone(self._zone).date(), contact)
            for contact in history
            if rule.counts_all or rule.one_channel or contact.kind == wish.kind
        ]
        self._channels = [(day, contact.channel) for day, contact in counted]
        own = [
            (day, contact)
            for day, contact in counted
            if rule.counts_all or contact.kind == wish.kind
        ]
        self._days = [day for day, _contact in own]
        self._talks = [day for day, contact in own if contact.talked]

    def openings(self, day: date):
        """Yield, in UTC, when a window of a local day opens (twice in a long night)."""
        for window in _windows(self._rule, day.weekday()):
            start = datetime.combine(day, time(*divmod(window.start, 60)))
            for fold in (0, 1):
                yield start.replace(tzinfo=self._zone, fold=fold).astimezone(UTC)

    def closes(self, moment: datetime) -> datetime:
        """Return, in UTC, when the window of an allowed moment closes."""
        local = moment.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        window = next(
            window
            for window in _windows(self._rule, local.weekday())
            if window.start <= minute < window.end
        )
        days, minutes = divmod(window.end, 24 * 60)
        end = datetime.combine(local.date() + days * DAY, time(*divmod(minutes, 60)))
        return end.replace(tzinfo=self._zone, fold=local.fold).astimezone(UTC)

    def against(self, moment: datetime) -> list[Reason]:
        """Return what speaks against a moment; the weightiest first."""
        local = moment.astimezone(self._zone)
        reasons = [*self._too_much(local.date()), *self._not_open(local)]
        return [
            Reason(
                code, {**values, "zone": self._name, "local": f"{local:%Y-%m-%d %H:%M}"}
            )
            for code, values in reasons
        ]

    def _not_open(self, local: datetime):
        day = local.date()
        if not self._rule.on_holidays and day in self._holidays:
            yield HOLIDAY, {"day": day.isoformat(), "name": self._holidays[day]}
        windows = _windows(self._rule, local.weekday())
        if not windows:
            yield CLOSED_DAY, {"weekday": local.weekday()}
        minute = local.hour * 60 + local.minute
        if windows and not any(w.start <= minute < w.end for w in windows):
            yield HOURS, {"windows": [(w.start, w.end) for w in windows]}

    def _too_much(self, day: date):
        rule = self._rule
        if rule.max_day and self._days.count(day) >= rule.max_day:
            yield MAX_DAY, {"limit": rule.max_day}
        week = self._week(day)
        in_week = [other for other in self._days if other in week]
        if rule.max_week and len(in_week) >= rule.max_week:
            yield MAX_WEEK, {"limit": rule.max_week}
        if last := _within(self._days, day, rule.min_days):
            yield MIN_DAYS, {"limit": rule.min_days, "last": last.isoformat()}
        if last := _within(self._talks, day, rule.days_after_talk):
            yield AFTER_TALK, {"limit": rule.days_after_talk, "last": last.isoformat()}
        if rule.one_channel:
            yield from self._other_channel(week)

    def _other_channel(self, week):
        for day, channel in self._channels:
            if day in week and channel != self._wish.channel:
                yield ONE_CHANNEL, {"channel": channel, "last": day.isoformat()}
                return

    def _week(self, day: date):
        """Return the days whose contacts count: the last seven, or from Monday on."""
        monday = self._rule.week == MONDAY
        first = day - (day.weekday() if monday else WEEK - 1) * DAY
        return {first + offset * DAY for offset in range(WEEK)}


def _within(days, day: date, limit: int) -> date | None:
    """Return the last of ``days`` that is less than ``limit`` days before ``day``."""
    near = [other for other in days if abs((day - other).days) < limit]
    return max(near, default=None)


@lru_cache(maxsize=4096)
def _of_weekday(windows: tuple[Window, ...], weekday: int) -> tuple[Window, ...]:
    return tuple(sorted(w for w in windows if w.weekday == weekday))


def _windows(rule: Rule, weekday: int) -> tuple[Window, ...]:
    return _of_weekday(rule.windows, weekday)
