"""Links to the customer's page: in reminders, and from the hand of a collector."""

import html
import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON
from .test_portal import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPortalLink(MockEmail, PortalCommon):
    def _sent(self):
        """Send what is due; return the reminders by case."""
        with self.mock_mail_gateway():
            run = self._run()
            run.flush()
        sent = run.reminder_ids.filtered(lambda reminder: reminder.state == "sent")
        self.assertEqual(sent.case_id, self.case + self.other)
        return {reminder.case_id: reminder for reminder in sent}

    def _links(self, body):
        return re.findall(r'href="[^"]*(/my/collections/[^"]*)"', html.unescape(body))

    def test_each_reminder_opens_the_page_of_who_got_it(self):
        sent = self._sent()
        for case, reminder in sent.items():
            [link] = self._links(reminder.body)
            answer = self.url_open(link)
            self.assertEqual(answer.status_code, 200)
            self.assertIn(case.partner_id.name, answer.text)
        [link] = self._links(sent[self.case].body)
        wrong = link.replace(f"/{self.case.id}?", f"/{self.other.id}?")
        self.assertEqual(self.url_open(wrong).status_code, 404)
        token = self.env["collections.token"]._of_case(self.case, "portal")
        self.assertEqual(token.reminder_id, sent[self.case])
        self.assertEqual(token.partner_id, sent[self.case].recipient_ids[:1])

    def test_a_preview_gives_no_link_away(self):
        reminder = self._sent()[self.case]
        tokens = self.env["collections.token"].sudo()
        before = tokens.search_count([])
        body = self.env["collections.channel.email"]._preview(reminder)["body"]
        self.assertEqual(self._links(body), [f"/my/collections/{self.case.id}"])
        self.assertEqual(tokens.search_count([]), before)

    def test_who_tries_it_out_does_not_speak_for_the_customer(self):
        self.company.collections_redirect_email = "trial@example.com"
        [link] = self._links(self._sent()[self.case].body)
        self.assertNotIn("access_token", link)
        self.assertFalse(self.env["collections.token"]._of_case(self.case, "portal"))

    def test_as_many_statements_for_many(self):
        reminders = self.env["collections.reminder"].union(*self._sent().values())
        counts = []
        for some in (reminders[:1], reminders, reminders + reminders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["collections.portal"]._urls(some)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts), counts[0])

    # === BY HAND === #

    def _dialog(self, user=None, case=None):
        Link = self.env["collections.case.link"].with_user(user or self.collector)
        return Link.create({"case_id": (case or self.case).id})

    def test_a_collector_gives_a_link_and_takes_all_back(self):
        dialog = self._dialog()
        self.assertEqual(dialog.partner_id, self.customer)
        with Form(dialog) as form:
            form.partner_id = self.person
            form.days = 7
        action = dialog.action_create_link()
        self.assertEqual((action["res_id"], dialog.link_count), (dialog.id, 1))
        path = dialog.url.removeprefix(self.case.get_base_url())
        self.assertEqual(self.url_open(path).status_code, 200)
        token = self.env["collections.token"]._of_case(self.case, "portal")
        self.assertEqual(token.partner_id, self.person)
        dialog.action_revoke_links()
        self.assertEqual((dialog.url, dialog.link_count), (False, 0))
        self.assertEqual(self.url_open(path).status_code, 404)
        notes = "".join(self.case.message_ids.mapped("body"))
        self.assertIn("valid for 7 days", notes)
        self.assertIn("taken back: 1", notes)
        # The link itself stays with who made it.
        self.assertNotIn("access_token", notes)

    def test_not_for_somebody_elses_people(self):
        dialog = self._dialog()
        dialog.partner_id = self.stranger
        with self.assertRaises(UserError):
            dialog.action_create_link()
        theirs = self._dialog(self.supervisor)
        with self.assertRaises(AccessError):
            theirs.with_user(self.collector).action_create_link()
