"""The target of the month: what counts, on whose cases, and who may see it."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestTarget(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users(
            "salesperson", "collector", "supervisor", "accountant", "portal"
        )
        cls.company.collections_collector_id = cls.collector
        cls.company_2.collections_collector_id = cls.collector
        cls.mine, cls.other = cls._customers(2)
        cls.moves = cls._invoices(
            (cls.mine, day(-40), 900.0), (cls.other, day(-40), 500.0)
        )
        cls.env["collections.case"].refresh()
        cls.Case.search(
            [("partner_id", "=", cls.other.id)]
        ).collector_id = cls.accountant
        # Who has cases is known as a collector by itself.
        cls.ana = cls.env["collections.collector"].search(
            [("user_id", "=", cls.collector.id), ("company_id", "=", cls.company.id)]
        )
        cls.ana.target_amount = 1000.0
        cls.ben = cls.ana.create({"user_id": cls.accountant.id, "target_contacts": 10})
        cls.target = cls.env["collections.target"].with_user(cls.collector)

    def _collected(self, collector=None):
        collector = collector or self.ana
        collector.invalidate_recordset()
        return collector.with_user(self.supervisor).collected_amount

    def test_r83_paid_this_month_on_own_cases(self):
        """R83: this month's money of the own customers, and no other."""
        self._pay(self.moves[0], 300.0, when=day(-16))  # the first of the month
        self._pay(self.moves[0], 200.0, when=day(-17))  # the last of the month before
        self._pay(self.moves[1], 400.0)
        self.assertEqual(self._collected(), 300.0)
        self.assertEqual(self._collected(self.ben), 400.0)
        self._case(self.mine).collector_id = self.accountant
        self.assertEqual(self._collected(), 0.0)
        self.assertEqual(self._collected(self.ben), 700.0)

    def test_credit_note_and_write_off_do_not_count(self):
        refund = self._refund(self.mine, 100.0)
        lines = self._receivable_lines(self.moves[0] | refund)
        lines.reconcile()
        self.assertEqual(self._collected(), 0.0)
        payment = self._pay(self.moves[0], 50.0)
        self.assertEqual(self._collected(), 50.0)
        payment.action_draft()
        self.assertEqual(self._collected(), 0.0)

    def test_withheld_counts(self):
        journal = self.misc.copy({"name": "Withholdings", "code": "WTH"})
        self.company.collections_withholding_journal_ids = journal
        entry = self._entry(
            [
                (self.receivable, self.mine, -30.0),
                (self.company_data["default_account_expense"], None, 30.0),
            ],
            day(-1),
            journal=journal,
        )
        self._receivable_lines(self.moves[0] | entry).reconcile()
        self.assertEqual(self._collected(), 30.0)

    def test_progress_of_the_day(self):
        """1,000 by the end of June, 250 collected on the 11th of 20 working days."""
        self._pay(self.moves[0], 250.0)
        found = self.target.get_target()
        self.assertEqual(found["month"], "2024-06-01")
        self.assertFalse(found["contacts"])
        self.assertEqual(
            found["amount"],
            {
                "target": 1000.0,
                "reached": 250.0,
                "share": 0.25,
                "expected": 0.55,
                "missing": 750.0,
                "a_day": 75.0,
            },
        )
        self.assertTrue(self.ana.with_user(self.supervisor).target_behind)

    def test_contacts(self):
        case = self._case(self.other)
        worklist = self.env["collections.worklist"].with_user(self.accountant)
        informed = self.env.ref("collections_management.interaction_result_informed")
        worklist.log_outcome(case.id, informed.id)
        found = self.target.with_user(self.accountant).get_target()
        self.assertFalse(found["amount"])
        self.assertEqual(found["contacts"]["reached"], 1)

    def test_one_company_at_a_time(self):
        moves = self._invoices((self.mine, day(-40), 80.0), company=self.company_2)
        self.env["collections.case"].with_company(self.company_2).refresh()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create(
            {
                "payment_date": day(0),
                "journal_id": self.company_data_2["default_journal_bank"].id,
            }
        )._create_payments()
        self.assertEqual(self._collected(), 0.0)
        self.assertFalse(self.target.with_company(self.company_2).get_target())
        second = self.ana.search(
            [
                ("user_id", "=", self.collector.id),
                ("company_id", "=", self.company_2.id),
            ]
        )
        second.target_amount = 100.0
        self.assertEqual(self._collected(second), 80.0)
        found = self.target.with_company(self.company_2).get_target()
        self.assertEqual(found["currency_id"], self.eur.id)
        self.assertEqual(found["amount"]["reached"], 80.0)

    # === WHO SEES IT === #

    def test_only_the_person_and_supervisors(self):
        self.assertTrue(self.target.get_target())
        self.assertFalse(self.target.get_target(self.accountant.id))
        boss = self.target.with_user(self.supervisor)
        self.assertTrue(boss.get_target(self.accountant.id))
        self.assertFalse(boss.get_target())
        for name in ("target_amount", "collected_amount", "contact_count"):
            for collector in (self.ana, self.ben):
                with self.assertRaises(AccessError):
                    collector.with_user(self.collector).read([name])
        with self.assertRaises(AccessError):
            self.env["collections.collector"].with_user(self.collector).search(
                [("target_amount", ">", 0)]
            )
        for user in (self.salesperson, self.portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.target.with_user(user).get_target()

    def test_only_a_supervisor_sets_it(self):
        self.ben.with_user(self.supervisor).target_amount = 700.0
        with self.assertRaises(AccessError):
            self.ana.with_user(self.collector).target_amount = 1.0

    @mute_logger("odoo.sql_db")
    def test_no_target_below_zero(self):
        with self.assertRaises(CheckViolation):
            self.ana.target_amount = -1.0
            self.ana.flush_recordset()

    def test_two_statements_for_any_number(self):
        collectors = (self.ana | self.ben).with_user(self.supervisor)
        collectors.mapped("target_amount")
        users = collectors.user_id
        reached = self.env["collections.target"]._reached
        reached(self.company, users, day(0))
        for some in (users[:1], users):
            with self.assertQueryCount(3):
                reached(self.company, some, day(0))
