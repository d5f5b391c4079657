"""What the tests with the simulated WhatsApp share."""

import copy
import json

from odoo.addons.collections_management.tests.common import day
from odoo.addons.collections_whatsapp.tests.common import WhatsappCommon

from ..meta_description import complaints_about
from ..whatsapp_simulator import Behaviour, running, webhooks

__all__ = ["SimulatorCommon", "day"]


class SimulatorCommon(WhatsappCommon):
    """The company's number is one of the simulator's."""

    @classmethod
    def setUpClass(cls):
        manager = running(Behaviour(per_second=1000))
        cls.simulator = manager.__enter__()
        cls.addClassCleanup(manager.__exit__, None, None, None)
        cls.world, cls.server = cls.simulator.world, cls.simulator.url
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.addCleanup(
            setattr, self.world, "templates", copy.deepcopy(self.world.templates)
        )

    def tearDown(self):
        """Whatever a test made us ask is as Meta describes it."""
        super().tearDown()
        self.assertEqual(complaints_about(self.world.requests), [])
        self.world.requests.clear()

    @classmethod
    def _approve(cls, templates):
        templates.action_submit()

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
