"""What changes the ledger is followed within seconds; nothing else is."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestTouch(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        cls.key = (cls.company.id, cls.customer.id)

    def _known_invoice(self, amount=100.0, **values):
        """Create an invoice whose case is up to date and whose touch is done."""
        moves = self._invoices((self.customer, day(-10), amount, values))
        self._refresh()
        self._touches()
        return moves

    def _assert_followed(self, *partners):
        """The customers are queued; once followed, a full refresh finds nothing."""
        self.env.cr.flush()
        self.env.cr.execute("SELECT company, partner FROM collections_touch")
        queued = set(self.env.cr.fetchall())
        for partner in partners or [self.customer]:
            self.assertIn((self.company.id, partner.id), queued)
        self._follow()
        self.assertEqual(self._refresh(), 0)
        self.assertEqual(self._touches(), set())

    # === ENTRIES === #

    def test_posting(self):
        """R120: an invoice posted in the ERP is on the case without an import."""
        draft = self._invoices((self.customer, day(-10), 100.0), post=False)
        self.assertEqual(self._touches(), set())
        draft.action_post()
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_overdue, 100.0)

    def test_reset_to_draft(self):
        moves = self._known_invoice()
        moves.button_draft()
        self._assert_followed()
        self.assertFalse(self._case(self.customer).amount_overdue)

    def test_cancel_and_credit_note_in_one_go(self):
        moves = self._known_invoice()
        moves._reverse_moves([{"date": day(-1), "invoice_date": day(-1)}], cancel=True)
        self._assert_followed()
        self.assertFalse(self._case(self.customer).item_count)

    def test_due_date_of_the_document(self):
        moves = self._known_invoice()
        moves.invoice_date_due = day(20)
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_not_due, 100.0)

    def test_due_date_of_the_line(self):
        line = self._receivable_lines(self._known_invoice())
        line.date_maturity = day(20)
        self._assert_followed()

    def test_customer_of_the_line(self):
        other = self._customer("Other")
        move = self._entry(
            [
                (self.receivable, self.customer, 100.0),
                (self.company_data["default_account_revenue"], None, -100.0),
            ],
            day(-10),
        )
        self._refresh()
        self._touches()
        self._receivable_lines(move).partner_id = other
        self._assert_followed(self.customer, other)
        self.assertEqual(self._case(other).amount_overdue, 100.0)
        self.assertFalse(self._case(self.customer).amount_overdue)

    def test_account_of_the_line(self):
        line = self._receivable_lines(self._known_invoice())
        line.account_id = self.receivable.copy({"non_trade": True})
        self._assert_followed()
        self.assertFalse(self._case(self.customer).item_count)

    def test_no_followup_of_the_document_and_of_the_line(self):
        moves = self._known_invoice()
        moves.no_followup = True
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_excluded, 100.0)
        self._receivable_lines(moves).no_followup = False
        self._assert_followed()
        self.assertFalse(self._case(self.customer).amount_excluded)

    def test_forced_deletion_of_a_posted_entry(self):
        moves = self._known_invoice()
        moves.with_context(force_delete=True).unlink()
        self._assert_followed()
        self.assertFalse(self._case(self.customer).item_count)

    def test_import(self):
        moves = self._known_invoice()
        result = self.env["account.move.line"].load(
            [".id", "date_maturity"],
            [[str(self._receivable_lines(moves).id), "2024-08-01"]],
        )
        self.assertFalse(result["messages"])
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_not_due, 100.0)

    def test_import_of_new_entries(self):
        account, income = self.receivable, self.company_data["default_account_revenue"]
        fields = ["journal_id/.id", "date", "line_ids/account_id/.id"]
        fields += ["line_ids/partner_id/.id", "line_ids/debit", "line_ids/credit"]
        rows = [
            [str(self.misc.id), "2024-06-01", account.id, self.customer.id, 70, 0],
            ["", "", income.id, self.customer.id, 0, 70],
        ]
        result = self.env["account.move"].load(
            fields, [[str(value) for value in row] for row in rows]
        )
        self.assertFalse(result["messages"])
        self.env["account.move"].browse(result["ids"]).action_post()
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_balance, 70.0)

    # === PARTIALS AND MONEY === #

    def test_payment_and_its_undoing(self):
        moves = self._known_invoice()
        payment = self._pay(moves, 60.0)
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_overdue, 40.0)
        self._receivable_lines(moves).remove_move_reconcile()
        self._assert_followed()
        case = self._case(self.customer)
        self.assertEqual((case.amount_overdue, case.amount_credit), (100.0, 60.0))
        payment.action_draft()
        self._assert_followed()
        case.invalidate_recordset()
        self.assertEqual((case.amount_overdue, case.amount_credit), (100.0, 0.0))

    def test_application_of_a_credit_note(self):
        moves = self._known_invoice()
        refund = self._refund(self.customer, 100.0)
        self._refresh()
        self._touches()
        self._reconcile(moves, refund)
        self._assert_followed()

    def test_bank_statement_line_and_its_undoing(self):
        moves = self._known_invoice()
        line = self._pay_by_bank_line(self._receivable_lines(moves), 100.0)
        self._assert_followed()
        self.assertFalse(self._case(self.customer).item_count)
        line.action_undo_reconciliation()
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_overdue, 100.0)

    def test_payment_without_entry(self):
        moves = self._known_invoice()
        self.inbound_payment_method_line.payment_account_id = False
        with patch.object(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda self: "in_payment",
        ):
            payment = self._pay(moves, 60.0)
            self.assertFalse(payment.move_id)
            self._assert_followed()
            self.assertEqual(self._case(self.customer).amount_to_confirm, 60.0)
            payment.action_cancel()
            self._assert_followed()
        self.assertFalse(self._case(self.customer).amount_to_confirm)

    # === PARTNERS === #

    def test_salesperson_of_the_customer_and_of_the_document(self):
        self._make_users("salesperson", "other_salesperson")
        moves = self._known_invoice()
        moves.invoice_user_id = self.salesperson
        self._assert_followed()
        case = self._case(self.customer)
        self.assertEqual(case.salesperson_id, self.salesperson)
        self.customer.user_id = self.other_salesperson
        self._assert_followed()
        self.assertEqual(case.salesperson_id, self.other_salesperson)

    def test_customer_becomes_part_of_another(self):
        group = self._customer("Group")
        self._known_invoice()
        self.customer.write({"is_company": False, "parent_id": group.id})
        self.assertEqual(self.customer.commercial_partner_id, group)
        self._assert_followed(group)
        self.assertEqual(self._case(group).amount_overdue, 100.0)
        self.assertFalse(self._case(self.customer))

    def test_contact_becomes_a_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id}
        )
        self._entry(
            [
                (self.receivable, contact, 100.0),
                (self.company_data["default_account_revenue"], None, -100.0),
            ],
            day(-10),
        )
        self._refresh()
        self._touches()
        contact.is_company = True
        self._assert_followed(contact, self.customer)
        self.assertEqual(self._case(contact).amount_overdue, 100.0)
        self.assertFalse(self._case(self.customer).amount_overdue)

    def test_merge_folds_the_cases(self):
        other = self._customer("Other")
        self._known_invoice()
        self._invoices((other, day(-5), 7.0))
        self._refresh()
        kept, gone = self._case(other), self._case(self.customer)
        gone.message_post(body="I shall pay")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | other).ids, other
        )
        self._assert_followed(other)
        self.assertFalse(gone.exists())
        self.assertEqual(kept.amount_overdue, 107.0)
        self.assertIn("I shall pay", "".join(kept.message_ids.mapped("body")))

    # === NOTHING FOR NOTHING === #

    def test_irrelevant_changes(self):
        moves = self._known_invoice()
        moves.write({"narration": "x", "ref": "y", "payment_reference": "z"})
        moves.line_ids.write({"name": "another text"})
        self.customer.write({"phone": "1", "street": "Main", "comment": "x"})
        self._entry(
            [
                (self.company_data["default_account_assets"], self.customer, 5.0),
                (self.company_data["default_account_revenue"], None, -5.0),
            ],
            day(-1),
        )
        draft = self._invoices((self.customer, day(-10), 1.0), post=False)
        draft.unlink()
        self.assertEqual(self._touches(), set())

    def test_vendor_side(self):
        bill = self._invoices(
            (
                self.customer,
                day(-5),
                10.0,
                {
                    "move_type": "in_invoice",
                    "journal_id": self.company_data["default_journal_purchase"].id,
                },
            )
        )
        self._pay(bill)
        self.assertEqual(self._touches(), set())

    def test_many_changes_leave_one_row(self):
        moves = self._invoices(*[(self.customer, day(-10), 1.0)] * 5)
        self._pay(moves)
        self.env.cr.flush()
        self.env.cr.execute("SELECT count(*) FROM collections_touch")
        self.assertEqual(self.env.cr.fetchone()[0], 1)

    # === THE QUEUE === #

    def test_case_being_edited_keeps_all_of_its_touch(self):
        """Also what it tells about a line whose payment came and went."""
        moves = self._known_invoice()
        self._pay(moves).action_cancel()
        self.env.cr.flush()
        refresher = self.env["collections.refresher"].sudo()
        with patch.object(
            type(refresher),
            "_busy_partner_ids",
            lambda self, company, partner_ids: set(partner_ids),
        ):
            self.assertEqual(refresher._refresh_touched(self.company), 0)
        _partners, reopened = self.env["collections.touch"]._consume(self.company.id)
        self.assertIn(self._receivable_lines(moves).id, reopened)

    def test_drift_is_reported_by_the_daily_run(self):
        moves = self._known_invoice()
        other = self._customer("Other")
        self._invoices((other, day(-10), 5.0))  # announced: no drift
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 33 WHERE id = %s",
            self._receivable_lines(moves).ids,
        )
        run = self.env["collections.run"].sudo()._run_daily(self.company)
        self.assertEqual(run.drift_count, 1)
        self.assertEqual(self._case(self.customer).amount_overdue, 33.0)
        again = self.env["collections.run"].sudo()._run_daily(self.company)
        self.assertEqual(again.drift_count, 0)

    def test_new_cases_are_no_drift(self):
        self._invoices((self.customer, day(-10), 5.0))
        run = self.env["collections.run"].sudo()._run_daily(self.company)
        self.assertEqual(run.drift_count, 0)

    def test_multi_company_touches(self):
        self._setup_second_company()
        self._invoices((self.customer, day(-10), 5.0))
        self._invoices((self.customer, day(-10), 6.0), company=self.company_2)
        self._follow()
        self.assertEqual(self._case(self.customer).amount_overdue, 5.0)
        other = self._case(self.customer, self.company_2)
        self.assertEqual(other.amount_overdue, 6.0)

    def test_line_added_to_a_posted_entry(self):
        """Bank reconciliation rewrites the lines of a posted entry."""
        line = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "transfer",
                "journal_id": self.bank.id,
                "amount": 80.0,
                "date": day(-1),
            }
        )
        self._touches()
        suspense = line._seek_for_lines()[1]
        line.move_id.with_context(
            skip_readonly_check=True,
            force_delete=True,
            skip_account_move_synchronization=True,
        ).write(
            {
                "line_ids": [
                    Command.delete(suspense.id),
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": self.customer.id,
                            "balance": -80.0,
                        }
                    ),
                ]
            }
        )
        self._assert_followed()
        self.assertEqual(self._case(self.customer).amount_credit, 80.0)
