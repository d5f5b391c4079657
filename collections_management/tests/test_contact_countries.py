"""Every shipped country: its minutes, clocks and holidays, in each possible zone."""

from datetime import timedelta

from odoo.tests import tagged

from .test_contact_rule import ContactRuleCommon, utc

# When it opens and closes on Tuesday 18 June 2024 (UTC; an early closing is on the
# 19th) for somebody of whom only the country is known: lawful in each of its zones.
SOMEWHERE = {
    "co": ("12:00", "00:00"),
    "cl": ("14:00", "23:00"),  # from Easter Island until Punta Arenas
    "pe": ("12:00", "01:00"),
    "mx": ("14:00", "03:00"),  # from Tijuana until Cancún
    "ec": ("13:00", "01:00"),  # from the Galápagos until Guayaquil
    "ar": ("11:00", "23:00"),
    "br": ("14:00", "21:00"),  # from Acre until Fernando de Noronha
    "us": ("18:00", "01:00"),  # from Hawaii until New York
    "fr": ("06:00", "18:00"),
    "es": ("07:00", "18:00"),  # from the Canary Islands until Madrid
    "pt": ("08:00", "19:00"),  # from the Azores until Lisbon
    "bo": ("13:00", "22:00"),  # the strict rule
}
# When the day opens on Wednesday 24 January and on Wednesday 10 July 2024 (UTC).
OPENS = {
    ("co", None): ("12:00", "12:00"),
    ("cl", "cl_13"): ("11:00", "12:00"),
    ("pe", None): ("12:00", "12:00"),
    ("mx", "mx_df"): ("13:00", "13:00"),
    ("mx", "mx_bc"): ("15:00", "14:00"),
    ("ec", "ec_17"): ("12:00", "12:00"),
    ("ar", None): ("11:00", "11:00"),
    ("br", "br_sp"): ("12:00", "12:00"),
    ("us", "us_27"): ("13:00", "12:00"),
    ("fr", None): ("07:00", "06:00"),
    ("bo", None): ("13:00", "13:00"),
}
SECOND = timedelta(seconds=1)


@tagged("post_install", "-at_install")
class TestContactCountries(ContactRuleCommon):
    def _person(self, country, state=None):
        case = self._debtor(country, state)
        self._agree(case)
        return case

    def _is_allowed(self, case, moment):
        return self.Contact._of_case(case, "call", now=moment)[1].allowed

    def test_zone_not_known_to_the_minute(self):
        for country, (opens, closes) in SOMEWHERE.items():
            case = self._person(country)
            first = utc(f"2024-06-18 {opens}:00")
            last = utc(f"2024-06-{18 + (closes < opens)} {closes}:00")
            with self.subTest(country=country):
                self.assertDeferred(
                    case, "call", str(first - SECOND), str(first)[:16], "rule_hours"
                )
                self.assertTrue(self._is_allowed(case, first))
                self.assertTrue(self._is_allowed(case, last - SECOND))
                self.assertFalse(self._is_allowed(case, last))

    def test_clocks_in_winter_and_summer(self):
        for (country, state), openings in OPENS.items():
            case = self._person(country, state)
            for day, opens in zip(("01-24", "07-10"), openings, strict=True):
                first = utc(f"2024-{day} {opens}:00")
                with self.subTest(country=country, state=state, day=day):
                    self.assertFalse(self._is_allowed(case, first - SECOND))
                    self.assertTrue(self._is_allowed(case, first))

    def test_the_day_that_is_off_is_the_debtors(self):
        """Late on a working day in UTC it is a holiday there already, and inversely."""
        chilean = self._person("cl", "cl_13")
        # 18 September, 23:30 UTC, is still the holiday in Santiago (20:30).
        codes = self._ask(chilean, "email", "2024-09-18 23:30:00")[1]
        self.assertIn("rule_holiday", codes)
        french = self._person("fr")
        codes = self._ask(french, "email", "2024-11-01 09:00:00")[1]
        self.assertEqual(codes, ["rule_holiday"])
        self.assertTrue(self._is_allowed(french, utc("2024-11-04 09:00:00")))
