"""Case after case: what is suggested, what can be taken back, what the day was."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day

CALL = "mail.mail_activity_data_call"
MODULE = "collections_management"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWorklistDay(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users(
            "salesperson", "collector", "supervisor", "accountant", "portal"
        )
        cls.company.collections_collector_id = cls.collector
        cls.first, cls.second = cls._customers(2, phone="+1 555 010 0100")
        cls._invoices((cls.first, day(-40), 900.0), (cls.second, day(-10), 300.0))
        cls.env["collections.case"].refresh()
        cls.worklist = cls.env["collections.worklist"].with_user(cls.collector)
        cls.results = {
            name: cls.env.ref(f"{MODULE}.interaction_result_{name}")
            for name in ("callback", "informed", "no_answer", "wrong_number")
        }

    def _log(self, partner, result="callback", worklist=None, **values):
        answer = (worklist or self.worklist).log_outcome(
            self._case(partner).id, self.results[result].id, **values
        )
        return self.env["collections.interaction"].browse(answer["interaction_id"])

    def _listed(self):
        return [row["id"] for row in self.worklist.get_worklist()["rows"]]

    def _suggested(self, partner, group=None):
        return self.worklist.get_story(self._case(partner).id, group)["suggestion"]

    # === WHAT IS SUGGESTED === #

    def test_call_and_why(self):
        found = self._suggested(self.first)
        self.assertEqual((found["step"], found["button"]), ("call", False))
        self.assertIn("likely to answer", found["why"])

    def test_each_situation(self):
        self.assertEqual(self._suggested(self.first, "reply")["step"], "answer")
        self.first.phone = False
        self.assertEqual(self._suggested(self.first)["step"], "write")
        self.assertIn("no phone", self._suggested(self.first)["why"])
        self.first.email = False
        self.assertEqual(self._suggested(self.first)["step"], "address")

    def test_three_calls_without_an_answer(self):
        for _call in range(3):
            self._log(self.first, "no_answer")
        found = self._suggested(self.first)
        self.assertEqual((found["step"], found["button"]), ("write", "action_remind"))
        self.assertIn("3 calls", found["why"])

    def test_r07_every_level_sent_and_old(self):
        """R07: the next stage is proposed to a person, never taken."""
        case = self._case(self.first)
        self.env.cr.execute(
            """UPDATE collections_case SET idle_reason = 'policy_done',
                      days_overdue = 120 WHERE id = %s""",
            [case.id],
        )
        self.env.invalidate_all()
        found = self._suggested(self.first)
        self.assertEqual(found["step"], "hand_over")
        self.assertIn("120 days", found["why"])
        self.assertFalse(case.manual_stage_id)

    def test_activity_is_what_was_planned(self):
        self._case(self.first).activity_schedule(
            CALL,
            date_deadline=day(-1),
            summary="Ask for the order",
            user_id=self.collector.id,
        )
        found = self._suggested(self.first, "activity")
        self.assertEqual(found["title"], "Ask for the order")

    # === TAKING BACK === #

    def test_r80_undo_is_a_row_of_its_own(self):
        """R80: the log keeps both; the case is on the list as it was before."""
        before = self._listed()
        due = self._case(self.first).activity_schedule(
            CALL, date_deadline=day(0), user_id=self.collector.id
        )
        row = self._log(self.first, text="Wrong customer", next_date="2024-06-20")
        self.assertEqual(self._case(self.first).activity_ids.date_deadline, day(3))
        answer = self.worklist.undo_outcome(row.id)
        self.assertEqual(answer["case_id"], self._case(self.first).id)
        self.assertEqual(answer["text"], "Wrong customer")
        correction = row.correction_ids
        self.assertRecordValues(
            correction, [{"channel": "system", "user_id": self.collector.id}]
        )
        self.assertTrue(due.active)
        self.assertEqual(self._case(self.first).activity_ids, due)
        self.assertEqual(sorted(self._listed()), sorted(before))
        self.assertEqual(self.worklist.get_worklist()["progress"]["done"], 0)
        talks = self.worklist.get_story(self._case(self.first).id)["talks"]
        self.assertFalse(talks)
        self.assertFalse(self._case(self.first).last_interaction_date)

    def test_undone_calls_do_not_count_for_the_law(self):
        row = self._log(self.first)
        contact = self.env["collections.contact"].sudo()
        case = self._case(self.first)
        now = fields.Datetime.now()
        self.assertEqual(len(contact._contacts([case.id], now)[case.id]), 1)
        self.worklist.undo_outcome(row.id)
        self.assertFalse(contact._contacts([case.id], now).get(case.id))

    def test_only_own_rows_of_today_once(self):
        row = self._log(self.first)
        other = self.worklist.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "Only your own entry of today"):
            other.undo_outcome(row.id)
        with freeze_time("2024-06-18 12:00:00"), self.assertRaises(UserError):
            self.worklist.undo_outcome(row.id)
        self.worklist.undo_outcome(row.id)
        with self.assertRaises(UserError):
            self.worklist.undo_outcome(row.id)
        with self.assertRaises(UserError):
            self.worklist.undo_outcome(row.correction_ids.id)

    # === THE DAY === #

    def test_r84_what_was_done(self):
        """R84: contacts, answers, promises, and what waits tomorrow."""
        self._log(self.first, "callback", next_date="2024-06-18")
        self._log(self.second, "no_answer", next_date="2024-06-20")
        taken_back = self._log(self.second, "informed")
        self.worklist.undo_outcome(taken_back.id)
        self.env["collections.promise"].with_user(self.collector).create(
            {"case_id": self._case(self.first).id, "amount": 50.0, "date": day(3)}
        )
        found = self.worklist.get_day()
        self.assertEqual(
            (found["contacts"], found["reached"], found["right_party"]), (3, 1, 1)
        )
        self.assertEqual(
            {one["name"]: one["count"] for one in found["results"]},
            {
                "Call Back Later": 1,
                "No Answer": 1,
                "Promises, notices and others without a result": 1,
            },
        )
        self.assertEqual(found["promises"]["count"], 1)
        self.assertIn("50", found["promises"]["amount"])
        self.assertEqual(found["tomorrow"], {"label": "Tomorrow", "count": 1})
        self.assertEqual(found["last"]["case_id"], self._case(self.second).id)

    def test_day_is_of_one_company(self):
        self._log(self.first)
        other = self.worklist.with_company(self.company_2)
        self.assertEqual(other.get_day()["contacts"], 0)

    def test_only_the_person_and_supervisors(self):
        self._log(self.first)
        boss = self.worklist.with_user(self.supervisor)
        found = boss.get_day(self.collector.id)
        self.assertEqual((found["contacts"], found["last"]), (1, False))
        with self.assertRaisesRegex(AccessError, "Only a supervisor"):
            self.worklist.with_user(self.accountant).get_day(self.collector.id)
        row = self._case(self.first).interaction_ids
        for user in (self.salesperson, self.portal, self.env.ref("base.public_user")):
            foreign = self.worklist.with_user(user)
            with self.assertRaises(AccessError):
                foreign.get_day()
            with self.assertRaises(AccessError):
                foreign.undo_outcome(row.id)

    def test_constant_number_of_statements(self):
        self._log(self.first)
        counts = []
        # The first turn fills what is remembered between requests.
        for _turn in range(3):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.worklist.get_day()
            counts.append(self.env.cr.sql_log_count - before)
            self._log(self.second, "no_answer")
        self.assertEqual(counts[1], counts[2])
