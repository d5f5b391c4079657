"""After the law's retention a conversation is nobody's."""

import base64

from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON

from .common import WhatsappCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappPrivacy(WhatsappCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [cls.customer] = cls._mexican()
        cls.case = cls._overdue(cls.customer)
        contacts = cls.env["collections.whatsapp.contact"].sudo()
        cls.contact = contacts._for_number(cls.company, "+525512345000", cls.customer)
        cls.contact.write({"name": "Ana", "wa_id": "5215512345000"})

    def _said(self, date, body="It is me, Ana"):
        file = self.env["ir.attachment"].create(
            {"name": "slip.png", "datas": base64.b64encode(b"slip")}
        )
        message = (
            self.env["collections.whatsapp.message"]
            .sudo()
            .create(
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "contact_id": self.contact.id,
                    "case_id": self.case.id,
                    "direction": "in",
                    "state": "received",
                    "date": date,
                    "body": body,
                    "to": "5215512345000",
                    "key": self.contact.key,
                    "attachment_id": file.id,
                    "category": "service",
                    "cost": 0.0085,
                }
            )
        )
        self.env["collections.whatsapp.status"].sudo().create(
            {
                "message_id": message.id,
                "status": "read",
                "date": date,
                "detail": "of Ana",
            }
        )
        return message, file

    def _erase(self):
        return self.env["collections.erasure"]._erase(self.case)

    def test_the_old_is_nobodys(self):
        message, file = self._said("2014-01-01 12:00:00")
        self.assertEqual(self._erase(), 1)
        self.assertFalse(message.body or message.to or message.key or file.exists())
        self.assertFalse(message.status_ids.detail)
        self.assertFalse(self.contact.name or self.contact.e164 or self.contact.wa_id)
        self.assertFalse(self.contact.partner_id)
        # What happened stays, and what it cost.
        self.assertEqual(
            (message.direction, message.category, message.cost, str(message.date)[:4]),
            ("in", "service", 0.0085, "2014"),
        )

    def test_the_young_stays(self):
        young, file = self._said("2024-06-01 12:00:00")
        old, _file = self._said("2014-01-01 12:00:00")
        *_others, kept = self.env["collections.erasure"]._entries(self.case)
        self.assertEqual(kept, 1)
        self.assertEqual(self._erase(), 1)
        self.assertFalse(old.body)
        self.assertEqual((young.body, file.exists()), ("It is me, Ana", file))
        self.assertEqual(self.contact.name, "Ana")

    def test_what_waits_to_go_out_is_left_alone(self):
        message, _file = self._said("2014-01-01 12:00:00")
        message.write({"direction": "out", "state": "queued"})
        self.assertEqual(self._erase(), 0)
        self.assertTrue(message.body)
