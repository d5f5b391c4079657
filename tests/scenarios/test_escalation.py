"""A case that nothing helps: through every stage to an agency, and back."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.collections_management.tests.common import CollectionsCommon, day
from odoo.addons.mail.tests.common import MockEmail

RESULTS = """row_key;case_ref;date;kind;channel;amount;currency;promise_date;text
A-1;{case};2024-08-10;contact;visit;;;;Nobody there
A-2;{case};2024-08-12;promise;call;300;;2024-08-20;Pays a part
A-3;{case};2024-08-21;commission;;40;;;Of what was paid
"""


def noon(offset):
    return freeze_time(f"{day(offset)} 12:00:00")


@tagged("post_install", "-at_install")
class TestEscalation(MockEmail, CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with noon(0):
            cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
            cls._setup_second_company()
            cls._make_users("collector", "supervisor", "salesperson")
            cls.seller = new_test_user(
                cls.env,
                "test_seller",
                groups="sales_team.group_sale_salesman",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.env.user.company_ids.ids)],
            )
            cls.customer = cls._customer(user_id=cls.seller.id)
            cls.move = cls._invoices((cls.customer, day(-5), 1000.0))
            cls._invoices((cls.customer, day(-5), 9.0), company=cls.company_2)
            for company in cls.company + cls.company_2:
                cls.Case.with_company(company).refresh()
            cls.agency = cls.env["collections.agency"].create(
                {"partner_id": cls._customer("Agency").id, "commission": 10.0}
            )
        cls.case = cls.Case.search(
            [
                ("partner_id", "=", cls.customer.id),
                ("company_id", "=", cls.company.id),
            ]
        )

    def _live(self, offset):
        """One day: a run, and what it sends."""
        with noon(offset), self.mock_mail_gateway():
            run = self._run()
            run.flush()
        return run.reminder_ids.filtered(lambda rem: rem.state == "sent")

    def _ask(self, stage, **values):
        stage = self.env.ref(f"collections_management.stage_{stage}")
        self._hand_over(self.case, stage, self.collector, **values)
        return self.case.escalation_request_id or self.case.escalation_id

    def _order(self, company):
        return (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_a.id,
                                "price_unit": 100.0,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )

    def test_through_all_stages_and_back(self):
        """R07, R08: supervisor, agency, part recovered, legal, written off, back."""
        # Two reminders and the formal notice first.
        levels = [self._live(offset).level_delay for offset in (0, 5, 20)]
        self.assertEqual(levels, [3, 10, 25])
        with noon(21):
            self.assertEqual(self._ask("supervisor").state, "in_force")
        self.assertFalse(self._live(40))
        with noon(25), self.assertRaisesRegex(UserError, "60 days overdue at least"):
            self._ask("agency", agency_id=self.agency.id)
        with noon(55):
            # Ten days after the notice, sixty overdue; the copy is still missing.
            self._follow()
            self._refresh()
            with self.assertRaisesRegex(UserError, "A copy of 1 of 1"):
                self._ask("agency", agency_id=self.agency.id)
            self.env["ir.attachment"].create(
                {
                    "name": "invoice.pdf",
                    "res_model": "account.move",
                    "res_id": self.move.id,
                    "res_field": "invoice_pdf_report_file",
                    "raw": b"%PDF-1.4 invoice",
                }
            )
            self.move.invalidate_recordset()
            asked = self._ask("agency", agency_id=self.agency.id)
            self.assertEqual(asked.state, "requested")
            with self.assertRaises(AccessError):
                asked.with_user(self.collector).action_approve()
            asked.with_user(self.supervisor).action_approve()
            self.assertEqual((asked.state, asked.amount_start), ("in_force", 1000.0))
            self._assert_credit_hold()
            file = self.env["collections.agency.exporter"]._make(self.agency, "xlsx")
            self.assertEqual((file.case_count, file.row_count), (1, 1))
        self._agency_answers(asked)
        with noon(70):
            self._back_from_the_agency(asked)
        # The way back: the last level was sent, nothing is sent again.
        self.assertFalse(self._live(71))
        self.assertEqual(self.case.level_delay, 25)
        self._to_the_end()

    def _assert_credit_hold(self):
        """Proposed by the escalation, decided by a supervisor, in one company."""

        hold = self.case.credit_hold_id
        self.assertEqual(hold.state, "proposed")
        hold.with_user(self.supervisor).action_approve()
        with self.assertRaisesRegex(UserError, "on credit hold"):
            self._order(self.company).action_confirm()
        theirs = self._order(self.company_2)
        theirs.action_confirm()
        self.assertEqual(theirs.state, "sale")

    def _agency_answers(self, row):
        content = RESULTS.format(case=f"CASE-{self.case.id}").encode()
        with noon(66):
            self._pay(self.move, 400.0, when=day(65))
            self._follow()
            dialog = (
                self.env["collections.agency.import"]
                .with_user(self.supervisor)
                .create(
                    {
                        "agency_id": self.agency.id,
                        "file": base64.b64encode(content),
                        "file_name": "answer.csv",
                    }
                )
            )
            self.assertEqual((dialog.row_count, dialog.problem_count), (3, 0))
            dialog.action_import()
            with self.assertRaisesRegex(UserError, "was imported on"):
                dialog.copy().action_import()
        self.env.invalidate_all()
        self.assertEqual((row.amount_recovered, row.amount_costs), (400.0, 40.0))
        self.assertEqual(self.agency.amount_commission, 40.0)
        # The balance follows the ledger meanwhile.
        self.assertEqual(self.case.amount_balance, 600.0)
        self.assertEqual(self.case.promise_ids.kind, "promise")

    def _back_from_the_agency(self, row):
        dialog = self.env["collections.case.release"].with_user(self.supervisor)
        dialog.create(
            {"case_ids": [Command.set(self.case.ids)], "reason": "Pays by itself"}
        ).action_release()
        self.assertEqual(row.state, "ended")
        self.assertNotEqual(self.case.stage_kind, "manual")
        told = self.env["collections.agency.exporter"]._make(self.agency, "csv")
        self.assertIn(b"recalled", base64.b64decode(told.content))

    def _to_the_end(self):
        with noon(100):
            self._run()
            asked = self._ask("legal")
            asked.with_user(self.supervisor).action_approve()
        self.assertFalse(self._live(130))
        with noon(200):
            self._refresh()
            asked = self._ask("written_off")
            asked.with_user(self.supervisor).action_approve()
            self.assertEqual(self.case.manual_stage_id.escalation, "written_off")
            states = self.case.escalation_ids.sorted("id").mapped("state")
            self.assertEqual(states, ["ended", "ended", "ended", "in_force"])
            log = self.env["collections.interaction"].sudo()
            log.search(
                [("company_id", "=", self.company.id), ("seal", "=", False)]
            )._seal(self.company)
            self.assertFalse(log._first_broken(self.company))
        texts = "\n".join(self.case.interaction_ids.mapped("text"))
        for stage in ("Supervisor", "Agency", "Legal", "Written Off"):
            self.assertIn(stage, texts)
