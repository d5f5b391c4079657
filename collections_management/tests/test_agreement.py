"""Agreements: overdue debt in instalments, kept or broken by the ledger."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import NOON, CollectionsCommon, day
from .test_promise import PromiseCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAgreement(PromiseCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.later = cls._invoices(
            (cls.customer, day(-20), 600.0),
            (cls.customer, day(-10), 400.0),
            (cls.customer, day(20), 50.0),
        )
        cls.Case.refresh()

    def _agreement(self, accept=True, **values):
        case = self._case(self.customer)
        agreement = (
            self.env["collections.agreement"]
            .with_user(self.collector)
            .create(
                {
                    "case_id": case.id,
                    "currency_id": case.currency_id.id,
                    "date_first": day(5),
                    "count": 4,
                    "period": "week",
                    **values,
                }
            )
        )
        if accept:
            agreement.action_accept()
        return agreement

    def _on(self, offset):
        self.Promise._judge(self.company, day(offset), self.customer.ids)

    def test_a_proposal_covers_what_is_overdue(self):
        """R23: a plan of instalments over the overdue documents."""
        agreement = self._agreement(accept=False, count=3, period="month")
        self.assertEqual(agreement.document_ids.mapped("amount_residual"), [600, 400])
        self.assertEqual(agreement.line_ids.mapped("amount"), [333.33, 333.33, 333.34])
        self.assertEqual(agreement.state, "draft")
        self.assertEqual(self._case(self.customer).amount_agreed, 0.0)

    def test_it_is_edited_before_it_is_accepted(self):
        agreement = self._agreement(accept=False)
        agreement.line_ids[0].amount = 100.0
        with self.assertRaises(UserError):
            agreement.action_accept()
        agreement.line_ids[3].amount = 400.0
        agreement.action_accept()
        self.assertEqual(agreement.state, "accepted")
        with self.assertRaises(UserError):
            agreement.line_ids = [(5, 0, 0)]

    def test_it_pauses_the_debt_and_keeps_the_due_dates(self):
        promise = self._promise(300.0, day(3), self.first)
        dues = self.first.line_ids.mapped("date_maturity")
        agreement = self._agreement()
        case = self._case(self.customer)
        self.assertEqual((case.amount_agreed, case.amount_actionable), (1000.0, 0.0))
        self.assertEqual((case.next_step, case.next_step_date), ("promise", day(5)))
        self.assertEqual(self.first.line_ids.mapped("date_maturity"), dues)
        self.assertEqual(promise.state, "withdrawn")
        self.assertEqual(len(agreement.line_ids.promise_id), 4)

    def test_fulfilled(self):
        """R24: several dates, each judged by what the ledger says."""
        agreement = self._agreement()
        self._pay(self.first, 250.0, when=day(5))
        self._on(5)
        self.assertEqual(agreement.state, "active")
        self._refresh()
        self.assertEqual(self._case(self.customer).amount_agreed, 750.0)
        self._pay(self.first, 350.0, when=day(6))
        self._pay(self.second, 400.0, when=day(6))
        self._on(6)
        self.assertEqual(agreement.state, "fulfilled")
        self.assertEqual(agreement.amount_paid, 1000.0)

    def test_a_missed_instalment_breaks_it(self):
        """R24: an instalment is judged by itself."""
        agreement = self._agreement()
        self._on(7)
        self.assertEqual(agreement.state, "accepted")
        self._on(8)
        self.assertEqual(agreement.state, "broken")
        states = agreement.line_ids.promise_id.sorted("date").mapped("state")
        self.assertEqual(states, ["broken", *["withdrawn"] * 3])
        case = self._case(self.customer)
        kind = self.env.ref("collections_management.mail_activity_type_promise")
        self.assertEqual(case.activity_ids.activity_type_id, kind)
        self._refresh()
        self.assertEqual((case.amount_agreed, case.amount_actionable), (0.0, 1000.0))
        self._on(9)
        self.assertEqual(agreement.state, "broken")

    def test_the_policy_bears_more_misses(self):
        self.policy.agreement_max_misses = 2
        agreement = self._agreement()
        self._on(8)
        self.assertEqual((agreement.state, agreement.missed_count), ("active", 1))
        self._on(15)
        self.assertEqual(agreement.state, "broken")

    def test_more_instalments_than_the_policy_allows(self):
        self.policy.agreement_max_count = 3
        agreement = self._agreement(accept=False)
        with self.assertRaises(UserError):
            agreement.action_accept()
        agreement.with_user(self.supervisor).action_accept()
        self.assertEqual(agreement.state, "accepted")

    def test_withdrawn(self):
        agreement = self._agreement()
        agreement.action_withdraw()
        self.assertEqual(agreement.state, "withdrawn")
        self.assertEqual(self._case(self.customer).amount_actionable, 1000.0)

    def test_nobody_types_the_state(self):
        agreement = self._agreement()
        with self.assertRaises(UserError):
            agreement.with_user(self.supervisor).state = "fulfilled"
        with self.assertRaises(AccessError):
            self._agreement(accept=False, state="accepted")
        with self.assertRaises(AccessError):
            agreement.with_user(self.salesperson).action_withdraw()

    def test_a_reminder_before_each_instalment(self):
        self.policy.instalment_reminder_days = 3
        self._agreement()
        with freeze_time(f"{day(1)} 12:00:00"):
            self.assertFalse(self._run().reminder_ids)
        with freeze_time(f"{day(2)} 12:00:00"), self.mock_mail_gateway():
            run = self._run_and_send()
        reminder = run.reminder_ids
        self.assertEqual((reminder.kind, reminder.state), ("instalment", "sent"))
        self.assertIn("250.00", reminder.body)
        with freeze_time(f"{day(3)} 12:00:00"):
            self.assertFalse(self._run().reminder_ids)

    def test_a_paid_instalment_is_not_reminded_of(self):
        self._agreement()
        with freeze_time(f"{day(2)} 12:00:00"):
            run = self._run()
            self._pay(self.first, 250.0, when=day(2))
            with self.mock_mail_gateway():
                run.flush()
        self.assertEqual(run.reminder_ids.state, "cancelled")

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_the_document_for_signature(self):
        agreement = self._agreement()
        report = self.env["ir.actions.report"].with_user(self.collector)
        html, _kind = report._render_qweb_html(
            "collections_management.report_agreement", agreement.ids
        )
        text = html.decode()
        self.assertIn(self.customer.name, text)
        self.assertEqual(text.count("250.00"), 4)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestEarlyPayment(CollectionsCommon):
    """The incentive is Odoo's own: the terms of the document give the discount."""

    def test_a_preventive_reminder_offers_the_discount(self):
        """R25, R26: the discount of the terms, in the text, until its last day."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 percent in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 32,
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 100, "nb_days": 33})
                ],
            }
        )
        customer = self._customer()
        self._invoices(
            (
                customer,
                day(3),
                1000.0,
                {
                    "invoice_payment_term_id": term.id,
                    "invoice_date": day(-30),
                    "invoice_date_due": False,
                },
            )
        )
        self._refresh()
        reminder = self._run().reminder_ids
        self.assertEqual(reminder.level_delay, -3)
        line = reminder.line_ids
        self.assertEqual((line._early_amount(), line._early_date()), (980.0, day(2)))
        self.assertIn("980.00", str(reminder._items_table()))
        with freeze_time(f"{day(3)} 12:00:00"):
            self.assertFalse(line._early_amount())

    def test_the_template_can_be_tried_on_any_reminder(self):
        reminder = self.env["collections.reminder"].new({"company_id": self.company.id})
        self.assertEqual(reminder._promise_amount_text(), "")
