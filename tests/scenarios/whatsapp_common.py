"""What the tests with the simulated WhatsApp share."""

import json

from odoo.fields import Command
from odoo.tests import HttpCase

from odoo.addons.collections_management.tests.common import CollectionsCommon, day

from ..whatsapp_simulator import Behaviour, running, webhooks
from ..whatsapp_simulator.server import SECRET, TOKEN
from ..whatsapp_simulator.webhooks import sign

WEBHOOK = "/collections/whatsapp/webhook"


class WhatsappCommon(CollectionsCommon):
    """A company with a number on the simulator, and levels that go by WhatsApp."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = cls.enterClassContext(running(Behaviour(per_second=1000)))
        cls.world = cls.simulator.world
        cls.account = cls.env["collections.whatsapp.account"].create(
            {
                "name": "Ours",
                "company_id": cls.company.id,
                "phone_number_id": cls.world.number,
                "waba_id": cls.world.waba,
                "token": TOKEN,
                "app_secret": SECRET,
                "base_url": cls.simulator.url,
                "rate": 1000,
                "rate_ids": [
                    Command.create({"category": "utility", "price": 0.02}),
                    Command.create({"category": "service", "price": 0.01}),
                ],
            }
        )
        cls.templates = cls.env["collections.whatsapp.template"]
        cls.templates._copy_library(cls.account)
        drafts = cls.templates.search([("account_id", "=", cls.account.id)])
        drafts.filtered(lambda t: t.header_type != "document").action_submit()
        cls.shipped = cls.env.ref("collections_whatsapp.template_first_es")
        cls._use_channels("whatsapp", "email")

    @classmethod
    def enterClassContext(cls, manager):
        value = manager.__enter__()
        cls.addClassCleanup(manager.__exit__, None, None, None)
        return value

    @classmethod
    def _use_channels(cls, *codes):
        """Give every level these channels."""
        mail = cls.env.ref("collections_management.mail_template_first")
        for level in cls.policy.level_ids:
            level.channel_ids = [
                Command.clear(),
                *[
                    Command.create(
                        {
                            "sequence": sequence,
                            "channel": code,
                            "template_id": mail.id if code == "email" else False,
                            "whatsapp_template_id": cls.shipped.id
                            if code == "whatsapp"
                            else False,
                        }
                    )
                    for sequence, code in enumerate(codes)
                ],
            ]

    @classmethod
    def _mexican(cls, count=1, **values):
        """Create customers with a mobile number in Mexico each."""
        partners = cls._customers(count, **values)
        mexico = cls.env.ref("base.mx")
        for number, partner in enumerate(partners):
            phone = f"+52 55 1234 {5000 + number}"
            partner.write({"country_id": mexico.id, "phone": phone})
        return partners

    def _remind(self, partners, days=10):
        """Write to customers who are overdue; return their reminders."""
        self._invoices(*[(partner, day(-days), 100.0) for partner in partners])
        run = self._run_and_send()
        return run.reminder_ids.filtered(lambda r: not r.fallback_of_id).sorted("id")

    def _messages(self, reminders):
        messages = self.env["collections.whatsapp.message"].sudo()
        return messages.search([("reminder_id", "in", reminders.ids)], order="id")

    def _forget_pace(self):
        """As if more than the pair's six seconds had passed."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collections_whatsapp_message SET date_handed = NULL"
        )
        self.env.invalidate_all()

    def _tell(self, payload):
        """Store a webhook as the controller does, and understand it."""
        body = json.dumps(payload).encode()
        self.env["collections.whatsapp.webhook"]._keep(body)
        self._understand()

    def _understand(self):
        self.env["collections.whatsapp.receiver"]._drain()
        self.env["collections.whatsapp.media"]._drain()
        self._forget_pace()
        self.env["collections.outbox"]._drain()

    def _receipt(self, message, state, code=None):
        """Tell a receipt of one of our messages."""
        said = self.world.messages.get(message.wamid) or next(
            row for row in self.world.outgoing() if row.callback == message.uuid
        )
        self._tell(webhooks.status(self.world, said, state, code))

    def _hear(self, message):
        """Tell what the customer said, without the network in between."""
        self._tell(webhooks.inbound(self.world, message, "Ana"))


class WhatsappHttpCommon(WhatsappCommon, HttpCase):
    def _post(self, body, secret=SECRET, **headers):
        if secret:
            headers["X-Hub-Signature-256"] = sign(secret, body)
        return self.url_open(WEBHOOK, data=body, headers=headers)
