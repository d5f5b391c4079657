"""Payment notices: the customer says it is paid, treasury looks for it."""

import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOON, day
from .test_promise import PromiseCommon

PDF = b"%PDF-1.4 a slip"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestNotice(PromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("accountant")
        cls.policy.notice_days = 5
        cls.move = cls._invoices((cls.customer, day(-20), 1000.0))
        cls.Case.refresh()

    def _notice(self, amount=1000.0, when=None, *moves, **values):
        values = {"kind": "reported", "bank": "Banco Uno", **values}
        return self._promise(amount, when or day(0), *(moves or self.move), **values)

    def _type(self, name):
        return self.env.ref(f"collections_management.mail_activity_type_{name}")

    def test_it_pauses_for_the_days_of_the_policy(self):
        notice = self._notice()
        case = self._case(self.customer)
        self.assertEqual((case.amount_reported, case.amount_actionable), (1000.0, 0.0))
        self.assertEqual(case.stage_id.kind, "promised")
        self.assertEqual(notice.date_until, day(5))
        self.Promise._judge(self.company, day(5))
        self.assertEqual(notice.state, "open")
        self.Promise._judge(self.company, day(6))
        self.assertEqual(notice.state, "broken")

    def test_the_ledger_finds_it(self):
        notice = self._notice(when=day(-2))
        self._pay(self.move, when=day(-1))
        self._follow()
        self.assertEqual(notice.state, "kept")
        self.assertFalse(self._case(self.customer).activity_ids)

    def test_an_older_payment_is_not_the_one(self):
        self._pay(self.move, 400.0, when=day(-3))
        self._refresh()
        self.env.cr.execute(
            """UPDATE account_partial_reconcile
                  SET create_date = create_date - interval '1 minute'"""
        )
        notice = self._notice(600.0, day(-2))
        self.assertEqual((notice.state, notice.amount_paid), ("open", 0.0))

    def test_not_found_treasury_then_the_collector(self):
        self.company.collections_treasurer_id = self.accountant
        self._case(self.customer).collector_id = self.collector
        notice = self._notice()
        self.Promise._judge(self.company, day(6))
        activities = self._case(self.customer).activity_ids
        self.assertEqual(activities.activity_type_id, self._type("treasury"))
        self.assertEqual(activities.user_id, self.accountant)
        self.Promise._judge(self.company, day(7), self.customer.ids)
        self.assertEqual(notice.asked, "treasury")
        self.Promise._judge(self.company, day(8), self.customer.ids)
        call = self._case(self.customer).activity_ids - activities
        self.assertEqual(call.activity_type_id, self._type("promise"))
        self.assertEqual(call.user_id, self.collector)
        run = self._run(date=day(0), simulate=True)
        self.assertTrue(run.reminder_ids)

    def test_treasury_says_that_it_is_not_there(self):
        notice = self._notice().with_user(self.accountant)
        notice.action_not_found()
        self.assertEqual(notice.state, "broken")
        case = self._case(self.customer)
        self.assertEqual(case.activity_ids.activity_type_id, self._type("promise"))
        self.assertEqual(case.amount_actionable, 1000.0)

    def test_without_treasury_the_collector_is_asked(self):
        self._notice()
        self.Promise._judge(self.company, day(6))
        kind = self._case(self.customer).activity_ids.activity_type_id
        self.assertEqual(kind, self._type("promise"))

    def test_a_second_notice_needs_a_person(self):
        self.policy.promise_max_count = 1
        self._notice()
        self.Promise._judge(self.company, day(6))
        self.assertTrue(self._notice().to_approve)

    # === MATCHES === #

    def test_a_suggested_payment_is_applied(self):
        payment = self._on_account(self.customer, 1000.0, day(-1))
        other = self._on_account(self._customer("Other"), 1000.0, day(0))
        notice = self._notice()
        self.assertEqual(notice.match_move, payment.move_id.id)
        self.assertNotEqual(notice.match_move, other.move_id.id)
        with self.assertRaises(AccessError):
            notice.with_user(self.collector).action_apply_match()
        notice.with_user(self.accountant).action_apply_match()
        self.assertEqual(notice.state, "kept")
        self.assertFalse(self.move.amount_residual)

    def test_a_suggested_line_of_a_statement(self):
        line = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "DEP 0042",
                "journal_id": self.bank.id,
                "amount": 1000.0,
                "date": day(-1),
            }
        )
        notice = self._notice()
        self.assertEqual(notice.match_move, line.move_id.id)
        self.assertIn("DEP 0042", notice.match_name)
        with self.assertRaises(UserError):
            notice.with_user(self.accountant).action_apply_match()

    def test_nothing_is_suggested(self):
        self._on_account(self.customer, 999.0, day(-1))
        self._on_account(self.customer, 1000.0, day(-11))
        self.assertFalse(self._notice().match_name)

    # === SLIPS === #

    def test_a_slip(self):
        notice = self._notice(slip=base64.b64encode(PDF), slip_name="x.html")
        slip = notice.with_user(self.collector).slip_id.sudo()
        self.assertEqual(slip.raw, PDF)
        self.assertEqual(slip.name, f"slip-{notice.id}.pdf")
        # No browser shows what has this type.
        self.assertEqual(slip.mimetype, "application/x-collections-slip")
        with self.assertRaises(AccessError):
            notice.with_user(self.salesperson).read(["slip_id"])

    def test_what_is_not_a_slip(self):
        for content in (b"<html></html>", b"MZ", PDF + b"x" * 6 * 1024**2):
            with self.subTest(content[:8]), self.assertRaises(ValidationError):
                self._notice(slip=base64.b64encode(content))
