"""Shipped contact rules at work: in the debtor's zone, on holidays, across DST."""

from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.contact.collections_contact import Request
from .common import NOON, CollectionsCommon


def utc(text):
    return datetime.fromisoformat(text)


class ContactRuleCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = cls.env["collections.contact.rule"].with_context(active_test=False)
        rules.search([]).active = True
        cls.Contact = cls.env["collections.contact"]
        cls.Interaction = cls.env["collections.interaction"]
        cls.company.country_id = cls.env.ref("base.co")

    @classmethod
    def _debtor(cls, country, state=None, person=True, **values):
        """Create a customer with a case."""
        customer = cls._customer(
            is_company=not person,
            country_id=country and cls.env.ref(f"base.{country}").id,
            state_id=state and cls.env.ref(f"base.state_{state}").id,
            **values,
        )
        values = {"partner_id": customer.id, "company_id": cls.company.id}
        return cls.Case.sudo().create(values).with_env(cls.env)

    @classmethod
    def _agree(cls, case, channel="all", state="given"):
        return cls.env["collections.consent"].create(
            {"partner_id": case.partner_id.id, "channel": channel, "state": state}
        )

    @classmethod
    def _contacted(cls, case, channel, when, **values):
        return cls.Interaction.create(
            {"case_id": case.id, "channel": channel, "date": when, **values}
        )

    def _ask(self, case, channel, now):
        """Return when, in UTC, and the codes of what speaks against now."""
        _rule, answer = self.Contact._of_case(case, channel, now=utc(now))
        moment = answer.moment and f"{answer.moment:%Y-%m-%d %H:%M}"
        return moment, [reason.code for reason in answer.reasons]

    def assertAllowed(self, case, channel, now):
        self.assertEqual(self._ask(case, channel, now), (now[:16], []))

    def assertDeferred(self, case, channel, now, moment, *codes):
        self.assertEqual(self._ask(case, channel, now), (moment, list(codes)))


