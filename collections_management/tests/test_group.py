"""Customers that another one pays for: whom reminders go to, and whom rules protect."""

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from ..models.reminder.collections_outbox import Task
from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestGroup(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "salesperson", "internal")
        cls.payer = cls._customer("Holding")
        cls.one, cls.other = cls._customer("One"), cls._customer("Other")
        (cls.one | cls.other).collections_payer_id = cls.payer
        cls.moves = cls._invoices(
            (cls.one, day(-5), 100.0), (cls.other, day(-4), 200.0)
        )
        cls.Case.refresh()

    def _contact(self, partner, name, **values):
        return self.env["res.partner"].create(
            {
                "name": name,
                "parent_id": partner.id,
                "email": f"{name.lower()}@example.com",
                **values,
            }
        )

    # === WHAT A COLLECTOR SEES === #

    def test_the_case_of_the_payer_shows_the_group(self):
        case = self._case(self.payer).with_user(self.collector)
        self.assertTrue(case, "without debts of its own")
        self.assertEqual(case.member_ids.partner_id, self.payer | self.one | self.other)
        self.assertEqual((case.member_count, case.group_amount_overdue), (3, 300.0))
        # Each debt stays its debtor's.
        self.assertEqual(case.amount_overdue, 0.0)
        member = self._case(self.one).with_user(self.collector)
        self.assertEqual(member.payer_case_id, case)
        self.assertEqual(
            (member.amount_overdue, member.group_amount_overdue), (100.0, 300.0)
        )
        story = self.env["collections.worklist"].with_user(self.collector)
        story = story.get_story(member.id)
        self.assertIn("Holding pays for 3 customers: $\xa0300.00", story["days"][0])
        self.assertEqual(story["contacts"][0]["id"], self.payer.id)
        action = member.action_print_group_statement()
        self.assertEqual(set(action["context"]["active_ids"]), set(case.member_ids.ids))

    def test_who_has_no_group(self):
        alone = self._customer("Alone")
        self._invoices((alone, day(-5), 100.0))
        self._refresh()
        case = self._case(alone)
        self.assertFalse(case.member_ids)
        self.assertEqual((case.member_count, case.group_amount_overdue), (0, 0.0))

    def test_a_salesperson_sees_the_total_of_own_customers(self):
        self.one.user_id = self.salesperson
        self._refresh()
        case = self._case(self.one).with_user(self.salesperson)
        self.assertEqual((case.member_count, case.group_amount_overdue), (0, 0.0))
        self.other.user_id = self.salesperson
        self._refresh()
        case.invalidate_recordset()
        self.assertEqual((case.member_count, case.group_amount_overdue), (2, 300.0))

    def test_groups_of_each_company(self):
        self._setup_second_company()
        self._invoices((self.one, day(-5), 900.0), company=self.company_2)
        self.Case.with_company(self.company_2).refresh()
        theirs = self._case(self.one, self.company_2)
        self.assertNotIn(theirs, self._case(self.one).member_ids)
        self.assertEqual(self._case(self.one).group_amount_overdue, 300.0)

    # === WHOM REMINDERS GO TO === #

    def test_reminders_go_to_the_payer(self):
        run = self._run(simulate=True)
        self.assertEqual(run.reminder_ids.recipient_ids, self.payer)
        self.assertEqual(run.reminder_ids.partner_id, self.one | self.other)
        desk = self._contact(self.payer, "Desk", collections_contact=True)
        self._contact(self.one, "Local", collections_contact=True)
        run = self._run(simulate=True)
        self.assertEqual(run.reminder_ids.recipient_ids, desk)

    def test_who_cannot_reach_the_payer_writes_to_the_customer(self):
        self.payer.email = False
        run = self._run(simulate=True)
        self.assertEqual(run.reminder_ids.recipient_ids, self.one | self.other)

    def test_they_leave_and_pass_the_gate(self):
        with self.mock_mail_gateway():
            run = self._run_and_send()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"sent"})
        self.assertEqual(
            {mail["email_to"][0] for mail in self._mails},
            {self.payer.email_formatted},
        )

    # === ONE MESSAGE FOR ALL === #

    def _sent_mails(self):
        with self.mock_mail_gateway():
            run = self._run_and_send()
        return run.reminder_ids.sorted("id"), self._mails

    def test_who_pays_gets_one_message(self):
        """What it owes for all, in one contact, although each keeps its reminder."""
        self._rule(max_day=1)
        reminders, mails = self._sent_mails()
        self.assertEqual(len(mails), 1)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        leader, other = reminders
        self.assertEqual((leader.carried_ids, other.carrier_id), (other, leader))
        body = mails[0]["body"]
        for words in ("One", "Other", "100.00", "200.00", "300.00"):
            self.assertIn(words, body)
        self.assertEqual(other.body, leader.body)
        # In the log of each; for contact rules it is one contact.
        log = self.env["collections.interaction"].search(
            [("reminder_id", "in", reminders.ids)]
        )
        self.assertEqual(log.case_id.partner_id, self.one | self.other)
        now = fields.Datetime.now()
        contacts = self.env["collections.contact"]._contacts(log.case_id.ids, now)
        self.assertEqual([len(own) for own in contacts.values()], [1, 1])

    def test_what_says_something_else_waits_for_the_rule(self):
        self._rule(max_day=1)
        self._sent_mails()
        late = self._customer("Late", collections_payer_id=self.payer.id)
        self._invoices((late, day(6), 50.0))
        with freeze_time(f"{day(12)} 12:00:00"):
            reminders, mails = self._sent_mails()
        self.assertEqual(len(reminders.level_id), 2)
        self.assertEqual(len(mails), 1)
        waits = reminders.filtered(lambda one: one.state != "sent")
        self.assertEqual((waits.partner_id, waits.state), (late, "deferred"))
        self.assertEqual(waits.reason, "rule_max_day")
        self.assertFalse(waits.carrier_id)

    def test_without_a_rule_each_message_goes(self):
        self._sent_mails()
        late = self._customer("Late", collections_payer_id=self.payer.id)
        self._invoices((late, day(6), 50.0))
        with freeze_time(f"{day(12)} 12:00:00"):
            reminders, mails = self._sent_mails()
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        self.assertEqual(len(mails), 2)

    def test_all_of_a_message_move_or_none(self):
        reminders = self._run().reminder_ids.sudo().sorted("id")
        leader, other = reminders
        self.assertEqual(reminders._bundle(), leader)
        task = Task(leader, leader._together(), None, day(0), False)
        outbox = self.env["collections.outbox"]
        other._move_to("cancelled", "superseded")
        self.assertFalse(outbox._take_all(task))
        self.assertEqual(leader.state, "queued")
        # Alone, then.
        self.assertEqual(leader._bundle(), leader)
        self.assertFalse(leader.carried_ids)

    def test_what_fails_and_bounces_does_so_for_all(self):
        reminders, _mails = self._sent_mails()
        reminders[0]._bounced("550 no such user")
        self.assertEqual(set(reminders.mapped("state")), {"failed"})

    def test_a_person_finds_out_for_all(self):
        self._make_users("supervisor")
        reminders, _mails = self._sent_mails()
        reminders.sudo().state = "uncertain"
        reminders[0].with_user(self.supervisor).action_it_went_out()
        self.assertEqual(set(reminders.mapped("state")), {"sent"})

    def test_statements_of_all_are_attached(self):
        self._case(self.one).policy_id.level_ids.attach_statement = True
        with self.mock_mail_gateway():
            run = self._run_and_send()
        leader = run.reminder_ids.sorted("id")[0]
        self.assertEqual(len(leader.mail_id.sudo().attachment_ids), 2)

    # === WHOM RULES PROTECT === #

    def _rule(self, **values):
        return self.env["collections.contact.rule"].create(
            {
                "name": "Once a day",
                "debtor": "all",
                "window_ids": [
                    (0, 0, {"weekday": str(number), "start": 0, "end": 24})
                    for number in range(7)
                ],
                **values,
            }
        )

    def test_a_contact_with_the_payer_counts_for_all(self):
        self._rule(max_day=1)
        case, sister = self._case(self.one), self._case(self.other)
        Contact = self.env["collections.contact"]
        self.assertTrue(Contact._of_case(case, "call")[1].allowed)
        sister.with_user(self.collector)._log_contact({"contact_id": self.payer.id})
        for one in (case, sister, self._case(self.payer)):
            answer = Contact._of_case(one, "call")[1]
            self.assertEqual(answer.reasons[0].code, "rule_max_day")
        self.other.collections_payer_id = False
        self.assertTrue(Contact._of_case(case, "call")[1].allowed)

    def test_the_rule_is_that_of_the_payer(self):
        """A person who pays for a company is protected as a person."""
        rule = self._rule(debtor="person", max_day=1)
        case = self._case(self.one)
        Contact = self.env["collections.contact"]
        self.assertFalse(Contact._of_case(case, "call")[0])
        self.payer.is_company = False
        self.assertEqual(Contact._of_case(case, "call")[0], rule)

    def test_the_flag_of_the_payer_stops_the_others(self):
        self._rule()
        paying = self._case(self.payer)
        paying.stop_flag = "opted_out"
        answer = self.env["collections.contact"]._of_case(
            self._case(self.one), "email"
        )[1]
        self.assertEqual(answer.reasons[0].code, "stopped")

    # === WHAT IS REFUSED === #

    def test_one_level_deep(self):
        third = self._customer("Third")
        with self.assertRaisesRegex(ValidationError, "Let Holding pay"):
            third.collections_payer_id = self.one
        with self.assertRaisesRegex(ValidationError, "a payer has no payer"):
            self.payer.collections_payer_id = third
        with self.assertRaisesRegex(ValidationError, "not a contact"):
            third.collections_payer_id = third
        contact = self._contact(self.payer, "Desk")
        with self.assertRaisesRegex(ValidationError, "not a contact"):
            third.collections_payer_id = contact
        with self.assertRaisesRegex(ValidationError, "on the customer itself"):
            contact.collections_payer_id = third

    def test_a_stranger_is_no_contact_of_the_case(self):
        with self.assertRaisesRegex(Exception, "is not a contact of"):
            self._case(self.one).with_user(self.collector)._log_contact(
                {"contact_id": self._customer("Stranger").id}
            )


