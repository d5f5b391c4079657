"""Alerts: what a person should know, to the right one, once (R05, R10, R56)."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAlert(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("collector", "salesperson", "supervisor")
        cls.collector.lang = "en_US"
        cls.customer = cls._customer(user_id=cls.salesperson.id)
        cls.Alert = cls.env["collections.alert"]

    def _rule(self, kind, **values):
        rule = self.env.ref(f"collections_management.alert_rule_{kind}")
        rule.write({"active": True, **values})
        return rule

    def _raise(self, offset=0, company=None):
        """Refresh and look, as the daily run does; return what is new."""
        company = company or self.company
        before = self.Alert.search([])
        with freeze_time(f"{day(offset)} 12:00:00"):
            self.Case.with_company(company).refresh()
            self.Alert._raise(company)
        return self.Alert.search([]) - before

    def _raise_twice(self):
        found = self._raise()
        self.assertFalse(self._raise(), "raised twice")
        return found

    def _invoice(self, due, amount=100.0, partner=None, **values):
        return self._invoices((partner or self.customer, due, amount, values))

    def _assert_told(self, alert, user):
        activity = alert.activity_id
        self.assertEqual(
            (activity.user_id, alert.user_id, activity.date_deadline),
            (user, user, TODAY),
        )
        self.assertEqual(
            (activity.res_model, activity.res_id),
            ("collections.case", self._case(self.customer).id),
        )

    # === WHAT IS LOOKED FOR === #

    def test_nothing_is_on_until_a_person_says_so(self):
        rules = self.env["collections.alert.rule"].with_context(active_test=False)
        self.assertEqual(len(rules.search([])), 8)
        # They are about customers whose reception days a person entered.
        self.assertEqual(
            set(rules.search([("active", "=", True)]).mapped("kind")),
            {"to_present", "not_presented"},
        )
        self._invoice(day(-60))
        self.assertFalse(self._raise())

    def test_r05_an_invoice_that_was_never_sent(self):
        self._rule("never_sent", days=2)
        old = self._invoice(day(28), invoice_date=day(-2))
        self._invoice(day(28), invoice_date=day(-1))
        sent = self._invoice(day(28), invoice_date=day(-5))
        sent.is_move_sent = True
        alert = self._raise_twice()
        self.assertEqual((alert.move_id, alert.number), (old, old.name))
        self._assert_told(alert, self.salesperson)
        self.assertIn(old.name, alert.activity_id.summary)

    def test_r05_several_invoices_are_one_activity(self):
        self._rule("never_sent")
        moves = self._invoice(day(20)) + self._invoice(day(21))
        alerts = self._raise()
        self.assertEqual(alerts.move_id, moves)
        self.assertEqual(len(alerts.activity_id), 1)
        moves[0].is_move_sent = True
        self._raise()
        self.assertTrue(alerts.activity_id.exists(), "one is still not sent")
        moves[1].is_move_sent = True
        activity = alerts.activity_id
        self._raise()
        self.assertEqual(set(alerts.mapped("date_closed")), {TODAY})
        self.assertFalse(activity.exists(), "nobody has to do anything now")

    def test_r10_a_customer_with_whom_nobody_speaks(self):
        self._rule("silent", days=30)
        self._invoice(day(-29))
        self.assertFalse(self._raise())
        alert = self._raise(1)
        self.assertEqual(alert.reference, day(-29))
        self.assertEqual(alert.user_id, self.salesperson)
        self.assertIn("30 days", alert.activity_id.summary)

    def test_r10_a_contact_ends_the_silence_and_it_may_come_again(self):
        self._rule("silent", days=30)
        self._invoice(day(-40))
        first = self._raise_twice()
        self.env["collections.interaction"].create(
            {"case_id": self._case(self.customer).id, "date": NOON}
        )
        self.assertFalse(self._raise(29))
        self.assertEqual(first.date_closed, day(29))
        again = self._raise(30)
        self.assertEqual((again.case_id, again.reference), (first.case_id, TODAY))

    def test_r56_late_for_the_first_time(self):
        self._rule("first_late", days=3)
        self._pay(self._invoice(day(-60)), when=day(-61))
        self._invoice(day(-2))
        self.assertFalse(self._raise())
        alert = self._raise(1)
        self.assertEqual((alert.amount, alert.reference), (100.0, day(-2)))

    def test_r56_who_was_late_before_is_no_news(self):
        self._rule("first_late", days=3)
        self._pay(self._invoice(day(-60)), when=day(-50))
        self._invoice(day(-10))
        self.assertFalse(self._raise())

    def test_r56_who_never_paid_yet_is_no_news(self):
        self._rule("first_late", days=3)
        self._invoice(day(-10))
        self.assertFalse(self._raise())

    def test_r56_credit_limit_exceeded(self):
        self._rule("over_limit")
        self.customer.credit_limit = 150.0
        self._invoice(day(10), 150.0)
        self.assertFalse(self._raise())
        self._invoice(day(10), 50.0)
        self.assertFalse(self._raise(), "the company does not use credit limits")
        self.company.sudo().account_use_credit_limit = True
        alert = self._raise_twice()
        self.assertEqual(alert.amount, 50.0)
        self.assertTrue(
            alert.user_id.has_group("collections_management.group_supervisor")
        )

    def test_r56_a_big_invoice_falls_due_tomorrow(self):
        self._rule("big_due", days=1, amount=1000.0)
        self._invoice(day(1), 999.99)
        self._invoice(day(2), 5000.0)
        self._invoice(day(-1), 5000.0)
        big = self._invoice(day(1), 1000.0)
        alert = self._raise_twice()
        self.assertEqual((alert.move_id, alert.amount), (big, 1000.0))

    def test_amounts_are_in_company_currency(self):
        self._rule("big_due", amount=1000.0)
        yen = {"currency_id": self.jpy.id}
        self._invoice(day(1), 140_000.0, **yen)
        big = self._invoice(day(1), 150_000.0, **yen)
        self.assertEqual(self._raise().move_id, big)

    # === TO WHOM === #

    def test_the_right_person(self):
        self._rule("big_due", amount=0.0)
        self._invoice(day(1))
        self._refresh()
        case = self._case(self.customer)
        supervisor = self.company._collections_supervisor()
        gone = self.supervisor.copy({"login": "gone", "active": False})
        for collector, default, salesperson, expected in (
            (self.collector, self.supervisor, self.salesperson, self.collector),
            (False, self.supervisor, self.salesperson, self.supervisor),
            (False, False, self.salesperson, self.salesperson),
            (gone, False, self.salesperson, self.salesperson),
            (False, False, False, supervisor),
        ):
            self.company.sudo().collections_collector_id = default
            case.sudo().write(
                {
                    "collector_id": collector and collector.id,
                    "salesperson_id": salesperson and salesperson.id,
                }
            )
            self.assertEqual(case._responsibles()[case], expected)
        self.assertFalse(supervisor == self.env.ref("base.user_root"))

    def test_no_activity_ever_falls_to_the_robot(self):
        self.customer.user_id = False
        self._invoice(day(-10))
        self._refund(self.customer, 500.0)
        robot = self.env.ref("base.user_root")
        as_robot = self.env["collections.refresher"].with_user(robot)
        as_robot.with_company(self.company)._refresh(self.company)
        activity = self._case(self.customer).activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.company._collections_supervisor())
        self.assertNotEqual(activity.user_id, robot)

    def test_a_person_of_another_company_is_not_asked(self):
        self._rule("big_due", amount=0.0)
        self.collector.sudo().write(
            {
                "company_ids": [Command.set(self.company_2.ids)],
                "company_id": self.company_2.id,
            }
        )
        self._invoice(day(1))
        self._refresh()
        case = self._case(self.customer)
        case.sudo().collector_id = self.collector
        self.assertEqual(self._raise().user_id, self.salesperson)

    # === COMPANIES, RULES, SPEED === #

    def test_a_company_may_have_a_rule_of_its_own(self):
        self._rule("big_due", amount=1000.0)
        own = self.env["collections.alert.rule"].create(
            {
                "kind": "big_due",
                "company_id": self.company_2.id,
                "amount": 10.0,
                "active": True,
            }
        )
        self._invoice(day(1), 50.0)
        self._invoices((self.customer, day(1), 50.0), company=self.company_2)
        self.assertFalse(self._raise())
        alert = self._raise(company=self.company_2)
        self.assertEqual(alert.company_id, self.company_2)
        own.active = False
        self._invoices((self.customer, day(1), 5000.0), company=self.company_2)
        self.assertFalse(self._raise(company=self.company_2), "off for this company")

    def test_the_count_before_it_is_turned_on(self):
        rule = self.env.ref("collections_management.alert_rule_silent")
        self._invoice(day(-40))
        self._refresh()
        self.assertEqual(rule.match_count, 1)
        self.assertFalse(self.Alert.search([]))

    def test_the_daily_run_looks_in_any_mode(self):
        self._rule("silent")
        self.company.collections_mode = "off"
        self._invoice(day(-40))
        run = self.env["collections.run"].sudo()._run_daily(self.company)
        self.assertEqual((run.state, run.planned_count), ("done", 0))
        self.assertEqual(len(self.Alert.search([])), 1)

    def test_only_a_supervisor_looks_now(self):
        rule = self._rule("silent")
        self._invoice(day(-40))
        self._refresh()
        with self.assertRaises(AccessError):
            rule.with_user(self.collector).action_raise()
        rule.with_user(self.supervisor).action_raise()
        self.assertEqual(len(self.Alert.search([])), 1)

    def test_the_same_number_of_statements_for_many(self):
        for kind in ("never_sent", "silent", "first_late", "over_limit", "big_due"):
            self._rule(kind)
        counts = []
        for size in (2, 10, 100):
            customers = self._customers(size, user_id=self.salesperson.id)
            self._invoices(*[(customer, day(-40), 10.0) for customer in customers])
            self._refresh()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.Alert._raise(self.company)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[2], counts[1], counts)
