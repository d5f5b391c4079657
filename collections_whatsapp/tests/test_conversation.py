"""What the page of a conversation is told."""

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.collections_management.tests.common import NOON, day

from .common import WhatsappCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappConversation(WhatsappCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "collector")
        [cls.customer] = cls._mexican(lang="en_US")
        cls.case = cls._overdue(cls.customer)
        cls.first = cls.templates.search(
            [
                ("account_id", "=", cls.account.id),
                ("name", "=", "collections_first"),
                ("language", "=", "en"),
            ]
        )

    def _talk(self, user=None):
        case = self.case.with_user(user or self.collector)
        return case.whatsapp_conversation()

    def test_each_text_once_in_the_customers_language(self):
        texts = self._talk()["templates"]
        names = [text["name"] for text in texts]
        self.assertEqual(len(names), len(set(names)))
        self.assertIn("First reminder (English)", names)
        self.assertNotIn("collections_first", "".join(names))
        self.customer.lang = self.env["res.lang"]._activate_lang("es_MX").code
        names = [text["name"] for text in self._talk()["templates"]]
        self.assertIn("First reminder (Spanish (Mexico))", names)

    def test_what_does_not_go_out_says_why(self):
        """Pressed by a person, and held by the gate: never silence."""
        self.company.collections_mode = "off"
        self.case.with_user(self.collector).whatsapp_send_template(self.first.id)
        [note] = self._talk()["waiting"]
        self.assertEqual((note["state"], note["name"]), ("queued", "First reminder"))
        self.env["collections.outbox"]._drain()
        [note] = self._talk()["waiting"]
        self.assertEqual(note["state_label"], "Deferred")
        self.assertTrue(note["reason"])
        self.assertEqual(note["after"][:10], "2024-06-18")

    def test_what_is_a_message_is_no_note(self):
        reminder = (
            self.env["collections.reminder"]
            .sudo()
            .create(
                {**self.case._whatsapp_values(), "whatsapp_template_id": self.first.id}
            )
        )
        way = self.env["collections.channel.whatsapp"]
        reminder._refresh_content()
        way._compose(reminder)
        talk = self._talk()
        self.assertEqual(talk["waiting"], [])
        [bubble] = talk["messages"]
        self.assertIn("I have paid", bubble["buttons"])

    def test_the_links_of_a_message(self):
        """The document's page, or the customer's with a key of its own."""
        second = self.first.search(
            [
                ("account_id", "=", self.account.id),
                ("name", "=", "collections_second"),
                ("language", "=", "en"),
            ]
        )
        for template in self.first + second:
            template.button_ids.filtered(
                lambda one: one._kind() == "url"
            ).url = "https://example.com/{{1}}"
        reminder = (
            self.env["collections.reminder"]
            .sudo()
            .create({**self.case._whatsapp_values(), "whatsapp_template_id": second.id})
        )
        reminder._refresh_content()
        [button] = second.button_ids.filtered(lambda one: one._kind() == "url")
        path, _mark, key = button._value(reminder).partition("?access_token=")
        self.assertEqual(path, f"my/collections/{self.case.id}")
        visit = self.env["collections.portal"].sudo()._enter(self.case.id, key)
        self.assertEqual(visit.person, self.customer)
        # Who tries it out does not speak for the customer.
        self.company.collections_redirect_email = "trial@example.com"
        self.assertNotIn("access_token", button._value(reminder))

    def test_an_answer_is_outside_the_limits(self):
        """Who wrote first gets its answer at once; it uses up no contact."""
        self.env["collections.contact.rule"].create(
            {
                "name": "Sundays",
                "debtor": "all",
                "window_ids": [(0, 0, {"weekday": "6", "start": 9, "end": 10})],
            }
        )
        reminders = self.env["collections.reminder"].sudo()
        values = {
            **self.case._whatsapp_values(),
            "whatsapp_template_id": self.first.id,
        }
        answer = reminders.create({**values, "uuid": "answer", "is_reply": True})
        first = reminders.create(values)
        (answer + first)._refresh_content()
        self.assertEqual(list((answer + first)._check_contact_rule()), first.ids)
        self.env["collections.interaction"]._log_reminder(answer)
        [row] = self.case.interaction_ids.filtered("reminder_id")
        self.assertTrue(row.is_reply)
        # But not who wants nothing by this channel any more.
        self.env["collections.consent"].create(
            {"partner_id": self.customer.id, "channel": "whatsapp", "state": "revoked"}
        )
        self.assertEqual(answer._check_contact_rule(), {answer.id: "opted_out"})

    def _stop(self, **values):
        """Somebody whose number has this key writes STOP."""
        contact = (
            self.env["collections.whatsapp.contact"]
            .sudo()
            .create({"company_id": self.company.id, **values})
        )
        message = (
            self.env["collections.whatsapp.message"]
            .sudo()
            .create(
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "contact_id": contact.id,
                    "direction": "in",
                    "state": "received",
                    "body": "BAJA",
                }
            )
        )
        self.env["collections.whatsapp.reply"].sudo()._on_stop(message)

    def test_stop_of_who_pays_for_others_and_owes_nothing(self):
        payer = self._customer("Mother", phone="+525599990000")
        self._stop(key="525599990000", e164="+525599990000", partner_id=payer.id)
        consent = self.env["collections.consent"].search(
            [("partner_id", "=", payer.id)]
        )
        self.assertEqual((consent.state, consent.channel), ("revoked", "whatsapp"))

    def test_stop_of_a_number_that_nobody_has(self):
        """As WhatsApp writes it: with the 1 that Mexico gave up."""
        self._stop(key="525599990001", e164="+5215599990001")
        listed = self.env["phone.blacklist"].sudo().search([]).mapped("number")
        self.assertIn("+525599990001", listed)

    def test_why_nothing_can_be_sent(self):
        self.assertFalse(self._talk()["trouble"])
        self.account._pause("131042: no means of payment")
        talk = self._talk()
        self.assertFalse(talk["may_send"])
        self.assertIn("131042: no means of payment", talk["trouble"])
        self.account.active = False
        self.assertIn("no WhatsApp number yet", self._talk()["trouble"])

    def test_what_it_cost(self):
        messages = self.env["collections.whatsapp.message"].sudo()
        messages.create(
            [
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "case_id": self.case.id,
                    "cost": cost,
                }
                for cost in (0.0085, 0.0025)
            ]
        )
        self.assertEqual(self._talk()["costs"], "USD 0.0110")
        billed = self.env["collections.channel.whatsapp"]._spent_sql()
        [row] = self.env.execute_query(
            SQL(
                """SELECT company_id, partner_id, currency_id, sum(amount)
                     FROM (%s) billed GROUP BY 1, 2, 3""",
                billed,
            )
        )
        usd = self.account.currency_id
        self.assertEqual(row[:3], (self.company.id, self.case.partner_id.id, usd.id))
        self.assertAlmostEqual(float(row[3]), 0.011)
        other = self.account.copy(
            {
                "name": "Second",
                "phone_number_id": "777",
                "currency_id": self.env.ref("base.EUR").id,
            }
        )
        messages.create(
            {
                "account_id": other.id,
                "company_id": self.company.id,
                "case_id": self.case.id,
                "cost": 1,
            }
        )
        self.assertEqual(self._talk()["costs"], "USD 0.0110, EUR 1.0000")

    def test_a_preview_asks_for_what_a_reminder_would(self):
        """Not for what is not due yet."""
        self._invoices((self.customer, day(20), 900.0))
        self._refresh()
        second = self.first.search(
            [("name", "=", "collections_second"), ("account_id", "=", self.account.id)],
            limit=1,
        )
        case = self.case.with_user(self.collector)
        preview = case.whatsapp_preview(second.id)
        self.assertIn("100.00", preview)
        self.assertNotIn("1,000.00", preview)

    def test_a_preview_keeps_nothing(self):
        before = self.env["collections.reminder"].search_count([])
        case = self.case.with_user(self.collector)
        preview = case.whatsapp_preview(self.first.id)
        self.assertIn(self.customer.name, preview)
        self.first.preview_case_id = self.case
        self.assertIn(self.customer.name, self.first.preview)
        self.assertEqual(self.env["collections.reminder"].search_count([]), before)
