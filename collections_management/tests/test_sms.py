"""Reminders by SMS: what is sent, what comes back, whatever the provider."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.sms.controllers.main import SmsController
from odoo.addons.sms.tests.common import MockSMS

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestSms(MockSMS, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(
            phone="+1 202 555 0123", country_id=cls.env.ref("base.us").id
        )
        cls.template = cls.env.ref("collections_management.sms_template_reminder")
        for level in cls.policy.level_ids:
            level.channel_ids = [
                Command.clear(),
                Command.create({"channel": "sms", "sms_template_id": cls.template.id}),
            ]

    def _send(self, run=None, **answer):
        if run is None:
            self._invoices((self.customer, day(-10), 1234.5))
            run = self._run()
        with self.mockSMSGateway(**answer):
            run.flush()
        return run.reminder_ids

    def _tracker(self, reminder):
        reference = reminder.uuid.replace("-", "")
        return self.env["sms.tracker"].search([("sms_uuid", "=", reference)])

    def test_text_number_and_uuid(self):
        """R64: by SMS, and logged."""
        reminder = self._send()
        self.assertEqual((reminder.state, reminder.channel), ("sent", "sms"))
        [message] = self._sms
        self.assertEqual(message["number"], "+12025550123")
        self.assertEqual(message["uuid"], reminder.uuid.replace("-", ""))
        for text in (self.company.name, "1,234.50", reminder.trigger_number, "http"):
            self.assertIn(text, message["body"])
        self.assertEqual(reminder.email_to, "+12025550123")
        log = self.env["collections.interaction"].search(
            [("reminder_id", "=", reminder.id)]
        )
        self.assertEqual((log.channel, log.address), ("sms", "+12025550123"))

    def test_nothing_is_left_for_the_queue_of_odoo(self):
        self._send()
        with self.mockSMSGateway():
            self.env["sms.sms"].sudo()._process_queue()
        self.assertFalse(self._sms)

    def test_delivered_by_the_tracker(self):
        reminder = self._send()
        for _twice in range(2):
            self._tracker(reminder)._action_update_from_sms_state("sent")
        self.assertEqual(reminder.state, "delivered")
        self.assertEqual(reminder.event_ids.mapped("state").count("delivered"), 1)

    def test_its_reference_is_one_that_reports_may_name(self):
        """Odoo's route refuses a report about any other; so does that of Twilio."""
        reminder = self._send()
        reference = self._tracker(reminder).sms_uuid
        said = {"sms_status": "delivered", "uuids": [reference]}
        SmsController._check_status_values([reference], "delivered", [said])

    def test_a_report_of_failure_marks_the_number(self):
        reminder = self._send()
        self._tracker(reminder)._action_update_from_provider_error(
            "invalid_destination"
        )
        self.assertEqual((reminder.state, reminder.reason), ("failed", "bounced"))
        self.assertEqual(self.customer.collections_bad_phone, "+12025550123")
        with freeze_time(f"{day(4)} 12:00:00"):
            again = self._send(self._run())
            self.assertEqual((again.state, again.reason), ("deferred", "no_address"))
            self.customer.phone = "+1 202 555 0199"
        with freeze_time(f"{day(6)} 12:00:00"):
            self._send(again.run_id)
        self.assertEqual(again.state, "sent")

    def test_no_credit_pauses_the_channel(self):
        reminder = self._send(sim_error="credit")
        self.assertEqual(
            (reminder.state, reminder.reason), ("deferred", "channel_paused")
        )
        self.assertTrue(
            self.env["collections.channel.switch"]._is_paused(self.company, "sms")
        )

    def test_a_provider_that_is_not_set_up_pauses_the_channel(self):
        refusal = UserError(self.id())

        def refuse(messages, *_args, **_kwargs):
            raise refusal

        self.patch(type(self.env["sms.sms"]), "send", refuse)
        reminder = self._send()
        self.assertEqual(
            (reminder.state, reminder.reason), ("deferred", "channel_paused")
        )

    def test_wrong_number(self):
        reminder = self._send(sim_error="wrong_number_format")
        self.assertEqual(reminder.state, "failed")
        self.assertTrue(self.customer.collections_bad_phone)

    def test_no_answer_is_uncertain(self):
        reminder = self._send(sim_error="jsonrpc_exception")
        self.assertEqual(reminder.state, "uncertain")
        # The provider's report settles it.
        self._tracker(reminder)._action_update_from_sms_state("sent")
        self.assertEqual(reminder.state, "delivered")

    def test_blacklisted_number(self):
        self.env["phone.blacklist"].sudo().add("+12025550123")
        reminder = self._send()
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "blacklisted"))
        self.assertEqual(reminder.reason_detail, "+12025550123")

    def test_shipped_small_balances_go_on_by_sms(self):
        level = self.env.ref("collections_management.level_small_3")
        self.assertEqual(level.channel_ids.mapped("channel"), ["email", "sms"])
        self.assertEqual(level.channel, "email")
