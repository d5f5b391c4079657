"""The collector's day: who comes first, what is shown, what an outcome does."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, CollectionsCommon, day

CALL = "mail.mail_activity_data_call"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWorklist(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("salesperson", "collector", "supervisor", "accountant")
        # By amount × days; the order by priority has tests of its own.
        cls.company.collections_scoring = "off"
        cls.company.collections_collector_id = cls.collector
        cls.company_2.collections_collector_id = cls.collector
        cls.small, cls.big, cls.old, cls.due_later = cls._customers(4)
        cls._invoices(
            (cls.small, day(-10), 50.0),
            (cls.big, day(-10), 900.0),
            (cls.old, day(-60), 300.0),
            (cls.due_later, day(20), 800.0),
        )
        cls._invoices((cls.small, day(-10), 77.0), company=cls.company_2)
        cls.env["collections.case"].refresh()
        cls.env["collections.case"].with_company(cls.company_2).refresh()
        cls.worklist = cls.env["collections.worklist"].with_user(cls.collector)
        cls.callback = cls.env.ref("collections_management.interaction_result_callback")
        cls.informed = cls.env.ref("collections_management.interaction_result_informed")

    def _names(self, **arguments):
        rows = self.worklist.get_worklist(**arguments)["rows"]
        return [self.Case.browse(row["id"]).partner_id for row in rows]

    def _talk(self, partner, days=0, **values):
        """Something in the log, so many days ago."""
        moment = datetime.fromisoformat(NOON) - timedelta(days=days)
        log = self.env["collections.interaction"].with_user(self.collector)
        return log.create({"case_id": self._case(partner).id, "date": moment, **values})

    def _plan(self, partner, when, user=None, **values):
        return self._case(partner).activity_schedule(
            values.pop("kind", CALL),
            date_deadline=when,
            user_id=(user or self.collector).id,
            **values,
        )

    # === THE ORDER === #

    def test_r52_amount_by_days_decides(self):
        """R52: importance and urgency; what is not due is not on the list."""
        self.assertEqual(self._names(), [self.old, self.big, self.small])

    def test_r52_reply_then_activity_then_debt(self):
        self._talk(self.small, 1, direction="in", channel="email", text="Why?")
        self._plan(self.due_later, day(0), summary="Ask for the order number")
        page = self.worklist.get_worklist()
        groups = [row["group"] for row in page["rows"]]
        self.assertEqual(groups, ["reply", "activity", "debt", "debt"])
        self.assertEqual(
            self._names(), [self.small, self.due_later, self.old, self.big]
        )
        self.assertIn("Ask for the order number", page["rows"][1]["why"])
        self.assertIn("60 days", page["rows"][2]["why"])
        counts = {group["key"]: group["count"] for group in page["groups"]}
        self.assertEqual(counts, {"broken": 0, "reply": 1, "activity": 1, "debt": 2})

    def test_r21_broken_promise_comes_first(self):
        """R21: found broken since the last talk; a talk about it ends that."""
        promise = self.env["collections.promise"].create(
            {"case_id": self._case(self.small).id, "amount": 50.0, "date": day(2)}
        )
        self._talk(self.small, 0)
        with freeze_time("2024-06-27 12:00:00"):
            self.env["collections.case"].refresh()
            self.assertEqual(promise.state, "broken")
            page = self.worklist.get_worklist()
            self.assertEqual(page["rows"][0]["group"], "broken")
            self.assertEqual(self._names()[0], self.small)
            case = self._case(self.small)
            self.worklist.log_outcome(case.id, self.informed.id)
            self.assertNotIn(self.small, self._names())

    def test_reply_that_was_answered_is_done(self):
        self._talk(self.small, 9, direction="in", channel="email")
        self._talk(self.small, 8, direction="out", channel="email")
        self.assertEqual(self._names(group="reply"), [])

    def test_call_of_the_customer_is_no_reply(self):
        """Somebody talked to the customer: nobody waits for an answer."""
        self._talk(self.small, 0, direction="in", channel="call")
        page = self.worklist.get_worklist()
        self.assertEqual(self._names(), [self.old, self.big])
        self.assertEqual(page["progress"]["done"], 1)

    def test_agreed_date_is_waited_for(self):
        self._plan(self.old, day(2))
        self.assertEqual(self._names(), [self.big, self.small])
        with freeze_time("2024-06-19 12:00:00"):
            self.assertEqual(self._names()[0], self.old)

    def test_talked_to_yesterday_rests_for_the_policy_days(self):
        """Three days between contacts, in the policy of these tests."""
        self._talk(self.old, 2, text="Knows the balance")
        self.assertNotIn(self.old, self._names())
        with freeze_time("2024-06-18 12:00:00"):
            self.assertIn(self.old, self._names())

    def test_stopped_and_handed_over_are_nobodys_call(self):
        self._case(self.old).stop_flag = "sued"
        legal = self._stage("legal")
        self.env["collections.case.stage"].create(
            {
                "case_ids": [(6, 0, self._case(self.big).ids)],
                "stage_id": legal.id,
                "reason": "Court",
            }
        ).action_apply()
        self.assertEqual(self._names(), [self.small])

    def test_activities_of_others_on_my_cases_are_theirs(self):
        self._plan(self.due_later, day(-1), self.supervisor)
        self.assertNotIn(self.due_later, self._names())
        boss = self.worklist.with_user(self.supervisor).get_worklist()
        self.assertEqual([row["name"] for row in boss["rows"]], ["Customer 3"])

    # === WHOSE LIST === #

    def test_lists_of_others_and_of_nobody(self):
        self._case(self.big).collector_id = self.supervisor
        self._case(self.small).collector_id = False
        self.assertEqual(self._names(), [self.old])
        self.assertEqual(self._names(collector_id=self.supervisor.id), [self.big])
        self.assertEqual(self._names(collector_id=0), [self.small])
        page = self.worklist.get_worklist()
        self.assertEqual(page["unassigned_count"], 1)
        self.assertEqual(
            [one["name"] for one in page["collectors"]], ["Collector", "Supervisor"]
        )

    def test_one_company_at_a_time(self):
        other = self.worklist.with_context(
            allowed_company_ids=(self.company_2 | self.company).ids
        )
        page = other.get_worklist()
        self.assertEqual([row["amount"] for row in page["rows"]], [77.0])
        self.assertEqual(page["currency_id"], self.eur.id)

    def test_search_and_pages(self):
        self.assertEqual(self._names(search="customer 1"), [self.big])
        self.assertEqual(self._names(offset=1, limit=1), [self.big])
        self.assertEqual(self.worklist.get_worklist(limit=1)["total"], 3)

    def test_only_collectors(self):
        for user in (self.salesperson, self.env.ref("base.public_user")):
            foreign = self.worklist.with_user(user)
            with self.assertRaises(AccessError):
                foreign.get_worklist()
            with self.assertRaises(AccessError):
                foreign.get_story(self._case(self.big).id)
            with self.assertRaises(AccessError):
                foreign.log_outcome(self._case(self.big).id, self.callback.id)
        self.worklist.with_user(self.accountant).get_worklist()

    def test_case_of_another_company(self):
        stranger = new_test_user(
            self.env,
            "test_stranger",
            groups="collections_management.group_supervisor",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        foreign = self.worklist.with_user(stranger)
        case = self._case(self.big)
        with self.assertRaises(AccessError):
            foreign.get_story(case.id)
        with self.assertRaises(AccessError):
            foreign.log_outcome(case.id, self.callback.id)

    # === THE STORY === #

    def test_r55_story(self):
        """R55, R67: who it is, what is owed, what was said, and what to say."""
        self.policy.level_ids.script = "<p>Ask when the <b>transfer</b> is made.</p>"
        self.big.write({"phone": "+51 987 654 321"})
        self.env["res.partner"].create(
            {
                "name": "Treasury",
                "parent_id": self.big.id,
                "phone": "555-0100",
                "collections_contact": True,
            }
        )
        for number in range(4):
            self._talk(self.big, number + 5, text=f"Talk {number}")
        self.env["collections.case"].refresh()
        story = self.worklist.get_story(self._case(self.big).id)
        self.assertEqual(
            [talk["text"] for talk in story["talks"]], ["Talk 0", "Talk 1", "Talk 2"]
        )
        self.assertEqual(
            [one["name"] for one in story["contacts"]], ["Treasury", "Customer 1"]
        )
        self.assertEqual(story["contacts"][1]["tel"], "+51987654321")
        self.assertEqual(story["contacts"][1]["whatsapp"], "51987654321")
        self.assertIn("transfer", story["script"])
        self.assertEqual([item["days"] for item in story["items"]], [10])
        self.assertEqual(story["figures"][0]["name"], "amount_actionable")
        self.assertIn("900", story["figures"][0]["value"])

    def test_number_without_country_is_not_for_whatsapp(self):
        self.big.write({"phone": "12", "country_id": False})
        story = self.worklist.get_story(self._case(self.big).id)
        self.assertEqual(story["contacts"][0]["whatsapp"], "")
        self.assertEqual(story["contacts"][0]["tel"], "12")

    def test_story_says_what_pauses_a_document(self):
        """A document on hold says so, and is not put on hold again."""
        case = self._case(self.big)
        [item] = self.worklist.get_story(case.id)["items"]
        self.assertEqual((item["pauses"], item["can_hold"]), ([], True))
        hold = self.env["collections.hold"].create(
            {
                "case_id": case.id,
                "move_line_id": item["id"],
                "is_item": True,
                "reason_id": self.env.ref(
                    "collections_management.hold_reason_factoring"
                ).id,
                "date_end": day(5),
            }
        )
        [item] = self.worklist.get_story(case.id)["items"]
        self.assertEqual((item["pauses"], item["can_hold"]), (["on hold"], False))
        hold.action_release()
        [item] = self.worklist.get_story(case.id)["items"]
        self.assertTrue(item["can_hold"])

    # === OUTCOMES === #

    def test_r80_outcome_with_the_next_date(self):
        """R80: one gesture logs the call, ends what was due, plans what comes."""
        due = self._plan(self.big, day(-1))
        case = self._case(self.big)
        answer = self.worklist.log_outcome(
            case.id, self.callback.id, next_date="2024-06-20", text="After lunch"
        )
        row = self.env["collections.interaction"].browse(answer["interaction_id"])
        self.assertRecordValues(
            row,
            [
                {
                    "case_id": case.id,
                    "user_id": self.collector.id,
                    "channel": "call",
                    "result_id": self.callback.id,
                    "text": "After lunch",
                    "next_date": day(3),
                }
            ],
        )
        self.assertFalse(due.exists().active)
        self.assertEqual(case.activity_ids.date_deadline, day(3))
        self.assertEqual(case.activity_ids.user_id, self.collector)
        self.assertNotIn(self.big, self._names())
        progress = self.worklist.get_worklist()["progress"]
        self.assertEqual(
            progress,
            {"done": 1, "total": 3, "amount_done": 900.0, "amount_total": 1250.0},
        )

    def test_answering_ends_the_reply(self):
        reply = self._plan(
            self.big, day(0), kind="collections_management.mail_activity_type_reply"
        )
        self._talk(self.big, 1, direction="in", channel="email")
        self.worklist.log_outcome(self._case(self.big).id, self.informed.id)
        self.assertFalse(reply.exists().active)
        self.assertNotIn(self.big, self._names())

    def test_outcome_that_a_supervisor_has_to_know(self):
        refuses = self.env.ref("collections_management.interaction_result_will_not_pay")
        case = self._case(self.big)
        self.worklist.log_outcome(case.id, refuses.id, next_date="2024-06-18")
        user = case.activity_ids.user_id
        self.assertTrue(user.has_group("collections_management.group_supervisor"))

    def test_contact_of_another_customer_is_refused(self):
        with self.assertRaisesRegex(UserError, "not a contact of"):
            self.worklist.log_outcome(
                self._case(self.big).id, self.callback.id, contact_id=self.old.id
            )

    def test_dates_that_are_offered(self):
        with freeze_time("2024-06-21 12:00:00"):  # a Friday
            page = self.worklist.get_worklist()
        self.assertEqual(
            [one["date"] for one in page["next_dates"]],
            ["2024-06-24", "2024-06-25", "2024-06-28"],
        )
        dates = {one["id"]: one["date"] for one in page["results"]}
        self.assertEqual(dates[self.callback.id], "2024-06-24")
        self.assertFalse(dates[self.informed.id])

    # === REMINDERS BY HAND === #

    def test_reminder_waits_for_approval_where_a_person_approves(self):
        self.company.collections_mode = "propose"
        cases = self._case(self.big) | self._case(self.due_later)
        with self.assertNothingSent():
            answer = cases.with_user(self.collector).action_remind()
        self.assertRecordValues(
            cases.reminder_ids, [{"case_id": cases[0].id, "state": "to_approve"}]
        )
        self.assertIn("1 reminders in the outbox", answer["params"]["message"])
        again = cases[0].with_user(self.collector).action_remind()
        self.assertIn("already in the outbox", again["params"]["message"])
        self.assertEqual(len(cases.reminder_ids), 1)

    def test_reminder_passes_the_gate(self):
        """Queued by a person, and cancelled by the gate: it was paid meanwhile."""
        case = self._case(self.big)
        case.with_user(self.collector).action_remind()
        self.assertEqual(case.reminder_ids.state, "queued")
        self._pay(self._receivable_lines(case.item_ids.move_id).move_id)
        with self.assertNothingSent():
            self.env["collections.outbox"]._drain(self.company)
        self.assertRecordValues(
            case.reminder_ids, [{"state": "cancelled", "reason": "paid"}]
        )

    def test_no_reminder_where_nothing_is_sent(self):
        self.company.collections_mode = "simulate"
        with self.assertRaisesRegex(UserError, "do not send anything"):
            self._case(self.big).with_user(self.collector).action_remind()
        self.assertFalse(self._case(self.big).reminder_ids)

    # === SET-BASED === #

    def _statements(self, limit):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.worklist.get_worklist(limit=limit)
        return self.env.cr.sql_log_count - before

    def test_constant_number_of_statements(self):
        self._statements(1)
        one = self._statements(1)
        self.assertLessEqual(self._statements(40), one)
