"""Requirements R01-R16, R60-R62, R70-R74 at work, with all channels installed.

Each test says the number that it proves; what an addon proves alone is in its own
tests, and tests/architecture/test_requirements.py keeps the list complete.
"""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.sms.tests.common import MockSMS

from .whatsapp_common import SimulatorCommon, day

NOON = "2024-06-17 12:00:00"
MODULE = "collections_management"
CALL = "mail.mail_activity_data_call"


class RequirementsCommon(MockEmail, MockSMS, SimulatorCommon):
    """One ladder by every channel: e-mail, SMS on the day, WhatsApp, a call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "collector", "supervisor")
        cls.company.collections_collector_id = cls.collector
        ways = {
            -3: {"channel": "email", "tone": "friendly"},
            0: {"channel": "sms", "tone": "friendly"},
            3: {"channel": "whatsapp"},
            10: {"channel": "activity"},
        }
        template = cls.env.ref(f"{MODULE}.mail_template_preventive")
        text = cls.env.ref(f"{MODULE}.sms_template_reminder")
        for delay, values in ways.items():
            level = cls.levels[delay]
            level.channel_ids = [
                Command.clear(),
                Command.create(
                    {
                        "template_id": template.id,
                        "sms_template_id": text.id,
                        "whatsapp_template_id": cls.shipped.id,
                        **values,
                    }
                ),
            ]
        cls.levels[10].write(
            {
                "activity_type_id": cls.env.ref(CALL).id,
                "script": "<p>Ask for the date of the next payment round.</p>",
            }
        )

    def _live(self, offset):
        """Run and send on a day; return the reminders that went out."""
        self._forget_pace()
        with (
            freeze_time(f"{day(offset)} 12:00:00"),
            self.mock_mail_gateway(),
            self.mockSMSGateway(),
        ):
            run = self._run_and_send()
        gone = ("sent", "delivered", "read")
        return run.reminder_ids.filtered(lambda reminder: reminder.state in gone)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestLadder(RequirementsCommon):
    """What the ladder does by itself, day after day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [cls.customer] = cls._mexican(lang="en_US")
        cls.move = cls._invoices((cls.customer, day(3), 100.0))

    def test_one_ladder_by_four_channels(self):
        """R01, R03, R04, R06, R13, R14, R60, R63, R64, R65: each on its day, once.

        Before the due date by e-mail, on it by SMS, after it by WhatsApp, and then a
        person calls.
        """
        sent = {
            offset: reminders.mapped("channel")
            for offset in range(-2, 15)
            if (reminders := self._live(offset))
        }
        self.assertEqual(
            sent, {0: ["email"], 3: ["sms"], 6: ["whatsapp"], 13: ["activity"]}
        )
        # What a person has to do waits for the person, with what to say.
        call = self._case(self.customer).activity_ids
        self.assertEqual(call.activity_type_id, self.env.ref(CALL))
        self.assertEqual(call.user_id, self.collector)
        self.assertIn("next payment round", call.note)

    def test_all_of_it_is_in_one_place(self):
        """R61, R62: what went out and came in, whatever the channel, on the case."""
        for offset in (0, 3, 6):
            self._live(offset)
        [wa] = self.world.outgoing()
        case = self._case(self.customer)
        with freeze_time("2024-06-23 13:00:00"):
            said = {"type": "text", "text": {"body": "Send me the invoice"}}
            self._hear(self.world.say("5215512345000", said))
            self.env["collections.interaction"].with_user(self.collector).create(
                {"case_id": case.id, "channel": "call", "text": "Sent again"}
            )
        log = case.interaction_ids.sorted("id")
        self.assertEqual(
            [(row.channel, row.direction) for row in log],
            [
                ("email", "out"),
                ("sms", "out"),
                ("whatsapp", "out"),
                ("whatsapp", "in"),
                ("call", "out"),
            ],
        )
        # The answer opens the window in which one may write freely.
        talk = case.with_user(self.collector).whatsapp_conversation()
        self.assertEqual(talk["contacts"][0]["until"][:10], "2024-06-24")
        self.assertEqual(wa.person, "5215512345000")
        story = self.env["collections.worklist"].with_user(self.collector)
        self.assertEqual(len(story.get_story(case.id)["talks"]), 3)

    def test_what_is_paid_is_not_reminded_of(self):
        """R01: only while something is left of it."""
        paid, credited, part = self._mexican(3)
        for number, partner in enumerate(paid + credited + part):
            partner.phone = f"+52 55 4321 000{number}"
        moves = self._invoices(*[(p, day(3), 80.0) for p in paid + credited + part])
        self._pay(moves[0])
        self._reconcile(moves[1], self._refund(credited, 80.0))
        self._pay(moves[2], 30.0)
        reminders = self._live(0)
        self.assertEqual(reminders.partner_id, self.customer + part)
        theirs = reminders.filtered(lambda r: r.partner_id == part)
        self.assertEqual(theirs.amount_net, 50.0)
        self.assertFalse(self._live(1))

    def test_what_the_customer_prefers(self):
        """R12: the pace is the policy's, the channel the customer's where offered."""
        level = self.levels[3]
        level.channel_ids = [
            Command.create(
                {
                    "channel": "email",
                    "sequence": 99,
                    "template_id": self.env.ref(f"{MODULE}.mail_template_first").id,
                }
            )
        ]
        same, other, nowhere = self._mexican(3)
        for number, partner in enumerate(same + other + nowhere):
            partner.phone = f"+52 55 4321 000{number}"
        other.collections_channel = "email"
        nowhere.write({"collections_channel": "email", "email": False})
        self._invoices(*[(p, day(-5), 80.0) for p in same + other + nowhere])
        found = {r.partner_id: r.channel for r in self._live(0)}
        self.assertEqual(found[same], "whatsapp")
        self.assertEqual(found[other], "email")
        self.assertEqual(found[nowhere], "whatsapp", "no address: the level's first")
        self.assertFalse(self._live(1) & self._live(2), "not before the minimum days")

    def test_a_contact_prefers_another_channel_than_its_company(self):
        """R12: the best channel per contact."""
        level = self.levels[3]
        level.channel_ids = [
            Command.create(
                {
                    "channel": "email",
                    "sequence": 99,
                    "template_id": self.env.ref(f"{MODULE}.mail_template_first").id,
                }
            )
        ]
        [partner] = self._mexican(1, collections_channel="whatsapp")
        partner.phone = "+52 55 4321 0009"
        contact = self.env["res.partner"].create(
            {
                "name": "Treasury",
                "parent_id": partner.id,
                "email": "treasury@example.com",
                "phone": "+52 55 4321 0010",
                "collections_contact": True,
                "collections_channel": "email",
            }
        )
        self._invoices((partner, day(-5), 80.0))
        reminder = self._live(0).filtered(lambda r: r.partner_id == partner)
        self.assertEqual((reminder.channel, reminder.recipient_ids), ("email", contact))
        # It came back: what is left of the level is tried, and nothing twice.
        reminder._bounced("550 no such user")
        following = self.Reminder.search([("fallback_of_id", "=", reminder.id)])
        self.assertEqual(following.channel, "whatsapp")
        self.assertFalse(following._further_channels())

    def test_a_person_writes_with_the_text_at_hand(self):
        """R15: by hand, in the customer's language, from the text of the level."""
        [late] = self._mexican(1, lang="en_US")
        self._invoices((late, day(-4), 70.0))
        self._refresh()
        case = self._case(late).with_user(self.collector)
        case.action_remind()
        reminder = case.reminder_ids.filtered(lambda r: r.state == "queued")
        self.assertEqual((reminder.level_delay, reminder.channel), (3, "whatsapp"))
        texts = case.policy_id._preview_texts(case)
        self.assertIn(late.name, texts[0]["body"])
        action = case.action_send_statement()
        composer = self.env["mail.compose.message"].with_user(self.collector)
        draft = composer.with_context(**action["context"]).create({})
        self.assertIn(late.name, draft.body)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestHowToPay(RequirementsCommon):
    """What every message says about paying."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        cls.move = cls._invoices((cls.customer, day(-5), 100.0))
        cls.bank.bank_account_id = cls.env["res.partner.bank"].create(
            {
                "acc_number": "ES91 2100 0418 4502 0005 1332",
                "partner_id": cls.company.partner_id.id,
                "bank_id": cls.env["res.bank"].create({"name": "Our Bank"}).id,
            }
        )
        cls._use_channels("email")

    def _body(self):
        run = self._run(simulate=True)
        return str(run.reminder_ids._payment_block())

    def test_bank_account(self):
        """R70: where to transfer, without anybody typing it in."""
        self.company.collections_payment_instructions = False
        body = self._body()
        self.assertIn("Our Bank", body)
        self.assertIn("ES91 2100 0418 4502 0005 1332", body)
        # The account on the invoice is the one to say.
        other = self.env["res.partner.bank"].create(
            {"acc_number": "OTHER-77", "partner_id": self.company.partner_id.id}
        )
        self.move.partner_bank_id = other
        body = self._body()
        self.assertIn("OTHER-77", body)
        self.assertNotIn("Our Bank", body)

    def test_the_customer_chooses(self):
        """R71, R73, R74: link, transfer and agency, in one message and statement."""
        self.company.collections_payment_instructions = (
            "<p>Transfer to ES91; or in cash at our agency downtown</p>"
        )
        body = self._body()
        self.assertIn(self.move.get_portal_url().split("?")[0], body)
        self.assertIn("agency downtown", body)
        self.assertIn("Transfer to ES91", body)
        case = self._case(self.customer)
        self.assertIn("agency downtown", str(case._statement_pages()[0][1]))

    def test_every_shipped_text_says_how(self):
        """R66, R70-R74: dates, options and channels in each e-mail of each policy."""
        self.company.collections_payment_instructions = "<p>Agency downtown</p>"
        self._refresh()
        case = self._case(self.customer)
        policies = self.env["collections.policy"].search([])
        shipped = [xml_id for xml_id in policies.get_external_id().values() if xml_id]
        self.assertGreaterEqual(len(shipped), 5)
        for policy in policies.filtered(lambda p: p.get_external_id()[p.id]):
            for text in policy._preview_texts(case):
                if text["channel"] != "email":
                    continue
                with self.subTest(policy=policy.name, level=text["level"].name):
                    self.assertIn("Agency downtown", text["body"])
                    self.assertIn(self.company.name, text["body"])


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestFurtherSteps(RequirementsCommon):
    """What happens when reminding does not help."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls.customer = cls._customer(user_id=cls.salesperson.id)
        cls._invoices((cls.customer, day(-300), 900.0))

    def test_from_the_call_to_the_lawyer(self):
        """R07, R08: call, the manager decides, legal; what it cost, on the case."""
        self.segment.policy_id = self.env.ref(f"{MODULE}.policy_hard")
        steps = []
        for offset in range(0, 60, 5):
            steps += self._live(offset)
        levels = [reminder.level_id for reminder in steps]
        self.assertEqual([level.delay for level in levels], [181, 190, 205, 220, 245])
        calls = [level.delay for level in levels if level.channel == "activity"]
        self.assertEqual(calls, [181, 205, 245])
        self.assertTrue(levels[3].formal)
        case = self._case(self.customer)
        self.assertEqual(case.stage_id.kind, "level")
        legal = self._stage("legal")
        dialog = self.env["collections.case.stage"].with_user(self.collector)
        dialog.create(
            {
                "case_ids": [Command.set(case.ids)],
                "stage_id": legal.id,
                "reason": "The manager decided on 1 August",
            }
        ).action_apply()
        self.assertEqual((case.stage_id, case.stage_kind), (legal, "manual"))
        costs = self.env["collections.cost"].with_user(self.collector)
        costs.create(
            [
                {"case_id": case.id, "kind": "lawyer", "amount": 120.0},
                {"case_id": case.id, "kind": "court", "amount": 35.5, "note": "00412"},
            ]
        )
        self.assertEqual(case.amount_costs, 155.5)
        self.assertEqual(case.cost_ids.user_id, self.collector)
        # Nothing of it is booked, and the debt is what it was.
        self.assertEqual(case.amount_overdue, 900.0)

    def test_costs_are_of_a_customer_and_a_company(self):
        """R08: who sees them, and where they go when customers are merged."""
        self._make_users("other_salesperson")
        same = self._customer("Same")
        self._invoices((same, day(-20), 10.0))
        self._invoices((self.customer, day(-20), 10.0), company=self.company_2)
        self._refresh()
        self.env["collections.case"].with_company(self.company_2).refresh()
        Cost = self.env["collections.cost"]
        Cost.create(
            [
                {"case_id": self._case(self.customer).id, "amount": 10.0},
                {"case_id": self._case(same).id, "amount": 5.0},
                {
                    "case_id": self._case(self.customer, self.company_2).id,
                    "amount": 7.0,
                },
            ]
        )
        own = [("partner_id", "in", (self.customer + same).ids)]
        seen = Cost.with_user(self.salesperson).search(own)
        self.assertEqual(seen.partner_id, self.customer)
        self.assertFalse(Cost.with_user(self.other_salesperson).search(own))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer + same).ids, self.customer
        )
        self.assertEqual(self._case(self.customer).amount_costs, 15.0)
        theirs = self._case(self.customer, self.company_2)
        self.assertEqual(theirs.amount_costs, 7.0)

    def test_no_account_is_left_unfollowed(self):
        """R09: whoever owes and has no next step is on a list, until it is empty."""
        endless, ending, small, covered = self._customers(4)
        self._invoices(
            (endless, day(-20), 50.0),
            (ending, day(-20), 60.0),
            (small, day(-20), 3.0),
            (covered, day(-20), 70.0),
        )
        self._on_account(covered, 70.0)
        self.policy.minimum_amount = 5.0
        short = self._make_policy("Short", delays=(3,))
        self._refresh()
        self._case(ending).policy_id = short
        self._live(0)
        with freeze_time(f"{day(4)} 12:00:00"):
            self._refresh()
            lost = self.Case.search([("without_followup", "=", True)])
            self.assertEqual(lost.partner_id, ending)
            self.assertEqual(self._case(small).idle_reason, "below_minimum")
            # Somebody is asked to apply the credit.
            self.assertEqual(self._case(covered).next_step, "activity")
            # On the list of calls all the same; a planned call ends it.
            rows = self.env["collections.worklist"].with_user(self.collector)
            self.assertIn(lost.id, [row["id"] for row in rows.get_worklist()["rows"]])
            lost.activity_schedule(
                CALL, date_deadline=day(9), user_id=self.collector.id
            )
            self._follow()
            self.assertFalse(self.Case.search([("without_followup", "=", True)]))
