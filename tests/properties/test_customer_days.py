"""Payment and reception days: found where they are, never earlier, never closed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import customer_days
from collections_tools.customer_days import Calendar, Closing, Day

DATES = st.dates(date(2023, 1, 1), date(2026, 12, 31))
DAYS = st.one_of(
    st.tuples(st.integers(0, 6), st.sampled_from([0, 1, 2, 3, -1])).map(
        lambda parts: Day(*parts)
    ),
    st.integers(1, 31).map(lambda number: Day(month_day=number)),
)


@st.composite
def closings(draw):
    first = draw(DATES)
    length = draw(st.integers(0, 40))
    return Closing(first, first + timedelta(days=length), draw(st.booleans()))


CALENDARS = st.builds(
    Calendar,
    st.lists(DAYS, max_size=3).map(tuple),
    st.lists(closings(), max_size=2).map(tuple),
)


@given(CALENDARS, DATES)
def test_the_next_day_is_the_first_open_one(own, since):
    found = customer_days.next_day(own, since)
    last = found or since + timedelta(days=customer_days.HORIZON)
    for offset in range((last - since).days):
        when = since + timedelta(days=offset)
        fits = any(customer_days.falls_on(day, when) for day in own.days)
        assert not fits or customer_days.is_closed(own.closings, when)
    if found:
        assert any(customer_days.falls_on(day, found) for day in own.days)
        assert not customer_days.is_closed(own.closings, found)


@given(CALENDARS.filter(lambda own: own.days and not own.closings), DATES)
def test_every_day_comes_again_within_a_quarter(own, since):
    found = customer_days.next_day(own, since)
    assert since <= found <= since + timedelta(days=92)


@given(DAYS, DATES)
def test_a_day_of_the_month_comes_once_in_each(day, when):
    first = when.replace(day=1)
    month = [first + timedelta(days=n) for n in range(31)]
    month = [one for one in month if one.month == first.month]
    count = sum(customer_days.falls_on(day, one) for one in month)
    if day.month_day or day.week:
        assert count == 1
    else:
        assert count in (4, 5)


@given(CALENDARS, DATES, st.integers(0, 40))
def test_asking_waits_for_the_eve_and_no_longer(own, since, wait):
    best = customer_days.best_day(own, since, wait)
    assert since <= best <= since + timedelta(days=wait)
    if best > since:
        pays = customer_days.next_day(own, best + timedelta(days=1))
        assert customer_days.eve(pays) == best
        assert best.weekday() < customer_days.SATURDAY
    # Decided anew each day, it stays the same day.
    for offset in range((best - since).days + 1):
        day = since + timedelta(days=offset)
        assert customer_days.best_day(own, day, wait) == best


@given(CALENDARS, DATES, DATES)
def test_money_never_comes_before_it_is_due_or_yesterday(own, due, today):
    found = customer_days.expected(own, due, today)
    assert found >= max(due, today)
    if not own.days:
        assert found == max(due, today)


@given(closings(), DATES)
def test_a_yearly_closing_is_the_same_every_year(closing, when):
    if closing.yearly and (when.month, when.day) != (2, 29):
        later = when.replace(year=when.year + 1)
        assert customer_days.is_closed([closing], when) == customer_days.is_closed(
            [closing], later
        )
