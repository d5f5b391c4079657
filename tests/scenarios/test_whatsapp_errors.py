"""Each row of WhatsApp's errors ends in the state and the action of its class."""

import contextlib

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_whatsapp.tools import errors

from .whatsapp_common import SimulatorCommon

NOON = "2024-06-17 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappErrors(SimulatorCommon):
    def _refused(self, code, times=1):
        """Write to a customer whose messages are refused; return the reminder."""
        self.simulator.behaviour.script.clear()
        [partner] = self._mexican()
        to = "525512345000"
        self.simulator.behaviour.script[to] = [code] * times
        return self._remind(partner)

    def _codes(self, kind):
        # Of two hundred permission codes the first says as much as all.
        return [code for code in errors.BY_CODE[kind] if not 200 < code < 300]

    def _each(self, kind, check, times=1):
        for code in self._codes(kind):
            with self.subTest(code=code), self._undone():
                check(self._refused(code, times), code)

    @contextlib.contextmanager
    def _undone(self):
        """Undo what a code did, so that the next finds the same world."""
        with contextlib.suppress(Undo), self.env.cr.savepoint():
            yield
            raise Undo
        self.env.invalidate_all()

    # === REFUSED AT ONCE === #

    def test_again_later(self):
        def check(reminder, code):
            [message] = self._messages(reminder)
            self.assertEqual((message.state, message.code), ("queued", code))
            self.assertGreater(message.not_before, message.date)
            self.assertEqual(reminder.state, "sending")
            # The same message, once its moment came.
            uuid = message.uuid
            message.not_before = False
            self._forget_pace()
            self.env["collections.whatsapp.sender"]._send_due()
            self.assertEqual((message.state, reminder.state), ("sent", "sent"))
            sent = [row for row in self.world.outgoing() if row.callback == uuid]
            self.assertEqual(len(sent), 1)

        self._each(errors.RETRY, check)

    def test_tries_are_limited(self):
        reminder = self._refused(131000, times=9)
        [message] = self._messages(reminder)
        self.assertEqual(message.attempts, 1)
        message.not_before = False
        self._forget_pace()
        self.env["collections.whatsapp.sender"]._send_due()
        self.assertEqual((message.state, reminder.state), ("failed", "failed"))

    def test_the_sender_stops(self):
        def check(reminder, code):
            self.assertTrue(self.account.is_paused)
            self.assertIn(str(code), self.account.pause_reason)
            self.assertEqual(reminder.state, "queued")
            before = len(self.world.requests)
            self.env["collections.outbox"]._drain()
            self.assertEqual(len(self.world.requests), before)
            self.assertEqual(
                (reminder.state, reminder.reason), ("deferred", "channel_paused")
            )
            self.account.action_resume()
            self.env["collections.outbox"]._drain()
            self.assertEqual(reminder.state, "sent")

        self._each(errors.STOP, check)

    def test_another_channel(self):
        def check(reminder, code):
            self.assertEqual(reminder.state, "failed")
            [message] = self._messages(reminder)
            self.assertEqual((message.state, message.code), ("failed", code))
            self.assertTrue(message.contact_id.is_bad)
            follower = self.Reminder.search([("fallback_of_id", "=", reminder.id)])
            self.assertEqual(follower.channel, "email")

        self._each(errors.RECIPIENT, check)

    def test_a_day_later_once(self):
        reminder = self._refused(131049, times=2)
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "wait_a_day"))
        with freeze_time("2024-06-18 12:30:00"):
            self.env["collections.outbox"]._drain()
        self.assertEqual(reminder.state, "failed")

    def test_the_template_is_blocked(self):
        def check(reminder, code):
            self.assertEqual(reminder.state, "failed")
            [message] = self._messages(reminder)
            self.assertTrue(message.template_id.is_blocked)
            self.assertIn(str(code), message.template_id.reason)
            follower = self.Reminder.search([("fallback_of_id", "=", reminder.id)])
            self.assertEqual(follower.channel, "email")

        self._each(errors.BLOCK, check)

    def test_only_a_template_goes_out(self):
        reminder = self._remind(self._mexican())
        self._hear(
            self.world.say("5215512345000", {"type": "text", "text": {"body": "?"}})
        )
        [contact] = self._messages(reminder).contact_id
        self.simulator.behaviour.script["5215512345000"] = [131047]
        reminder.case_id.whatsapp_send_text(contact.id, "Hello")
        self._forget_pace()
        self.env["collections.outbox"]._drain()
        last = reminder.case_id.whatsapp_message_ids.filtered(
            lambda message: message.body == "Hello"
        )
        self.assertEqual((last.state, last.reminder_id.state), ("failed", "failed"))
        self.assertFalse(contact._is_open())
        self.assertTrue(reminder.case_id.activity_ids)
        asked = reminder.case_id.reminder_ids.filtered(
            lambda one: one.whatsapp_template_id.name == "collections_conversation"
        )
        self.assertEqual((len(asked), asked.kind), (1, "manual"))
        self._forget_pace()
        self.env["collections.outbox"]._drain()
        self.assertEqual(asked.state, "sent")

    def test_what_is_wrong_with_a_new_template_is_shown(self):
        """Whoever edits it reads WhatsApp's own words; it stays a draft."""
        draft = self.shipped.copy({"account_id": self.account.id, "name": "own"})
        for code in (2388019, 2388040, 2388047, 2388073, 2388293, 2388299):
            self.simulator.behaviour.script["template"] = [code]
            with self.subTest(code=code), self.assertRaises(UserError) as raised:
                draft.action_submit()
            self.assertIn(
                f"First reminder (Spanish): Simulated refusal ({code})",
                str(raised.exception),
            )
            self.assertEqual(draft.state, "draft")

    # === NOBODY KNOWS === #

    def test_a_lost_answer_is_uncertain_until_a_receipt(self):
        self.simulator.behaviour.lost_answers = 1.0
        self.addCleanup(setattr, self.simulator.behaviour, "lost_answers", 0.0)
        reminder = self._remind(self._mexican())
        [message] = self._messages(reminder)
        self.assertEqual((message.state, reminder.state), ("uncertain", "uncertain"))
        for _again in range(2):
            self.env["collections.outbox"]._drain()
        [said] = [row for row in self.world.outgoing() if row.callback == message.uuid]
        self._receipt(message, "delivered")
        self.assertEqual((message.state, reminder.state), ("delivered", "delivered"))
        self.assertEqual(message.wamid, said.wamid)
        self.assertTrue(reminder.date_sent)
        logged = self.env["collections.interaction"].search(
            [("reminder_id", "=", reminder.id)]
        )
        self.assertEqual(logged.channel, "whatsapp")

    def test_what_a_dead_worker_left(self):
        reminder = self._remind(self._mexican())
        [message] = self._messages(reminder)
        # As if the worker had been killed after it had taken the message.
        self.env.cr.execute(
            """UPDATE collections_whatsapp_message
                  SET state = 'sending', worker = 2147483600, wamid = NULL"""
        )
        self.env.cr.execute("UPDATE collections_reminder SET state = 'sending'")
        self.env.invalidate_all()
        self.env["collections.whatsapp.sender"]._send_due()
        self.assertEqual((message.state, reminder.state), ("uncertain", "uncertain"))

    # === ACCEPTED, AND CAME BACK === #

    def test_a_failure_after_acceptance_changes_the_channel(self):
        reminder = self._remind(self._mexican())
        [message] = self._messages(reminder)
        self._receipt(message, "failed", 131026)
        self.assertEqual((message.state, reminder.state), ("failed", "failed"))
        self.assertTrue(message.contact_id.is_bad)
        follower = self.Reminder.search([("fallback_of_id", "=", reminder.id)])
        self.assertEqual(follower.channel, "email")

    def test_a_failure_that_asks_for_a_day(self):
        reminder = self._remind(self._mexican())
        [message] = self._messages(reminder)
        self._receipt(message, "failed", 131049)
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "wait_a_day"))
        self.assertFalse(self.Reminder.search([("fallback_of_id", "=", reminder.id)]))


class Undo(Exception):
    """Ends a savepoint."""
