"""What WhatsApp tells about numbers and people, and all that Meta describes."""

import copy
import json

from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.collections_whatsapp.tests.common import SECRET, WEBHOOK, sign

from ..meta_description import examples
from ..whatsapp_simulator import webhooks
from .whatsapp_common import SimulatorCommon, day

NOON = "2024-06-17 12:00:00"
HIDDEN = "MX.13491208655302741918"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappNews(SimulatorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("supervisor")
        cls.account.display_phone_number = "+1 555-078-3881"
        [cls.customer] = cls._mexican(lang="en_US")

    def _news(self, field, **value):
        self._tell(webhooks.change(self.world, value, field))

    def test_the_limit_of_people(self):
        self._news(
            "phone_number_quality_update",
            display_phone_number="15550783881",
            event="UPGRADE",
            current_limit="TIER_10K",
        )
        self.assertEqual(self.account.people_limit, "10000")
        self._news(
            "business_capability_update", max_daily_conversations_per_business=2000
        )
        self.assertEqual(self.account.people_limit, "2000")

    def test_of_another_number(self):
        self._news(
            "phone_number_quality_update",
            display_phone_number="15550000000",
            event="FLAGGED",
            current_limit="TIER_250",
        )
        self.assertFalse(self.account.quality)

    def test_the_number_is_flagged(self):
        self._news(
            "phone_number_quality_update",
            display_phone_number="15550783881",
            event="FLAGGED",
            current_limit="TIER_2K",
        )
        self.assertEqual(self.account.quality, "RED")
        self.assertFalse(self.account.is_paused)
        notified = self.env["mail.message"].search(
            [("model", "=", self.account._name), ("res_id", "=", self.account.id)]
        )
        self.assertIn("FLAGGED", "".join(notified.mapped("body")))
        self.assertIn(self.supervisor.partner_id, notified.notified_partner_ids)

    def test_the_account_is_banned(self):
        """Nothing goes out, and nothing is lost."""
        self._news(
            "account_update",
            event="DISABLED_UPDATE",
            ban_info={"waba_ban_state": "DISABLE", "waba_ban_date": "2024-06-17"},
        )
        self.assertTrue(self.account.is_paused)
        self.assertIn("DISABLE", self.account.pause_reason)
        reminder = self._remind(self.customer)
        self.assertEqual(
            (reminder.state, reminder.reason), ("deferred", "channel_paused")
        )

    def test_no_marketing(self):
        """Who wants none gets no template of that category, but all others."""
        reminder = self._remind(self.customer)
        message = self._messages(reminder)
        self.assertEqual(reminder.state, "sent")
        preference = {
            "wa_id": message.contact_id.wa_id,
            "category": "marketing_messages",
            "value": "stop",
            "timestamp": 1718625600,
        }
        metadata = {"phone_number_id": self.world.number}
        self._news("user_preferences", metadata=metadata, user_preferences=[preference])
        self.assertTrue(message.contact_id.refuses_marketing)
        way = self.env["collections.channel.whatsapp"]
        self.assertIsNone(way._check_recipient(reminder))
        message.template_id.category = "MARKETING"
        self.assertEqual(way._check_recipient(reminder)[1], "opted_out")

    def test_who_hides_the_number_gets_an_answer(self):
        """By the id that WhatsApp gives us, which is no number."""
        self._tell(self._hidden("Hi"))
        contact = self.env["collections.whatsapp.contact"].search(
            [("user_id", "=", HIDDEN)]
        )
        self._invoices((self.customer, day(-10), 9.0))
        self._refresh()
        contact.partner_id = self.customer
        case = self._case(self.customer)
        case.whatsapp_send_text(contact.id, "Who is this?")
        self._understand()
        [said] = [row for row in self.world.outgoing() if row.person == HIDDEN]
        self.assertEqual(said.payload["recipient"], HIDDEN)
        self.assertNotIn("to", said.payload)
        self.assertEqual(contact.key or "", "")

    def _hidden(self, text):
        self.world.last_inbound[HIDDEN] = 4_000_000_000
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": self.world.number},
            "contacts": [{"profile": {"name": "Ana"}, "user_id": HIDDEN}],
            "messages": [
                {
                    "id": "wamid.X",
                    "timestamp": "1718625600",
                    "type": "text",
                    "text": {"body": text},
                    "from_user_id": HIDDEN,
                }
            ],
        }
        return webhooks.change(self.world, value)


@tagged("post_install", "-at_install")
class TestDescribedWebhooks(SimulatorCommon, HttpCase):
    """Each webhook of Meta's description is taken, kept and understood."""

    def test_all(self):
        kept = self.env["collections.whatsapp.webhook"].sudo()
        for name, example in examples("/whatsapp/webhooks").items():
            payload = copy.deepcopy(example)
            for entry in payload["entry"]:
                entry["id"] = self.world.waba
            body = json.dumps(payload).encode()
            headers = {"X-Hub-Signature-256": sign(SECRET, body)}
            with self.subTest(name=name):
                answer = self.url_open(WEBHOOK, data=body, headers=headers)
                self.assertEqual(answer.status_code, 200)
                row = kept.search([], limit=1)
                self.env["collections.whatsapp.receiver"]._drain()
                self.assertEqual((row.is_done, row.error), (True, False))
        self.assertEqual(kept.search_count([]), len(examples("/whatsapp/webhooks")))
