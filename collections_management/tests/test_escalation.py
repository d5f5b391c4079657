"""A case is handed over when all is there, and comes back where it stopped."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, TODAY, CollectionsCommon, day


def noon(offset):
    return freeze_time(f"{day(offset)} 12:00:00")


class EscalationCommon(MockEmail, CollectionsCommon):
    """A customer with two overdue invoices, one of them proven by its PDF."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users()
        cls.customer = cls._customer(user_id=cls.salesperson.id)
        cls.first, cls.second = cls._invoices(
            (cls.customer, day(-40), 600.0), (cls.customer, day(-10), 400.0)
        )
        cls._prove(cls.first)
        cls.Case.refresh()
        cls.case = cls.Case.search(
            [
                ("partner_id", "=", cls.customer.id),
                ("company_id", "=", cls.company.id),
            ]
        )
        cls.Escalation = cls.env["collections.escalation"]

    @classmethod
    def _prove(cls, moves):
        """Give invoices the PDF that sending them makes."""
        cls.env["ir.attachment"].create(
            [
                {
                    "name": f"{move.id}.pdf",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                    "raw": b"%PDF-1.4 invoice",
                    "mimetype": "application/pdf",
                }
                for move in moves
            ]
        )
        moves.invalidate_recordset()

    def _checked(self, stage, agency=None):
        [rows] = (
            self.env["collections.escalation.facts"]
            ._checked(self.case, stage, agency)
            .values()
        )
        return {row["code"]: row["fulfilled"] for row in rows}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestRequirements(EscalationCommon):
    def test_what_is_missing(self):
        stage = self._stage(
            "agency",
            min_days_overdue=40,
            min_reminders=1,
            needs_formal=True,
            notice_days=10,
            needs_documents=True,
            needs_free=True,
        )
        self.assertEqual(
            self._checked(stage),
            {
                "overdue": True,
                "age": True,
                "reminders": False,
                "formal": False,
                "notice": False,
                "documents": False,
                "free": True,
            },
        )
        self._prove(self.second)
        with self.mock_mail_gateway():
            self._run_and_send()
        found = self._checked(stage)
        self.assertTrue(found["documents"])
        self.assertTrue(found["reminders"])
        with self.assertRaisesRegex(UserError, "formal notice has to be sent"):
            self._hand_over(self.case, stage, self.collector, agency_id=self._agency())

    def _agency(self, **values):
        partner = self._customer("Agency")
        return (
            self.env["collections.agency"]
            .create({"partner_id": partner.id, **values})
            .id
        )

    def test_the_notice_period(self):
        stage = self._stage("legal", needs_formal=True, notice_days=10)
        self.case.jump_level_id = self.levels[25]
        self.policy.level_ids.formal = False
        with self.mock_mail_gateway():
            self._run_and_send()
        self.levels[25].formal = True
        self.assertEqual(self.case.level_delay, 25)
        with noon(10):
            self.assertFalse(self._checked(stage)["notice"])
        with noon(11):
            self.assertTrue(self._checked(stage)["notice"])

    def test_a_promise_is_in_the_way(self):
        stage = self._stage("legal", needs_free=True)
        self.env["collections.promise"].create(
            {"case_id": self.case.id, "amount": 50.0, "date": day(5)}
        )
        self._refresh()
        self.assertFalse(self._checked(stage)["free"])

    def test_the_agency_s_countries(self):
        peru, chile = self.env.ref("base.pe"), self.env.ref("base.cl")
        self.customer.country_id = peru
        there = self.env["collections.agency"].browse(
            self._agency(country_ids=[(6, 0, chile.ids)])
        )
        stage = self._stage("agency")
        self.assertFalse(self._checked(stage, there)["country"])
        there.country_ids += peru
        self.assertNotIn("country", self._checked(stage, there))

    def test_other_entries_need_an_attachment(self):
        stage = self._stage("legal", needs_documents=True)
        self._prove(self.second)
        move = self._entry(
            [
                (
                    self.receivable,
                    self.customer,
                    90.0,
                    {"date_maturity": day(-50), "no_followup": False},
                ),
                (self.company_data["default_account_revenue"], None, -90.0),
            ],
            day(-60),
        )
        self._refresh()
        self.assertFalse(self._checked(stage)["documents"])
        self.env["ir.attachment"].create(
            {
                "name": "note",
                "res_model": "account.move",
                "res_id": move.id,
                "raw": b"x",
            }
        )
        self.assertTrue(self._checked(stage)["documents"])

    def test_only_stages_of_people_hand_over(self):
        with self.assertRaisesRegex(ValidationError, "follows the ledger"):
            self.env.ref("collections_management.stage_first").stops_reminders = True

    def test_statements_of_the_preview(self):
        """The same number for one case and for many."""
        others = self._customers(20)
        self._invoices(*[(other, day(-9), 10.0) for other in others])
        self._refresh()
        cases = self.Case.search([("company_id", "=", self.company.id)])
        counts = []
        self.env["collections.escalation.facts"]._facts(cases)
        for some in (self.case, cases):
            self.env.invalidate_all()
            some.mapped("amount_held")
            some.policy_id.mapped("tolerance")
            before = self.cr.sql_log_count
            self.env["collections.escalation.facts"]._facts(some)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestEscalation(EscalationCommon):
    def _requested(self, **needs):
        self._hand_over(
            self.case,
            self._stage("legal", needs_approval=True, **needs),
            self.collector,
        )
        return self.case.escalation_request_id

    def test_r07_requested_approved_in_force(self):
        asked = self._requested()
        self.assertEqual((asked.state, asked.user_id), ("requested", self.collector))
        self.assertFalse(self.case.manual_stage_id)
        activity = self.case.activity_ids
        self.assertTrue(
            activity.user_id.has_group("collections_management.group_supervisor")
        )
        for role in ("salesperson", "collector", "internal", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                asked.with_user(getattr(self, role)).action_approve()
        asked.with_user(self.supervisor).action_approve()
        self.assertEqual(
            (asked.state, asked.approver_id, asked.date_start, asked.amount_start),
            ("in_force", self.supervisor, TODAY, 1000.0),
        )
        self.assertEqual(self.case.stage_id, asked.stage_id)
        self.assertNotIn(activity, self.case.activity_ids.exists())
        texts = self.case.interaction_ids.mapped("text")
        self.assertTrue(any("Does not answer" in text for text in texts))
        review = self.case.activity_ids
        self.assertEqual(review.date_deadline, day(asked.stage_id.review_days))

    def test_declined_and_withdrawn(self):
        asked = self._requested()
        asked.with_user(self.supervisor).action_decline()
        self.assertEqual(asked.state, "declined")
        again = self._requested()
        again.with_user(self.collector).action_withdraw()
        self.assertEqual(again.state, "withdrawn")
        self.assertFalse(self.case.manual_stage_id)
        again.with_user(self.supervisor).action_approve()
        self.assertEqual(again.state, "withdrawn")

    def test_a_supervisor_goes_on_although_something_is_missing(self):
        stage = self._stage("legal", needs_approval=True, min_reminders=3)
        with self.assertRaises(UserError):
            self._hand_over(self.case, stage, self.collector, is_forced=True)
        self._hand_over(self.case, stage, self.supervisor, is_forced=True)
        current = self.case.escalation_id
        self.assertFalse(current.is_complete)
        self.assertIn("✗ 3 reminders", current.requirement_text)

    def test_reminders_stop_and_say_why(self):
        with self.mock_mail_gateway():
            run = self._run()
            waiting = run.reminder_ids
            self.assertEqual(len(waiting), 1)
            stage = self._stage("supervisor", review_days=0)
            self._hand_over(self.case, stage, self.collector)
            run.flush()
        self.assertEqual((waiting.state, waiting.reason), ("cancelled", "escalated"))
        with noon(30), self.assertNothingSent():
            run = self._run_and_send()
        self.assertFalse(run.planned_count)
        self.assertEqual(self.case.idle_reason, "escalated")
        # The balance follows the ledger all the same.
        self._pay(self.second)
        self._follow()
        self.assertEqual(self.case.amount_balance, 600.0)

    def test_a_stage_that_begins_to_stop_reminders(self):
        stage = self._stage("legal", review_days=0)
        stage.stops_reminders = False
        self._hand_over(self.case, stage)
        self.assertTrue(self.case.next_step)
        stage.stops_reminders = True
        self._refresh()
        self.assertEqual(self.case.idle_reason, "escalated")

    def test_the_way_back(self):
        """The next level is one above the last one sent, not before its days."""
        with self.mock_mail_gateway():
            self._run_and_send()
        self.assertEqual(self.case.level_delay, 3)
        stage = self._stage("legal", needs_approval=True)
        self._hand_over(self.case, stage, self.supervisor)
        with noon(20):
            Dialog = self.env["collections.case.release"]
            values = {"case_ids": [(6, 0, self.case.ids)], "reason": "Pays a part"}
            with self.assertRaises(AccessError):
                Dialog.with_user(self.collector).create(values).action_release()
            dialog = Dialog.with_user(self.supervisor).create(values)
            self.assertIn("Test 10", dialog.preview)
            dialog.action_release()
            ended = self.case.escalation_ids
            self.assertEqual((ended.state, ended.date_end), ("ended", day(20)))
            self.assertFalse(self.case.manual_stage_id)
            self.assertEqual(self.case.stage_kind, "level")
            with self.mock_mail_gateway():
                run = self._run_and_send()
        self.assertEqual(run.reminder_ids.mapped("level_delay"), [10])

    def test_handed_on(self):
        self._hand_over(self.case, self._stage("supervisor"), self.collector)
        self._hand_over(self.case, self._stage("legal"), self.collector)
        earlier = self.case.escalation_ids - self.case.escalation_id
        self.assertEqual(earlier.state, "ended")
        self.assertIn("Legal", earlier.end_reason)
        with self.assertRaisesRegex(UserError, "there already"):
            self._hand_over(self.case, self._stage("legal"), self.collector)

    def test_no_way_around_the_buttons(self):
        legal = self._stage("legal", needs_approval=True)
        own = self.case.with_user(self.collector)
        with self.assertRaises(UserError):
            own.manual_stage_id = legal
        self._hand_over(self.case, legal, self.supervisor)
        with self.assertRaises(UserError):
            own.manual_stage_id = False
        current = self.case.escalation_id.with_user(self.supervisor)
        for values in ({"state": "ended"}, {"amount_start": 1.0}):
            with self.assertRaises(AccessError):
                current.write(values)
        with self.assertRaises(AccessError):
            self.Escalation.with_user(self.collector).create(
                {"case_id": self.case.id, "stage_id": legal.id, "reason": "x"}
            )

    def test_settled_asks_to_take_it_back(self):
        self._hand_over(self.case, self._stage("legal"), self.collector)
        self._pay(self.first + self.second)
        self._follow()
        self._run()
        kind = self.env.ref("collections_management.mail_activity_type_settled")
        self.assertIn(kind, self.case.activity_ids.activity_type_id)
        self.assertEqual(self.case.escalation_id.amount_recovered, 1000.0)

    def test_recovered_is_what_came_meanwhile(self):
        self._pay(self.first, 100.0, when=day(-5))
        self._hand_over(self.case, self._stage("legal"), self.collector)
        row = self.case.escalation_id
        dated = {"invoice_date": day(5)}
        later = self._invoices((self.customer, day(20), 70.0, dated))
        with noon(10):
            self._pay(self.first, 150.0, when=day(10))
            # Neither what was invoiced since, nor a credit note.
            self._pay(later, when=day(10))
            self._reconcile(self.second, self._refund(self.customer, 30.0))
            self.env["collections.case.release"].create(
                {"case_ids": [(6, 0, self.case.ids)], "reason": "Back"}
            ).action_release()
        with noon(20):
            self._pay(self.first, 200.0, when=day(20))
            row.invalidate_recordset()
            self.assertEqual(row.amount_recovered, 150.0)

    def test_rows(self):
        self._hand_over(self.case, self._stage("legal"), self.collector)
        rows = self.Escalation
        self.assertTrue(rows.with_user(self.salesperson).search([]))
        self.assertFalse(rows.with_user(self.other_salesperson).search([]))
        with self.assertRaises(AccessError):
            rows.with_user(self.internal).search([])

    def test_merged_customers_have_one(self):
        """None of the two is deleted: the newer one of the lost case is ended."""
        other = self._customer("Double")
        self._invoices((other, day(-9), 50.0))
        self._refresh()
        theirs = self._case(other)
        legal = self._stage("legal")
        self._hand_over(self.case + theirs, legal)
        rows = self.case.escalation_id + theirs.escalation_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer + other).ids, self.customer)
        rows.invalidate_recordset()
        self.assertEqual(rows.case_id, self.case)
        self.assertEqual(sorted(rows.mapped("state")), ["ended", "in_force"])

    def test_a_merged_customer_stays_where_it_was(self):
        other = self._customer("Double")
        self._invoices((other, day(-9), 50.0))
        self._refresh()
        self._hand_over(self._case(other), self._stage("legal"))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer + other).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(self.case.escalation_id.state, "in_force")
        self.assertEqual(self.case.manual_stage_id, self._stage("legal"))
