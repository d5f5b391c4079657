"""A segment split by chance: who gets which policy, who is counted, who may."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools import experiments
from .common import NOON, TODAY, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestExperiment(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("salesperson", "collector", "supervisor")
        cls.other = cls._make_policy("Other", (3, 10))
        cls.customers = cls._customers(30)
        cls._invoices(*((partner, day(-1), 100.0) for partner in cls.customers))
        cls.env["collections.case"].refresh()
        cls.Experiment = cls.env["collections.experiment"]
        cls.Member = cls.env["collections.experiment.member"]
        cls.experiment = cls._make()

    @classmethod
    def _make(cls, **values):
        return cls.env["collections.experiment"].create(
            {
                "name": "Earlier",
                "company_id": cls.company.id,
                "segment_id": cls.segment.id,
                "challenger_id": cls.other.id,
                "date_end": day(60),
                **values,
            }
        )

    def _start(self, experiment=None):
        (experiment or self.experiment).with_user(self.supervisor).action_start()
        self._refresh()

    def _policy(self, partner, experiment=None):
        experiment = experiment or self.experiment
        arm = experiments.arm_of(experiment.id, partner.id, experiment.percent)
        return self.other if arm == experiments.CHALLENGER else self.policy

    # === WHO GETS WHAT === #

    def test_chance_decides_and_stays(self):
        self.assertEqual(self.experiment.control_id, self.policy)
        self._start()
        found = {self._case(partner).policy_id for partner in self.customers}
        self.assertEqual(found, {self.policy, self.other})
        for _turn in range(2):
            for partner in self.customers:
                case = self._case(partner)
                self.assertEqual(case.policy_id, self._policy(partner))
                self.assertEqual(case.segment_id, self.segment)
            self._refresh()
        members = self.experiment.member_ids
        self.assertEqual(members.case_id.partner_id, self.customers)
        for member in members:
            self.assertEqual(
                member.arm,
                experiments.arm_of(
                    self.experiment.id, member.case_id.partner_id.id, 50
                ),
            )
        self.assertEqual(set(members.mapped("amount_start")), {100.0})
        self.assertEqual(set(members.mapped("date_joined")), {TODAY})
        self.assertTrue(all(members.mapped("is_following")))

    def test_nothing_is_split_before_it_starts(self):
        self._refresh()
        self.assertEqual(self.Case.search([]).policy_id, self.policy)
        self.assertFalse(self.experiment.member_ids)

    def test_share(self):
        for percent, low, high in ((5, 0, 8), (95, 22, 30)):
            with self.subTest(percent):
                experiment = self._make(percent=percent)
                self._start(experiment)
                arms = experiment.member_ids.mapped("arm")
                self.assertTrue(low <= arms.count(experiments.CHALLENGER) <= high)
                experiment.action_end()

    def test_a_case_in_dunning_keeps_its_policy_and_is_counted(self):
        self._invoices((self.customers[0], day(-5), 100.0))
        self._run_and_send()
        self._start()
        case = self._case(self.customers[0])
        self.assertEqual(case.policy_id, self.policy)
        members = self.experiment.member_ids
        self.assertEqual(len(members), 30)
        member = members.filtered(lambda one: one.case_id == case)
        self.assertEqual(
            member.is_following, self._policy(self.customers[0]) == self.policy
        )
        if not member.is_following:
            self.assertIn("once nothing is in dunning", case.experiment_text)

    def test_a_policy_chosen_by_hand_stays(self):
        third = self._make_policy("Third")
        case = self._case(self.customers[0])
        case.write({"policy_id": third.id, "manual_policy": True})
        self._start()
        self.assertEqual(case.policy_id, third)

    def test_who_owes_nothing_joins_when_it_does(self):
        [later] = self._customers(1)
        [paid] = self._invoices((later, day(-10), 10.0))
        self._pay(paid)
        self._start()
        self.assertNotIn(later, self.experiment.member_ids.case_id.partner_id)
        with freeze_time("2024-06-20 12:00:00"):
            self._invoices((later, day(20), 40.0))
            self._refresh()
            self._refresh()
        member = self.experiment.member_ids.filtered(
            lambda one: one.case_id.partner_id == later
        )
        self.assertEqual((member.date_joined, member.amount_start), (day(3), 40.0))

    def test_all_go_back_when_it_ends(self):
        self._start()
        self.experiment.with_user(self.supervisor).action_end()
        self._refresh()
        self.assertEqual(self.Case.search([]).policy_id, self.policy)
        self.assertEqual(len(self.experiment.member_ids), 30)
        self.assertEqual(self.experiment.date_end, TODAY)
        self.assertFalse(self._case(self.customers[0]).experiment_text)

    def test_ends_by_itself(self):
        self._start()
        for when, state in (("2024-08-16", "running"), ("2024-08-17", "ended")):
            with freeze_time(f"{when} 12:00:00"):
                self._refresh()
                self.assertEqual(self.experiment.state, state)
        self.assertEqual(self.experiment.date_end, day(60))

    def test_other_companies_and_segments_are_left_alone(self):
        partner = self.customers[0]
        receivable = self.company_data_2["default_account_receivable"]
        partner.with_company(self.company_2).property_account_receivable_id = receivable
        self._invoices(
            *((one, day(-1), 10.0) for one in self.customers), company=self.company_2
        )
        self._start()
        self.Case.with_company(self.company_2).refresh()
        others = self.Case.search([("company_id", "=", self.company_2.id)])
        self.assertEqual(others.policy_id, self.policy)
        self.assertEqual(self.experiment.member_ids.company_id, self.company)

    def test_start_makes_the_refresh_follow(self):
        self.experiment.action_start()
        self.env.cr.precommit.run()
        self.env["collections.refresher"]._refresh_touched(self.company)
        self.assertEqual(len(self.experiment.member_ids), 30)

    def test_two_experiments_split_differently(self):
        shares = [
            [experiments.share_of(number, one.id) for one in self.customers]
            for number in (1, 2)
        ]
        self.assertNotEqual(*shares)

    # === RULES === #

    def test_fixed_once_it_runs(self):
        self._start()
        for values in ({"percent": 30}, {"challenger_id": self.policy.id}):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "as they were"),
            ):
                self.experiment.write(values)
        self.experiment.date_end = day(90)
        with self.assertRaisesRegex(UserError, "kept"):
            self.experiment.unlink()

    def test_needs_an_end_and_two_policies(self):
        for date_end in (False, TODAY, day(29)):
            with self.subTest(date_end):
                self.experiment.date_end = date_end
                with self.assertRaisesRegex(UserError, "Earlier"):
                    self.experiment.action_start()
        with self.assertRaisesRegex(ValidationError, "same"):
            self._make(challenger_id=self.policy.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._make(percent=99)

    def test_one_at_a_time_in_a_segment(self):
        self._start()
        second = self._make()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            second.action_start()
            self.env.flush_all()

    def test_roles(self):
        for user in (self.collector, self.salesperson):
            experiment = self.experiment.with_user(user)
            for method in ("action_start", "action_end"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(experiment, method)()
        self.experiment.with_user(self.collector).read(["name"])
        with self.assertRaises(AccessError):
            self.experiment.with_user(self.collector).name = "Mine"
        with self.assertRaises(AccessError):
            self.Member.with_user(self.salesperson).search([])
        with self.assertRaises(AccessError):
            self.Member.with_user(self.supervisor).create({})
        self._start()
        case = self._case(self.customers[0]).with_user(self.collector)
        self.assertIn("Earlier, until", case.experiment_text)

    def test_constant_number_of_statements(self):
        self._start()
        segments = self.env["collections.segment"]

        def count():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            segments._classify(self.company)
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        more = self._customers(10)
        self._invoices(*((one, day(-1), 10.0) for one in more))
        self._refresh()
        count()
        self.assertEqual(count(), few)
        self.assertEqual(self.experiment.member_count, 40)
        self.assertEqual(TODAY + timedelta(days=60), self.experiment.date_end)
