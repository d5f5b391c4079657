"""Templates between us and the simulated WhatsApp: submitted, judged, read."""

from odoo.tests import freeze_time, tagged

from ..whatsapp_simulator import webhooks
from .whatsapp_common import SimulatorCommon

NOON = "2024-06-17 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappTemplates(SimulatorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.templates.search(
            [("account_id", "=", cls.account.id), ("language", "=", "en")]
        )
        cls.first = cls.own.filtered(lambda one: one.name == "collections_first")

    def _at_whatsapp(self, template):
        return self.world.templates[template.name, template.language]

    def _foreign(self, **values):
        """WhatsApp has a template that we have not made."""
        body = {
            "type": "BODY",
            "text": "Your order {{1}} of {{2}} was sent today, thank you very much.",
            "example": {"body_text": [["A-1", "Monday"]]},
        }
        row = {
            "name": "order_sent",
            "language": "en",
            "category": "UTILITY",
            "components": [body],
            **values,
        }
        self.world.add_template(row)
        self.account.action_sync_templates()
        return self.templates.search([("name", "=", "order_sent")])

    def _waits(self):
        """From now on reviewers take their time."""
        behaviour = self.simulator.behaviour
        behaviour.reviewed_after = 3600.0
        self.addCleanup(setattr, behaviour, "reviewed_after", None)

    def test_approved_by_webhook(self):
        self._waits()
        draft = self.first.copy({"name": "own", "account_id": self.account.id})
        draft.action_submit()
        self.assertEqual(draft.state, "pending")
        self._tell(webhooks.template(self.world, self._at_whatsapp(draft), "APPROVED"))
        self.assertEqual(draft.state, "approved")

    def test_paused_by_whatsapp(self):
        row = self._at_whatsapp(self.first)
        self._tell(webhooks.template(self.world, row, "PAUSED"))
        self.assertEqual(self.first.state, "paused")

    def test_the_category_is_whatsapps_to_say(self):
        """An offer is moved to marketing, which costs more."""
        value = {
            "message_template_id": 1,
            "message_template_name": self.first.name,
            "message_template_language": "en",
            "previous_category": "UTILITY",
            "new_category": "MARKETING",
        }
        self._tell(webhooks.change(self.world, value, "template_category_update"))
        self.assertEqual(self.first.category, "MARKETING")

    def test_what_was_rejected_is_mended_and_handed_in_again(self):
        """A second template of the same name would be refused."""
        row = self._at_whatsapp(self.first)
        row["status"] = "REJECTED"
        self._tell(webhooks.template(self.world, row, "REJECTED", "INVALID_FORMAT"))
        self.assertEqual(self.first.state, "rejected")
        self.assertIn("INVALID_FORMAT", self.first.reason)
        self.first.footer = "Thank you"
        self.first.action_submit()
        self.assertEqual((self.first.state, self.first.reason), ("pending", False))
        shown = [part["type"] for part in self._at_whatsapp(self.first)["components"]]
        self.assertIn("FOOTER", shown)

    def test_synchronised(self):
        """Ours come back as they were: what fills them, what their buttons do."""
        self.templates.search([("account_id", "=", self.account.id)]).unlink()
        self.account.action_sync_templates()
        found = self.templates.search([("account_id", "=", self.account.id)])
        self.assertEqual(set(found.mapped("state")), {"approved"})
        first = found.filtered(
            lambda one: (one.name, one.language) == ("collections_first", "en")
        )
        self.assertEqual(
            first._ordered_variables().mapped("source"),
            self.shipped._ordered_variables().mapped("source"),
        )
        self.assertEqual(
            first.button_ids.mapped("purpose"),
            self.shipped.button_ids.mapped("purpose"),
        )
        self.assertTrue(first._can_be_filled())

    def test_nobody_guesses_what_fills_anothers_template(self):
        found = self._foreign()
        self.assertEqual(found.state, "approved")
        self.assertEqual(found._ordered_variables().mapped("source"), [False, False])
        self.assertEqual(
            found._ordered_variables().mapped("example"), ["A-1", "Monday"]
        )
        self.assertIn("Say what fills", found.problems)
        self.assertFalse(found._usable(self.account, "en_US"))
        found.variable_ids.source = "customer"
        self.assertEqual(found._usable(self.account, "en_US"), found)

    def test_what_we_cannot_fill_is_not_offered(self):
        body = {"type": "BODY", "text": "Hello {{name}}, thank you very much indeed."}
        picture = {"type": "HEADER", "format": "IMAGE"}
        plain = {"type": "BODY", "text": "Thank you very much indeed."}
        for name, components in (
            ("named", [{**body, "example": {"body_text": [["Ana"]]}}]),
            ("picture", [picture, plain]),
        ):
            found = self._foreign(name=name, components=components)
            found = self.templates.search([("name", "=", name)])
            with self.subTest(name=name):
                self.assertTrue(found.problems)
                self.assertFalse(found._usable(self.account, "en_US"))

    def test_gone_at_whatsapp(self):
        del self.world.templates[self.first.name, "en"]
        draft = self.first.copy({"name": "own", "account_id": self.account.id})
        self.account.action_sync_templates()
        self.assertEqual((self.first.state, draft.state), ("deleted", "draft"))