@tagged("post_install", "-at_install")
class TestContactRule(ContactRuleCommon):
    # === THE ACCEPTANCE TESTS OF THE REFERENCE === #

    def test_1_colombia_saturday_afternoon(self):
        """15:01 waits for Monday 07:00, and for Tuesday if Monday is a holiday."""
        case = self._debtor("co")
        self._agree(case)
        self.assertAllowed(case, "email", "2024-06-15 19:59:00")
        self.assertDeferred(
            case, "email", "2024-06-15 20:01:00", "2024-06-17 12:00", "rule_hours"
        )
        # 1 July 2024: Saint Peter and Saint Paul.
        self.assertDeferred(
            case, "email", "2024-06-29 20:01:00", "2024-07-02 12:00", "rule_hours"
        )

    def test_2_colombia_one_channel_a_week(self):
        case = self._debtor("co")
        self._agree(case)
        self._contacted(case, "email", "2024-06-18 15:00:00")
        thursday = "2024-06-20 15:00:00"
        self.assertAllowed(case, "email", thursday)
        self.assertDeferred(
            case, "sms", thursday, "2024-06-25 12:00", "rule_one_channel"
        )

    def test_3_colombia_once_a_day(self):
        case = self._debtor("co")
        self._agree(case)
        self._contacted(case, "email", "2024-06-18 15:00:00")
        self.assertDeferred(
            case, "email", "2024-06-18 16:00:00", "2024-06-19 12:00", "rule_max_day"
        )

    def test_4_chile_two_messages_and_a_call(self):
        """R121: a call or visit a week, two messages, two days apart."""
        case = self._debtor("cl", "cl_13")
        self._contacted(case, "other", "2024-06-10 15:00:00")
        self.assertDeferred(
            case, "email", "2024-06-11 15:00:00", "2024-06-12 12:00", "rule_min_days"
        )
        self._contacted(case, "email", "2024-06-12 15:00:00")
        self.assertDeferred(
            case, "email", "2024-06-14 15:00:00", "2024-06-17 12:00", "rule_max_week"
        )
        self.assertAllowed(case, "call", "2024-06-14 15:00:00")
        self._contacted(case, "call", "2024-06-14 15:00:00")
        # Friday 21 June 2024 is a holiday by the decree of that year; the 20th too.
        self.assertEqual(
            self._ask(case, "visit", "2024-06-15 15:00:00")[1], ["rule_max_week"]
        )

    def test_5_peru_saturday(self):
        case = self._debtor("pe")
        self.assertDeferred(
            case, "call", "2024-06-15 15:00:00", "2024-06-17 12:00", "rule_closed_day"
        )

    def test_6_mexico_tijuana(self):
        """08:30 in Mexico City is 07:30 in Tijuana in summer, 06:30 in winter."""
        tijuana = self._debtor("mx", "mx_bc")
        capital = self._debtor("mx", "mx_df")
        now = "2024-01-16 14:30:00"
        self.assertAllowed(capital, "email", now)
        self.assertDeferred(tijuana, "email", now, "2024-01-16 15:00", "rule_hours")

    def test_7_united_states_eighth_call(self):
        case = self._debtor("us", "us_5")
        for number in range(7):
            self._contacted(case, "call", f"2024-06-{11 + number} 18:00:00")
        self.assertDeferred(
            case, "call", "2024-06-17 19:00:00", "2024-06-18 15:00", "rule_max_week"
        )
        self.assertAllowed(case, "email", "2024-06-17 19:00:00")

    def test_8_an_answer_is_logged_and_not_counted(self):
        case = self._debtor("co")
        self._agree(case)
        self._contacted(case, "email", "2024-06-18 15:00:00", direction="in")
        self._contacted(case, "sms", "2024-06-18 15:05:00", is_reply=True)
        self.assertEqual(len(case.interaction_ids), 2)
        self.assertAllowed(case, "email", "2024-06-18 16:00:00")

    # 9, rescheduled with its reason: see TestContactGate.

    # === EVERY COUNTRY AT ITS EDGE === #

    def test_boundary_minutes(self):
        """Opening and closing on Tuesday 18 June 2024, in the zone of the debtor."""
        edges = [
            ("co", None, "call", "12:00", "00:00", "2024-06-19 12:00"),
            ("cl", "cl_13", "call", "12:00", "00:00", "2024-06-19 12:00"),
            ("cl", "cl_13", "email", "12:00", "00:00", "2024-06-19 12:00"),
            ("pe", None, "call", "12:00", "01:00", "2024-06-19 12:00"),
            ("mx", "mx_df", "call", "13:00", "04:00", "2024-06-19 13:00"),
            ("ec", "ec_17", "call", "12:00", "01:00", "2024-06-19 12:00"),
            ("ar", None, "call", "11:00", "23:00", "2024-06-19 11:00"),
            ("br", "br_sp", "call", "12:00", "22:00", "2024-06-19 12:00"),
            ("us", "us_27", "call", "12:00", "01:00", "2024-06-19 12:00"),
            ("fr", None, "email", "06:00", "18:00", "2024-06-19 06:00"),
            ("bo", None, "call", "13:00", "22:00", "2024-06-19 13:00"),
        ]
        for country, state, channel, opens, closes, again in edges:
            case = self._debtor(country, state)
            self._agree(case)
            last = "19" if closes < opens else "18"
            before = f"2024-06-18 {int(opens[:2]) - 1:02}:59:59"
            with self.subTest(country=country, channel=channel):
                self.assertDeferred(
                    case, channel, before, f"2024-06-18 {opens}", "rule_hours"
                )
                self.assertAllowed(case, channel, f"2024-06-18 {opens}:00")
                moment, codes = self._ask(case, channel, f"2024-06-{last} {closes}:00")
                self.assertIn("rule_hours", codes)
                if country != "cl":
                    self.assertEqual(moment, again)

    def test_holidays(self):
        """A working day's noon on a holiday of each country."""
        holidays = {
            ("co", None): "2024-11-04",
            ("cl", "cl_13"): "2024-09-18",
            ("pe", None): "2024-08-30",
            ("mx", "mx_df"): "2024-09-16",
            ("ec", "ec_17"): "2024-05-24",
            ("ar", None): "2024-07-09",
            ("br", "br_sp"): "2024-11-15",
            ("fr", None): "2024-11-01",
            ("bo", None): "2024-08-06",
        }
        for (country, state), when in holidays.items():
            case = self._debtor(country, state)
            self._agree(case)
            with self.subTest(country=country):
                codes = self._ask(case, "email", f"{when} 15:30:00")[1]
                self.assertEqual(codes, ["rule_holiday"])
        american = self._debtor("us", "us_27")
        self.assertAllowed(american, "email", "2024-07-04 15:30:00")

    def test_daylight_saving(self):
        """New York 10 March, Santiago 8 September 2024: the same hour, another UTC."""
        american = self._debtor("us", "us_27")
        for now, moment in (
            ("2024-03-09 06:00:00", "2024-03-09 13:00"),
            ("2024-03-10 06:00:00", "2024-03-10 12:00"),
            ("2024-11-03 06:00:00", "2024-11-03 13:00"),
        ):
            self.assertDeferred(american, "call", now, moment, "rule_hours")
        chilean = self._debtor("cl", "cl_13")
        self.assertEqual(
            [
                self._ask(chilean, "call", f"2024-09-{d} 06:00:00")[0]
                for d in ("07", "09")
            ],
            ["2024-09-07 12:00", "2024-09-09 11:00"],
        )

    def test_unknown_zone_is_lawful_in_all_of_them(self):
        """Mexico without a state: from 07:00 in Tijuana until 22:00 in Cancún."""
        case = self._debtor("mx")
        self.assertDeferred(
            case, "email", "2024-06-18 13:30:00", "2024-06-18 14:00", "rule_hours"
        )
        self.assertAllowed(case, "email", "2024-06-19 02:59:00")
        self.assertEqual(
            self._ask(case, "email", "2024-06-19 03:00:00"),
            ("2024-06-19 14:00", ["rule_hours"]),
        )
        anywhere = self._debtor("us")
        self.assertDeferred(
            anywhere, "call", "2024-06-18 13:00:00", "2024-06-18 18:00", "rule_hours"
        )

    def test_zone_of_the_portal_user(self):
        """Only if that person logged in: else it is the creator's."""
        case = self._debtor("mx", tz="America/Tijuana")
        user = new_test_user(
            self.env,
            "test_debtor",
            groups="base.group_portal",
            partner_id=case.partner_id.id,
            tz="America/Tijuana",
        )
        late = "2024-06-19 04:30:00"  # 21:30 in Tijuana, 23:30 in Cancún
        self.assertFalse(self.Contact._of_case(case, "email", now=utc(late))[1].allowed)
        self.env["res.users.log"].with_user(user).sudo().create({})
        self.assertAllowed(case, "email", late)

    # === WHICH RULE === #

    def _rule_for(self, case, channel="email"):
        return self.Contact._of_case(case, channel, now=utc(NOON))[0]

    def _shipped(self, name):
        return self.env.ref(f"collections_management.contact_rule_{name}")

    def test_which_rule(self):
        self.assertEqual(self._rule_for(self._debtor("co")), self._shipped("co"))
        self.assertEqual(self._rule_for(self._debtor("fr")), self._shipped("eu"))
        self.assertEqual(self._rule_for(self._debtor("bo")), self._shipped("strict"))
        self.assertEqual(self._rule_for(self._debtor(None)), self._shipped("strict"))
        chilean = self._debtor("cl")
        self.assertEqual(self._rule_for(chilean, "call"), self._shipped("cl_voice"))
        self.assertEqual(self._rule_for(chilean), self._shipped("cl_written"))
        company = self._debtor("co", person=False)
        self.assertEqual(self._rule_for(company), self._shipped("company"))

    def test_own_rule_of_a_company_goes_first(self):
        own = self._shipped("co").copy({"company_id": self.company.id, "name": "Ours"})
        case = self._debtor("co")
        self.assertEqual(self._rule_for(case), own)
        own.active = False
        self.assertEqual(self._rule_for(case), self._shipped("co"))

    def test_no_country_takes_the_days_off_of_the_company(self):
        case = self._debtor(None)
        codes = self._ask(case, "email", "2024-07-01 16:00:00")[1]
        self.assertEqual(codes, ["rule_holiday"])

    def test_every_shipped_rule_says_where_it_comes_from(self):
        rules = self.env["collections.contact.rule"].search([])
        self.assertEqual(len(rules), 13)
        for rule in rules:
            with self.subTest(rule=rule.name):
                self.assertTrue(rule.source and rule.interpretation)
                self.assertTrue(rule.confidence and rule.date_checked)
                self.assertTrue(rule.hours_summary)

    # === DAYS OFF === #

    def test_own_days_off(self):
        case = self._debtor("co")
        self._agree(case)
        self.assertAllowed(case, "email", "2024-06-18 15:00:00")
        off = self.env["collections.contact.holiday"].create(
            {"name": "Inventory", "date": "2024-06-18"}
        )
        codes = self._ask(case, "email", "2024-06-18 15:00:00")[1]
        self.assertEqual(codes, ["rule_holiday"])
        off.country_id = self.env.ref("base.cl")
        self.assertAllowed(case, "email", "2024-06-18 15:00:00")

    @freeze_time(NOON)
    def test_the_form_shows_the_holidays_of_a_year(self):
        self.env["collections.contact.holiday"].create(
            {"name": "Inventory", "date": "2024-12-30"}
        )
        rule = self._shipped("co").with_context(lang="en_US")
        self.assertEqual(rule.holiday_year, 2024)
        self.assertIn("New Year", rule.holiday_list)
        self.assertIn("Inventory", rule.holiday_list)
        self.assertFalse(rule.holiday_warning)
        argentina = self._shipped("ar")
        argentina.holiday_year = 2090
        self.assertIn("2090", argentina.holiday_warning)
        self.assertIn("Argentina", argentina.holiday_warning)

    # === EDITING === #

    def test_hours_make_sense(self):
        rule = self._shipped("co")
        with self.assertRaises(ValidationError):
            rule.window_ids[0].start = 20.0
        with self.assertRaises(ValidationError):
            rule.window_ids = [Command.clear()]

    def test_an_edited_rule_holds_at_once(self):
        case = self._debtor("pe")
        self.assertAllowed(case, "call", "2024-06-18 15:00:00")
        self._shipped("pe").window_ids.filtered(lambda w: w.weekday == "1").end = 9.0
        codes = self._ask(case, "call", "2024-06-18 15:00:00")[1]
        self.assertEqual(codes, ["rule_hours"])

    # === CONSENT === #

    def test_consent(self):
        case = self._debtor("co")
        now = "2024-06-18 15:00:00"
        self.assertDeferred(case, "email", now, None, "no_consent")
        self._agree(case, "sms")
        self.assertDeferred(case, "email", now, None, "no_consent")
        self._agree(case, "email")
        self.assertAllowed(case, "email", now)
        self._agree(case, "all", "revoked")
        self.assertDeferred(case, "email", now, None, "opted_out")

    def test_a_refusal_holds_where_no_rule_does(self):
        self.env["collections.contact.rule"].search([]).active = False
        case = self._debtor("co")
        self.assertAllowed(case, "email", "2024-06-16 03:00:00")
        self._agree(case, "email", "revoked")
        self.assertDeferred(case, "email", "2024-06-18 15:00:00", None, "opted_out")
        self.assertAllowed(case, "call", "2024-06-18 15:00:00")

    def test_consents_are_a_ledger(self):
        row = self._agree(self._debtor("co"))
        with self.assertRaises(UserError):
            row.state = "revoked"
        with self.assertRaises(UserError):
            row.unlink()

    # === AS MANY STATEMENTS FOR ONE AS FOR MANY === #

    def test_statements_are_constant(self):
        cases = self.Case.union(*(self._debtor("co") for _number in range(20)))
        for case in cases:
            self._contacted(case, "email", "2024-06-11 15:00:00")
        requests = [Request(c.id, c.id, "email", (c.partner_id.id,)) for c in cases]
        self.env.flush_all()
        self.Contact._answer(requests, utc(NOON))
        counts = []
        for batch in (requests[:1], requests):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Contact._answer(batch, utc(NOON))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 10)
