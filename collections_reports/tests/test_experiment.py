"""What an experiment showed, from the books, in figures and in words."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON, TODAY, day
from odoo.addons.collections_management.tools.experiments import CHALLENGER, CONTROL

from .common import ReportsCommon

LATER = "2024-08-01 12:00:00"  # 45 days
THEN, PAID = day(45), day(10)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestExperiment(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "collector", "supervisor")
        cls.other = cls._make_policy("Other", (3, 10))
        cls.customers = cls._customers(60)
        cls.moves = cls._invoices(
            *((partner, day(-1), 100.0) for partner in cls.customers)
        )
        cls.experiment = cls.env["collections.experiment"].create(
            {
                "name": "Earlier",
                "company_id": cls.company.id,
                "segment_id": cls.segment.id,
                "challenger_id": cls.other.id,
                "date_end": day(60),
            }
        )
        cls.experiment.action_start()
        cls.env["collections.case"].refresh()
        members = cls.experiment.member_ids
        cls.of_arm = {
            arm: members.filtered(
                lambda one, arm=arm: one.arm == arm
            ).case_id.partner_id.sorted("id")
            for arm in (CONTROL, CHALLENGER)
        }
        cls.move_of = {move.partner_id: move for move in cls.moves}

    def _arms(self, today=THEN):
        return self.env["collections.experiment.facts"]._arms(self.experiment, today)

    def _pay_share(self, arm, share, when=PAID):
        partners = self.of_arm[arm]
        for partner in partners[: round(len(partners) * share)]:
            self._pay(self.move_of[partner], when=when)

    def _text(self):
        self.env.invalidate_all()
        return str(self.experiment.with_user(self.collector).result_html)

    # === FACTS === #

    def test_what_came_within_the_days(self):
        one, other, third, *_rest = self.of_arm[CONTROL]
        self._pay(self.move_of[one], 40.0, when=day(10))
        self._pay(self.move_of[one], 60.0, when=day(31))
        self._pay(self.move_of[other], 100.0, when=day(30))
        # Invoiced after it joined: no success of the policy tried on what was owed.
        [new] = self._dated_invoices((third, day(1), day(2), 70.0))
        self._pay(new, when=day(5))
        outcomes = self._arms()[CONTROL].outcomes
        found = sorted(row.recovered for row in outcomes)
        self.assertEqual(found[-3:], [0.0, 40.0, 100.0])
        by_amount = {row.recovered: row.money_days for row in outcomes}
        self.assertEqual(by_amount[40.0], 40 * 10 + 60 * 30)
        self.assertEqual(by_amount[100.0], 100 * 30)
        self.assertEqual(by_amount[0.0], 100 * 30)

    def test_a_credit_note_is_not_recovered(self):
        partner = self.of_arm[CONTROL][0]
        dated = {"invoice_date": day(3), "date": day(3)}
        refund = self._refund(partner, 100.0, day(3), **dated)
        self._reconcile(self.move_of[partner], refund)
        self.assertFalse(any(row.recovered for row in self._arms()[CONTROL].outcomes))

    def test_counted_once_their_days_are_over(self):
        self.assertFalse(self._arms(day(30))[CONTROL].outcomes)
        self.assertEqual(
            len(self._arms(day(30))[CONTROL].joined), len(self.of_arm[CONTROL])
        )
        self.assertTrue(self._arms(day(31))[CONTROL].outcomes)
        self.experiment.action_end()
        self.assertFalse(self._arms(day(45))[CONTROL].outcomes)

    def test_promises_and_complaints(self):
        one, other, third, *_rest = self.of_arm[CHALLENGER]
        self.env["collections.promise"].create(
            {
                "case_id": self._case(one).id,
                "amount": 50.0,
                "currency_id": self.company.currency_id.id,
                "date": day(20),
            }
        )
        items = self.Item.search([("move_id", "=", self.move_of[other].id)])
        self.env["collections.dispute.report"].with_user(self.collector).create(
            {
                "case_id": self._case(other).id,
                "reason_id": self.env.ref(
                    "collections_management.dispute_reason_price"
                ).id,
                "item_ids": [Command.set(items.ids)],
            }
        ).action_report()
        self.env["collections.consent"].create(
            {
                "partner_id": third.id,
                "case_id": self._case(third).id,
                "state": "revoked",
                "date": NOON,
            }
        )
        arms = self._arms()
        marks = [(row.promised, row.complained) for row in arms[CHALLENGER].outcomes]
        self.assertEqual(sum(promised for promised, _complained in marks), 1)
        self.assertEqual(sum(complained for _promised, complained in marks), 2)
        self.assertFalse(any(row.complained for row in arms[CONTROL].outcomes))

    def test_one_statement_for_any_number(self):
        facts = self.env["collections.experiment.facts"]
        self._arms()
        before = self.env.cr.sql_log_count
        facts._rows(self.experiment)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 3)

    # === IN WORDS === #

    def test_too_early(self):
        text = self._text()
        self.assertIn("Too early to say", text)
        self.assertIn("the days of 60 are not over yet", text)
        self.assertIn("It runs until", text)

    @freeze_time(LATER)
    def test_clear(self):
        self._pay_share(CONTROL, 0.3)
        self._pay_share(CHALLENGER, 0.9)
        text = self._text()
        self.assertIn("Other recovers", text)
        self.assertIn("hardly chance", text)
        self.assertIn("alert-success", text)

    @freeze_time(LATER)
    def test_worse(self):
        self._pay_share(CONTROL, 0.9)
        self._pay_share(CHALLENGER, 0.3)
        self.assertIn("points less", self._text())

    @freeze_time(LATER)
    def test_may_be_chance(self):
        self._pay_share(CONTROL, 0.5)
        self._pay_share(CHALLENGER, 0.6)
        text = self._text()
        self.assertIn("may be chance", text)
        self.assertIn("more customers are needed", text)

    def test_draft_shows_nothing(self):
        self.assertFalse(self.experiment.copy().result_html)

    def test_salesperson_sees_none(self):
        with self.assertRaises(AccessError):
            self.experiment.with_user(self.salesperson).read(["result_html"])

    def test_names_are_escaped(self):
        self.other.name = "<script>x</script>"
        self.assertNotIn("<script>", self._text())
        self.assertEqual(self.experiment.date_start, TODAY)
