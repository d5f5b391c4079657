"""What goes to an agency, what comes back, and that it comes in once."""

import base64
import csv
import io

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools import agency_file
from .common import NOON, TODAY, day
from .test_escalation import EscalationCommon

HEADINGS = [one.code for one in agency_file.RESULT_COLUMNS]


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAgency(EscalationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"vat": "20100047218", "phone": "+51 1 555", "ref": "=1+1"})
        cls.customer.name = "=HYPERLINK()"
        cls.agency = cls.env["collections.agency"].create(
            {"partner_id": cls._customer("Agency").id, "commission": 10.0}
        )
        cls.stage = cls._stage("agency")
        cls.reference = f"CASE-{cls.case.id}"

    def _there(self):
        self._hand_over(self.case, self.stage, agency_id=self.agency.id)
        return self.case.escalation_id

    def _file(self, *rows):
        """Return a CSV with rows given as dictionaries."""
        stream = io.StringIO()
        writer = csv.DictWriter(stream, HEADINGS)
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow(
                {
                    "row_key": f"k{number}",
                    "case_ref": self.reference,
                    "date": TODAY.isoformat(),
                    **row,
                }
            )
        return stream.getvalue().encode()

    def _dialog(self, content, user=None, **values):
        return (
            self.env["collections.agency.import"]
            .with_user(user or self.supervisor)
            .create(
                {
                    "agency_id": self.agency.id,
                    "file": base64.b64encode(content),
                    "file_name": "results.csv",
                    **values,
                }
            )
        )

    def _results(self):
        return self.env["collections.agency.result"].search(
            [("agency_id", "=", self.agency.id)], order="row_key"
        )

    # === HANDING OVER === #

    def test_an_agency_is_chosen(self):
        with self.assertRaisesRegex(UserError, "Choose the agency"):
            self._hand_over(self.case, self.stage)
        self._there()
        self.assertEqual(self.agency.case_count, 1)
        self.assertEqual(self.agency.amount_handed, 1000.0)
        found = self.Case.search([("agency_id", "=", self.agency.id)])
        self.assertEqual(found, self.case)
        with self.assertRaisesRegex(ValidationError, "take them back first"):
            self.agency.active = False

    def test_many_at_once(self):
        """What is complete is handed over, the rest stays and is counted."""
        stage = self._stage("agency", min_days_overdue=30)
        young = self._customer("Young")
        self._invoices((young, day(-5), 80.0))
        self._refresh()
        cases = self.case + self._case(young)
        dialog = self.env["collections.case.stage"].create(
            {
                "case_ids": [(6, 0, cases.ids)],
                "stage_id": stage.id,
                "agency_id": self.agency.id,
                "reason": "Monthly batch",
            }
        )
        self.assertEqual(dialog.incomplete_count, 1)
        self.assertIn("30 days overdue at least", dialog.preview)
        told = dialog.action_apply()["params"]["message"]
        self.assertIn("1 left", told)
        self.assertEqual(self.agency.escalation_ids.case_id, self.case)

    def test_not_the_agency_of_another_company(self):
        other = (
            self.env["collections.agency"]
            .with_company(self.company_2)
            .create({"partner_id": self._customer("Theirs").id})
        )
        with self.assertRaisesRegex(UserError, "works for Second"):
            self._hand_over(self.case, self.stage, agency_id=other.id)

    # === OUT === #

    def _export(self, kind, **values):
        dialog = (
            self.env["collections.agency.export"]
            .with_user(self.supervisor)
            .create({"agency_id": self.agency.id, "kind": kind, **values})
        )
        dialog.action_export()
        file = self.agency.file_ids.sorted("id")[-1]
        return file, base64.b64decode(file.content)

    def test_the_workbook_has_what_is_needed_as_texts(self):
        """R126, R130: the hand-over file."""
        self._there()
        _file, content = self._export("xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content))
        head, *rows = book.worksheets[0].iter_rows()
        names = [cell.value for cell in head]
        self.assertEqual(names, [one.code for one in agency_file.CASE_COLUMNS])
        by_name = [dict(zip(names, row, strict=True)) for row in rows]
        self.assertEqual([row["open_amount"].value for row in by_name], [600.0, 400.0])
        self.assertEqual(by_name[0]["customer"].value, "=HYPERLINK()")
        self.assertEqual(by_name[0]["customer"].data_type, "s")
        self.assertEqual(by_name[0]["status"].value, "new")
        explained = {row[0].value for row in book.worksheets[1].iter_rows()}
        self.assertLessEqual({*names, *HEADINGS}, explained)

    def test_csv_has_no_formula(self):
        self._there()
        _file, content = self._export("csv")
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        self.assertEqual(rows[0]["customer"], "'=HYPERLINK()")
        self.assertEqual(rows[0]["phone"], "'+51 1 555")
        self.assertEqual(rows[0]["due_date"], day(-40).isoformat())

    def test_new_open_and_recalled(self):
        self._there()
        self._export("csv")
        with self.assertRaisesRegex(UserError, "nothing to tell"):
            self._export("csv", only_new=True)
        _file, content = self._export("csv")
        self.assertIn("open,CASE", content.decode())
        self.env["collections.case.release"].create(
            {"case_ids": [(6, 0, self.case.ids)], "reason": "Pays"}
        ).action_release()
        file, content = self._export("csv")
        [row] = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        self.assertEqual((row["status"], row["phone"]), ("recalled", ""))
        self.assertEqual(file.case_count, 1)
        with self.assertRaises(UserError):
            self._export("csv")

    # === IN === #

    def test_each_kind_becomes_what_it_is(self):
        """R126: what the agency reports comes back onto the case."""
        row = self._there()
        content = self._file(
            {"kind": "contact", "channel": "visit", "text": "Nobody there"},
            {"kind": "promise", "amount": "300", "promise_date": day(9).isoformat()},
            {"kind": "payment", "amount": "50.5", "text": "Transfer 77"},
            {"kind": "cost", "amount": "20", "text": "Trip"},
            {"kind": "commission", "amount": "15"},
            {"kind": "recovery", "amount": "120", "currency": "EUR"},
        )
        dialog = self._dialog(content)
        self.assertEqual((dialog.row_count, dialog.problem_count), (6, 0))
        self.assertFalse(self._results())
        dialog.action_import()
        said, promise, notice, cost, commission, recovery = self._results()
        self.assertEqual(said.interaction_id.channel, "visit")
        self.assertEqual(said.interaction_id.user_id, self.supervisor)
        self.assertEqual(
            (promise.promise_id.kind, promise.promise_id.date), ("promise", day(9))
        )
        self.assertEqual(notice.promise_id.kind, "reported")
        self.assertEqual(cost.cost_id.escalation_id, row)
        self.assertEqual(commission.cost_id.kind, "commission")
        self.assertEqual(row.amount_costs, 35.0)
        # 0.4 euros are a dollar.
        self.assertEqual(recovery.amount_company, 300.0)
        self.assertEqual(self.agency.amount_reported, 300.0)

    def test_the_same_file_and_the_same_row_once(self):
        self._there()
        content = self._file({"kind": "cost", "amount": "20"})
        self._dialog(content).action_import()
        again = self._dialog(content)
        self.assertIn("was imported on", again.preview)
        with self.assertRaisesRegex(UserError, "was imported on"):
            again.action_import()
        cost = {"kind": "cost", "amount": "20"}
        more = self._file(cost, {**cost, "amount": "5"})
        self._dialog(more).action_import()
        self.assertEqual(self.case.amount_costs, 25.0)
        other = self._dialog(self._file({"kind": "cost", "amount": "99"}))
        self.assertIn("with other values", other.preview)

    def test_errors_by_row(self):
        self._there()
        content = self._file(
            {"kind": "cost", "amount": "20"},
            {"kind": "cost", "amount": "1,234"},
            {"kind": "gift", "amount": "3"},
            {"kind": "cost", "amount": "2", "case_ref": "CASE-0"},
            {"kind": "cost", "amount": "2", "date": "2031-01-01"},
            {"kind": "cost", "amount": "2", "currency": "XXZ"},
            {"kind": "contact"},
        )
        dialog = self._dialog(content)
        self.assertEqual((dialog.row_count, dialog.problem_count), (1, 6))
        with self.assertRaisesRegex(UserError, "Row 3, amount may mean"):
            dialog.action_import()
        self.assertFalse(self._results())
        dialog.is_partial = True
        dialog.action_import()
        self.assertEqual(self._results().amount, 20.0)
        # Not finished: the same file may come again, and takes nothing in twice.
        with self.assertRaisesRegex(UserError, "nothing new"):
            self._dialog(content, is_partial=True).action_import()

    def test_files_that_are_none(self):
        for content, said in (
            (b"  ", "empty"),
            (b"name,amount\nx,1", "missing: row_key"),
            (b"PK\x03\x04broken", "neither"),
        ):
            with self.subTest(said=said):
                self.assertIn(said, self._dialog(content).preview)

    def test_a_case_that_never_was_there(self):
        self.assertIn(
            "no case that was handed",
            self._dialog(self._file({"kind": "cost", "amount": "2"})).preview,
        )

    # === WHO MAY === #

    def test_files_are_a_supervisor_s_of_the_company(self):
        self._there()
        file, _content = self._export("csv")
        with self.assertRaises(AccessError):
            file.with_user(self.collector).action_download()
        stranger = new_test_user(
            self.env,
            "test_stranger",
            groups="collections_management.group_supervisor",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        for record in (file, self.agency, self.case.escalation_id):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(stranger).read(["company_id"])
        with self.assertRaises(AccessError):
            self._dialog(self._file(), user=stranger).action_import()

    # === ERASURE === #

    def test_erased_with_the_person(self):
        self._there()
        file, _content = self._export("csv")
        self._dialog(self._file({"kind": "contact", "text": "Mrs. X"})).action_import()
        result = self._results()
        self.env["collections.erasure"]._erase(self.case)
        self.assertTrue(result.text)
        with freeze_time("2027-06-17 12:00:00"):
            self.env["collections.erasure"]._erase(self.case)
        self.assertFalse(result.text)
        self.assertFalse(file.content)
        self.assertTrue(file.checksum)
