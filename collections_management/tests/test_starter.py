"""Starters: what a kind of business begins with, installed for one company."""

from ast import literal_eval
from itertools import product

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, CollectionsCommon, day

STARTERS = ("school", "subscription", "property", "goods", "services")
TONES = ["friendly", "neutral", "firm"]
# No reminder of ours threatens: R68.
THREATS = ("lawyer", "court", "interest", "late fee", "suspend", "expel", "blacklist")


class StarterCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.starters = cls.env["collections.starter"].union(
            *(cls.env.ref(f"collections_management.starter_{key}") for key in STARTERS)
        )
        cls._make_users("collector", "supervisor")
        # As it is after the installation: shared segments, none of the company's own.
        cls.segment.active = False
        cls.shared = cls.env["collections.segment"].union(
            *(
                cls.env.ref(f"collections_management.segment_{name}")
                for name in ("strategic", "hard", "good_payers", "all")
            )
        )
        cls.shared.active = True

    def _wizard(self, starter, user=None, **values):
        wizard = self.env["collections.starter.install"]
        return (
            wizard.with_user(user or self.supervisor)
            .with_company(self.company)
            .create({"starter_id": starter.id, **values})
        )

    def _own(self, model="collections.segment"):
        model = self.env[model].with_context(active_test=False)
        return model.search([("company_id", "=", self.company.id)])


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestStarterTexts(StarterCommon):
    """R127, R128, R129, R130: property, subscriptions, school fees, goods, services."""

    def test_policies_are_ladders_that_keep_the_relation(self):
        """R68: friendly before the due date, firm only at the end, never a threat."""
        for policy in self.starters.policy_ids:
            levels = policy.level_ids.sorted("delay")
            with self.subTest(policy=policy.name):
                self.assertGreaterEqual(len(levels), 4)
                self.assertGreater(len(policy.description), 150)
                self.assertTrue(policy.min_days)
                tones = [TONES.index(level.tone) for level in levels]
                self.assertEqual(tones, sorted(tones))
                early = levels.filtered(lambda level: level.delay <= 0)
                self.assertLessEqual(set(early.mapped("tone")), {"friendly"})
                overdue = levels - early
                self.assertFalse(overdue[0].formal)
                self.assertEqual(
                    overdue.filtered("formal"), overdue.filtered("formal")[-1:]
                )
                self.assertFalse(early.template_id & overdue.template_id)
                self.assertTrue(all(level.stage_id for level in levels))
                for level in levels:
                    self._check_level(level)

    def _check_level(self, level):
        if level.channel == "activity":
            self.assertTrue(level.activity_type_id)
            self.assertGreater(len(level.script), 200, level.name)
            words = level.script.lower()
        else:
            self.assertTrue(level.template_id, level.name)
            words = level.template_id.body_html.lower()
        for threat in THREATS:
            self.assertNotRegex(words, rf"\b{threat}\b")

    def test_every_text_renders_in_both_languages(self):
        self.env["res.lang"]._activate_lang("es_419")
        for lang in ("en_US", "es_419"):
            customer = self._customer(lang=lang)
            self._invoices((customer, day(-20), 100.0), (customer, day(2), 5.0))
            self._refresh()
            case = self._case(customer)
            for policy in self.starters.policy_ids:
                for text in policy._preview_texts(case):
                    with self.subTest(lang=lang, level=text["level"].name):
                        self.assertEqual(text["lang"], lang)
                        self.assertNotIn("Failed to render", text["body"])

    def test_everything_is_translated(self):
        """Names, descriptions, scripts, subjects and bodies, at every place."""
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"]._load_module_terms(
            ["collections_management"], ["es_419"]
        )
        originals = self.starters
        policies, segments = originals.policy_ids, originals.segment_ids
        levels = policies.level_ids
        missing = []
        for records, names in (
            (originals, ("name", "summary")),
            (segments, ("name", "description")),
            (policies, ("name", "description")),
            (levels, ("name", "script")),
            (levels.template_id, ("name", "subject", "body_html")),
        ):
            for record, name in product(records, names):
                english = record.with_context(lang="en_US")[name]
                spanish = record.with_context(lang="es_419")[name]
                if english and english == spanish:
                    missing.append(english)
        self.assertFalse(missing)

    def test_originals_take_nobody(self):
        """They are archived, belong to no company and are in no list."""
        originals = self.starters.segment_ids
        self.assertFalse(any(originals.mapped("active")))
        self.assertFalse(
            originals & self.env["collections.segment"]._of_company(self.company)
        )
        for name in ("segment", "policy"):
            action = self.env.ref(f"collections_management.collections_{name}_action")
            found = self.env[action.res_model].with_context(active_test=False)
            found = found.search(literal_eval(action.domain))
            self.assertFalse(found.starter_id)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestStarterInstall(StarterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.several, cls.late, cls.good, cls.key = cls._customers(4)
        cls.key.category_id = cls.env.ref(
            "collections_management.partner_category_key_account"
        )
        cls._invoices(
            *[(cls.several, day(-10 - 30 * month), 50.0) for month in range(5)],
            (cls.late, day(-5), 80.0),
            (cls.good, day(20), 80.0),
            (cls.key, day(-5), 900.0),
        )
        cls.Case.refresh()

    def test_each_one_alone(self):
        """Copies say what the originals say, pass every check, and can be simulated."""
        document = self.env["collections.policy.document"]
        for starter in self.starters:
            with self.subTest(starter=starter.name), self.env.cr.savepoint() as point:
                new = starter.with_user(self.supervisor)._install(self.company)
                self.assertEqual(len(new["segments"]), len(starter.segment_ids))
                self.assertEqual(len(new["policies"]), len(starter.policy_ids))
                for copy in new["policies"]:
                    self.assertEqual(
                        document._policy(copy, self.company),
                        document._policy(copy.origin_id, self.company),
                    )
                self._check_segments(new["segments"])
                self._check_simulation(new)
                point.rollback()

    def _check_segments(self, segments):
        for segment in segments:
            segment._case_query()
            self.assertEqual(segment.company_id, self.company)
            self.assertFalse(segment.starter_id | segment.policy_id.starter_id)
            self.assertTrue(segment.policy_id.level_ids)
            self.assertIn(
                segment.policy_id.company_id,
                (self.company, segment.browse().company_id),
            )

    def _check_simulation(self, new):
        """Every case gets a segment; today's reminders speak the starter's words."""
        run = self.env["collections.run"].with_company(self.company).run(simulate=True)
        self.assertEqual(run.state, "done")
        self.assertGreaterEqual(run.planned_count, 2)
        cases = self.Case.search([("company_id", "=", self.company.id)])
        self.assertTrue(all(case.segment_id for case in cases))
        used = run.reminder_ids.level_id.policy_id
        self.assertTrue(used & new["policies"])
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"simulated"})

    def test_nothing_is_sent(self):
        self.company.collections_mode = "off"
        wizard = self._wizard(self.starters[0])
        before = self.env["mail.mail"].search_count([])
        wizard.action_install()
        self.assertEqual(self.company.collections_mode, "off")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertFalse(self.Reminder.search([]))

    def test_who_follows_what(self):
        """The preview says how many customers each segment takes; they come."""
        wizard = self._wizard(self.starters[3])
        shown = {
            row["name"]: row["count"] for row in wizard._preview_values()["segments"]
        }
        self.company.collections_mode = "simulate"
        wizard.action_install()
        self.Case.refresh()
        for segment in self._own():
            with self.subTest(segment=segment.name):
                self.assertEqual(segment.case_count, shown[segment.name])
        self.assertEqual(self._case(self.several).segment_id.sequence, 30)
        self.assertEqual(
            self._case(self.key).segment_id,
            self.env.ref("collections_management.segment_strategic"),
        )

    def test_preview_says_what_comes_before_and_what_is_reached_no_more(self):
        school = self._wizard(self.starters[0])._preview_values()
        self.assertEqual(school["before"], [])
        self.assertIn("Good Payers", school["after"])
        goods = self._wizard(self.starters[3])._preview_values()
        self.assertIn("Good Payers", goods["before"])
        self.assertEqual(goods["after"], ["All Customers"])

    def test_installing_twice_changes_nothing(self):
        starter = self.starters[0]
        self._wizard(starter).action_install()
        own = self._own()
        own[0].name = "Ours"
        own[1].active = False
        wizard = self._wizard(starter)
        self.assertEqual(wizard.new_count, 0)
        self.assertIn("Installed", wizard.preview)
        wizard.action_install()
        self.assertEqual(self._own(), own)
        self.assertEqual(own[0].name, "Ours")
        self.assertEqual(len(self._own("collections.policy")), 2)

    def test_what_was_deleted_comes_back(self):
        starter = self.starters[0]
        self._wizard(starter).action_install()
        self._own()[0].unlink()
        wizard = self._wizard(starter)
        self.assertEqual(wizard.new_count, 1)
        wizard.action_install()
        self.assertEqual(len(self._own()), 2)
        self.assertEqual(len(self._own("collections.policy")), 2)

    def test_two_at_once_make_one(self):
        original = self.starters[0].segment_ids[0]
        values = {"company_id": self.company.id, "origin_id": original.id}
        original.copy(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            original.copy(values)

    def test_copies_are_the_companys_own(self):
        """Another company sees nothing of it, and may install it too."""
        self._setup_second_company()
        starter = self.starters[0]
        self._wizard(starter).action_install()
        policy = self._own("collections.policy")[0]
        original = policy.origin_id.level_ids[0]
        policy.level_ids[0].name = "Changed"
        self.assertNotEqual(original.name, "Changed")
        self.env["collections.segment"].invalidate_model()
        rules = self.env["collections.segment"]._of_company(self.company_2)
        self.assertFalse(rules & self._own())
        starter._install(self.company_2)
        self.assertTrue(
            self.env["collections.segment"]
            ._of_company(self.company_2)
            .filtered(lambda segment: segment.company_id == self.company_2)
        )

    def test_where_reminders_go_out_a_person_looks_first(self):
        """Automatic: the new segments wait, archived."""
        self.company.collections_mode = "automatic"
        wizard = self._wizard(self.starters[0])
        self.assertFalse(wizard.in_use)
        wizard.action_install()
        self.assertFalse(any(self._own().mapped("active")))
        self.Case.refresh()
        self.assertEqual(self._case(self.late).segment_id, self.shared[-1])

    def test_roles_and_companies(self):
        with self.assertRaises(AccessError):
            self._wizard(self.starters[0], self.collector)
        with self.assertRaises(AccessError):
            self.starters[0].with_user(self.collector)._install(self.company)
        self._setup_second_company()
        wizard = self._wizard(self.starters[0], company_id=self.company_2.id)
        with self.assertRaisesRegex(UserError, "Choose the company in the menu"):
            wizard.action_install()
        with self.assertRaisesRegex(UserError, "nearest to yours"):
            self._wizard(self.env["collections.starter"]).action_install()

    def test_first_steps_lead_there(self):
        steps = self.env["collections.first.steps"].with_user(self.supervisor)
        self.assertEqual(steps._starter(self.company.sudo())[0], "check")
        self._wizard(self.starters[1]).action_install()
        self.assertEqual(steps._starter(self.company.sudo()), ("done", "Subscriptions"))
