"""What the tests of this addon share: a number whose server nobody answers at."""

import hashlib
import hmac

from odoo.fields import Command

from odoo.addons.collections_management.tests.common import CollectionsCommon, day

NUMBER, WABA = "106540352242922", "102290129340398"
TOKEN, SECRET = "simulated-token", "simulated-secret"
WEBHOOK = "/collections/whatsapp/webhook"


def sign(secret: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def webhook(*events, number=NUMBER, waba=WABA) -> dict:
    """Return a webhook of receipts."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": number},
        "statuses": list(events),
    }
    change = {"value": value, "field": "messages"}
    entry = {"id": waba, "changes": [change]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


class WhatsappCommon(CollectionsCommon):
    """A company with a number, approved templates, and levels that go by WhatsApp."""

    # Port 9 discards: who talks to WhatsApp in these tests has forgotten something.
    server = "http://127.0.0.1:9"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["collections.whatsapp.account"].create(
            {
                "name": "Ours",
                "company_id": cls.company.id,
                "phone_number_id": NUMBER,
                "waba_id": WABA,
                "token": TOKEN,
                "app_secret": SECRET,
                "base_url": cls.server,
                "rate": 1000,
                "rate_ids": [
                    Command.create({"category": "utility", "price": 0.02}),
                    Command.create({"category": "service", "price": 0.01}),
                ],
            }
        )
        cls.templates = cls.env["collections.whatsapp.template"]
        cls.templates._copy_library(cls.account)
        drafts = cls.templates.search([("account_id", "=", cls.account.id)])
        cls._approve(drafts.filtered(lambda one: one.header_type != "document"))
        cls.shipped = cls.env.ref("collections_whatsapp.template_first_es")
        cls._use_channels("whatsapp", "email")

    @classmethod
    def _approve(cls, templates):
        templates.state = "approved"

    @classmethod
    def _use_channels(cls, *codes):
        """Give every level these channels."""
        mail = cls.env.ref("collections_management.mail_template_first")
        for level in cls.policy.level_ids:
            level.channel_ids = [
                Command.clear(),
                *[
                    Command.create(
                        {
                            "sequence": sequence,
                            "channel": code,
                            "template_id": mail.id if code == "email" else False,
                            "whatsapp_template_id": cls.shipped.id
                            if code == "whatsapp"
                            else False,
                        }
                    )
                    for sequence, code in enumerate(codes)
                ],
            ]

    @classmethod
    def _mexican(cls, count=1, **values):
        """Create customers with a mobile number in Mexico each."""
        partners = cls._customers(count, **values)
        mexico = cls.env.ref("base.mx")
        for number, partner in enumerate(partners):
            phone = f"+52 55 1234 {5000 + number}"
            partner.write({"country_id": mexico.id, "phone": phone})
        return partners

    @classmethod
    def _overdue(cls, partners, days=10):
        """Give customers something to be reminded of; return their cases."""
        cls._invoices(*[(partner, day(-days), 100.0) for partner in partners])
        cls.Case.refresh()
        return cls.Case.search([("partner_id", "in", partners.ids)], order="id")
