"""Reminders by WhatsApp, receipts, answers, and what is never believed."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .whatsapp_common import SimulatorCommon

NOON = "2024-06-17 12:00:00"
ANA = "5215512345000"  # as WhatsApp writes +52 55 1234 5000
PHOTO = b"\xff\xd8\xff\xe0" + b"slip" * 20


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsapp(SimulatorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "collector", "supervisor")
        [cls.customer] = cls._mexican(lang="en_US")

    def _written_to(self):
        """Return a reminder that went out, and its message."""
        reminder = self._remind(self.customer)
        return reminder, self._messages(reminder)

    # === OUT === #

    def test_a_reminder_goes_out_as_a_template(self):
        """R63: WhatsApp as a channel of collecting."""
        reminder, message = self._written_to()
        self.assertEqual((reminder.state, reminder.channel), ("sent", "whatsapp"))
        said = self.world.messages[message.wamid]
        self.assertEqual(said.callback, reminder.uuid)
        self.assertEqual(said.shown["body"], message.body)
        self.assertIn(self.customer.name, message.body)
        self.assertIn("100.00", message.body)
        # WhatsApp answered with its own form of the number, which is kept.
        self.assertEqual(message.contact_id.wa_id, ANA)
        self.assertEqual(message.contact_id.e164, "+525512345000")
        self.assertEqual(message.template_id.language, "en")

    def test_the_customers_language(self):
        self.customer.lang = self.env["res.lang"]._activate_lang("es_MX").code
        _reminder, message = self._written_to()
        self.assertEqual(message.template_id.language, "es_MX")

    def test_the_statement_as_header(self):
        template = self.templates.search(
            [
                ("account_id", "=", self.account.id),
                ("name", "=", "collections_statement"),
                ("language", "=", "en"),
            ]
        )
        template.action_submit()
        self.assertEqual([b[:5] for b in self.world.examples.values()], [b"%PDF-"])
        self.policy.level_ids.channel_ids.filtered(
            lambda way: way.channel == "whatsapp"
        ).whatsapp_template_id = template
        _reminder, message = self._written_to()
        said = self.world.messages[message.wamid]
        self.assertTrue(said.shown["header"].endswith(".pdf"))
        content, mime = list(self.world.media.values())[-1]
        self.assertEqual((content[:4], mime), (b"%PDF", "application/pdf"))

    def test_receipts_in_any_order(self):
        reminder, message = self._written_to()
        for state in ("read", "delivered", "sent", "read"):
            self._receipt(message, state)
        self.assertEqual((message.state, reminder.state), ("read", "read"))
        self.assertEqual(
            sorted(message.status_ids.mapped("status")),
            sorted(["read", "delivered", "sent"]),
        )
        self.assertEqual((message.category, message.cost), ("utility", 0.02))
        billed = message.status_ids.filtered("category")
        self.assertEqual(set(billed.mapped("status")), {"sent", "delivered"})
        self.assertEqual(set(billed.mapped("billable")), {True})
        self._receipt(message, "failed", 131026)
        self.assertEqual((message.state, reminder.state), ("read", "read"))

    def test_without_an_approved_template(self):
        self.templates.search([]).state = "pending"
        reminder = self._remind(self.customer)
        self.assertEqual((reminder.state, reminder.channel), ("deferred", "whatsapp"))
        self.assertEqual(reminder.reason, "no_template")

    def test_the_limit_of_people(self):
        partners = self._mexican(3)
        for number, partner in enumerate(partners):
            partner.phone = f"+52 55 9876 000{number}"
        self.env["collections.whatsapp.message"].sudo().create(
            [
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "kind": "template",
                    "state": "sent",
                    "key": f"52551111{number:04d}",
                }
                for number in range(248)
            ]
        )
        reminders = self._remind(partners)
        self.assertEqual(
            sorted(reminders.mapped(lambda r: r.reason or "")),
            ["", "", "people_limit"],
        )

    def test_nothing_leaves_while_off(self):
        self.company.collections_mode = "simulate"
        before = len(self.world.outgoing())
        self._remind(self.customer)
        self.assertEqual(len(self.world.outgoing()), before)

    def test_nothing_arrives_at_night(self):
        """Not within the template's hour before the window closes."""
        rule = self.env["collections.contact.rule"].sudo()
        rule.search([]).active = False
        rule.create(
            {
                "name": "Test",
                "debtor": "all",
                "window_ids": [
                    (0, 0, {"weekday": str(weekday), "start": 9, "end": 19})
                    for weekday in range(7)
                ],
            }
        )
        self.customer.state_id = self.env.ref("base.state_mx_df", False)
        with freeze_time("2024-06-18 00:30:00"):  # 18:30 in Mexico
            reminder = self._remind(self.customer)
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "too_late"))
        self.assertGreater(str(reminder.date_deferred), "2024-06-18 14")

    # === SET-UP === #

    def test_the_test_button_says_what_is_wrong(self):
        self.account.action_check()
        self.assertIn("+1 555-078-3881", self.account.check_result)
        self.assertEqual(self.account.people_limit, "2000")
        self.account.sudo().token = "wrong"
        self.account.action_check()
        self.assertIn("190", self.account.check_result)

    def test_an_example_goes_to_ones_own_telephone(self):
        account = self.account.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "your own telephone number"):
            account.action_send_example()
        self.supervisor.partner_id.phone = "+52 55 1234 9999"
        account.action_send_example()
        [said] = [m for m in self.world.outgoing() if m.person == "5215512349999"]
        self.assertIn("Ana", said.shown["body"])
        self.assertFalse(self.env["collections.whatsapp.message"].search([]))
        self.account.template_ids.state = "pending"
        with self.assertRaisesRegex(UserError, "No template is approved"):
            account.action_send_example()
        self.account.template_ids.state = "approved"
        self.simulator.behaviour.script["525512349999"] = [131042]
        with self.assertRaisesRegex(UserError, "means of payment"):
            account.action_send_example()
