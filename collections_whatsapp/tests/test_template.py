"""The shipped texts, and what is complained about before Meta does."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON

from .common import WhatsappCommon

LANGUAGES = {"es", "es_MX", "es_AR", "pt_BR", "en"}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappTemplate(WhatsappCommon):
    def test_shipped_texts_are_fit(self):
        library = self.templates.search([("account_id", "=", False)])
        self.assertEqual(set(library.mapped("language")), LANGUAGES)
        for name, texts in library.grouped("name").items():
            self.assertEqual(set(texts.mapped("language")), LANGUAGES, name)
        for template in library:
            with self.subTest(template=template.display_name):
                self.assertEqual(template._complaints(), [])
                self.assertNotIn("{{", template.preview)

    def test_what_would_be_rejected_is_not_submitted(self):
        template = self.shipped.copy({"account_id": self.account.id, "name": "own"})
        for body in (
            "Pague o iniciaremos una demanda judicial, {{1}}, hoy mismo.",
            "{{1}} debe una factura vencida desde hace días.",
            "Hola {{1}}{{2}}{{3}} fin.",
        ):
            template.write({"body": body, "state": "draft"})
            with self.subTest(body=body), self.assertRaises(UserError):
                template.action_submit()
            self.assertEqual(template.state, "draft")

    def test_the_nearest_language(self):
        usable = self.shipped._usable
        for lang, expected in (
            ("es_MX", "es_MX"),
            ("es_419", "es"),
            ("es_CO", "es"),
            ("pt_PT", "pt_BR"),
            ("de_DE", "es"),
            (False, "es"),
        ):
            with self.subTest(lang=lang):
                self.assertEqual(usable(self.account, lang).language, expected)

    def test_what_a_person_chose_for_a_variable_stays(self):
        template = self.shipped.copy({"account_id": self.account.id, "name": "own"})
        first = template._ordered_variables()[0]
        first.source = "company"
        template.body = "Hola {{1}}, tiene {{2}} pendiente con nosotros, gracias."
        self.assertEqual(template._ordered_variables().mapped("number"), [1, 2])
        self.assertEqual(template._ordered_variables()[0].source, "company")

    def test_titles_are_in_the_readers_language(self):
        """Also of the copies; what reviewers see names the company that writes."""
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"].search(
            [("name", "=", "collections_whatsapp")]
        )._update_translations(["es_419"])
        self.account.template_ids.unlink()
        self.templates._copy_library(self.account)
        copied = self.account.template_ids.filtered(
            lambda one: (one.name, one.language) == ("collections_first", "es_MX")
        )
        self.assertEqual(copied.display_name, "First reminder (Spanish (Mexico))")
        copied = copied.with_context(lang="es_419")
        self.assertEqual(copied.display_name, "Primer aviso (Español (México))")
        company = copied.variable_ids.filtered(lambda one: one.source == "company")
        self.assertEqual(company.example, self.company.name)
