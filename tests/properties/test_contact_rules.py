"""Contact rules: never an unlawful moment, and more contacts never allow more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from collections_tools import contact_rules as c

START = datetime(2024, 1, 1, tzinfo=UTC)
ZONES = (
    "UTC",
    "America/Bogota",
    "America/Santiago",  # changes at midnight
    "America/New_York",
    "Pacific/Easter",
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Kiritimati",
)
CHANNELS = (("call", c.VOICE), ("email", c.WRITTEN), ("sms", c.WRITTEN))

moments = st.integers(0, 366 * 24 * 60).map(lambda m: START + timedelta(minutes=m))
zones = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True)


@st.composite
def windows(draw):
    start = draw(st.integers(0, 24 * 60 - 30))
    end = draw(st.integers(start + 15, 24 * 60))
    return c.Window(draw(st.integers(0, 6)), start, end)


rules = st.builds(
    c.Rule,
    windows=st.lists(windows(), min_size=1, max_size=6).map(tuple),
    on_holidays=st.booleans(),
    max_day=st.integers(0, 2),
    max_week=st.integers(0, 3),
    min_days=st.integers(0, 4),
    days_after_talk=st.integers(0, 8),
    one_channel=st.booleans(),
    week=st.sampled_from([c.ROLLING, c.MONDAY]),
    counts_all=st.booleans(),
)
wishes = st.sampled_from(CHANNELS).map(lambda pair: c.Wish(*pair))


@st.composite
def facts(draw):
    """Return now, contacts of the days before it, and some holidays around it."""
    now = draw(moments)
    contact = st.builds(
        lambda minutes, pair, talked: c.Contact(
            now - timedelta(minutes=minutes), *pair, talked
        ),
        st.integers(0, 12 * 24 * 60),
        st.sampled_from(CHANNELS),
        st.booleans(),
    )
    days = draw(st.sets(st.integers(-1, 12), max_size=4))
    holidays = {now.date() + timedelta(days=day): "Holiday" for day in days}
    return now, draw(st.lists(contact, max_size=4)), holidays


@settings(max_examples=300, deadline=None)
@given(rules, wishes, facts(), zones)
def test_the_moment_it_gives_is_allowed(rule, wish, facts, zones):
    now, history, holidays = facts
    answer = c.decide(rule, wish, history, holidays, zones, now)
    assert answer.allowed == (not answer.reasons)
    if answer.moment is None:
        return
    assert answer.moment >= now
    again = c.decide(rule, wish, history, holidays, zones, answer.moment)
    assert again.allowed
    assert again.moment < again.until
    last = again.until - timedelta(seconds=1)
    assert c.decide(rule, wish, history, holidays, zones, last).allowed


@settings(max_examples=150, deadline=None)
@given(rules, wishes, facts(), zones, st.data())
def test_nothing_before_that_moment_is_allowed(rule, wish, facts, zones, data):
    now, history, holidays = facts
    answer = c.decide(rule, wish, history, holidays, zones, now)
    if answer.allowed or answer.moment is None:
        return
    minutes = int((answer.moment - now).total_seconds() // 60)
    between = now + timedelta(minutes=data.draw(st.integers(0, max(minutes - 1, 0))))
    earlier = c.decide(rule, wish, history, holidays, zones, between)
    # Only the hour that a clock skips may open without the day's first minute.
    assert not earlier.allowed or answer.moment - between <= timedelta(hours=1)


@settings(max_examples=300, deadline=None)
@given(rules, wishes, facts(), zones, st.data())
def test_more_never_makes_it_earlier(rule, wish, facts, zones, data):
    now, history, holidays = facts
    part = data.draw(st.integers(0, len(history)))
    fewer = c.decide(rule, wish, history[:part], holidays, zones, now)
    more = c.decide(rule, wish, history, holidays, zones, now)
    single = c.decide(rule, wish, history, holidays, zones[:1], now)
    workdays = c.decide(rule, wish, history, {}, zones, now)
    for less in (fewer, single, workdays):
        assert more.moment is None or less.moment <= more.moment


@settings(max_examples=100, deadline=None)
@given(rules, wishes, facts(), zones, st.integers(0, 20 * 24 * 60))
def test_waiting_never_brings_it_forward(rule, wish, facts, zones, minutes):
    now, history, holidays = facts
    first = c.decide(rule, wish, history, holidays, zones, now)
    later = now + timedelta(minutes=minutes)
    then = c.decide(rule, wish, history, holidays, zones, later)
    assert then.moment is None or first.moment <= then.moment


@given(rules, wishes, facts(), zones, st.sampled_from([False, None]))
def test_without_consent_no_waiting_helps(rule, wish, facts, zones, consent):
    now, history, holidays = facts
    rule = rule._replace(needs_consent=True)
    wish = wish._replace(consent=consent)
    answer = c.decide(rule, wish, history, holidays, zones, now)
    assert (answer.allowed, answer.moment) == (False, None)
