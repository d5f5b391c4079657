"""The customer's pages: who sees what, by login and by link."""

import io
import re

import pypdf

from odoo import fields
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import SQL

from ..controllers import collections_portal
from ..tools.rate_limit import RateLimit
from .common import NOON, CollectionsCommon, day

FORMS = ("promise", "notice", "dispute", "instalments", "messages")
PDF = b"%PDF-1.4 a slip"


class PortalCommon(HttpCase, CollectionsCommon):
    """A company with a portal user at one of its contacts, and a stranger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(collections_portal, "LIMIT", RateLimit(most=10**6, seconds=60))
        cls._make_users("collector", "supervisor")
        cls.company.collections_collector_id = cls.collector
        cls.policy.write({"promise_max_days": 30, "promise_max_count": 2})
        cls.policy.write({"notice_days": 5, "agreement_max_count": 6})
        cls.customer, cls.stranger = cls._customers(2)
        cls.person = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.customer.id, "email": "ana@example.com"}
        )
        cls.login = cls._portal_user("ana", cls.person)
        cls.invoices = cls._invoices(
            (cls.customer, day(-45), 300.0),
            (cls.person, day(-1), 200.0),
            (cls.customer, day(10), 100.0),
            (cls.customer, day(-5), 50.0, {"currency_id": cls.eur.id}),
            (cls.stranger, day(-5), 999.0),
        )
        cls.first, cls.second, cls.later, cls.euros, cls.foreign = cls.invoices
        cls._refund(cls.customer, 30.0)
        cls._refresh(cls)
        cls.case = cls.Case.search([("partner_id", "=", cls.customer.id)])
        cls.other = cls.Case.search([("partner_id", "=", cls.stranger.id)])
        cls.Portal = cls.env["collections.portal"].sudo()

    @classmethod
    def _portal_user(cls, login, partner, **values):
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
            context={"no_reset_password": True},
            **values,
        )

    def _line(self, move):
        return self._receivable_lines(move).id

    def _path(self, *path, case=None):
        return "/".join(["/my/collections", str((case or self.case).id), *path])

    def _get(self, *path, case=None, token=None, **kwargs):
        query = f"?access_token={token}" if token else ""
        return self.url_open(self._path(*path, case=case) + query, **kwargs)

    def _token(self, case=None, person=None, days=30):
        return self.env["collections.token"]._issue(
            case or self.case, person or self.person, "portal", days
        )

    def _csrf(self, text):
        return re.search(r'name="csrf_token" value="([^"]+)"', text).group(1)

    def _send(self, kind, token=None, **values):
        """Open a form and send it, as a browser does; return the answer."""
        page = self._get(kind, token=token)
        self.assertEqual(page.status_code, 200)
        files = values.pop("files", None)
        data = {"csrf_token": self._csrf(page.text), **values}
        if token:
            data["access_token"] = token
        answer = self.url_open(self._path(kind), data=data, files=files)
        self.assertEqual(answer.status_code, 200)
        return answer

    def _usd(self, **values):
        return {"currency": self.company.currency_id.id, **values}

    def _log_in(self, user=None):
        user = user or self.login
        self.authenticate(user.login, user.login)

    # All that a visit could change, as one text for each table.
    def _state(self):
        self.env.flush_all()
        tables = [
            name
            for name, model in self.env.registry.items()
            if model._auto
            and not model._abstract
            and (name.startswith("collections.") or name in SHARED)
        ]
        found = {}
        for name in sorted(tables):
            table = self.env[name]._table
            [(digest,)] = self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM %s t",
                    SQL.identifier(table),
                )
            )
            found[name] = digest
        return found


SHARED = {
    "account.move",
    "account.payment",
    "mail.activity",
    "mail.message",
    "payment.transaction",
    "res.partner",
}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPortal(PortalCommon):
    def test_the_page_shows_what_the_case_shows(self):
        self._log_in()
        answer = self.url_open("/my/collections")
        self.assertTrue(answer.url.endswith(f"/my/collections/{self.case.id}"))
        self.assertEqual(answer.status_code, 200)
        for move in self.first + self.second + self.later + self.euros:
            self.assertIn(move.name, answer.text)
        self.assertNotIn(self.foreign.name, answer.text)
        overview = self.Portal._overview(self.Portal._visit(self.case, self.person))
        dollars, euros = overview["tables"]
        self.assertEqual(dollars["overdue"], 500.0)
        self.assertEqual((dollars["net"], euros["net"]), (570.0, 50.0))
        self.assertEqual(overview["statement"]["balance"], self.case.amount_balance)
        self.assertAlmostEqual(
            dollars["overdue"] + 50.0 / 0.5, self.case.amount_overdue
        )
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_the_card_of_the_home_page(self):
        self._log_in()
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["collections_count"]}
        )
        self.assertEqual(answer["collections_count"], 4)
        self.assertIn("/my/collections", self.url_open("/my").text)

    def test_the_whole_entity_and_nobody_else(self):
        owner = self._portal_user("owner", self.customer)
        other = self._portal_user("other", self.stranger)
        for user, case in ((owner, self.case), (other, self.other)):
            self._log_in(user)
            self.assertEqual(self._get(case=case).status_code, 200)
            mine = self.case + self.other - case
            self.assertEqual(self._get(case=mine).status_code, 404)

    def test_only_companies_of_the_login(self):
        self._setup_second_company()
        self._invoices((self.customer, day(-3), 70.0), company=self.company_2)
        self.Case.with_company(self.company_2).refresh()
        second = self._case(self.customer, self.company_2)
        self._log_in()
        self.assertEqual(self._get(case=second).status_code, 404)
        self.login.company_ids += self.company_2
        self.assertEqual(self._get(case=second).status_code, 200)
        page = self.url_open("/my/collections").text
        self.assertIn(self._path(case=second), page)
        self.assertIn(self._path(), page)

    def test_a_link_opens_one_case(self):
        token = self._token()
        answer = self._get(token=token)
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.first.name, answer.text)
        self.assertEqual(self._get(case=self.other, token=token).status_code, 404)
        self.assertEqual(self._get("promise", token=token).status_code, 200)

    def test_without_either_one_logs_in(self):
        for path in ((), ("promise",), ("statement.pdf",), ("pay",)):
            answer = self._get(*path, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
            self.assertIn("/web/login?redirect=", answer.headers["Location"])

    def test_what_is_not_theirs_is_not_there(self):
        """Forged, expired, revoked, for something else, of others: the same."""
        good, expired, revoked = self._token(), self._token(days=-1), self._token()
        tokens = self.env["collections.token"].sudo().search([], order="id desc")
        tokens[0].is_revoked = True
        opt_out = self.env["collections.token"]._issue(
            self.case, self.person, "opt_out", 30
        )
        forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
        bad = (expired, revoked, opt_out, forged, "x", "%00", "%C3%B1", "a" * 3000)
        paths = ((), ("promise",), ("statement.pdf",), ("pay",), ("document", "1"))
        for path in paths:
            pages = {self._get(*path, token=token).text for token in bad}
            pages.add(self._get(*path, case=self.other, token=good).text)
            self.assertEqual(len(pages), 1, path)
            self.assertEqual(self._get(*path, token=forged).status_code, 404)

    def test_ids_that_no_database_has(self):
        self._log_in()
        for case_id in ("0", "9" * 30, str(2**31), "٠"):
            answer = self.url_open(f"/my/collections/{case_id}")
            self.assertEqual(answer.status_code, 404)
        answer = self._get("document", "9" * 30)
        self.assertEqual(answer.status_code, 404)

    def test_reading_changes_nothing(self):
        """A mail scanner opens every link, and sends forms it cannot have."""
        token = self._token()
        self.case._touch()
        self.env.cr.flush()
        before = self._state()
        links = set()
        for path in ((), *[(name,) for name in FORMS], ("statement.pdf",), ("pay",)):
            answer = self._get(*path, token=token)
            self.assertEqual(answer.status_code, 200, path)
            links |= set(re.findall(r'href="(/my/collections[^"]+)"', answer.text))
        for link in links:
            self.assertEqual(self.url_open(link.replace("&amp;", "&")).status_code, 200)
        for name in FORMS:
            values = self._usd(amount="100", date="2024-06-20", access_token=token)
            values |= {"channel": "email", "wanted": "no"}
            for csrf in ({}, {"csrf_token": "forged"}):
                answer = self.url_open(self._path(name), data={**values, **csrf})
                self.assertEqual(answer.status_code, 400)
        after = self._state()
        changed = {name for name in before if before[name] != after[name]}
        self.assertFalse(changed)

    def test_statement_and_documents(self):
        self._log_in()
        with self.allow_pdf_render():
            answer = self._get("statement.pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        text = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        self.assertIn(self.first.name, text)
        self.env["ir.attachment"].create(
            {
                "name": "legal.pdf",
                "raw": PDF,
                "res_model": "account.move",
                "res_id": self.first.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        answer = self._get("document", str(self._line(self.first)))
        self.assertEqual(answer.content, PDF)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        answer = self._get("document", str(self._line(self.foreign)))
        self.assertEqual(answer.status_code, 404)

    def test_in_the_language_of_who_has_the_link(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"]._load_module_terms(
            ["collections_management"], ["es_419"]
        )
        self.person.lang = "es_419"
        text = self._get(token=self._token()).text
        self.assertIn("Ya pagué", text)
        self.assertIn("Vencido", text)

    def test_too_often(self):
        self.patch(collections_portal, "LIMIT", RateLimit(most=3, seconds=60))
        answers = [self._get(token="x").status_code for _try in range(4)]
        self.assertEqual(answers, [404, 404, 404, 429])
