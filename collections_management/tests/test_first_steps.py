"""From *off* to the first simulation."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestFirstSteps(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "collector", "supervisor")
        cls.company.write(
            {
                "collections_mode": "off",
                "collections_collector_id": False,
                "collections_payment_instructions": False,
                "email": False,
            }
        )
        cls.customer = cls._customer(email=False)
        cls._invoices((cls.customer, day(-10), 500.0))
        cls.revenue = cls.company_data["default_account_revenue"]
        entry = cls._entry(
            [
                (cls.receivable, cls.customer, 900.0, {"date_maturity": day(-90)}),
                (cls.revenue, None, -900.0),
            ],
            day(-100),
        )
        cls.opening = cls._receivable_lines(entry)

    def _page(self):
        steps = self.env["collections.first.steps"].with_user(self.supervisor)
        steps = steps.with_company(self.company)
        action = steps.action_start()
        return steps.browse(action["res_id"])

    def _states(self):
        return {line.code: line.state for line in self._page().line_ids}

    def _open(self, code):
        line = self._page().line_ids.filtered(lambda line: line.code == code)
        return line.action_open()

    def test_a_new_company_goes_from_off_to_its_first_simulation(self):
        self._refresh()
        self.assertEqual(
            self._states(),
            {
                "sender": "todo",
                "payment": "todo",
                "people": "todo",
                "balances": "check",
                "starter": "check",
                "segments": "done",
                "policies": "done",
                "addresses": "check",
                "simulation": "todo",
            },
        )
        self.company.write(
            {
                "collections_collector_id": self.collector.id,
                "collections_payment_instructions": "<p>Bank 1</p>",
                "email": "billing@ours.example.com",
            }
        )
        self.customer.email = "buyer@example.com"
        self.opening.no_followup = False
        action = self._open("simulation")
        run = self.env["collections.run"].browse(action["res_id"])
        self.assertEqual((run.is_simulation, run.planned_count), (True, 1))
        states = self._states()
        # A choice: nothing is missing without it.
        self.assertEqual(states.pop("starter"), "check")
        self.assertEqual(set(states.values()), {"done"})
        self.assertFalse(self._page().todo_count)
        self.assertEqual(self.company.collections_mode, "off")

    def test_a_last_segment_that_does_not_take_everybody(self):
        self.segment.domain = "[('amount_overdue', '>', 100)]"
        self.assertEqual(self._states()["segments"], "todo")

    def test_a_policy_without_levels(self):
        self.segment.policy_id = self.env["collections.policy"].create({"name": "New"})
        line = self._page().line_ids.filtered(lambda line: line.code == "policies")
        self.assertEqual(line.state, "todo")
        self.assertIn("New", line.found)

    def test_each_button_opens_its_place(self):
        self._refresh()
        for code, model in (
            ("sender", "collections.settings"),
            ("balances", "collections.journal.followup"),
            ("starter", "collections.starter.install"),
            ("segments", "collections.segment"),
            ("policies", "collections.policy"),
            ("addresses", "collections.case"),
        ):
            with self.subTest(code=code):
                self.assertEqual(self._open(code)["res_model"], model)
        action = self._open("addresses")
        self.assertEqual(self.Case.search(action["domain"]).partner_id, self.customer)

    def test_for_supervisors(self):
        with self.assertRaises(AccessError):
            self.env["collections.first.steps"].with_user(self.collector).action_start()

    # === WHAT THE APP OPENS ON === #

    def _landing(self, user):
        action = self.env.ref("collections_management.collections_landing_action")
        found = action.with_user(user).with_company(self.company).run()
        return found.get("res_model") or found["tag"]

    def test_landing(self):
        """Supervisors land here until nothing is missing; the others on their work."""
        self._refresh()
        menu = self.env.ref("collections_management.collections_menu")
        self.assertEqual(
            menu.action,
            self.env.ref("collections_management.collections_landing_action"),
        )
        self.assertEqual(self._landing(self.supervisor), "collections.first.steps")
        self.assertEqual(self._landing(self.collector), "collections_worklist")
        self.assertEqual(self._landing(self.salesperson), "collections.case")
        self._page().action_close()
        self.assertEqual(self._landing(self.supervisor), "collections_worklist")
        self.company.collections_steps_closed = False
        self.assertEqual(self._landing(self.supervisor), "collections.first.steps")
        self.company.write(
            {
                "collections_collector_id": self.collector.id,
                "collections_payment_instructions": "<p>Bank 1</p>",
                "email": "billing@ours.example.com",
            }
        )
        self._open("simulation")
        # What is only to be checked keeps nobody from working.
        self.assertEqual(self._states()["balances"], "check")
        self.assertEqual(self._landing(self.supervisor), "collections_worklist")

    def test_landing_is_for_the_roles(self):
        self._make_users("internal")
        with self.assertRaises(AccessError):
            self._landing(self.internal)

    def test_opening_balances_that_were_reviewed(self):
        """What stays left out is done with, until there is more of it."""
        line = self._page().line_ids.filtered(lambda line: line.code == "balances")
        self.assertEqual(line.state, "check")
        line.action_review()
        page = self._page()
        line = page.line_ids.filtered(lambda line: line.code == "balances")
        self.assertEqual(line.state, "done")
        self.assertIn("06/17/2024", line.found)
        self._entry(
            [
                (self.receivable, self.customer, 50.0, {"date_maturity": day(-9)}),
                (self.revenue, None, -50.0),
            ],
            day(-10),
        )
        self.assertEqual(self._states()["balances"], "check")
        with self.assertRaises(AccessError):
            line.with_user(self.collector).action_review()
