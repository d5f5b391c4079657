"""Opting out by link, by word and by channel; the debt remains."""

import ast

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, CollectionsCommon, day
from .test_mail import REPLY


class ConsentCommon(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param(
            "mail.catchall.domain", "ours.example.com"
        )
        cls.customer = cls._customer(is_company=False)
        cls.move = cls._invoices((cls.customer, day(-10), 500.0))
        cls.Consent = cls.env["collections.consent"]

    def _sent(self):
        reminder = self._run_and_send().reminder_ids
        self.assertEqual(reminder.state, "sent")
        return reminder

    def _headers(self, reminder):
        return ast.literal_eval(reminder.mail_id.sudo().headers)

    def _link(self, reminder):
        link = self._headers(reminder)["List-Unsubscribe"]
        self.assertRegex(link, r"^<https?://.+/collections/opt-out/[\w-]+>$")
        return link.strip("<>")

    def _states(self):
        rows = self.Consent.search([("partner_id", "=", self.customer.id)])
        return [(row.channel, row.state, row.origin) for row in rows]


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestConsent(ConsentCommon):
    def test_headers_for_one_click(self):
        reminder = self._sent()
        headers = self._headers(reminder)
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertNotIn(str(self.customer.id), self._link(reminder).rpartition("/")[2])

    # === BY A WORD === #

    def _reply(self, reminder, text):
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_thread"),
        ):
            self.env["mail.thread"].sudo().message_process(
                "collections.case",
                REPLY.replace("We pay on Friday.", text).format(
                    in_reply_to=reminder.mail_id.message_id,
                    email_from=self.customer.email,
                    to="billing@ours.example.com",
                    subject="Re: reminder",
                    msg_id=f"<{text[:4]}@example.com>",
                ),
            )
        customer = self.customer.email
        return [mail for mail in self._mails if customer in str(mail["email_to"])]

    def test_a_word_in_an_answer(self):
        mails = self._reply(self._sent(), "Baja por favor\n\nAna\n> older text")
        self.assertEqual(self._states(), [("email", "revoked", "reply")])
        row = self.Consent.search([("partner_id", "=", self.customer.id)])
        self.assertIn("Baja por favor", row.evidence)
        self.assertIn("open invoices stay due", row.shown_text)
        [mail] = [
            mail for mail in mails if self.customer.email in str(mail["email_to"])
        ]
        self.assertIn("open invoices stay due", mail["body"])
        case = self._case(self.customer)
        self.assertEqual(
            case.interaction_ids.sorted("id").mapped("is_reply"), [False, False, True]
        )
        self.assertGreater(case.amount_overdue, 0)

    def test_it_ends_that_channel_only(self):
        self._reply(self._sent(), "STOP")
        with freeze_time(f"{day(7)} 12:00:00"):
            reminder = self._run_and_send().reminder_ids
            self.assertEqual(
                (reminder.state, reminder.reason), ("deferred", "opted_out")
            )
            case = self._case(self.customer)
            answer = self.env["collections.contact"]._of_case(case, "call")[1]
            self.assertTrue(answer.allowed)

    def test_other_answers_change_nothing(self):
        mails = self._reply(self._sent(), "Alto, esto ya fue pagado")
        self.assertFalse(self._states())
        self.assertFalse(mails)

    def test_no_answer_goes_out_where_nothing_does(self):
        reminder = self._sent()
        self.company.collections_mode = "off"
        self.assertFalse(self._reply(reminder, "STOP"))
        self.assertEqual(self._states(), [("email", "revoked", "reply")])

    def test_who_refused_is_left_out_of_several(self):
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.customer.id,
                    "email": f"{name}@example.com",
                    "collections_contact": True,
                }
                for name in ("one", "two")
            ]
        )
        self.Consent.create(
            {"partner_id": contacts[0].id, "channel": "email", "state": "revoked"}
        )
        reminder = self._sent()
        self.assertEqual(reminder.recipient_ids, contacts[1])
        self.assertNotIn("one@example.com", reminder.email_to)

    def test_none_is_dated_ahead(self):
        with self.assertRaisesRegex(ValidationError, "cannot be dated ahead"):
            self.Consent.create(
                {
                    "partner_id": self.customer.id,
                    "channel": "email",
                    "state": "given",
                    "date": "2062-01-01 12:00:00",
                }
            )

    # === THE DIALOG === #

    def test_the_dialog_warns_and_lets_it_be_logged(self):
        rule = self.env["collections.contact.rule"].with_context(active_test=False)
        strict = rule.search([("name", "=", "Persons of a country without a rule")])
        strict.active = True
        strict.no_reason_question = True
        self._refresh()
        log = self.env["collections.interaction.log"].new(
            {"case_id": self._case(self.customer).id}
        )
        with freeze_time("2024-06-16 12:00:00"):
            self.assertIn("Allowed from", log.contact_warning)
        self.assertIn("Do not ask why", log.content_rules)
        log.direction = "in"
        self.assertFalse(log.contact_warning)

    def test_the_dialog_knows_what_is_an_answer(self):
        reminder = self._sent()
        case = self._case(self.customer)
        Log = self.env["collections.interaction.log"]
        self.assertFalse(Log.new({"case_id": case.id}).is_reply)
        self._reply(reminder, "When is it due?")
        self.assertTrue(Log.new({"case_id": case.id}).is_reply)


@tagged("post_install", "-at_install")
class TestOptOutLink(HttpCase, ConsentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._refresh(cls)
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])

    def _token(self, days=30):
        return self.env["collections.token"]._issue(
            self.case, self.customer, "opt_out", days
        )

    def _open(self, token, **arguments):
        return self.url_open(f"/collections/opt-out/{token}", **arguments)

    def test_get_changes_nothing(self):
        answer = self._open(self._token())
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Do you want no more reminders", answer.text)
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertFalse(self._states())

    def test_post_ends_it_once(self):
        token = self._token()
        for _click in range(2):
            answer = self._open(token, data={"List-Unsubscribe": "One-Click"})
            self.assertEqual(answer.status_code, 200)
            self.assertIn("open invoices stay due", answer.text)
        self.assertEqual(self._states(), [("email", "revoked", "one_click")])

    def test_in_the_persons_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"]._load_module_terms(
            ["collections_management"], ["es_419"]
        )
        self.customer.lang = "es_419"
        text = self._open(self._token()).text
        self.assertIn("¿Desea no recibir más avisos", text)
        self.assertIn("Correo electrónico", text)

    def test_what_is_not_valid_is_not_there(self):
        expired, revoked = self._token(days=-1), self._token()
        self.env["collections.token"].sudo().search(
            [], order="id desc", limit=1
        ).is_revoked = True
        good = self._token()
        forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
        answers = {
            self._open(token, data=data).text
            for token in (expired, revoked, forged, "x", "%C3%B1")
            for data in (None, {"List-Unsubscribe": "One-Click"})
        }
        self.assertEqual(len(answers), 1)
        self.assertEqual(self._open(forged).status_code, 404)
        self.assertFalse(self._states())
