from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged

from .common import ReportsCommon

URL = "/collections/aging.xlsx"
DANGEROUS = ('=HYPERLINK("x")', "+1+1", "-2", "@SUM(A1)", "{=1}", "\x01odd <&>")


@tagged("post_install", "-at_install")
class TestAgingXlsx(ReportsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._mini_ledger()
        cls._make_users("collector", "internal", "portal")
        cls.collector.password = cls.internal.password = "secret-word"

    def _load(self, content=None, **options):
        content = content or self.Aging.export_xlsx("2026-03-31", **options)
        formulas = load_workbook(BytesIO(content))
        values = load_workbook(BytesIO(content), data_only=True)
        return formulas, values

    def test_groups_open_to_their_items(self):
        formulas, values = self._load()
        self.assertEqual(formulas.sheetnames, ["Aging", "Items", "Definitions"])
        sheet, found = formulas["Aging"], values["Aging"]
        self.assertEqual(
            [cell.value for cell in found[4]],
            [
                "Customer",
                "Due date",
                "Items",
                "Not due",
                "1–30",
                "31–60",
                "61–90",
                "91–120",
                "> 120",
                "Unapplied credits",
                "Total",
                "Share of total",
            ],
        )
        self.assertEqual(
            [cell.value for cell in found[5]],
            ["Total", None, 4, 100_000, 80_000, 20_000, 0, 0, 0, 0, 200_000, 1],
        )
        self.assertEqual(found["A6"].value, "Customer M")
        self.assertEqual(sheet["D6"].value, "=SUBTOTAL(9,D7:D8)")
        self.assertEqual(sheet["K6"].value, "=SUM(D6:J6)")
        self.assertEqual(found["K6"].value, 100_000)
        self.assertEqual(sheet["L6"].value, "=IF(K$5=0,0,K6/K$5)")
        self.assertEqual(found["L6"].value, 0.5)
        self.assertEqual(found["A7"].value, self.documents["M1"].name)
        self.assertEqual(found["B7"].value.date(), date(2026, 4, 4))
        self.assertEqual(found["D7"].value, 60_000)
        folds = [sheet.row_dimensions[row].outlineLevel for row in range(5, 9)]
        self.assertEqual(folds, [0, 0, 1, 1])
        self.assertTrue(sheet.row_dimensions[7].hidden)
        self.assertFalse(sheet.sheet_properties.outlinePr.summaryBelow)
        self.assertEqual(sheet.freeze_panes, "B6")

    def test_items_have_real_dates_and_numbers(self):
        _formulas, values = self._load()
        sheet = values["Items"]
        self.assertEqual(sheet.freeze_panes, "A2")
        self.assertEqual(sheet.auto_filter.ref, "A1:L5")
        [row] = [
            [cell.value for cell in cells]
            for cells in sheet.iter_rows()
            if cells[1].value == self.documents["J1"].name
        ]
        self.assertEqual(row[0], "Customer J")
        self.assertEqual(row[3].date(), date(2026, 1, 10))
        self.assertEqual(row[4].date(), date(2026, 2, 9))
        self.assertEqual(row[5:10], [50, "31–60", "USD", 20_000, 20_000])

    def test_texts_are_never_formulas(self):
        names = [name.replace("\x01", "") for name in DANGEROUS]
        for name in names:
            customer = self._customer(name)
            self._dated_invoices(
                (
                    customer,
                    date(2026, 3, 1),
                    date(2026, 3, 2),
                    10,
                    {"ref": name},
                )
            )
        formulas, _values = self._load()
        found = {}
        for sheet in (formulas["Aging"], formulas["Items"]):
            for [cell] in sheet.iter_rows(max_col=1):
                found[cell.value] = cell.data_type
        for name in names:
            self.assertEqual(found[name], "s", name)
        kinds = {cell.data_type for [cell] in formulas["Items"]["C2:C20"]}
        self.assertNotIn("f", kinds)

    def test_definitions_say_how_it_was_made(self):
        _formulas, values = self._load(group_by="country_id", date_basis="invoice")
        found = dict(
            row for row in values["Definitions"].iter_rows(values_only=True) if row[0]
        )
        self.assertEqual(found["Company"], self.company.name)
        self.assertEqual(found["Basis"], "Invoice date")
        self.assertEqual(found["Grouped by"], "Country")
        self.assertIn("Unapplied credits", found)

    def test_group_is_a_column_of_the_items(self):
        _formulas, values = self._load(group_by="currency_id")
        self.assertEqual(values["Items"]["A1"].value, "Currency")
        self.assertEqual(values["Items"]["A2"].value, "USD")

    def test_empty_report_opens(self):
        content = self.Aging.export_xlsx("2020-01-01")
        formulas, values = self._load(content)
        self.assertEqual(values["Aging"]["K5"].value, 0)
        self.assertEqual(formulas["Items"].max_row, 1)

    def test_nothing_is_written(self):
        with self.assertReadOnly():
            self.Aging.export_xlsx("2026-03-31")

    # === DOWNLOAD === #

    def test_download(self):
        self.authenticate(self.collector.login, "secret-word")
        answer = self.url_open(f"{URL}?date=2026-03-31&buckets=15,30")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("aging_2026-03-31.xlsx", answer.headers["Content-Disposition"])
        _formulas, values = self._load(answer.content)
        self.assertEqual(values["Aging"]["G4"].value, "> 30")
        self.assertEqual(values["Aging"]["I5"].value, 200_000)

    def test_what_is_not_understood_is_a_bad_request(self):
        self.authenticate(self.collector.login, "secret-word")
        for query in (
            "",
            "?date=yesterday",
            "?date=2026-03-31&buckets=30,x",
            "?date=2026-03-31&buckets=60,30",
            "?date=2026-03-31&group_by=password",
            "?date=2026-03-31&date_basis=x",
            "?date=2026-03-31&company_ids=x",
            "?date=2026-03-31&sudo=1",
        ):
            with self.subTest(query):
                self.assertEqual(self.url_open(URL + query).status_code, 400)

    def test_people_without_collections_are_refused(self):
        self.authenticate(self.internal.login, "secret-word")
        answer = self.url_open(f"{URL}?date=2026-03-31")
        self.assertEqual(answer.status_code, 403)

    def test_visitors_are_sent_to_the_login(self):
        self.authenticate(None, None)
        answer = self.url_open(f"{URL}?date=2026-03-31", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
