"""Reminders by e-mail: what is sent, what comes back."""

import smtplib
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, CollectionsCommon, day

REPLY = """Return-Path: <customer0@example.com>
From: {email_from}
To: {to}
Subject: {subject}
Message-ID: {msg_id}
In-Reply-To: {in_reply_to}
References: {in_reply_to}
Date: Mon, 17 Jun 2024 13:00:00 +0000
Content-Type: text/plain; charset=utf-8

We pay on Friday.
"""
BOUNCE = """Return-Path: <MAILER-DAEMON@example.com>
From: MAILER-DAEMON@example.com (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce@example.com>
Date: Mon, 17 Jun 2024 13:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

No such user.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; {bounced}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: {in_reply_to}
From: billing@ours.example.com
To: {bounced}
Subject: Payment reminder

--b--
"""


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestMail(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.company.alias_domain_id = cls.mail_alias_domain
        cls.customer = cls._customer()

    def _send(self, run=None):
        with self.mock_mail_gateway():
            run = run or self._run()
            run.flush()
        return run.reminder_ids

    def _sent(self, amount=100.0):
        self._invoices((self.customer, day(-10), amount))
        return self._send()

    # === OUT === #

    def test_one_mail_per_reminder_with_its_uuid(self):
        """R65: by e-mail."""
        customers = self._customers(3)
        self._invoices(*[(c, day(-10), 100.0) for c in customers])
        reminders = self._send()
        self.assertEqual(len(self._mails), 3)
        self.assertEqual(len(reminders), 3)
        for reminder in reminders:
            [mail] = [m for m in self._mails if reminder.uuid in m["message_id"]]
            self.assertEqual(len(mail["email_to"]), 1)
            self.assertIn(reminder.partner_id.email, mail["email_to"][0])
            self.assertEqual(reminder.mail_id.state, "sent")
            self.assertIn("billing@ours.example.com", mail["email_from"])

    def _statements(self, count):
        self._invoices(*[(c, day(-10), 100.0) for c in self._customers(count)])
        run = self._run()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(set(self._send(run).mapped("state")), {"sent"})
        return self.env.cr.sql_log_count - before

    def test_each_further_mail_costs_few_statements(self):
        self._statements(2)  # what is loaded once
        few, many = self._statements(2), self._statements(22)
        self.assertLessEqual(many - few, 20 * 7)

    def test_nothing_is_left_for_the_queue_of_odoo(self):
        reminder = self._sent()
        with self.mock_mail_gateway():
            self.env["mail.mail"].sudo().process_email_queue()
        self.assertFalse(self._mails)
        self.assertNotEqual(reminder.mail_id.state, "outgoing")

    def test_amounts_are_those_of_the_ledger(self):
        invoice, other = self._invoices(
            (self.customer, day(-10), 1234.56), (self.customer, day(-8), 99.9)
        )
        self._refund(self.customer, 34.56)
        reminder = self._send()
        [mail] = self._mails
        for text in (invoice.name, other.name, "1,234.56", "99.90", "34.56"):
            self.assertIn(text, mail["body"])
        self.assertIn("1,299.90", mail["body"])  # 1,334.46 less 34.56
        lines = self._receivable_lines(
            self.env["account.move"].search([("partner_id", "=", self.customer.id)])
        )
        self.assertAlmostEqual(
            reminder.amount_net, sum(lines.mapped("amount_residual"))
        )

    def test_every_currency_has_its_table(self):
        self._invoices(
            (self.customer, day(-10), 100.0),
            (self.customer, day(-9), 70.0, {"currency_id": self.eur.id}),
        )
        reminder = self._send()
        tables = {t["currency"].name: t["net"] for t in reminder._items_by_currency()}
        self.assertEqual(tables, {"USD": 100.0, "EUR": 70.0})

    def test_text_of_the_customer_is_escaped(self):
        self.customer.name = "<b>x</b> & sons"
        move = self._entry(
            [
                (
                    self.receivable,
                    self.customer,
                    50.0,
                    {"name": "<script>alert(1)</script>", "date_maturity": day(-10)},
                ),
                (self.company_data["default_account_revenue"], None, -50.0),
            ],
            day(-20),
        )
        self._receivable_lines(move).no_followup = False
        self._send()
        [mail] = self._mails
        self.assertNotIn("<b>x</b>", mail["body"])
        self.assertIn("&lt;b&gt;x&lt;/b&gt;", mail["body"])
        self.assertNotIn("<script>", mail["body"])

    def test_language_of_the_recipient(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.levels[3].template_id.with_context(lang="es_ES")
        template.subject = "Recordatorio de pago"
        self.customer.lang = "es_ES"
        other = self._customer("Other", email="other@example.com", lang="en_US")
        self._invoices((self.customer, day(-10), 1234.5), (other, day(-10), 5.0))
        self._send()
        bodies = {mail["email_to"][0]: mail for mail in self._mails}
        spanish = next(m for to, m in bodies.items() if "customer0" in to)
        english = next(m for to, m in bodies.items() if "other@" in to)
        self.assertEqual(spanish["subject"], "Recordatorio de pago")
        self.assertIn("1.234,50", spanish["body"])
        self.assertNotEqual(english["subject"], spanish["subject"])

    def test_text_as_it_went_out_is_kept(self):
        reminder = self._sent()
        [mail] = self._mails
        self.assertEqual(reminder.subject, mail["subject"])
        self.assertIn("100.00", reminder.body)
        self.levels[3].template_id.subject = "Changed later"
        self.assertNotEqual(reminder.subject, "Changed later")

    # === BACK === #

    def _receive(self, template, reminder, **values):
        self.env["mail.thread"].sudo().message_process(
            False,
            template.format(
                in_reply_to=reminder.mail_id.message_id,
                email_from="customer0@example.com",
                to=f"{self.alias_catchall}@{self.alias_domain}",
                subject="Re: reminder",
                msg_id="<reply@example.com>",
                bounced="customer0@example.com",
                **values,
            ),
        )

    def test_reply_lands_on_the_case(self):
        reminder = self._sent()
        self._receive(REPLY, reminder)
        message = reminder.case_id.message_ids[0]
        self.assertIn("We pay on Friday", message.body)
        self.assertEqual(message.author_id, self.customer)

    def test_bounce(self):
        reminder = self._sent()
        for _twice in range(2):
            self._receive(BOUNCE, reminder)
        self.assertEqual((reminder.state, reminder.reason), ("failed", "bounced"))
        self.assertGreater(self.customer.message_bounce, 0)
        kind = self.env.ref("collections_management.mail_activity_type_address")
        activities = reminder.case_id.activity_ids
        self.assertEqual(activities.activity_type_id, kind)
        self.assertEqual(len(activities), 1)
        with freeze_time(f"{day(4)} 12:00:00"):
            again = self._send()
        self.assertEqual((again.state, again.reason), ("deferred", "no_address"))
        self.customer.email = "right@example.com"
        with freeze_time(f"{day(6)} 12:00:00"):
            self._send(again.run_id)
        self.assertEqual(again.state, "sent")

    # === REFUSALS === #

    @contextmanager
    def _server_answers(self, error):
        """Let the mail server raise after everything was handed to it."""
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(self.testing_smtp_session, "send_message", side_effect=error),
        ):
            yield

    def _refused(self, error):
        self._invoices((self.customer, day(-10), 100.0))
        run = self._run()
        with self._server_answers(error):
            run.flush()
        return run.reminder_ids

    def test_refused_recipient(self):
        error = smtplib.SMTPRecipientsRefused({"x@example.com": (550, b"unknown")})
        reminder = self._refused(error)
        self.assertEqual(reminder.state, "failed")
        self.assertGreater(self.customer.message_bounce, 0)

    def test_refused_for_now_is_tried_again_with_back_off(self):
        error = smtplib.SMTPRecipientsRefused({"x@example.com": (450, b"later")})
        reminder = self._refused(error)
        self.assertEqual(reminder.state, "deferred")
        self.assertFalse(self.customer.message_bounce)
        waits = []
        while reminder.state == "deferred" and len(waits) < 10:
            now = reminder.date_deferred
            with freeze_time(now), self._server_answers(error):
                reminder.run_id.flush()
            waits.append((reminder.date_deferred - now).seconds // 60)
        self.assertEqual(waits, [10, 20, 40, 80, 0])
        self.assertEqual((reminder.state, reminder.attempts), ("failed", 6))

    def test_our_own_fault_marks_no_address(self):
        """A refused sender or text says nothing about the customer's address."""
        for error in (
            smtplib.SMTPSenderRefused(550, b"not you", "billing@ours.example.com"),
            smtplib.SMTPDataError(554, b"looks like spam"),
        ):
            reminder = self._refused(error)
            self.assertEqual(reminder.state, "failed")
            self.assertFalse(self.customer.message_bounce)
            reminder.sudo()._move_to("cancelled")

    def test_line_dropped_is_uncertain(self):
        self._assert_uncertain(smtplib.SMTPServerDisconnected("gone"))

    def test_silence_is_uncertain(self):
        self._assert_uncertain(TimeoutError("no answer"))

    def _assert_uncertain(self, error):
        reminder = self._refused(error)
        self.assertEqual(reminder.state, "uncertain")
        with freeze_time(f"{day(10)} 12:00:00"):
            self._send(reminder.run_id)
            self.assertFalse(self._mails)
        self._follow()
        # It counts as sent until a person knows better.
        self.assertEqual(self._case(self.customer).level_id, self.levels[3])

    def test_person_settles_what_is_uncertain(self):
        reminder = self._refused(smtplib.SMTPServerDisconnected("gone"))
        reminder.action_send_again()
        self._send(reminder.run_id)
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(reminder.state, "sent")

    def test_no_connection_is_tried_again(self):
        self._invoices((self.customer, day(-10), 100.0))
        run = self._run()
        with patch.object(IrMail_Server, "_connect__", side_effect=OSError("refused")):
            run.flush()
        self.assertEqual(run.reminder_ids.state, "deferred")
        self.assertEqual(run.reminder_ids.reason, "connection_failed")

    def test_a_bad_template_stops_no_other_customer(self):
        other = self._customer("Other", email="other@example.com")
        self._invoices((self.customer, day(-30), 100.0), (other, day(-10), 100.0))
        run = self._run()
        render = type(self.env["mail.template"])._render_field
        bad = run.reminder_ids.filtered(lambda r: r.partner_id == self.customer)

        def fail(self, field, ids, *args, **kwargs):
            if bad.id in list(ids):
                raise ValueError("bad template")
            return render(self, field, ids, *args, **kwargs)

        with (
            patch.object(type(self.env["mail.template"]), "_render_field", fail),
            mute_logger(
                "odoo.addons.collections_management.models.reminder.collections_outbox"
            ),
        ):
            self._send(run)
        self.assertEqual((bad.state, bad.reason), ("failed", "not_composed"))
        self.assertEqual((run.reminder_ids - bad).state, "sent")
