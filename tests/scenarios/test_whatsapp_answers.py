"""What customers answer by WhatsApp: buttons, slips, words to stop, questions."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .whatsapp_common import SimulatorCommon, day

NOON = "2024-06-17 12:00:00"
ANA = "5215512345000"  # as WhatsApp writes +52 55 1234 5000
PHOTO = b"\xff\xd8\xff\xe0" + b"slip" * 20


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappAnswers(SimulatorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector")
        [cls.customer] = cls._mexican(lang="en_US")

    def _written_to(self):
        """Return a reminder that went out, and its message."""
        reminder = self._remind(self.customer)
        return reminder, self._messages(reminder)

    def _press(self, message, name):
        """The customer presses a button of a message."""
        said = self.world.messages[message.wamid]
        [button] = [b for b in said.shown["buttons"] if b.get("id") == name]
        context = {"from": self.world.number, "id": said.wamid}
        kind = button["kind"]
        if kind == "interactive":
            reply = {"id": button["id"], "title": button["text"]}
            part = {"type": "button_reply", "button_reply": reply}
        else:
            part = {"payload": button["id"], "text": button["text"]}
        self._hear(self.world.say(ANA, {"context": context, "type": kind, kind: part}))

    def _write(self, text, person=ANA):
        self._hear(self.world.say(person, {"type": "text", "text": {"body": text}}))

    def _last(self, case):
        return case.whatsapp_message_ids.sorted("id")[-1:]

    def test_i_promise_to_pay(self):
        reminder, message = self._written_to()
        self._press(message, "collections:promise")
        question = self._last(reminder.case_id)
        self.assertEqual((question.kind, question.state), ("interactive", "sent"))
        self._press(question, "collections:promise:3")
        [promise] = reminder.case_id.promise_ids
        self.assertEqual(
            (promise.kind, promise.amount, str(promise.date), promise.channel),
            ("promise", 100.0, "2024-06-20", "whatsapp"),
        )
        texts = reminder.case_id.whatsapp_message_ids.mapped("body")
        self.assertTrue(any("06/20/2024" in (text or "") for text in texts))

    def test_i_have_paid_and_the_slip(self):
        reminder, message = self._written_to()
        self._press(message, "collections:paid")
        media = self.world.keep_media(PHOTO, "image/jpeg")
        part = {"id": media, "mime_type": "image/jpeg", "sha256": ""}
        self._hear(self.world.say(ANA, {"type": "image", "image": part}))
        [slip] = reminder.case_id.whatsapp_message_ids.filtered("is_slip")
        self.assertEqual(slip.attachment_id.raw, PHOTO)
        self.assertEqual(slip.attachment_id.res_id, reminder.case_id.id)
        [notice] = reminder.case_id.promise_ids
        self.assertEqual((notice.kind, notice.amount), ("reported", 100.0))
        self.assertEqual(notice.sudo().slip_id.raw, PHOTO)
        # Said again: the notice is there already.
        self._press(message, "collections:paid")
        self.assertEqual(reminder.case_id.promise_ids, notice)

    def test_what_is_not_what_it_says_is_not_kept(self):
        reminder, _message = self._written_to()
        for mime, content in (
            ("image/jpeg", b"<script>"),
            ("text/html", b"<html>"),
            ("image/png", b"\x89PNG" + b"0" * (11 * 1024 * 1024)),
        ):
            media = self.world.keep_media(content, mime)
            part = {"id": media, "mime_type": mime, "sha256": ""}
            self._hear(self.world.say(ANA, {"type": "document", "document": part}))
        found = reminder.case_id.whatsapp_message_ids.filtered("media_id")
        self.assertEqual(set(found.mapped("media_state")), {"refused"})
        self.assertFalse(found.attachment_id)

    def test_words_to_be_left_alone(self):
        self._written_to()
        self._write("¡BAJA!")
        consent = self.env["collections.consent"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(
            (consent.channel, consent.state, consent.evidence),
            ("whatsapp", "revoked", "¡BAJA!"),
        )
        with freeze_time("2024-07-09 12:00:00"):
            following = self._run_and_send().reminder_ids
        self.assertNotIn("whatsapp", following.filtered("date_sent").mapped("channel"))

    def test_i_have_a_problem(self):
        reminder, message = self._written_to()
        self._press(message, "collections:problem")
        dispute = self.env["collections.dispute"].search(
            [("case_id", "=", reminder.case_id.id)]
        )
        self.assertTrue(dispute.is_pausing)
        self._press(message, "collections:problem")
        self.assertEqual(len(reminder.case_id.dispute_ids), 1)

    def test_the_window(self):
        """R62: an answer opens a day in which one may write freely."""
        reminder, message = self._written_to()
        case = reminder.case_id.with_user(self.collector)
        contact = message.contact_id
        with self.assertRaises(UserError):
            case.whatsapp_send_text(contact.id, "Hello")
        self._write("Who is this?")
        talk = case.whatsapp_conversation()
        self.assertEqual(talk["contacts"][0]["until"][:10], "2024-06-18")
        case.whatsapp_send_text(contact.id, "It is <b>us</b>")
        self._forget_pace()
        self.env["collections.outbox"]._drain()
        last = self._last(case.sudo())
        self.assertEqual((last.state, last.body), ("sent", "It is <b>us</b>"))
        self.assertEqual(self.world.messages[last.wamid].person, ANA)
        self.assertIn("&lt;b&gt;us", last.reminder_id.body)
        with freeze_time("2024-06-18 12:00:01"), self.assertRaises(UserError):
            case.whatsapp_send_text(contact.id, "Too late")

    def test_an_answer_is_on_the_case(self):
        """R62: both directions, on the case."""
        reminder, _message = self._written_to()
        self._write("Call me")
        logged = reminder.case_id.interaction_ids.filtered(
            lambda row: row.direction == "in"
        )
        self.assertEqual((logged.text, logged.channel), ("Call me", "whatsapp"))
        self.assertTrue(reminder.case_id.activity_ids)

    def test_repeats_change_nothing(self):
        reminder, _message = self._written_to()
        said = self.world.say(ANA, {"type": "text", "text": {"body": "Once"}})
        for _again in range(3):
            self._hear(said)
        found = reminder.case_id.whatsapp_message_ids.filtered(
            lambda row: row.body == "Once"
        )
        self.assertEqual(len(found), 1)

    def test_a_number_of_two_customers_goes_to_a_person(self):
        [other] = self._customers(1, name="Other", phone="+52 1 55 1234 5000")
        self._invoices(*[(one, day(-10), 9.0) for one in self.customer + other])
        self._refresh()
        self._write("Whose am I?")
        contact = self.env["collections.whatsapp.contact"].search(
            [("key", "=", "525512345000")]
        )
        self.assertTrue(contact.is_ambiguous)
        self.assertFalse(contact.partner_id)
        contact.with_user(self.collector).partner_id = other
        self.assertEqual(self._last(self._case(other)).body, "Whose am I?")

    def test_an_answer_is_about_what_it_answers(self):
        """One telephone, two customers: a button says whose matter it is."""
        [other] = self._customers(1, name="Other", phone="+52 1 55 1234 5000")
        self._invoices(*[(one, day(-10), 9.0) for one in self.customer + other])
        reminders = self._run_and_send().reminder_ids.filtered(
            lambda one: one.channel == "whatsapp"
        )
        self._forget_pace()
        self.env["collections.outbox"]._drain()
        self.assertEqual(reminders.partner_id, self.customer + other)
        contact = self._messages(reminders).contact_id
        self.assertTrue(contact.is_ambiguous)
        case = self._case(other)
        message = self._messages(reminders.filtered(lambda r: r.case_id == case))
        self._press(message, "collections:problem")
        self.assertEqual(len(case.dispute_ids), 1)
        self.assertFalse(self._case(self.customer).dispute_ids)
        # The case has the conversation, and may go on with it.
        talk = case.with_user(self.collector).whatsapp_conversation()
        self.assertEqual([row["id"] for row in talk["contacts"]], contact.ids)
        case.with_user(self.collector).whatsapp_send_text(contact.id, "Which one?")
        # Left alone is the telephone, whoever is meant.
        self._press(message, "collections:stop")
        number = self.env["phone.blacklist"].sudo().search([])
        self.assertEqual(number.number, contact.e164)

    def test_somebody_without_a_number(self):
        """A business-scoped id is kept apart, and is never made into a number."""
        payload = self._hidden("MX.13491208655302741918")
        self._tell(payload)
        contact = self.env["collections.whatsapp.contact"].search(
            [("user_id", "=", "MX.13491208655302741918")]
        )
        self.assertEqual((contact.key or "", contact.e164 or ""), ("", ""))

    def _hidden(self, user_id):
        message = {"id": "wamid.X", "timestamp": "1718625600", "type": "text"}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": self.world.number},
            "contacts": [{"profile": {"name": "Ana"}, "user_id": user_id}],
            "messages": [{**message, "text": {"body": "Hi"}, "from_user_id": user_id}],
        }
        change = {"value": value, "field": "messages"}
        return {"entry": [{"id": self.world.waba, "changes": [change]}]}

    def test_each_reads_the_own_language(self):
        """The customer's for what goes out, the company's for what stays."""
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"].search(
            [("name", "in", ("collections_management", "collections_whatsapp"))]
        )._update_translations(["es_419"])
        self.company.partner_id.lang = "es_419"
        reminder, message = self._written_to()
        self._press(message, "collections:paid")
        said = self._last(reminder.case_id)
        self.assertIn("Please send us a photo", said.body)
        case = reminder.case_id
        self.assertIn("respondió por WhatsApp", case.activity_ids.summary)
        self.assertIn("Aviso de pago", case.message_ids[0].body)

    def test_answers_in_portuguese(self):
        """Whoever gets the shipped text in Portuguese is answered in it."""
        self.customer.lang = self.env["res.lang"]._activate_lang("pt_BR").code
        reminder, message = self._written_to()
        self.assertEqual(message.template_id.language, "pt_BR")
        self._press(message, "collections:paid")
        self.assertIn("comprovante", self._last(reminder.case_id).body)
