"""Who works which case: rules, room, absence, and handing over."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, CollectionsCommon, day

CALL = "mail.mail_activity_data_call"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAssignment(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("salesperson", "collector", "supervisor", "accountant")
        cls.customers = cls._customers(4, user_id=cls.salesperson.id)
        cls._invoices(
            *[
                (customer, day(-10), amount)
                for customer, amount in zip(
                    cls.customers, (400.0, 300.0, 200.0, 100.0), strict=True
                )
            ]
        )
        cls.env["collections.case"].refresh()
        cls.cases = cls.env["collections.case"].search(
            [("partner_id", "in", cls.customers.ids)], order="amount_balance desc"
        )
        cls.ana, cls.ben = cls.env["collections.collector"].create(
            [{"user_id": user.id} for user in (cls.collector, cls.accountant)]
        )

    def _rule(self, *collectors, **values):
        return self.env["collections.assignment.rule"].create(
            {
                "name": "Rule",
                "collector_ids": [(6, 0, [one.id for one in collectors])],
                **values,
            }
        )

    def _assign(self, company=None):
        return self.env["collections.assigner"]._assign(company or self.company)

    def _users(self):
        return self.cases.mapped(lambda case: case.collector_id.login or "")

    # === RULES === #

    def test_r83_shared_by_number_of_cases(self):
        """R83: the rule's collectors get the same number, the largest first."""
        rule = self._rule(self.ana, self.ben)
        self.assertEqual(self._assign(), 4)
        self.assertEqual(self.ana.case_count, 2)
        self.assertEqual(self.ben.case_count, 2)
        self.assertEqual(self.cases.assignment_rule_id, rule)
        self.assertEqual(self._assign(), 0)

    def test_each_criterion(self):
        state = self.env["res.country.state"].search([], limit=1)
        self.customers[0].write(
            {"state_id": state.id, "country_id": state.country_id.id}
        )
        self.customers[1].user_id = self.supervisor
        self.env["collections.case"].refresh()
        other = self.segment.copy({"name": "Other", "domain": "[('id', '=', 0)]"})
        for values, expected in (
            ({"state_ids": [(6, 0, state.ids)]}, self.customers[0]),
            ({"country_ids": [(6, 0, state.country_id.ids)]}, self.customers[0]),
            ({"salesperson_ids": [(6, 0, self.supervisor.ids)]}, self.customers[1]),
            ({"amount_from": 150.0, "amount_to": 250.0}, self.customers[2]),
            ({"segment_ids": [(6, 0, other.ids)]}, self.customers.browse()),
            ({"segment_ids": [(6, 0, self.segment.ids)]}, self.customers),
        ):
            with self.subTest(values=values):
                rule = self._rule(self.ana, **values)
                found = self.Case.search(rule._case_domain())
                self.assertEqual(found.partner_id, expected)

    def test_room_runs_out(self):
        """The largest go to the first rule, the others to the next, then to nobody."""
        self.ana.capacity = 1
        self.ben.capacity = 2
        self._rule(self.ana, sequence=1)
        self._rule(self.ben, sequence=2)
        self._assign()
        ana, ben = self.collector.login, self.accountant.login
        self.assertEqual(self._users(), [ana, ben, ben, ""])
        self.assertEqual(self.ana.use, 100.0)

    def test_never_over_a_choice_by_hand(self):
        self.cases[0].with_user(self.collector).collector_id = self.supervisor
        self.assertTrue(self.cases[0].manual_collector)
        self._rule(self.ana)
        self._assign()
        self.assertEqual(self.cases[0].collector_id, self.supervisor)
        self.assertEqual(self.cases[1:].collector_id, self.collector)
        self.cases[0].with_user(self.collector).action_follow_rules()
        self.assertEqual(self.cases[0].collector_id, self.collector)

    def test_the_run_and_the_refresh_assign(self):
        self._rule(self.ana)
        self._run()
        self.assertEqual(self.cases.collector_id, self.collector)
        newcomer = self._customer("Newcomer")
        self._invoices((newcomer, day(-5), 10.0))
        self._follow()
        self.assertEqual(self._case(newcomer).collector_id, self.collector)

    def test_other_company_is_not_touched(self):
        self._invoices((self.customers[0], day(-10), 5.0), company=self.company_2)
        self.env["collections.case"].with_company(self.company_2).refresh()
        self._rule(self.ana)
        self._assign()
        self._assign(self.company_2)
        self.assertFalse(self._case(self.customers[0], self.company_2).collector_id)

    def test_who_has_cases_becomes_a_collector(self):
        self.cases[0].collector_id = self.supervisor
        self._run()
        found = self.env["collections.collector"].search(
            [("user_id", "=", self.supervisor.id)]
        )
        self.assertEqual((found.case_count, found.amount_actionable), (1, 400.0))

    def test_limits_in_the_wrong_order(self):
        with self.assertRaisesRegex(ValidationError, "upper limit"):
            self._rule(self.ana, amount_from=10.0, amount_to=5.0)

    # === ABSENCE === #

    def _absence(self, collector, substitute, first=0, last=3, **values):
        return self.env["collections.absence"].create(
            {
                "collector_id": collector.id,
                "substitute_id": substitute.id,
                "date_from": day(first),
                "date_to": day(last),
                **values,
            }
        )

    def _list(self, user):
        page = self.env["collections.worklist"].with_user(user).get_worklist()
        return [row["id"] for row in page["rows"]], page["covers"]

    def test_substitute_works_the_cases_while_away(self):
        self.cases.collector_id = self.collector
        self._absence(self.ana, self.ben, note="Ask for Rosa")
        rows, covers = self._list(self.accountant)
        self.assertEqual(rows, self.cases.ids)
        self.assertIn("Ask for Rosa", covers[0])
        self.assertEqual(self.ana.substitute_id, self.ben)
        for moment in ("2024-06-16 12:00:00", "2024-06-21 12:00:00"):
            with freeze_time(moment):
                self.assertEqual(self._list(self.accountant), ([], []))
        self.assertEqual(self.cases.collector_id, self.collector)

    def test_substitute_ends_the_calls_that_were_due(self):
        self.cases.collector_id = self.collector
        self._absence(self.ana, self.ben)
        case = self.cases[0]
        call = case.activity_schedule(
            CALL, date_deadline=day(0), user_id=self.collector.id
        )
        result = self.env.ref("collections_management.interaction_result_informed")
        worklist = self.env["collections.worklist"].with_user(self.accountant)
        worklist.log_outcome(case.id, result.id)
        self.assertFalse(call.exists().active)

    def test_who_is_away_gets_nothing_new(self):
        self._absence(self.ana, self.ben)
        self._rule(self.ana, self.ben)
        self._assign()
        self.assertEqual(self.cases.collector_id, self.accountant)

    def test_absences_that_make_no_sense(self):
        self._absence(self.ana, self.ben, 0, 3)
        for arguments in ((self.ana, self.ben, 3, 5), (self.ben, self.ben, 9, 9)):
            with self.assertRaises(ValidationError):
                self._absence(*arguments)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._absence(self.ben, self.ana, 5, 4)

    # === IN BULK, AFTER A LOOK === #

    def _dialog(self, user, **values):
        return (
            self.env["collections.case.assign"]
            .with_user(user)
            .create({"case_ids": [(6, 0, self.cases.ids)], **values})
        )

    def test_preview_changes_nothing(self):
        self.cases.collector_id = self.collector
        dialog = self._dialog(self.supervisor, user_id=self.accountant.id)
        self.assertIn("Customer 0", dialog.preview)
        self.assertIn("<b>4</b>", dialog.preview)
        self.assertEqual(self.cases.collector_id, self.collector)

    def test_to_one_with_the_activities(self):
        self.cases.collector_id = self.collector
        call = self.cases[0].activity_schedule(
            CALL, date_deadline=day(0), user_id=self.collector.id
        )
        self._dialog(self.collector, user_id=self.accountant.id).action_assign()
        self.assertEqual(self.cases.collector_id, self.accountant)
        self.assertEqual(set(self.cases.mapped("manual_collector")), {True})
        self.assertEqual(call.user_id, self.accountant)

    def test_shared_within_the_room(self):
        self.ana.capacity = 1
        both = self.ana | self.ben
        self._dialog(
            self.supervisor, how="share", collector_ids=[(6, 0, both.ids)]
        ).action_assign()
        self.assertEqual((self.ana.case_count, self.ben.case_count), (1, 3))

    def test_by_the_rules(self):
        self.cases.collector_id = self.supervisor
        self._rule(self.ana)
        self._dialog(self.supervisor, how="rules").action_assign()
        self.assertEqual(self.cases.collector_id, self.collector)
        self.assertEqual(set(self.cases.mapped("manual_collector")), {False})

    def test_nothing_chosen(self):
        with self.assertRaisesRegex(UserError, "Nothing would change"):
            self._dialog(self.supervisor).action_assign()

    def test_salesperson_assigns_nothing(self):
        with self.assertRaises(AccessError):
            self._dialog(self.salesperson, user_id=self.salesperson.id)
        with self.assertRaises(AccessError):
            self.cases[0].with_user(self.salesperson).collector_id = self.salesperson

    # === SET-BASED === #

    def test_constant_number_of_statements(self):
        self._rule(self.ana, self.ben)
        self._assign()
        counts = []
        for cases in (self.cases[:1], self.cases):
            cases.write({"collector_id": False})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._assign(), len(cases))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
