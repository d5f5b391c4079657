"""What a person writes to a customer passes the gate, and is logged."""

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestManual(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "supervisor")
        cls.customer = cls._customer()
        cls._invoices((cls.customer, day(-10), 100.0))
        cls.Case.refresh()
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])

    def _write(self, user, **values):
        case = self.case.with_user(user)
        with self.mock_mail_gateway():
            return case.message_post(
                body="Please pay",
                message_type="comment",
                **{"partner_ids": self.customer.ids, **values},
            )

    def _logged(self):
        return self.env["collections.interaction"].search(
            [("case_id", "=", self.case.id)]
        )

    def _composer(self, user):
        return Form(
            self.env["mail.compose.message"]
            .with_user(user)
            .with_context(
                default_model="collections.case",
                default_res_ids=self.case.ids,
                default_partner_ids=self.customer.ids,
                default_composition_mode="comment",
            )
        )

    def test_it_goes_out_and_is_logged(self):
        self._write(self.collector)
        self.assertEqual(len(self._mails), 1)
        row = self._logged()
        self.assertEqual((row.direction, row.channel), ("out", "email"))
        self.assertEqual(row.user_id, self.collector)
        self.assertEqual(row.address, self.customer.email)
        self.assertIn("Please pay", row.text)

    def test_not_now_says_why(self):
        self.company.collections_mode = "off"
        with self.assertRaisesRegex(UserError, "Not allowed now, because"):
            self._write(self.collector)
        self.assertFalse(self._mails)
        self.assertFalse(self._logged())

    def test_stopped_customer(self):
        self.case.sudo().stop_flag = "sued"
        with self.assertRaisesRegex(UserError, "stopped"):
            self._write(self.supervisor)

    def test_notes_for_colleagues_are_free(self):
        self.company.collections_mode = "off"
        note = self._write(self.collector, partner_ids=self.supervisor.partner_id.ids)
        self.assertTrue(note)
        self.assertFalse(self._logged())

    def test_the_composer_shows_why_and_a_supervisor_overrides(self):
        self.case.sudo().stop_flag = "sued"
        form = self._composer(self.supervisor)
        self.assertIn("stopped", form.collections_not_now)
        form.body = "<p>As agreed in court</p>"
        with self.assertRaises(UserError), self.mock_mail_gateway():
            form.save()._action_send_mail()
        self.assertFalse(self._mails)
        form = self._composer(self.supervisor)
        form.body = "<p>As agreed in court</p>"
        form.collections_override = "The judge asked for it"
        with self.mock_mail_gateway():
            form.save()._action_send_mail()
        self.assertEqual(len(self._mails), 1)
        self.assertIn("The judge asked for it", self._logged().text)

    def test_a_collector_overrides_nothing(self):
        self.case.sudo().stop_flag = "sued"
        form = self._composer(self.collector)
        composer = form.save()
        with self.assertRaises(UserError), self.mock_mail_gateway():
            composer.with_context(collections_override="Please")._action_send_mail()
        self.assertFalse(self._mails)

    def test_many_at_once(self):
        self.case.sudo().stop_flag = "sued"
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.collector)
            .create(
                {
                    "model": "collections.case",
                    "res_ids": str(self.case.ids),
                    "composition_mode": "mass_mail",
                    "body": "<p>All of you</p>",
                    "subject": "All",
                }
            )
        )
        with self.assertRaises(UserError), self.mock_mail_gateway():
            composer._action_send_mail()

    def test_an_answer_to_the_customer_is_outside_the_quota(self):
        self.env["collections.interaction"].sudo().create(
            {"case_id": self.case.id, "direction": "in", "channel": "email"}
        )
        self._write(self.collector)
        row = self._logged().filtered(lambda r: r.direction == "out")
        self.assertTrue(row.is_reply)
