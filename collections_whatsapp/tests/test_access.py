"""Each call and each model: the lowest role that may, the highest that may not."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.collections_management.tests.common import NOON, day

from ..tools import graph_client
from .common import WhatsappCommon

# What WhatsApp answers to whatever is asked.
ANSWER = {
    "id": "1",
    "status": "APPROVED",
    "data": [],
    "messages": [{"id": "wamid.1"}],
}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappAccess(WhatsappCommon):
    """Each call: the lowest role that may, the highest that may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("internal", "portal", "salesperson", "collector", "supervisor")
        cls.supervisor.partner_id.phone = "+52 55 1234 9999"
        [cls.customer] = cls._mexican()
        cls.customer.user_id = cls.salesperson
        cls._invoices((cls.customer, day(-10), 100.0))
        cls.Case.refresh()
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])
        cls.template = cls.templates.search(
            [("account_id", "=", cls.account.id), ("state", "=", "approved")], limit=1
        )

    def setUp(self):
        super().setUp()
        self.enterContext(
            patch.object(graph_client.GraphClient, "_call", return_value=ANSWER)
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
            (self.account, "action_send_example", (), "supervisor", "collector"),
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
