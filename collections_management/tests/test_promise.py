"""Promises: registered by people, judged by the ledger, pausing what they cover."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..tools import promises as judge
from .common import NOON, CollectionsCommon, day


class PromiseCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "supervisor", "salesperson")
        cls.customer = cls._customer()
        cls.policy.write({"promise_max_days": 30, "promise_max_count": 2})
        cls.Promise = cls.env["collections.promise"]

    def _promise(self, amount, when, *moves, user=None, **values):
        """Register a promise about invoices, or about the account."""
        case = self._case(self.customer)
        dialog = (
            self.env["collections.promise.make"]
            .with_user(user or self.collector)
            .create(
                {
                    "case_id": case.id,
                    "item_ids": [
                        (6, 0, self._receivable_lines(move).ids) for move in moves
                    ][:1]
                    if len(moves) == 1
                    else [
                        (
                            6,
                            0,
                            self._receivable_lines(
                                self.env["account.move"].union(*moves)
                            ).ids,
                        )
                    ],
                    "amount": amount,
                    "date": when,
                    **values,
                }
            )
        )
        dialog.action_save()
        return self.Promise.search(
            [("case_id", "=", case.id)], limit=1, order="id desc"
        )

    def _log(self):
        case = self._case(self.customer)
        return case.interaction_ids.sorted("id").mapped("text")


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPromise(PromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls._invoices(
            (cls.customer, day(-20), 1000.0), (cls.customer, day(-10), 500.0)
        )
        cls.Case.refresh()

    def _on(self, offset):
        """Judge as the run of a later day does."""
        self.Promise._judge(self.company, day(offset), self.customer.ids)

    # === M9 === #

    def test_the_table(self):
        """R20: six promises, tolerance two days, all judged except the sixth."""
        moves = self._invoices(
            *[(self.customer, day(-5), amount) for amount in (1000, 2000, 500, 800)],
            *[(self.customer, day(-5), amount) for amount in (700, 1200)],
        )
        self._refresh()
        p1, p2, p3, p4, p5 = [
            self._promise(move.amount_total, day(5), move) for move in moves[:5]
        ]
        p6 = self._promise(1200.0, day(9), moves[5])
        self._pay(moves[0], when=day(4))
        self._pay(moves[1], 1500.0, when=day(5))
        self._pay(moves[3], when=day(7))
        p5.with_user(self.collector).action_withdraw()
        self._on(8)
        self.assertEqual(
            (p1 + p2 + p3 + p4 + p5 + p6).mapped("state"),
            ["kept", "partially_kept", "broken", "kept", "withdrawn", "open"],
        )
        rows = self.Promise._report_judged(self.company, day(0), day(8))
        judged = [row for row in rows if row[0] != "open"]
        self.assertEqual(
            sorted(judged),
            [
                ("broken", 500.0, 0.0, self.customer.id),
                ("kept", 800.0, 800.0, self.customer.id),
                ("kept", 1000.0, 1000.0, self.customer.id),
                ("partially_kept", 2000.0, 1500.0, self.customer.id),
            ],
        )
        self.assertIn(("open", 1200.0, 0.0, self.customer.id), rows)

    def test_boundary_of_the_tolerance(self):
        promise = self._promise(1000.0, day(5), self.first)
        self._on(7)
        self.assertEqual(promise.state, "open")
        self._on(8)
        self.assertEqual(promise.state, "broken")
        self.assertEqual(promise.date_judged, day(8))

    def test_payments_before_it_do_not_count(self):
        self._pay(self.first, 400.0, when=day(-1))
        promise = self._promise(600.0, day(5), self.first)
        self._on(1)
        self.assertEqual(promise.amount_paid, 0.0)
        self._pay(self.first, 600.0, when=day(0))
        self._on(1)
        self.assertEqual(promise.state, "kept")

    def test_a_payment_of_the_same_day_that_was_there_before(self):
        self._pay(self.first, 400.0, when=day(0))
        promise = self._promise(600.0, day(5), self.first)
        self.env.cr.execute(
            """UPDATE account_partial_reconcile
                  SET create_date = create_date - interval '1 minute'"""
        )
        promise.invalidate_recordset()
        self.assertEqual(promise.amount_paid, 0.0)

    def test_credit_notes_do_not_keep_a_promise(self):
        promise = self._promise(1000.0, day(5), self.first)
        self._reconcile(self.first, self._refund(self.customer, 1000.0, day(1)))
        self._on(8)
        self.assertEqual(promise.state, "broken")

    def test_a_late_payment_shows_and_a_reversal_reopens(self):
        promise = self._promise(1000.0, day(5), self.first)
        payment = self._pay(self.first, when=day(6))
        self._on(6)
        self.assertEqual(promise.state, "kept")
        payment.action_cancel()
        self._on(6)
        self.assertEqual(promise.state, "open")
        self._on(8)
        self.assertEqual(promise.state, "broken")
        self._pay(self.first, when=day(9))
        self._on(9)
        promise.invalidate_recordset()
        self.assertEqual(promise.state, "broken")
        self.assertEqual((promise.amount_paid, promise.amount_late), (0.0, 1000.0))
        verdicts = [text for text in self._log() if "Verdict" in text]
        self.assertEqual(len(verdicts), 3)

    def test_a_payment_reset_to_draft_reopens(self):
        """Odoo keeps such a payment reconciled; what is not posted keeps nothing."""
        promise = self._promise(1000.0, day(5), self.first)
        payment = self._pay(self.first, when=day(6))
        self._follow()
        self.assertEqual(promise.state, "kept")
        payment.action_draft()
        self._follow()
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0.0))
        payment.action_post()
        self._follow()
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 1000.0))
        payment.move_id.button_draft()
        self._on(8)
        self.assertEqual(promise.state, "broken")

    def test_judging_twice_changes_nothing(self):
        self._promise(1000.0, day(5), self.first)
        self._on(8)
        log = self._log()
        self._on(8)
        self.assertEqual(self._log(), log)

    def test_several_currencies(self):
        euros = self._invoices(
            (self.customer, day(-5), 300.0, {"currency_id": self.eur.id})
        )
        self._refresh()
        promise = self._promise(300.0, day(5), euros)
        self.assertEqual(promise.currency_id, self.eur)
        self._pay(euros, 300.0, when=day(2), currency_id=self.eur.id)
        self._pay(self.first, 300.0, when=day(2))
        self._on(8)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 300.0))
        with self.assertRaises(UserError):
            self._promise(300.0, day(5), euros, self.second)

    def test_the_account(self):
        """Whatever the customer pays counts, applied or not."""
        promise = self._promise(700.0, day(5))
        self.assertEqual(promise.document_names, "The account")
        self._pay(self.second, when=day(1))
        self._on_account(self.customer, 200.0, day(2))
        self._on(2)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 700.0))

    # === REGISTERED BY PEOPLE === #

    def test_a_new_one_replaces_the_open_one(self):
        old = self._promise(1000.0, day(5), self.first)
        dialog = self.env["collections.promise.make"].new(
            {
                "case_id": self._case(self.customer).id,
                "item_ids": [(6, 0, self._receivable_lines(self.first).ids)],
            }
        )
        self.assertIn("1,000.00", dialog.replaces)
        new = self._promise(900.0, day(6), self.first)
        self.assertEqual(old.state, "withdrawn")
        self.assertEqual(old.replaced_by_id, new)
        self.assertIn("Replaced by", self._log()[-2])
        item = self.Item.browse(self._receivable_lines(self.first).id)
        self.assertEqual(item.promise_count, 2)

    def test_limits_of_the_policy(self):
        far = self._promise(1000.0, day(31), self.first)
        self.assertTrue(far.to_approve)
        self.assertEqual(self._case(self.customer).amount_promised, 0.0)
        activity = self._case(self.customer).activity_ids
        self.assertEqual(activity.user_id, self.company._collections_supervisor())
        with self.assertRaises(AccessError):
            far.with_user(self.collector).action_approve()
        far.with_user(self.supervisor).action_approve()
        self.assertEqual(self._case(self.customer).amount_promised, 1000.0)
        self.assertFalse(self._case(self.customer).activity_ids)
        near = self._promise(1000.0, day(30), self.first)
        self.assertFalse(near.to_approve)

    def test_too_many_in_a_row(self):
        self._promise(1000.0, day(1), self.first)
        self._on(4)
        self._promise(1000.0, day(5), self.first)
        self._on(8)
        third = self._promise(1000.0, day(9), self.first)
        self.assertTrue(third.to_approve)
        third.with_user(self.supervisor).action_refuse()
        self.assertEqual(third.state, "withdrawn")
        self.assertFalse(self._promise(500.0, day(9), self.second).to_approve)

    def test_what_makes_no_sense(self):
        with self.assertRaises(UserError):
            self._promise(1000.01, day(5), self.first)
        with self.assertRaises(ValidationError):
            self._promise(100.0, day(-1), self.first)
        with self.assertRaises(ValidationError):
            self._promise(100.0, day(1), self.first, kind="reported")
        promise = self._promise(100.0, day(1), self.first)
        with self.assertRaises(AccessError):
            promise.with_user(self.supervisor).state = "kept"
        with self.assertRaises(AccessError):
            self.Promise.with_user(self.collector).create(
                {
                    "case_id": promise.case_id.id,
                    "amount": 1.0,
                    "date": day(1),
                    "state": "kept",
                }
            )
        stranger = self._customer("Stranger")
        foreign = self._invoices((stranger, day(-5), 10.0))
        with self.assertRaises(ValidationError):
            self.Promise.with_user(self.collector).create(
                {
                    "case_id": promise.case_id.id,
                    "amount": 1.0,
                    "date": day(1),
                    "line_ids": [
                        (0, 0, {"move_line_id": self._receivable_lines(foreign).id})
                    ],
                }
            )

    def test_from_a_logged_call(self):
        log = (
            self.env["collections.interaction.log"]
            .with_user(self.collector)
            .create({"case_id": self._case(self.customer).id, "text": "Friday"})
        )
        action = log.action_log_and_promise()
        self.assertEqual(action["res_model"], "collections.promise.make")
        self.assertEqual(action["context"]["default_case_id"], log.case_id.id)
        self.assertEqual(self._log()[-1], "Friday")

    def test_from_the_invoice(self):
        self.collector.group_ids += self.env.ref("account.group_account_invoice")
        move = self.second.with_user(self.collector)
        context = move.action_collections_promise()["context"]
        dialog = self.env["collections.promise.make"].with_context(**context).create({})
        self.assertEqual((dialog.amount, dialog.date), (500.0, day(7)))

    # === WHAT IT PAUSES === #

    def _amounts(self):
        case = self._case(self.customer)
        return case.amount_promised, case.amount_actionable, case.stage_id.kind

    def test_it_pauses_what_it_covers(self):
        promise = self._promise(700.0, day(5), self.first)
        self.assertEqual(self._amounts(), (700.0, 800.0, "overdue"))
        self._pay(self.first, 200.0)
        self._follow()
        self.assertEqual(self._amounts(), (500.0, 800.0, "overdue"))
        self._pay(self.first, 500.0)
        self._follow()
        self.assertEqual(promise.state, "kept")
        self.assertEqual(self._amounts(), (0.0, 800.0, "overdue"))

    def test_the_whole_account_is_promised(self):
        promise = self._promise(1500.0, day(5))
        self.assertEqual(self._amounts(), (1500.0, 0.0, "promised"))
        case = self._case(self.customer)
        self.assertEqual((case.next_step, case.next_step_date), ("promise", day(5)))
        self.assertFalse(self._run().reminder_ids)
        promise.with_user(self.collector).action_withdraw()
        self.assertEqual(self._amounts(), (0.0, 1500.0, "overdue"))

    def test_the_oldest_document_first(self):
        self._promise(1100.0, day(5))
        self.assertEqual(self._amounts(), (1100.0, 400.0, "overdue"))
        run = self._run(simulate=True)
        trigger = self._receivable_lines(self.second)
        self.assertEqual(run.reminder_ids.trigger_line_id, trigger)

    def test_broken_at_the_run_of_the_day(self):
        """R20, R21: judged by the run; the collector is told and the ladder resumes."""
        self._promise(1500.0, day(1))
        with freeze_time("2024-06-20 12:00:00"):
            self.assertFalse(self._run().reminder_ids)
        with freeze_time("2024-06-21 12:00:00"):
            run = self._run()
        self.assertEqual(run.reminder_ids.partner_id, self.customer)
        case = self._case(self.customer)
        kind = self.env.ref("collections_management.mail_activity_type_promise")
        self.assertEqual(case.activity_ids.activity_type_id, kind)
        self.assertEqual(case.broken_promise_count, 1)
        found = self.Case.search([("broken_promise_count", ">", 0)])
        self.assertEqual(found, case)

    def test_it_follows_a_document_reset_to_draft(self):
        promise = self._promise(1000.0, day(5), self.first)
        self.first.button_draft()
        self.first.action_post()
        self._follow()
        self.assertEqual(
            promise.line_ids.move_line_id, self._receivable_lines(self.first)
        )
        self.assertEqual(self._amounts()[0], 1000.0)

    def test_constant_number_of_statements(self):
        counts = []
        # The first one fills the caches.
        for number in (1, 1, 20):
            customers = self._customers(number)
            self._invoices(*[(customer, day(-5), 100.0) for customer in customers])
            self._refresh()
            cases = self.Case.search([("partner_id", "in", customers.ids)])
            self.Promise.create(
                [{"case_id": case.id, "amount": 50.0, "date": day(1)} for case in cases]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.Promise._judge(self.company, day(1), customers.ids)
            self.Promise._pauses(self.company, day(1), customers.ids)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[1], 10)

    # === TWO COMPANIES === #

    def test_companies_do_not_mix(self):
        self._setup_second_company()
        theirs = self._invoices((self.customer, day(-5), 700.0), company=self.company_2)
        self.Case.with_company(self.company_2).refresh()
        mine = self._promise(700.0, day(5))
        case = self._case(self.customer, self.company_2)
        other = self.Promise.create(
            {"case_id": case.id, "amount": 700.0, "date": day(5)}
        )
        self._pay(
            theirs.with_company(self.company_2),
            when=day(1),
            journal_id=self.company_data_2["default_journal_bank"].id,
        )
        self._on(1)
        self.Promise._judge(self.company_2, day(1))
        self.assertEqual((mine.state, other.state), ("open", "kept"))

    def test_judge_of_the_tools_is_the_judge_here(self):
        states = dict(self.Promise._fields["state"].selection)
        self.assertEqual(
            set(states),
            {judge.OPEN, judge.KEPT, judge.PARTIAL, judge.BROKEN, judge.WITHDRAWN},
        )
