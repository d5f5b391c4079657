"""The log: written once, corrected beside the original, sealed in its order."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestInteraction(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("collector", "supervisor", "salesperson")
        cls.customer = cls._customer("Panadería", phone="+57 601 5550100")
        cls._invoices((cls.customer, day(-10), 500.0))
        cls._invoices((cls.customer, day(-10), 70.0), company=cls.company_2)
        for company in (cls.company, cls.company_2):
            cls.Case.with_company(company).refresh()
        cls.case = cls.Case.search(
            [("partner_id", "=", cls.customer.id), ("company_id", "=", cls.company.id)]
        )
        cls.Log = cls.env["collections.interaction"]

    def _result(self, name):
        return self.env.ref(f"collections_management.interaction_result_{name}")

    def _dialog(self, user=None, **values):
        return (
            self.env["collections.interaction.log"]
            .with_user(user or self.collector)
            .create({"case_id": self.case.id, **values})
        )

    def _call(self, result="callback", **values):
        self._dialog(result_id=self._result(result).id, **values).action_log()
        return self.Log.search([("case_id", "=", self.case.id)], limit=1)

    def _rows(self, count, case=None):
        return self.Log.create(
            [
                {"case_id": (case or self.case).id, "text": f"Call {number}"}
                for number in range(count)
            ]
        )

    def _seal(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("collections_management.ir_cron_seal")
            cron.sudo().with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()
        self.Log.invalidate_model()

    def _activities(self):
        return self.case.activity_ids.sorted("id")

    # === LOG A CALL === #

    def test_a_call_is_logged_by_whom_to_whom_and_with_what_result(self):
        """R80: the date, the conversation, who and whom."""
        row = self._call(text="Pays on Friday")
        self.assertEqual(
            (row.partner_name, row.user_id, row.user_name, row.channel, row.direction),
            ("Panadería", self.collector, "Collector", "call", "out"),
        )
        self.assertEqual((row.address, row.text), (self.customer.phone, row.text))
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(self.case.last_interaction_text, "Call Back Later")

    def test_a_result_with_a_date_becomes_the_next_activity(self):
        row = self._call("message")
        self.assertEqual(row.next_date, day(2))
        activity = self._activities()
        self.assertEqual(
            (activity.date_deadline, activity.user_id, activity.summary),
            (day(2), self.collector, "Left a Message"),
        )

    def test_the_collector_chooses_another_date(self):
        row = self._call("callback", next_date=day(9))
        self.assertEqual(row.next_date, day(9))
        self.assertEqual(self._activities().date_deadline, day(9))

    def test_the_call_that_was_due_is_done(self):
        self._call("callback")
        first = self._activities()
        self._call("no_answer")
        self.assertEqual(len(self._activities()), 1)
        self.assertNotEqual(self._activities(), first)

    # === WHY IT PAYS LATE === #

    def _colombian(self):
        """The customer is one whom the law protects from being asked."""
        rule = self.env.ref("collections_management.contact_rule_co")
        rule.active = True
        self.assertTrue(rule.no_reason_question)
        self.customer.write(
            {"country_id": self.env.ref("base.co").id, "is_company": False}
        )

    def test_r28_the_reason_for_a_delay_is_kept_and_sealed(self):
        reason = self.env.ref("collections_management.delay_reason_cash")
        story = self.env["collections.worklist"].with_user(self.collector)
        offered = story.get_story(self.case.id)["reasons"]
        self.assertIn({"id": reason.id, "name": reason.name}, offered)
        row = self._call("callback", delay_reason_id=reason.id)
        self.assertEqual(row.delay_reason_id, reason)
        self.assertEqual(
            story.get_story(self.case.id)["talks"][0]["reason"], reason.name
        )
        plain = self._call("callback")
        self._seal()
        self.assertNotIn("delay_reason_id", plain._facts(plain.number))
        self.assertFalse(self.Log._first_broken(self.company))
        other = self.env.ref("collections_management.delay_reason_other")
        self.env.cr.execute(
            "UPDATE collections_interaction SET delay_reason_id = %s WHERE id = %s",
            (other.id, row.id),
        )
        self.Log.invalidate_model()
        self.assertEqual(self.Log._first_broken(self.company), row)

    def test_r28_no_reason_is_asked_where_the_law_forbids_it(self):
        """R28: turned off for Colombian consumers; not even by another road."""
        self._colombian()
        reason = self.env.ref("collections_management.delay_reason_cash")
        worklist = self.env["collections.worklist"].with_user(self.collector)
        self.assertEqual(worklist.get_story(self.case.id)["reasons"], [])
        self.assertFalse(self._dialog().asks_reason)
        row = self._call("callback", delay_reason_id=reason.id)
        self.assertFalse(row.delay_reason_id)
        result = self._result("callback")
        with self.assertRaisesRegex(ValidationError, "Panadería does not let you ask"):
            worklist.log_outcome(self.case.id, result.id, delay_reason_id=reason.id)

    def test_r22_a_call_or_meeting_ends_in_a_promise(self):
        """R22: what was scheduled is held, done, and leads to what was agreed."""
        for kind, channel in (("call", "call"), ("meeting", "visit")):
            with self.subTest(kind):
                planned = self.case.activity_schedule(
                    f"mail.mail_activity_data_{kind}", user_id=self.collector.id
                )
                action = self._dialog(channel=channel).action_log_and_promise()
                self.assertFalse(planned.exists().filtered("active"))
                self.env["collections.promise.make"].with_user(
                    self.collector
                ).with_context(**action["context"]).create(
                    {"amount": 500.0, "date": day(5)}
                ).action_save()
                promise = self.env["collections.promise"].search(
                    [("case_id", "=", self.case.id), ("state", "=", "open")]
                )
                self.assertEqual((promise.amount, promise.date), (500.0, day(5)))
                self.assertEqual(promise.user_id, self.collector)
                promise.with_user(self.collector).action_withdraw()

    def test_the_call_of_another_person_stays(self):
        self.case.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.supervisor.id
        )
        self._call("informed")
        self.assertEqual(self._activities().user_id, self.supervisor)

    def test_no_next_step(self):
        row = self._call("informed")
        self.assertFalse(row.next_date)
        self.assertFalse(self._activities())

    def test_who_will_not_pay_is_for_the_supervisor(self):
        groups = "collections_management.group_supervisor"
        self._call("will_not_pay")
        activity = self._activities()
        self.assertTrue(activity.user_id.has_group(groups))
        self.assertEqual(activity.date_deadline, day(0))

    def test_wrong_number_asks_for_the_address_once(self):
        for _call in range(2):
            self._call("wrong_number")
        self.assertEqual(
            self._activities().activity_type_id,
            self.env.ref("collections_management.mail_activity_type_address"),
        )

    # === WRITTEN ONCE === #

    def test_nobody_edits_or_deletes(self):
        """R80: what is logged stays as it was logged."""
        row = self._call(text="Pays on Friday")
        for user in (self.collector, self.supervisor, self.env.ref("base.user_admin")):
            own = row.with_user(user)
            with self.subTest(user=user.name), self.assertRaises(UserError):
                own.write({"text": "Never pays"})
            with self.subTest(user=user.name), self.assertRaises(UserError):
                own.unlink()
        for values in ({"text": "x"}, {"date": NOON}, {"seal": "x", "text": "y"}):
            with self.assertRaises(UserError):
                row.sudo().write(values)
        with self.assertRaises(UserError):
            row.sudo().unlink()
        with self.assertRaises(UserError):
            row.copy()

    def test_nobody_logs_for_another_or_makes_up_a_seal(self):
        row = self.Log.with_user(self.collector).create(
            {
                "case_id": self.case.id,
                "user_id": self.supervisor.id,
                "number": 99,
                "seal": "0" * 64,
            }
        )
        self.assertEqual(row.user_id, self.collector)
        self.assertFalse(row.number)
        self.assertFalse(row.sudo().seal)

    def test_names_outlive_the_people(self):
        contact = self.env["res.partner"].create(
            {"name": "Ana", "parent_id": self.customer.id, "phone": "+57 300 1234567"}
        )
        row = self._call(contact_id=contact.id)
        contact.unlink()
        self.collector.sudo().name = "Somebody Else"
        row.invalidate_recordset()
        self.assertEqual(
            (row.contact_name, row.address, row.user_name),
            ("Ana", "+57 300 1234567", "Collector"),
        )

    # === CORRECTIONS === #

    def test_a_correction_is_a_row_of_its_own(self):
        row = self._call("cannot_pay", text="Cannot pay")
        action = row.with_user(self.collector).action_correct()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.collector)
            .with_context(**action["context"])
            .create({"text": "Can pay half"})
        )
        self.assertEqual((dialog.case_id, dialog.corrects_id), (self.case, row))
        dialog.action_log()
        correction = row.correction_ids
        self.assertEqual(
            (correction.text, correction.result_id), ("Can pay half", row.result_id)
        )
        self.assertEqual(row.text, "Cannot pay")
        self.assertTrue(row.is_corrected)
        self.assertFalse(correction.is_corrected)

    # === SEALS === #

    def test_each_company_has_a_chain_of_its_own(self):
        elsewhere = self._case(self.customer, self.company_2)
        self._rows(2)
        other = self._rows(1, elsewhere)
        more = self._rows(1)
        self._seal()
        own = self.Log.search([("company_id", "=", self.company.id)], order="id")
        self.assertEqual(own.mapped("number"), [1, 2, 3])
        self.assertEqual(own[-1], more)
        self.assertEqual(other.number, 1)
        self.assertEqual(len(set((own | other).sudo().mapped("seal"))), 4)
        for company in (self.company, self.company_2):
            self.assertFalse(self.Log._first_broken(company))

    def test_sealing_goes_on_where_it_stopped(self):
        self._rows(2)
        self._seal()
        before = self.Log.search([]).sudo().mapped("seal")
        self._rows(2)
        self._seal()
        rows = self.Log.search([], order="number")
        self.assertEqual(rows.mapped("number"), [1, 2, 3, 4])
        self.assertEqual(set(rows[:2].sudo().mapped("seal")), set(before))
        self.assertFalse(self.Log._first_broken(self.company))

    def _tamper(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def test_a_change_from_outside_is_found(self):
        rows = self._rows(4)
        self._seal()
        for column, value in (
            ("text", "Never called"),
            ("user_name", "Somebody"),
            ("address", "+57 1"),
            ("date", "2020-01-01"),
            ("direction", "in"),
            ("channel", "email"),
            ("corrects_id", rows[0].id),
            ("personal_digest", "f" * 64),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self._tamper(
                    f"UPDATE collections_interaction SET {column} = %s WHERE id = %s",
                    value,
                    rows[2].id,
                )
                self.assertEqual(self.Log._first_broken(self.company), rows[2])
                savepoint.rollback()
        self.env.invalidate_all()
        self.assertFalse(self.Log._first_broken(self.company))

    def test_a_row_taken_out_is_found_at_the_next_one(self):
        rows = self._rows(4)
        self._seal()
        self._tamper("DELETE FROM collections_interaction WHERE id = %s", rows[1].id)
        self.assertEqual(self.Log._first_broken(self.company), rows[2])

    def test_the_chain_survives_the_erasure_of_a_person(self):
        rows = self._rows(3)
        self._seal()
        rows[1].sudo()._erase_person()
        self.env.flush_all()
        self.assertFalse(self.Log._first_broken(self.company))

    def test_no_other_text_takes_the_place_of_an_erased_one(self):
        rows = self._rows(3)
        self._seal()
        self._tamper(
            """UPDATE collections_interaction SET text = 'Another', salt = NULL
                WHERE id = %s""",
            rows[1].id,
        )
        self.assertEqual(self.Log._first_broken(self.company), rows[1])

    def test_the_chain_survives_a_merge_of_customers(self):
        self._rows(2)
        self._seal()
        other = self._customer("Other")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.customer | other).ids, other)
        self._follow()
        rows = self.Log.search([("company_id", "=", self.company.id)])
        self.assertEqual((rows.partner_id, len(rows)), (other, 2))
        self.assertEqual(set(rows.mapped("partner_name")), {"Panadería"})
        self.assertFalse(self.Log._first_broken(self.company))

    # === CHECK THE LOG === #

    def _check(self, user=None):
        return (
            self.env["collections.interaction.check"]
            .with_user(user or self.supervisor)
            .create({})
        )

    def test_the_check_says_that_all_is_intact(self):
        self._rows(3)
        self._seal()
        self._rows(1)
        check = self._check()
        self.assertFalse(check.broken_id)
        self.assertEqual(
            (check.sealed_count, check.unsealed_count, check.last_number), (3, 1, 3)
        )
        last = self.Log.sudo().search([("number", "=", 3)])
        self.assertEqual(check.last_seal, last.seal)

    def test_the_check_names_the_first_row_that_does_not_fit(self):
        rows = self._rows(3)
        self._seal()
        self._tamper(
            "UPDATE collections_interaction SET text = 'x' WHERE id IN %s",
            tuple(rows[1:].ids),
        )
        check = self._check()
        self.assertEqual((check.broken_id, check.broken_number), (rows[1], 2))

    def test_the_check_is_for_supervisors_of_the_company(self):
        with self.assertRaises(AccessError):
            self._check(self.collector)
        self._rows(1)
        self._rows(1, self._case(self.customer, self.company_2))
        self._seal()
        self._tamper("UPDATE collections_interaction SET text = 'x'")
        elsewhere = new_test_user(
            self.env,
            "test_elsewhere",
            groups="collections_management.group_supervisor",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        check = self._check(elsewhere)
        self.assertEqual(check.broken_id.company_id, self.company_2)
        self.assertEqual(check.sealed_count, 1)
