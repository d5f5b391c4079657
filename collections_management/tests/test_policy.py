"""Policies: those we ship, what they say, and changing them in mid-dunning."""

from datetime import timedelta
from random import Random

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ..tools import forecast, planning
from .common import NOON, TODAY, CollectionsCommon, day
from .test_segment import SegmentCommon

SHIPPED = ("standard", "preventive", "strategic", "small", "hard")


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestShippedPolicies(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shipped = cls.env["collections.policy"].union(
            *(cls.env.ref(f"collections_management.policy_{name}") for name in SHIPPED)
        )

    def test_levels_are_a_ladder(self):
        """R01, R03, R04, R06, R07, R14: levels before, on and after the due date."""
        for policy in self.shipped:
            delays = policy.level_ids.mapped("delay")
            with self.subTest(policy=policy.name):
                self.assertEqual(delays, sorted(set(delays)))
                self.assertTrue(policy.min_days)
                overdue = policy.level_ids.filtered(lambda level: level.delay > 0)
                self.assertFalse(overdue[0].formal)
                self.assertTrue(all(level.stage_id for level in policy.level_ids))

    def test_before_the_due_date_nothing_is_asked(self):
        """R02, R16, R68: friendly before the due date, firm only at the end."""
        tones = ["friendly", "neutral", "firm"]
        for policy in self.shipped:
            with self.subTest(policy=policy.name):
                levels = policy.level_ids
                found = [tones.index(level.tone) for level in levels]
                self.assertEqual(found, sorted(found))
                early = levels.filtered(lambda level: level.delay <= 0)
                self.assertLessEqual(set(early.mapped("tone")), {"friendly"})
                self.assertFalse(any(early.mapped("formal")))
                late = levels - early
                self.assertFalse(early.template_id & late.template_id)
                for template in early.template_id:
                    words = template.body_html.lower()
                    for threat in ("fee", "interest", "legal", "lawyer", "suspend"):
                        self.assertNotRegex(words, rf"\b{threat}\b")

    def test_calls_and_meetings_have_a_script(self):
        """R15, R67: what a person does comes with what to say."""
        calls = self.shipped.level_ids.filtered(lambda x: x.channel == "activity")
        self.assertGreaterEqual(len(calls.policy_id), 3)
        for level in calls:
            self.assertTrue(level.activity_type_id)
            self.assertGreater(len(level.script), 200, level.name)
        self.assertFalse((self.shipped.level_ids - calls).filtered("script"))

    def test_everybody_can_learn_it(self):
        """R85: each policy says what it is for; each setting what it does."""
        for policy in self.shipped:
            with self.subTest(policy=policy.name):
                self.assertGreater(len(policy.description or ""), 100)
        for model, names in (
            ("collections.dunning.level", ("delay", "formal", "channel_ids", "script")),
            ("collections.policy", ("min_days", "minimum_amount", "tolerance")),
            ("collections.interaction.result", ("next_step", "is_right_party")),
            ("collections.segment", ("domain",)),
            ("collections.stage", ("kind",)),
        ):
            for name, field in self.env[model].fields_get(names, ["help"]).items():
                with self.subTest(model=model, field=name):
                    self.assertTrue(field.get("help"))

    def test_script_reaches_the_collector(self):
        """R67: the activity on the case shows the script."""
        self.segment.policy_id = self.env.ref("collections_management.policy_hard")
        customer = self._customer()
        self._invoices((customer, day(-200), 100.0))
        self._run_and_send()
        activity = self._case(customer).activity_ids
        self.assertEqual(activity.summary, "Review and call")
        self.assertIn("Opening", activity.note)

    def test_texts_render_in_spanish_and_english(self):
        """R13, R68: every text of every policy can be made, in both languages."""
        self.env["res.lang"]._activate_lang("es_419")
        for lang in ("en_US", "es_419"):
            customer = self._customer(lang=lang)
            self._invoices((customer, day(-20), 100.0), (customer, day(2), 5.0))
            self._refresh()
            case = self._case(customer)
            for policy in self.shipped:
                for text in policy._preview_texts(case):
                    level, channel = text["level"].name, text["channel"]
                    with self.subTest(lang=lang, level=level, channel=channel):
                        self.assertEqual(text["lang"], lang)
                        self.assertNotIn("Failed to render", text["body"])
                        if channel == "email":
                            self.assertIn(self.company.name, text["subject"])
                            self.assertIn("INV/", text["body"])

    def test_customer_text_is_escaped(self):
        customer = self._customer("<b>Bold</b> Ltd")
        self._invoices((customer, day(-20), 100.0))
        self._refresh()
        texts = self.shipped[:1]._preview_texts(self._case(customer))
        self.assertIn("&lt;b&gt;Bold", texts[0]["body"])


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPolicyOnScreen(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(email="reader@example.com")
        cls.move = cls._invoices((cls.customer, day(-20), 100.0))
        cls.Case.refresh()
        cls._make_users("collector", "supervisor")

    def test_texts_before_saving(self):
        """What the customer would read, of a level that is not saved."""
        case = self._case(self.customer)
        policy = self.policy.with_user(self.supervisor)
        before = self.Reminder.search_count([])
        mails = self.env["mail.mail"].search_count([])
        form = Form(policy)
        form.preview_case_id = case
        self.assertIn("reader@example.com", form.preview_html)
        self.assertIn(self.move.name, form.preview_html)
        with form.level_ids.new() as level:
            level.name = "Brand new"
            level.delay = 77
            level.template_id = self.policy.level_ids[:1].template_id
        self.assertIn("Brand new", form.preview_html)
        self.assertEqual(form.preview_html.count(self.move.name), 6)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.Reminder.search_count([]), before)
        self.assertEqual(case.reminder_ids.ids, [])
        self.assertFalse(self.move.access_token)
        self.assertEqual(len(self.policy.level_ids), 5)

    def test_texts_of_every_channel_before_saving(self):
        """Each channel of a level shows its own text, as it is being edited."""
        sms = self.env["sms.template"].create(
            {
                "name": "Short",
                "model_id": self.env["ir.model"]._get_id("collections.reminder"),
                "body": "Short text about {{ object.trigger_number }}",
            }
        )
        self.customer.phone = "+1 212 555 0100"
        policy = self.policy.with_user(self.supervisor)
        values = {"preview_case_id": self._case(self.customer)}
        self.assertNotIn("Short text", policy.new(values, policy).preview_html)
        screen = policy.new(values, policy)
        screen.level_ids[2].channel_ids = [
            Command.create(
                {"channel": "sms", "sms_template_id": sms.id, "sequence": 20}
            )
        ]
        self.assertEqual(
            screen.preview_html.count(f"Short text about {self.move.name}"), 1
        )
        self.assertEqual(screen.preview_html.count("SMS"), 1)
        self.assertEqual(len(self.policy.level_ids.channel_ids), 5)

    def test_texts_of_a_broken_template_say_so(self):
        template = self.policy.level_ids[:1].template_id
        template.body_html = '<p><t t-out="object.no_such_field"/></p>'
        texts = self.policy._preview_texts(self._case(self.customer))
        self.assertTrue(texts[0]["body"])
        self.assertFalse(texts[0]["subject"])

    def test_texts_need_the_case(self):
        self._make_users("salesperson")
        policy = self.policy.with_user(self.salesperson)
        with self.assertRaises(AccessError):
            policy._preview_texts(self._case(self.customer).with_user(self.salesperson))

    def test_pace_in_words(self):
        days = [(days, level.delay) for days, level, _n in self.policy._pace(-30)]
        self.assertEqual(days, [(-3, -3), (0, 0), (3, 3), (10, 10), (25, 25)])
        days = [(days, level.delay) for days, level, _n in self.policy._pace(90)]
        self.assertEqual(days, [(0, 3), (3, 10), (6, 25)])
        self.assertIn("Test 25", self.policy.pace_html)

    def test_pace_follows_what_is_typed(self):
        form = Form(self.policy.with_user(self.supervisor))
        self.assertIn("After 6 days", form.pace_html)
        form.min_days = 8
        self.assertIn("After 16 days", form.pace_html)

    def test_collector_reads_and_supervisor_writes(self):
        policy = self.policy.with_user(self.collector)
        self.assertTrue(policy.pace_html)
        with self.assertRaises(AccessError):
            policy.min_days = 4
        policy.with_user(self.supervisor).min_days = 4
        with self.assertRaises(AccessError):
            self.env["collections.policy.compare"].with_user(self.collector).create(
                {"policy_id": policy.id}
            )

    # === COMPARISON === #

    def _compare(self, other, days=30, **values):
        wizard = (
            self.env["collections.policy.compare"]
            .with_user(self.supervisor)
            .create(
                {
                    "policy_id": self.policy.id,
                    "other_policy_id": other.id,
                    "days": days,
                    **values,
                }
            )
        )
        return wizard, wizard._compare(wizard.policy_id | wizard.other_policy_id)

    def test_two_policies_on_the_same_customers(self):
        fresh = self._customer()
        self._invoices((fresh, day(2), 40.0))
        self._refresh()
        other = self._make_policy("Slow", delays=(15, 40), min_days=20)
        wizard, (ours, slow) = self._compare(other)
        rows = [(r["level"].delay, r["reminders"], r["amount"]) for r in ours["levels"]]
        self.assertEqual(
            rows,
            [
                (-3, 1, 40.0),
                (0, 0, 0.0),
                (3, 2, 140.0),
                (10, 2, 140.0),
                (25, 2, 140.0),
            ],
        )
        self.assertEqual((ours["customers"], ours["reminders"]), (2, 7))
        self.assertEqual((slow["customers"], slow["reminders"]), (2, 3))
        self.assertEqual(slow["amount"], 140.0)
        self.assertIn("Slow", wizard.result)
        self.assertFalse(self.Reminder.search([]))

    def test_comparison_of_one_segment(self):
        other = self._make_policy("Other", delays=(2,))
        nobody = self.env["collections.segment"].create(
            {"name": "Nobody", "domain": "[('id', '=', 0)]", "policy_id": other.id}
        )
        _wizard, (ours, _others) = self._compare(other, segment_id=nobody.id)
        self.assertEqual((ours["customers"], ours["amount"]), (0, 0))

    def test_forecast_is_what_runs_would_do_day_by_day(self):
        """Jumping from step to step finds what deciding every day finds."""
        random = Random(7)
        shape = self.policy._as_tuple()._replace(repeat_days=9, max_repeats=2)
        for _number in range(60):
            items = [
                planning.OpenItem(
                    line,
                    TODAY + timedelta(days=random.randint(-60, 40)),
                    1,
                    amount := random.choice([-30.0, 0.5, 20.0, 80.0]),
                    amount,
                )
                for line in range(random.randint(1, 5))
            ]
            rows = forecast.forecast(
                shape, items, planning.CaseHistory(), {1: 1.0}, TODAY, 60
            )
            self.assertEqual(
                [row[:3] for row in rows], self._day_by_day(shape, items, 60)
            )

    def _day_by_day(self, shape, items, days):
        history, found = planning.CaseHistory(), []
        for offset in range(days + 1):
            today = day(offset)
            decision = planning.decide(shape, items, history, {1: 1.0}, today)
            if decision.step and decision.step.date == today:
                found.append((today, decision.step.level, decision.step.occurrence))
                history = forecast._sent(history, decision)
        return found


@tagged("post_install", "-at_install")
class TestPolicyChange(SegmentCommon):
    """Nobody gets a level twice, and nobody jumps to a formal one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOON):
            cls.customer = cls._customer()
            cls._invoices((cls.customer, day(-12), 100.0))

    def _send_on(self, offset):
        with freeze_time(f"{day(offset)} 12:00:00"):
            run = self._run_and_send()
        return run.reminder_ids.filtered("date_sent").mapped("level_delay")

    def _assert_climbs(self, delays):
        self.assertEqual(delays, sorted(set(delays)))

    def test_policy_changed_in_mid_dunning(self):
        """R68: what was sent under the old policy counts under the new one."""
        other = self._make_policy("Other", delays=(2, 5, 11, 25, 40))
        sent = self._send_on(0) + self._send_on(3)
        self.assertEqual(sent, [3, 10])
        self._case(self.customer).policy_id = other
        for offset in range(4, 40, 2):
            sent += self._send_on(offset)
        self._assert_climbs(sent)
        self.assertEqual(sent, [3, 10, 11, 25, 40])

    def test_segment_changed_back_and_forth(self):
        """R43, R68: a customer who moves between segments climbs one ladder."""
        tag = self.env["res.partner.category"].create({"name": "Moves"})
        other = self._make_policy("Other", delays=(2, 5, 11, 25, 40))
        self._make_segment([("category_ids", "in", tag.ids)], policy_id=other.id)
        sent = []
        for offset in range(0, 30, 2):
            moved = offset % 8 < 4
            self.customer.category_id = [
                Command.link(tag.id) if moved else Command.unlink(tag.id)
            ]
            sent += self._send_on(offset)
        self._assert_climbs(sent)
        # In dunning since the first day: the first policy stays.
        self.assertEqual(sent, [2, 5, 11, 25, 40])
        self.assertEqual(self._case(self.customer).policy_id, other)
