"""Reminders by WhatsApp, receipts, answers, and what is never believed."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .whatsapp_common import SECRET, WEBHOOK, WhatsappCommon, WhatsappHttpCommon, day

NOON = "2024-06-17 12:00:00"
ANA = "5215512345000"  # as WhatsApp writes +52 55 1234 5000
PHOTO = b"\xff\xd8\xff\xe0" + b"slip" * 20


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsapp(WhatsappCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "collector", "supervisor")
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
        template.header_handle = "4::example"
        template.action_submit()
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

    # === IN === #

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

    # === TEMPLATES === #

    def test_a_template_is_paused_by_whatsapp(self):
        template = self.templates.search(
            [("account_id", "=", self.account.id), ("language", "=", "en")], limit=1
        )
        value = {
            "event": "PAUSED",
            "message_template_id": 1,
            "message_template_name": template.name,
            "message_template_language": "en",
            "reason": "NONE",
        }
        change = {"value": value, "field": "message_template_status_update"}
        self._tell({"entry": [{"id": self.world.waba, "changes": [change]}]})
        self.assertEqual(template.state, "paused")

    def test_synchronised_templates(self):
        self.templates.search([("account_id", "=", self.account.id)]).unlink()
        self.account.action_sync_templates()
        found = self.templates.search([("account_id", "=", self.account.id)])
        self.assertEqual(set(found.mapped("state")), {"approved"})
        first = found.filtered(lambda t: t.display_name == "collections_first (en)")
        self.assertEqual(len(first.variable_ids), 6)

    def test_shipped_texts_are_fit(self):
        library = self.templates.search([("account_id", "=", False)])
        self.assertEqual(len(library), 25)
        for template in library:
            with self.subTest(template=template.display_name):
                self.assertEqual(template._complaints(), [])
                self.assertNotIn("{{", template.preview)

    # === SET-UP === #

    def test_the_test_button_says_what_is_wrong(self):
        self.account.action_check()
        self.assertIn("+1 555-078-3881", self.account.check_result)
        self.account.sudo().token = "wrong"
        self.account.action_check()
        self.assertIn("190", self.account.check_result)

    def test_secrets_are_for_administrators(self):
        for name in ("token", "app_secret", "verify_token"):
            with self.assertRaises(AccessError):
                self.account.with_user(self.supervisor).read([name])


@tagged("post_install", "-at_install")
class TestWhatsappWebhook(WhatsappHttpCommon):
    def _stored(self):
        return self.env["collections.whatsapp.webhook"].sudo().search_count([])

    def _payload(self, number=None):
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": number or self.world.number},
            "statuses": [],
        }
        change = {"value": value, "field": "messages"}
        entry = {"id": self.world.waba, "changes": [change]}
        return {"object": "whatsapp_business_account", "entry": [entry]}

    def test_challenge(self):
        token = self.account.sudo().verify_token
        base = f"{WEBHOOK}?hub.mode=subscribe&hub.challenge=1158201444"
        good = self.url_open(f"{base}&hub.verify_token={token}")
        self.assertEqual((good.status_code, good.text), (200, "1158201444"))
        for bad in ("wrong", "", "%C3%A9"):
            self.assertEqual(
                self.url_open(f"{base}&hub.verify_token={bad}").status_code, 403
            )

    def test_stored_and_answered(self):
        body = json.dumps(self._payload()).encode()
        for _twice in range(2):
            self.assertEqual(self._post(body).status_code, 200)
        self.assertEqual(self._stored(), 1)

    @mute_logger("odoo.http")
    def test_hostile(self):
        good = json.dumps(self._payload()).encode()
        deep = b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        cases = [
            (good, None, 401),
            (good, "wrong", 401),
            (b"not json", SECRET, 400),
            (b"\xff\xfe", SECRET, 400),
            (b"[]", SECRET, 400),
            (deep, SECRET, 400),
            (json.dumps(self._payload("999")).encode(), SECRET, 404),
            (b"x" * (4 * 1024 * 1024), SECRET, 413),
        ]
        for body, secret, status in cases:
            with self.subTest(body=body[:30], secret=secret):
                self.assertEqual(self._post(body, secret).status_code, status)
        self.assertEqual(self._stored(), 0)

    def test_another_company_does_not_sign_for_ours(self):
        """Its secret is good, for its own number only."""
        self.env["collections.whatsapp.account"].create(
            {
                "name": "Theirs",
                "phone_number_id": "777",
                "waba_id": "778",
                "app_secret": "theirs",
            }
        )
        body = json.dumps(self._payload()).encode()
        self.assertEqual(self._post(body, "theirs").status_code, 404)
        self.assertEqual(self._stored(), 0)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappAccess(WhatsappCommon):
    """Each call: the lowest role that may, the highest that may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("internal", "portal", "salesperson", "collector", "supervisor")
        [cls.customer] = cls._mexican()
        cls.customer.user_id = cls.salesperson
        cls._invoices((cls.customer, day(-10), 100.0))
        cls.Case.refresh()
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])
        cls.template = cls.templates.search(
            [("account_id", "=", cls.account.id), ("state", "=", "approved")], limit=1
        )

    def _stranger(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        return new_test_user(
            self.env,
            "test_stranger",
            groups="collections_management.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def test_calls(self):
        calls = [
            (self.case, "whatsapp_conversation", (), "salesperson", "internal"),
            (
                self.case,
                "whatsapp_preview",
                (self.template.id,),
                "collector",
                "salesperson",
            ),
            (
                self.case,
                "whatsapp_send_template",
                (self.template.id,),
                "collector",
                "salesperson",
            ),
            (self.account, "action_check", (), "supervisor", "collector"),
            (self.account, "action_resume", (), "supervisor", "collector"),
            (self.account, "action_sync_templates", (), "supervisor", "collector"),
            (self.account, "action_prepare_templates", (), "supervisor", "collector"),
            (self.template, "action_submit", (), "supervisor", "collector"),
            (self.template, "action_unblock", (), "supervisor", "collector"),
        ]
        stranger = self._stranger()
        for record, method, values, lowest, highest in calls:
            with self.subTest(method=method):
                for user in (getattr(self, highest), self.portal, stranger):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        getattr(record.with_user(user), method)(*values)
                getattr(record.with_user(getattr(self, lowest)), method)(*values)

    def test_models(self):
        """What each role may do with each model."""
        rights = {
            "collections.whatsapp.account": ("", "r", "ru"),
            "collections.whatsapp.contact": ("", "ru", "ru"),
            "collections.whatsapp.message": ("r", "r", "r"),
            "collections.whatsapp.pace": ("", "", ""),
            "collections.whatsapp.rate": ("", "", "crud"),
            "collections.whatsapp.status": ("r", "r", "r"),
            "collections.whatsapp.template": ("", "r", "crud"),
            "collections.whatsapp.template.button": ("", "r", "crud"),
            "collections.whatsapp.template.variable": ("", "r", "crud"),
            "collections.whatsapp.webhook": ("", "", ""),
        }
        own = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("collections.whatsapp.") and not model._abstract
        }
        self.assertEqual(set(rights), own)
        operations = {"c": "create", "r": "read", "u": "write", "d": "unlink"}
        users = (self.salesperson, self.collector, self.supervisor)
        for model, allowed in rights.items():
            for user, letters in zip(users, allowed, strict=True):
                for letter, operation in operations.items():
                    with self.subTest(model=model, user=user.name, op=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            letter in letters,
                        )

    def test_companies(self):
        stranger = self._stranger()
        for record in (self.account, self.template):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["name"])