@tagged("post_install", "-at_install")
@freeze_time("2024-06-17 16:00:00")  # a Monday, 10:00 in the Galápagos
class TestGuarantor(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "supervisor", "salesperson", "internal")
        cls.customer = cls._customer()
        cls._invoices((cls.customer, day(-5), 100.0))
        cls.Case.refresh()
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])
        cls.person = cls._customer(
            "Aval", is_company=False, country_id=cls.env.ref("base.ec").id
        )
        cls.rules = {
            code: cls.env.ref(f"collections_management.contact_rule_{code}")
            for code in ("co", "ec", "cl_voice")
        }
        for rule in cls.rules.values():
            rule.active = True

    def _guarantee(self, user=None, **values):
        return (
            self.env["collections.guarantor"]
            .with_user(user or self.collector)
            .create(
                {
                    "case_id": self.case.id,
                    "guarantor_id": self.person.id,
                    "document": "Pagaré 118",
                    **values,
                }
            )
        )

    def _answer(self, person=None):
        return self.env["collections.contact"]._of_case(
            self.case, "call", person or self.person
        )

    def _code(self):
        answer = self._answer()[1]
        return answer.reasons[0].code if answer.reasons else None

    def test_data_say_where_guarantors_may_be_contacted(self):
        allowed = {code: rule.guarantors_allowed for code, rule in self.rules.items()}
        self.assertEqual(allowed, {"co": True, "ec": True, "cl_voice": False})

    def test_the_rule_of_the_guarantors_country_decides(self):
        row = self._guarantee()
        self.assertIsNone(self._code())
        self.assertEqual(row.contact_text, "Yes: Ecuador: persons")
        self.person.country_id = self.env.ref("base.cl")
        row.invalidate_recordset()
        self.assertEqual(self._code(), "guarantor")
        self.assertTrue(row.contact_text.startswith("No: Chile"))
        # Where no rule says so, nobody but the debtor.
        self.person.country_id = self.env.ref("base.jp")
        row.invalidate_recordset()
        self.assertEqual(self._code(), "guarantor")
        self.assertEqual(row.contact_text, "No: no rule allows it")

    def test_the_same_limits_as_the_debtor(self):
        self._guarantee()
        self.case.with_user(self.collector)._log_contact({})
        self.assertEqual(self._code(), "rule_max_day")

    def test_what_is_the_reason_to_ask_does_not_stop_it(self):
        self._guarantee()
        self.case.stop_flag = "insolvent"
        self.assertIsNone(self._code())
        self.case.stop_flag = "sued"
        self.assertEqual(self._code(), "stopped")

    def test_until_it_ends(self):
        row = self._guarantee(date_until=day(0))
        self.assertTrue(row.is_current)
        story = self.env["collections.worklist"].with_user(self.collector)
        names = [one["name"] for one in story.get_story(self.case.id)["contacts"]]
        self.assertIn("Aval", names)
        with freeze_time(f"{day(1)} 12:00:00"):
            row.invalidate_recordset()
            self.assertFalse(row.is_current)
            names = [one["name"] for one in story.get_story(self.case.id)["contacts"]]
            self.assertNotIn("Aval", names)
            with self.assertRaisesRegex(Exception, "is not a contact of"):
                self.case.with_user(self.collector)._log_contact(
                    {"contact_id": self.person.id}
                )

    def test_a_talk_with_a_guarantor_is_in_the_log_and_in_the_evidence(self):
        self._guarantee(amount_limit=5000.0)
        row = self.case.with_user(self.collector)._log_contact(
            {"contact_id": self.person.id, "text": "Pays on Friday"}
        )
        self.assertEqual(row.contact_name, "Aval")
        found = self.env["collections.evidence"]._collect(self.case, day(-1), day(1))
        [table] = [t for t in found["tables"] if t.name == "Guarantors"]
        self.assertEqual(table.rows[0][0], "Aval")
        self.assertIn("Pagaré 118", table.rows[0])

    def test_the_log_dialog_warns(self):
        self._guarantee()
        self.person.country_id = self.env.ref("base.cl")
        log = (
            self.env["collections.interaction.log"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "contact_id": self.person.id})
        )
        self.assertIn("No rule allows", log.contact_warning)
        self.assertIn(self.person, log.party_ids)

    def test_who_may(self):
        for user in (self.salesperson, self.internal):
            with self.assertRaises(AccessError):
                self._guarantee(user)
        row = self._guarantee()
        with self.assertRaises(AccessError):
            row.unlink()
        row.active = False
        row.with_user(self.supervisor).unlink()

    def test_own_customers_and_own_company(self):
        self._guarantee()
        Guarantor = self.env["collections.guarantor"]
        self.assertFalse(Guarantor.with_user(self.salesperson).search([]))
        self.customer.user_id = self.salesperson
        self._refresh()
        self.assertTrue(Guarantor.with_user(self.salesperson).search([]))
        self._setup_second_company()
        self.collector.company_ids += self.company_2
        theirs = Guarantor.with_user(self.collector).with_context(
            allowed_company_ids=self.company_2.ids
        )
        self.assertFalse(theirs.search([]))

    def test_nobody_answers_for_itself(self):
        with self.assertRaisesRegex(ValidationError, "its own debts"):
            self._guarantee(guarantor_id=self.customer.id)
