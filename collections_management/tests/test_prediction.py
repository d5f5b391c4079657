"""Predictions and grades in the database: what is written, for whom, and what not."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPrediction(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("salesperson", "collector", "supervisor")
        cls.late, cls.good, cls.new = cls._customers(3)
        cls.person = cls._customer("Person", is_company=False)
        for number in range(6):
            due = day(-200 + 30 * number)
            paid = cls._invoices((cls.late, due, 100.0), (cls.good, due, 100.0))
            cls._pay(paid[0], when=due + timedelta(days=25))
            cls._pay(paid[1], when=due - timedelta(days=2))
        cls.open_late, cls.open_good, cls.open_new, cls.open_person = cls._invoices(
            (cls.late, day(10), 400.0),
            (cls.good, day(10), 300.0),
            (cls.new, day(10), 200.0),
            (cls.person, day(-40), 200.0),
        )
        cls._invoices((cls.late, day(-40), 70.0), company=cls.company_2)
        cls.env["collections.case"].refresh()
        cls.scorer = cls.env["collections.scorer"].sudo()
        cls.cards = cls.env["collections.prediction.model"].sudo()

    def _item(self, move):
        return self.Item.search([("move_id", "=", move.id)])

    def _score(self):
        count = self.scorer._score(self.company)
        self.env.invalidate_all()
        return count

    def test_items_and_cases(self):
        self.assertEqual(self._score(), 3)
        late, good = self._item(self.open_late), self._item(self.open_good)
        self.assertGreater(late.chance_late, 0.6)
        self.assertLess(good.chance_late, 0.4)
        self.assertGreater(late.date_expected, late.date_due + timedelta(days=10))
        self.assertLessEqual(late.date_expected_from, late.date_expected)
        self.assertGreaterEqual(late.date_expected_to, late.date_expected)
        self.assertIn("days late", late.reason_text)
        self.assertIn("No payment known yet", self._item(self.open_new).reason_text)
        case = self._case(self.late)
        self.assertAlmostEqual(case.chance_late, late.chance_late, 3)
        self.assertEqual(case.date_expected, late.date_expected)
        self.assertIn("Usually", late.with_context(lang="en_US").reason_text)

    def test_who_pays_on_fixed_days_is_expected_on_one(self):
        self._score()
        before = self._item(self.open_late).date_expected
        friday = "4"
        self.late.collections_day_ids = [(0, 0, {"weekday": friday})]
        self._score()
        found = self._item(self.open_late)
        self.assertTrue(0 <= (found.date_expected - before).days < 7)
        for name in ("date_expected", "date_expected_from", "date_expected_to"):
            self.assertEqual(found[name].weekday(), int(friday), name)
        # The others are expected as before.
        other = self._item(self.open_good)
        self.assertLess(other.date_expected, before)

    def test_what_is_paid_has_no_prediction_any_more(self):
        self._score()
        self._pay(self.open_late)
        self.env["collections.case"].refresh()
        self._score()
        self.assertFalse(self._case(self.late).date_expected)
        rows = self.env["collections.prediction"].sudo().search([])
        self.assertEqual(len(rows), 2)

    def test_items_of_a_past_date_show_no_prediction_of_today(self):
        self._score()
        past = self.Item.with_context(collections_date=day(-1))
        self.assertFalse(
            past.search([("move_id", "=", self.open_late.id)]).date_expected
        )

    # === THE SWITCH === #

    def test_persons_only_where_the_company_says_so(self):
        self._score()
        case = self._case(self.person)
        self.assertFalse(case.date_expected_from or case.risk_grade)
        self.assertFalse(self._item(self.open_person).chance_late)
        self.company.collections_scoring = "all"
        self.assertEqual(self._score(), 4)
        self.assertTrue(case.date_expected_from)
        self.assertTrue(case.risk_grade)

    def test_nothing_is_left_where_it_is_turned_off(self):
        self._score()
        self.assertTrue(self._case(self.late).risk_grade)
        self.company.collections_scoring = "off"
        self.scorer._score_safely(self.company)
        self.assertFalse(self.env["collections.prediction"].sudo().search([]))
        case = self._case(self.late)
        self.assertFalse(case.risk_grade or case.chance_late or case.date_expected)

    def test_companies_know_nothing_of_each_other(self):
        self.scorer.with_company(self.company_2)._score(self.company_2)
        self.assertEqual(self.cards.search([]).company_id, self.company_2)
        self.assertFalse(self._item(self.open_late).chance_late)
        card = self.cards.search([])
        self.assertEqual((card.document_count, card.paid_count), (1, 0))

    # === THE CARD === #

    def test_card(self):
        self._score()
        card = self.cards._current(self.company)
        self.assertRecordValues(
            card,
            [
                {
                    "date": TODAY,
                    "method": "usual",
                    "judged": False,
                    "document_count": 15,
                    "paid_count": 12,
                    "customer_count": 3,
                }
            ],
        )
        self.assertIn("Too few documents", card.summary)
        self.assertIn("<svg", card.plot)
        self.assertIn("average delay", card.table)

    def test_learns_once_a_month_or_when_asked(self):
        self._score()
        with freeze_time("2024-07-16 12:00:00"):
            self._score()
        self.assertEqual(len(self.cards.search([])), 1)
        with freeze_time("2024-07-17 12:00:00"):
            self._score()
        self.assertEqual(self.cards.search([]).mapped("state"), ["done", "old"])
        self.cards.with_user(self.supervisor).action_learn()
        self.cards.with_user(self.supervisor).action_learn()
        waiting = self.cards._waiting(self.company)
        self.assertEqual(len(waiting), 1)
        self.scorer._score(self.company, waiting)
        self.assertEqual((waiting.state, waiting.progress), ("done", 0))
        with self.assertRaises(AccessError):
            self.cards.with_user(self.collector).action_learn()

    def test_scheduled(self):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref("collections_management.ir_cron_score").sudo().with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self._item(self.open_late).chance_late)
        self.assertEqual(self.cards._current(self.company).progress, 100)

    # === GRADES === #

    def test_grade_and_its_reasons(self):
        """R53: a late payer is graded worse, with the points of each reason."""
        self._invoices((self.late, day(-80), 500.0))
        self.env["collections.case"].refresh()
        self._score()
        late, good = self._case(self.late), self._case(self.good)
        self.assertGreater(late.risk_grade, "B")
        self.assertEqual(good.risk_grade, "A")
        self.assertIn("80 days overdue: 18 of 20 points", late.risk_text)
        self.assertIn("25 days late on average", late.risk_text)
        partner = self.late.with_user(self.collector)
        self.assertEqual(partner.collections_risk_grade, late.risk_grade)
        found = self.env["res.partner"].search(
            [("collections_risk_grade", "=", late.risk_grade)]
        )
        self.assertIn(self.late, found)
        self.assertFalse(partner.with_company(self.company_2).collections_risk_grade)

    def test_worse_is_told_once(self):
        rule = self.env.ref("collections_management.alert_rule_worse_risk")
        rule.write({"active": True, "days": 14, "to": "supervisor"})
        alerts = self.env["collections.alert"].sudo()
        self._score()
        self.assertEqual(alerts._raise(self.company), 0)
        self._invoices((self.good, day(-85), 900.0))
        self.env["collections.case"].refresh()
        self._score()
        case = self._case(self.good)
        self.assertGreater(case.risk_grade, case.risk_grade_before)
        self.assertEqual(case.risk_grade_date, TODAY)
        self.assertEqual(alerts._raise(self.company), 1)
        self.assertIn("Risk from A to", case.activity_ids.summary)
        self._score()
        self.assertEqual(alerts._raise(self.company), 0)
        with freeze_time("2024-07-10 12:00:00"):
            self.assertEqual(alerts._raise(self.company), 0)
            self.assertTrue(alerts.search([("kind", "=", "worse_risk")]).date_closed)

    def test_constant_number_of_statements(self):
        self._score()

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.scorer._score(self.company)
            return self.env.cr.sql_log_count - before

        few = count()
        self._invoices(*[(self.good, day(n), 10.0) for n in range(20)])
        self.env.flush_all()
        self.assertEqual(count(), few)

    # === RIGHTS === #

    def test_salesperson_sees_no_card_and_own_items(self):
        self._score()
        with self.assertRaises(AccessError):
            self.cards.with_user(self.salesperson).search([])
        self.late.user_id = self.salesperson
        self.env["collections.case"].refresh()
        items = self.Item.with_user(self.salesperson).search([])
        self.assertEqual(items.partner_id, self.late)
        self.assertTrue(items[-1].reason_text)
