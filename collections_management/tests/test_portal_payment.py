"""Paying in the portal with Odoo's providers, and requests of the worst kind."""

import string
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.account_payment.tests.common import AccountPaymentCommon

from .common import NOON, day
from .test_portal import PortalCommon

ROUTES = (
    "",
    "promise",
    "notice",
    "dispute",
    "instalments",
    "messages",
    "pay",
    "statement.pdf",
    "document/1",
)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPortalPayment(AccountPaymentCommon, PortalCommon):
    def _order(self, *moves, currency=None):
        visit = self.Portal._visit(self.case, self.person)
        lines = {self._line(move) for move in moves}
        return self.Portal._payment(visit, str((currency or self.usd).id), lines)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.company.currency_id
        cls.dummy_provider.company_id = cls.company

    def test_one_some_or_all(self):
        self.assertEqual(self._order(self.first)["amount"], 300.0)
        some = self._order(self.first, self.second)
        self.assertEqual((some["amount"], some["credit"]), (500.0, 0.0))
        # What the customer has in credit is not asked for.
        every = self._order()
        self.assertEqual((every["amount"], every["credit"]), (570.0, 30.0))
        self.assertEqual(every["moves"], self.first + self.second + self.later)
        self.assertEqual(self._order(currency=self.eur)["amount"], 50.0)
        self.assertEqual(self._order(self.foreign)["amount"], 0.0)

    def test_a_payment_under_way_is_not_asked_for_again(self):
        def payable(move):
            return move not in self.first

        with patch.object(type(self.first), "_has_to_be_paid", payable):
            self.assertEqual(self._order(self.first)["amount"], 0.0)
            self.assertEqual(self._order()["moves"], self.second + self.later)

    def _transaction(self, lines, token=None, **values):
        path = self._path("transaction", lines)
        return self.make_jsonrpc_request(
            path + (f"?access_token={token}" if token else ""),
            {
                "provider_id": self.dummy_provider.id,
                "payment_method_id": self.payment_method_id,
                "token_id": None,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "https://elsewhere.example.com",
                "access_token": token,
                **values,
            },
        )

    def _lines(self, *moves):
        return "-".join(str(self._line(move)) for move in moves)

    def test_pay(self):
        for token in (None, self._token()):
            if token:
                self.logout()
            else:
                self._log_in()
            page = self._get("pay", token=token)
            self.assertIn("570.00", page.text)
            lines = self._lines(self.first, self.second)
            found = self._transaction(lines, token, amount=500.0)
            tx = self.env["payment.transaction"].search(
                [("reference", "=", found["reference"])]
            )
            self.assertEqual(tx.amount, 500.0)
            self.assertEqual(tx.invoice_ids, self.first + self.second)
            self.assertEqual(tx.partner_id, self.person)
            self.assertTrue(tx.landing_route.startswith(self._path()))
            tx.sudo().unlink()

    def test_paid_means_paid(self):
        self._log_in()
        found = self._transaction(self._lines(self.first), amount=300.0)
        tx = self.env["payment.transaction"].search(
            [("reference", "=", found["reference"])]
        )
        tx._set_pending()
        self.assertIn("processing your payment", self._get().text)
        self._refresh()
        self.assertEqual(self.case.amount_to_confirm, 300.0)
        tx._set_done()
        tx._post_process()
        self.assertFalse(self.first.amount_residual)
        self.assertNotIn(f'aria-label="{self.first.name}"', self._get().text)

    @mute_logger("odoo.http")
    def test_what_cannot_be_paid(self):
        self._log_in()
        lines = self._lines(self.first)
        for bad, values in (
            (lines, {"amount": 1.0}),
            (lines, {"amount": "300"}),
            (lines, {"amount": 300.0, "partner_id": self.stranger.id}),
            (self._lines(self.foreign), {"amount": 999.0}),
            (self._lines(self.first, self.foreign), {"amount": 300.0}),
            (self._lines(self.first, self.euros), {"amount": 300.0}),
            ("x", {"amount": 570.0}),
        ):
            with self.subTest(bad), self.assertRaises(JsonRpcException):
                self._transaction(bad, **values)
        self.logout()
        with self.assertRaises(JsonRpcException):
            self._transaction(lines, "forged", amount=300.0)
        self.assertFalse(
            self.env["payment.transaction"].search(
                [("partner_id", "=", self.person.id)]
            )
        )


ODD = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=string.digits + "-.,eE+", max_size=30),
    st.sampled_from(
        ["", "0", "-1", "1e999", "nan", "inf", "9" * 40, "\x00", "'; DROP", "<script>"]
        + ["2024-02-30", "0000-00-00", "9999-12-31", "{{7*7}}", "../..", "٣", "\ud800"]
    ),
)
NAMES = st.sampled_from(
    ["amount", "date", "lines", "currency", "reason", "note", "bank", "count"]
    + ["channel", "wanted", "agreement", "seal", "access_token", "slip", "done", "kind"]
    + ["case_id", "name", "csrf_token"]
)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPortalHostile(PortalCommon):
    def test_a_thousand_hostile_requests(self):
        """Never an error of the server, and nothing of another customer."""
        self._log_in()
        self.case._touch()
        csrf = self._csrf(self._get("promise").text)
        token = self._token()
        foreign = self.foreign.name
        real = self._usd(
            amount="100", date=str(day(3)), lines=self._line(self.first), note="x"
        )
        seen = set()

        @settings(
            max_examples=1000,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(
            route=st.sampled_from(ROUTES),
            values=st.dictionaries(NAMES, st.one_of(ODD, st.lists(ODD, max_size=3))),
            case=st.sampled_from(
                [str(self.case.id), str(self.other.id), "0", "9" * 25]
            ),
            post=st.booleans(),
            base=st.booleans(),
            slip=st.one_of(st.none(), st.binary(max_size=50)),
        )
        def knock(route, values, case, post, base, slip):
            path = f"/my/collections/{case}/{route}".rstrip("/")
            data = {**(real if base else {}), "csrf_token": csrf, **values}
            data = {
                key: [_sendable(one) for one in value]
                if isinstance(value, list)
                else _sendable(value)
                for key, value in data.items()
            }
            if not post:
                answer = self.opener.get(self.base_url() + path, params=data)
            else:
                files = slip is not None and {
                    "slip": ("s", slip),
                    "amount": ("a", slip),
                }
                answer = self.opener.post(
                    self.base_url() + path, data=data, files=files or None
                )
            seen.add(answer.status_code)
            self.assertLess(answer.status_code, 500, (path, data))
            self.assertNotIn(foreign, answer.text)

        pdf = "odoo.addons.collections_management.models.statement."
        pdf += "collections_statement_pdf.CollectionsStatementPdf._render"
        with (
            mute_logger("odoo.http", "odoo.addons.base.models.ir_http"),
            patch(pdf, lambda *_a: {self.case.id: b""}),
        ):
            knock()
        self.assertLessEqual({200, 400, 404}, seen)
        self.assertEqual(self._get(token=token).status_code, 200)


def _sendable(text):
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
