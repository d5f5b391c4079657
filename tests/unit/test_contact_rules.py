"""Contact rules minute by minute; the shipped ones are tested in the addon."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from collections_tools import contact_rules as c
from collections_tools import contact_zones, public_holidays

OFFICE = tuple(c.Window(day, 8 * 60, 18 * 60) for day in range(5))
ALWAYS = tuple(c.Window(day, 0, 24 * 60) for day in range(7))
EMAIL = c.Wish("email", c.WRITTEN)
CALL = c.Wish("call", c.VOICE)


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def ask(rule, now, *history, wish=EMAIL, zones=("UTC",), holidays=None):
    return c.decide(rule, wish, history, holidays or {}, zones, now)


def codes(answer):
    return [reason.code for reason in answer.reasons]


@pytest.mark.parametrize(
    ("now", "moment", "why"),
    [
        ("2024-06-17 08:00", "2024-06-17 08:00", []),
        ("2024-06-17 17:59:59", "2024-06-17 17:59:59", []),
        ("2024-06-17 07:59:59", "2024-06-17 08:00", [c.HOURS]),
        ("2024-06-17 18:00", "2024-06-18 08:00", [c.HOURS]),
        ("2024-06-22 12:00", "2024-06-24 08:00", [c.CLOSED_DAY]),
        ("2024-06-21 18:00", "2024-06-24 08:00", [c.HOURS]),
    ],
)
def test_hours(now, moment, why):
    answer = ask(c.Rule(OFFICE), at(now))
    assert (answer.moment, codes(answer)) == (at(moment), why)


def test_holidays_are_skipped_unless_the_rule_allows_them():
    free = {date(2024, 6, 17): "Feast"}
    answer = ask(c.Rule(OFFICE), at("2024-06-17 09:00"), holidays=free)
    assert answer.moment == at("2024-06-18 08:00")
    assert answer.reasons[0].values["name"] == "Feast"
    rule = c.Rule(OFFICE, on_holidays=True)
    assert ask(rule, at("2024-06-17 09:00"), holidays=free).allowed


def test_the_answer_says_until_when():
    answer = ask(c.Rule(OFFICE), at("2024-06-17 09:00"))
    assert answer.until == at("2024-06-17 18:00")
    answer = ask(c.Rule(ALWAYS), at("2024-06-17 09:00"))
    assert answer.until == at("2024-06-18 00:00")


def test_a_day_is_the_debtors_day():
    sent = c.Contact(at("2024-06-17 02:00"), "email", c.WRITTEN)  # Sunday in Lima
    rule = c.Rule(ALWAYS, max_day=1)
    now = at("2024-06-17 12:00")
    assert not ask(rule, now, sent).allowed
    assert ask(rule, now, sent, zones=["America/Lima"]).allowed


def test_days_between():
    sent = c.Contact(at("2024-06-17 15:00"), "email", c.WRITTEN)
    rule = c.Rule(OFFICE, min_days=2)
    answer = ask(rule, at("2024-06-18 09:00"), sent)
    assert (answer.moment, codes(answer)) == (at("2024-06-19 08:00"), [c.MIN_DAYS])


@pytest.mark.parametrize(
    ("week", "moment"),
    [(c.MONDAY, "2024-06-24 08:00"), (c.ROLLING, "2024-06-26 08:00")],
)
def test_weeks(week, moment):
    """Two contacts, on Wednesday and Thursday."""
    sent = [
        c.Contact(at(f"2024-06-{day} 09:00"), "email", c.WRITTEN) for day in (19, 20)
    ]
    rule = c.Rule(OFFICE, max_week=2, week=week)
    assert ask(rule, at("2024-06-21 09:00"), *sent).moment == at(moment)


@pytest.mark.parametrize(
    ("week", "moment"),
    [(c.MONDAY, "2024-06-24 08:00"), (c.ROLLING, "2024-06-26 08:00")],
)
def test_one_channel_a_week(week, moment):
    sent = c.Contact(at("2024-06-19 09:00"), "email", c.WRITTEN)
    rule = c.Rule(OFFICE, one_channel=True, week=week)
    answer = ask(rule, at("2024-06-20 09:00"), sent, wish=CALL)
    assert (answer.moment, codes(answer)) == (at(moment), [c.ONE_CHANNEL])
    assert ask(rule, at("2024-06-20 09:00"), sent).allowed


def test_limits_count_the_same_class_unless_all_count():
    sent = c.Contact(at("2024-06-17 09:00"), "email", c.WRITTEN)
    now = at("2024-06-17 10:00")
    assert ask(c.Rule(OFFICE, max_day=1), now, sent, wish=CALL).allowed
    assert not ask(
        c.Rule(OFFICE, max_day=1, counts_all=True), now, sent, wish=CALL
    ).allowed


def test_rest_after_a_talk():
    """The day of the talk is the first of seven."""
    talk = c.Contact(at("2024-06-03 09:00"), "call", c.VOICE, talked=True)
    rule = c.Rule(OFFICE, days_after_talk=7)
    answer = ask(rule, at("2024-06-07 09:00"), talk, wish=CALL)
    assert (answer.moment, codes(answer)) == (at("2024-06-10 08:00"), [c.AFTER_TALK])
    silent = talk._replace(talked=False)
    assert ask(rule, at("2024-06-07 09:00"), silent, wish=CALL).allowed


def test_lawful_in_every_possible_zone():
    """Between Tokyo and New York there is no such moment."""
    zones = ["America/New_York", "America/Los_Angeles"]
    answer = ask(c.Rule(OFFICE), at("2024-06-17 14:00"), zones=zones)
    assert answer.moment == at("2024-06-17 15:00")
    assert answer.reasons[0].values["zone"] == "America/Los_Angeles"
    far = ["Australia/Lord_Howe", "Pacific/Honolulu"]
    assert ask(c.Rule(OFFICE), at("2024-06-17 14:00"), zones=far).moment == at(
        "2024-06-17 21:30"
    )
    never = ["Asia/Tokyo", "America/New_York"]
    assert ask(c.Rule(OFFICE), at("2024-06-17 14:00"), zones=never).moment is None


def test_clocks_that_change():
    """New York: 10 March 2024 forward, 3 November 2024 back; Chile: at midnight."""
    york = "America/New_York"
    for day, hour in (("03-09", 13), ("03-10", 12), ("11-02", 12), ("11-03", 13)):
        now = at(f"2024-{day} 05:30", york)
        answer = ask(
            c.Rule(tuple(w._replace(start=480) for w in ALWAYS)), now, zones=[york]
        )
        assert answer.moment == at(f"2024-{day} {hour}:00")
    chile = ask(
        c.Rule(tuple(w for w in ALWAYS if w.weekday == 6)),
        at("2024-09-07 12:00", "America/Santiago"),
        zones=["America/Santiago"],
    )
    assert chile.moment == at("2024-09-08 04:00")  # 01:00 there: midnight is skipped


def test_a_window_in_the_hour_that_comes_twice_opens_twice():
    rule = c.Rule((c.Window(6, 60, 120),))
    first = ask(
        rule, at("2024-11-03 00:00", "America/New_York"), zones=["America/New_York"]
    )
    assert first.moment == at("2024-11-03 05:00")
    second = ask(rule, at("2024-11-03 06:30"), zones=["America/New_York"])
    assert second.allowed
    assert second.until == at("2024-11-03 07:00")


def test_what_waiting_does_not_mend():
    rule = c.Rule(OFFICE, needs_consent=True, stops=frozenset({"sued"}))
    now = at("2024-06-17 09:00")
    cases = {
        c.NO_CONSENT: EMAIL,
        c.OPTED_OUT: EMAIL._replace(consent=False),
        c.STOPPED: EMAIL._replace(consent=True, stop_flag="sued"),
    }
    for code, wish in cases.items():
        answer = ask(rule, now, wish=wish)
        assert (answer.allowed, answer.moment, codes(answer)) == (False, None, [code])
    assert ask(rule, now, wish=EMAIL._replace(consent=True, stop_flag="other")).allowed


def test_a_rule_that_never_opens():
    assert ask(c.Rule(), at("2024-06-17 09:00")).moment is None


def test_lookback_covers_every_limit():
    assert c.Rule(min_days=30).lookback() > 30
    assert c.Rule().lookback() > 7


# === ZONES AND HOLIDAYS === #


def test_zones():
    country = ["America/New_York", "America/Chicago"]
    zones = contact_zones.possible_zones
    assert zones("US", "NY", country) == ("America/New_York",)
    assert zones("US", "FL", country) == ("America/New_York", "America/Chicago")
    assert zones("US", "FL", country, "America/Chicago") == ("America/Chicago",)
    assert zones("US", "FL", country, "Asia/Tokyo") == tuple(country)
    assert zones("US", "NY", country, "America/Chicago") == ("America/New_York",)
    assert zones("US", "??", country) == tuple(country)
    assert zones(None, None, [], "Asia/Tokyo") == ("Asia/Tokyo",)
    assert zones(None, None, [], None, "America/Lima") == ("America/Lima",)


def test_every_zone_of_a_state_exists():
    for zones in contact_zones._BY_STATE.values():
        assert all(ZoneInfo(zone) for zone in zones)


def test_zones_that_differ_only_in_summer_both_count():
    now = datetime(2024, 1, 15, tzinfo=UTC)
    zones = ["America/Denver", "America/Phoenix", "America/Boise"]
    assert contact_zones.distinct(zones, now) == ("America/Denver", "America/Phoenix")


def test_holidays_by_state_and_language():
    of_year = public_holidays.of_year
    assert of_year("CO", None, 2024, "en_US")[date(2024, 1, 1)] == "New Year's Day"
    assert of_year("CO", None, 2024, "es_419")[date(2024, 1, 1)] == "Año Nuevo"
    arica = date(2024, 6, 7)
    assert arica in of_year("CL", "CL-AP", 2024)
    assert arica not in of_year("CL", None, 2024)
    assert not of_year("XX", None, 2024)
    assert of_year("CO", "not a state", 2024) == of_year("CO", None, 2024)
    assert public_holidays.version()


def test_years_that_the_library_does_not_know():
    """Argentina decrees days every year; Chile did so twice."""
    assert not public_holidays.is_known("AR", 2090)
    assert public_holidays.is_known("CL", 2027)
    assert public_holidays.is_known("AR", 2020)


def test_the_next_moment_is_found_quickly_in_many_zones():
    zones = ["Pacific/Honolulu", "America/Chicago", "America/New_York"]
    answer = ask(c.Rule(OFFICE), at("2024-06-21 23:00"), zones=zones)
    assert answer.moment == at("2024-06-24 18:00")
    assert answer.moment - at("2024-06-21 23:00") < timedelta(days=4)


@pytest.mark.parametrize(
    ("allowed", "flag", "why"),
    [
        (False, None, [c.GUARANTOR]),
        (True, None, []),
        # Of the debtor alone, and why somebody else is asked.
        (True, "insolvent", []),
        (True, "deceased", []),
        (True, "sued", [c.STOPPED]),
        (False, "insolvent", [c.GUARANTOR]),
    ],
)
def test_who_answers_for_the_debtor(allowed, flag, why):
    stops = frozenset({"insolvent", "deceased", "sued"})
    rule = c.Rule(ALWAYS, stops=stops, guarantors=allowed)
    wish = CALL._replace(guarantor=True, stop_flag=flag)
    answer = ask(rule, at("2024-06-17 09:00"), wish=wish)
    assert codes(answer) == why


def test_a_guarantor_has_the_limits_of_the_debtor():
    rule = c.Rule(ALWAYS, max_day=1, guarantors=True)
    talk = c.Contact(at("2024-06-17 08:00"), "call", c.VOICE)
    wish = CALL._replace(guarantor=True)
    answer = ask(rule, at("2024-06-17 09:00"), talk, wish=wish)
    assert codes(answer) == [c.MAX_DAY]
