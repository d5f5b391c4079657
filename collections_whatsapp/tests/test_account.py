"""The company's number: its keys, what is wrong with it, and copies of a database."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules import neutralize
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON

from ..tools import errors, graph_client
from .common import NUMBER, TOKEN, WhatsappCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappAccount(WhatsappCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("supervisor")

    def _answering(self, code, text="Told by WhatsApp"):
        """WhatsApp refuses everything with an error."""
        problem = errors.Problem(errors.classify(code), code, text)
        error = graph_client.ApiError(problem)
        return patch.object(graph_client.GraphClient, "_call", side_effect=error)

    def test_secrets_are_for_administrators(self):
        for name in ("token", "app_secret", "verify_token", "base_url"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.account.with_user(self.supervisor).read([name])

    def test_secrets_are_not_in_the_log(self):
        with self.assertLogs("odoo.addons.collections_whatsapp") as logged:
            graph_client._logger.info(
                graph_client.mask(f"Bearer {TOKEN} access_token={TOKEN}&x=1")
            )
        self.assertNotIn(TOKEN, "".join(logged.output))

    def test_what_is_no_id(self):
        for values in (
            {"phone_number_id": "+52 55 1234"},
            {"waba_id": "name"},
            {"graph_version": "25"},
            {"graph_version": "vX"},
            {"rate": 0},
            {"rate": 1001},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                with self.env.cr.savepoint():
                    self.account.write(values)

    def test_the_test_button_says_what_to_mend(self):
        """Each of the errors of a set-up in words, with WhatsApp's own beside it."""
        said = {
            190: "Access token",
            0: "Access token",
            10: "Permission",
            200: "Permission",
            100: "ID:",
            131042: "Billing",
            368: "locked",
            131016: "does not answer",
        }
        for code, words in said.items():
            with self.subTest(code=code), self._answering(code):
                self.account.with_user(self.supervisor).action_check()
                self.assertIn(words, self.account.check_result)
                self.assertIn(f"{code}: Told by WhatsApp", self.account.check_result)

    def test_the_page_says_what_to_do_next(self):
        """One step after the other, from nothing to the first reminder."""
        account = self.env["collections.whatsapp.account"].create(
            {"name": "New", "phone_number_id": "778", "waba_id": "779"}
        )
        next_one = 'class="fa fa-fw fa-arrow-circle-right'
        for words, values in (
            ("Keys of the Meta app", {"token": "x"}),
            ("App secret", {"app_secret": "y"}),
            ("Test", {"display_phone_number": "+1 555"}),
            ("Receipts and answers", {}),
        ):
            account.invalidate_recordset()
            self.assertFalse(account.is_ready)
            current = account.guide.partition(next_one)[2]
            self.assertIn(f"<strong>{words}</strong>", current)
            account.write(values)
        self.env["collections.whatsapp.webhook"]._keep(b'{"phone_number_id": "778"}')
        account.invalidate_recordset()
        self.assertIn("<strong>Texts</strong>", account.guide)
        self.assertNotIn("y</", account.guide)

    def test_ready(self):
        """Nothing left to do: the steps are not shown any more."""
        self.account.display_phone_number = "+1 555"
        self.env["collections.whatsapp.webhook"]._keep(
            f'{{"phone_number_id": "{NUMBER}"}}'.encode()
        )
        self.account.invalidate_recordset()
        self.assertTrue(self.account.with_user(self.supervisor).is_ready)

    def test_what_whatsapp_says_is_shown_as_text(self):
        with self._answering(100, "<script>alert(1)</script>"):
            self.account.action_check()
        self.assertIn("&lt;script&gt;", self.account.check_result)
        self.assertNotIn("<script", self.account.check_result)

    def test_the_number_is_of_another_business_account(self):
        answers = {"data": [{"id": "555"}, {"id": "444"}]}
        with patch.object(graph_client.GraphClient, "_call", return_value=answers):
            rows = self.account._check_waba(self.account._client())
        self.assertEqual([good for good, _text in rows], [False])
        self.assertIn("It has: 444, 555.", rows[0][1])

    def test_a_number_that_is_not_registered(self):
        answers = {"data": [{"id": NUMBER, "status": "PENDING"}]}
        with patch.object(graph_client.GraphClient, "_call", return_value=answers):
            rows = self.account._check_waba(self.account._client())
        self.assertIn("PENDING", rows[0][1])

    def test_in_spanish(self):
        """The dialog that opens on the page of the number."""
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"].search(
            [("name", "=", "collections_whatsapp")]
        )._update_translations(["es_419"])
        supervisor = self.account.with_user(self.supervisor)
        supervisor = supervisor.with_context(lang="es_419")
        with self._answering(190), self.assertRaises(UserError) as raised:
            supervisor.action_sync_templates()
        self.assertIn("Token de acceso", str(raised.exception))
        self.account.sudo().token = False
        with self.assertRaises(UserError) as raised:
            supervisor.action_sync_templates()
        self.assertIn("Ours no tiene token de acceso", str(raised.exception))

    def test_a_copy_of_the_database_writes_to_nobody(self):
        message = (
            self.env["collections.whatsapp.message"]
            .sudo()
            .create(
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "state": "queued",
                }
            )
        )
        self.env.flush_all()
        for query in neutralize.get_neutralization_queries(["collections_whatsapp"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        account = self.account.sudo()
        self.assertEqual(
            (account.token, account.app_secret, account.is_paused, message.state),
            (False, False, True, "cancelled"),
        )
        self.assertFalse(self.env["collections.whatsapp.account"]._verify_tokens())

    def test_what_a_message_costs(self):
        """The price of the country, else of all others; nothing where none is kept."""
        mexico = self.env.ref("base.mx")
        self.account.rate_ids = [
            (0, 0, {"category": "utility", "country_id": mexico.id, "price": 0.03})
        ]
        self.assertEqual(self.account._price("5215512345000", "utility"), 0.03)
        self.assertEqual(self.account._price("573001234567", "utility"), 0.02)
        self.assertEqual(self.account._price("573001234567", "marketing"), 0.0)
