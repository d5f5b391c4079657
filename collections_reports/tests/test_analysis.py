from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON, TODAY

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestPaymentAnalysis(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users()
        cls._mini_ledger()
        cls.partners["A"].user_id = cls.salesperson
        cls.Case.refresh()

    def _groups(self, user, groupby, *aggregates):
        return (
            self.env["collections.payment.analysis"]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids)
            .formatted_read_group([], [groupby], aggregates)
        )

    def test_averages_are_by_amount(self):
        """M4b, M4d: 40, 20 and 50 thousand were 30, 0 and 10 days late."""
        [found] = self._groups(
            self.collector,
            "company_id",
            "amount:sum",
            "amount_on_time:sum",
            "days_agreed:avg",
            "days_to_pay:avg",
            "days_late:avg",
        )
        self.assertEqual(found["amount:sum"], 110_000)
        self.assertEqual(found["amount_on_time:sum"], 20_000)
        self.assertAlmostEqual(found["days_to_pay:avg"], 45.4545, 3)
        self.assertAlmostEqual(found["days_late:avg"], 15.4545, 3)
        self.assertAlmostEqual(found["days_agreed:avg"], 30)

    def test_methods_are_named_without_accounting_rights(self):
        """R75: what came by each method and journal."""
        [found] = self._groups(self.collector, "payment_method_id", "amount:sum")
        self.assertEqual(found["payment_method_id"][1], "Manual Payment")
        self.assertEqual(found["amount:sum"], 110_000)
        [found] = self._groups(self.collector, "journal_id", "amount:sum")
        self.assertEqual(found["amount:sum"], 110_000)

    def test_what_was_agreed_and_when_it_was_paid(self):
        """R88: by payment term; 40, 20 and 50 thousand had none of their own."""
        term = self.env["account.payment.term"].create(
            {
                "name": "15 days",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 100, "nb_days": 15})
                ],
            }
        )
        [move] = self._dated_invoices(
            (
                self.partners["A"],
                date(2026, 2, 1),
                date(2026, 2, 16),
                1_000,
                {"invoice_payment_term_id": term.id, "invoice_date_due": False},
            )
        )
        self._pay(move, 1_000, date(2026, 3, 3))
        found = {
            group["payment_term_id"] and group["payment_term_id"][0]: (
                group["days_agreed:avg"],
                round(group["days_to_pay:avg"], 3),
                round(group["days_late:avg"], 3),
            )
            for group in self._groups(
                self.collector,
                "payment_term_id",
                "days_agreed:avg",
                "days_to_pay:avg",
                "days_late:avg",
            )
        }
        self.assertEqual(found[term.id], (15, 30, 15))
        self.assertEqual(found[False], (30, 45.455, 15.455))

    def test_paid_by_region(self):
        """R105: where customers live, and how late they pay there."""
        state = self.env["res.country.state"].search(
            [("country_id", "=", self.env.ref("base.cl").id)], limit=1
        )
        self.partners["A"].write(
            {"country_id": state.country_id.id, "state_id": state.id}
        )
        self.env.flush_all()
        found = {
            group["state_id"] and group["state_id"][0]: (
                group["amount:sum"],
                group["days_late:avg"],
            )
            for group in self._groups(
                self.collector, "state_id", "amount:sum", "days_late:avg"
            )
        }
        # 40,000 were 30 days late and 20,000 on time; 50,000 were 10 days late.
        self.assertEqual(found[state.id], (60_000, 20))
        self.assertEqual(found[False], (50_000, 10))

    def test_paid_before_it_was_due(self):
        """R27: it is on time, and its days are below zero."""
        self._pay(self.documents["M2"], 40_000, date(2026, 4, 9))
        [found] = (
            self.env["collections.payment.analysis"]
            .with_user(self.collector)
            .with_context(allowed_company_ids=self.company.ids)
            .formatted_read_group(
                [("partner_id", "=", self.partners["M"].id)],
                ["partner_id"],
                ["amount:sum", "amount_on_time:sum", "days_late:avg"],
            )
        )
        self.assertEqual(found["amount_on_time:sum"], found["amount:sum"])
        self.assertEqual(found["days_late:avg"], -10)

    def test_credit_notes_and_write_offs_are_no_money(self):
        invoice = self.documents["F1"]
        refund = self._refund(self.partners["F"], 500, date(2026, 3, 30))
        self._reconcile(invoice, refund)
        [found] = self._groups(self.collector, "company_id", "amount:sum")
        self.assertEqual(found["amount:sum"], 110_000)

    def test_salesperson_sees_own_customers(self):
        [found] = self._groups(self.salesperson, "partner_id", "amount:sum")
        self.assertEqual(found["partner_id"][0], self.partners["A"].id)
        self.assertEqual(found["amount:sum"], 60_000)
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self._groups(user, "partner_id")

    def test_other_people_s_work_is_the_supervisor_s(self):
        """R84: what each collector collected, for the supervisor and the person."""
        self.env["collections.case"].search([]).collector_id = self.collector
        other = self.collector.copy({"login": "other_collector"})
        # A customer that owes nothing any more has no case, hence no collector.
        for user, expected in (
            (self.supervisor, {self.collector.id: 50_000, False: 60_000}),
            (self.collector, {self.collector.id: 50_000, False: 60_000}),
            (other, {False: 110_000}),
        ):
            found = {
                group["collector_id"] and group["collector_id"][0]: group["amount:sum"]
                for group in self._groups(user, "collector_id", "amount:sum")
            }
            self.assertEqual(found, expected)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestReminderAnalysis(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "supervisor")
        cls.paying, cls.silent = cls._customers(2)
        moves = cls._invoices(
            *((c, TODAY - timedelta(days=4), 100.0) for c in (cls.paying, cls.silent))
        )
        cls.env["collections.run"].run().flush()
        cls.reminders = cls.env["collections.reminder"].search(
            [("company_id", "=", cls.company.id), ("state", "=", "sent")]
        )
        cls._pay(moves[0], 60.0, TODAY + timedelta(days=10))
        answered = cls.reminders.filtered(lambda r: r.partner_id == cls.silent)
        cls.env["collections.reminder.event"].sudo().create(
            {"reminder_id": answered.id, "state": "read"}
        )
        cls.env["collections.interaction"].create(
            {"case_id": answered.case_id.id, "direction": "in", "channel": "call"}
        )

    def _found(self, groupby, *aggregates, **context):
        groupby = groupby if isinstance(groupby, list) else [groupby]
        return (
            self.env["collections.reminder.analysis"]
            .with_user(self.collector)
            .with_context(allowed_company_ids=self.company.ids, **context)
            .formatted_read_group([], groupby, aggregates)
        )

    def test_what_a_level_achieved(self):
        """R86: sent, read, answered, collected, by level."""
        self.assertEqual(len(self.reminders), 2)
        [found] = self._found(
            "level_id",
            "sent_count:sum",
            "delivered_count:sum",
            "read_count:sum",
            "answered_count:sum",
            "amount_collected:sum",
            "amount:sum",
        )
        self.assertEqual(found["sent_count:sum"], 2)
        self.assertEqual(found["delivered_count:sum"], 1)
        self.assertEqual(found["read_count:sum"], 1)
        self.assertEqual(found["answered_count:sum"], 1)
        self.assertEqual(found["amount:sum"], 200)
        self.assertEqual(found["amount_collected:sum"], 60)

    def test_what_a_channel_does_not_report_is_not_available(self):
        """An e-mail that nobody reported as read may have been read."""
        rates = ("delivered_rate:avg", "read_rate:avg")

        def found():
            return {
                group["partner_id"][0]: tuple(group[rate] for rate in rates)
                for group in self._found("partner_id", *rates)
            }

        paying, silent = self.paying.id, self.silent.id
        self.assertEqual(found(), {paying: (False, False), silent: (100, 100)})
        self.reminders.sudo().channel = "sms"
        self.assertEqual(found(), {paying: (0, False), silent: (100, 100)})

    def test_money_counts_within_the_days_asked_for(self):
        [found] = self._found(
            "level_id",
            "amount_collected:sum",
            "paid_count:sum",
            collections_days=9,
        )
        self.assertEqual(
            (found["amount_collected:sum"], found["paid_count:sum"]), (0, 0)
        )
        [found] = self._found("level_id", "paid_count:sum", collections_days=10)
        self.assertEqual(found["paid_count:sum"], 1)

    def test_every_measure_and_group_can_be_asked(self):
        """R86, R87: what came after each strategy, and in each period."""
        sums = ("amount_collected:sum", "promised_count:sum", "kept_count:sum")
        for groupby in ("channel", "tone", "template_id", "policy_id", "date:month"):
            with self.subTest(groupby):
                [found] = self._found(groupby, *sums)
                self.assertEqual([found[name] for name in sums], [60, 0, 0])

    def test_who_reads_and_answers_where(self):
        """R69: read and answered, of what was sent to a customer by a channel."""
        self.reminders.sudo().channel = "sms"
        self.env.flush_all()
        found = {
            group["partner_id"][0]: (
                group["channel"],
                group["read_rate:avg"],
                group["answered_rate:avg"],
            )
            for group in self._found(
                ["partner_id", "channel"], "read_rate:avg", "answered_rate:avg"
            )
        }
        self.assertEqual(
            found,
            {self.paying.id: ("sms", False, 0), self.silent.id: ("sms", 100, 100)},
        )
