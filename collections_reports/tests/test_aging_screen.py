from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ReportsCommon

WHEN = "2026-03-31"


@tagged("post_install", "-at_install")
class TestAgingScreen(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "internal", "portal")
        cls._mini_ledger()
        cls.Screen = cls.env["collections.aging.screen"].with_company(cls.company)
        cls.Case.refresh()

    def _found(self, action):
        """Return the items that the list would show."""
        return (
            self.Item.with_context(**action["context"])
            .with_company(self.company)
            .search(action["domain"])
        )

    def test_options(self):
        options = self.Screen.get_options()
        self.assertIn(("partner_id", "Customer"), options["groups"])
        self.assertEqual(options["today"], self.company._collections_today())

    def test_every_cell_leads_to_its_items(self):
        self._on_account(self.partners["F"], 5_000, WHEN)
        for group in self.env["collections.aging.glossary"]._group_labels():
            for basis in ("due", "invoice"):
                page = self.Screen.get_page(WHEN, group_by=group, date_basis=basis)
                for row in page["rows"]:
                    for column, amount in zip(
                        page["columns"], row["amounts"], strict=True
                    ):
                        if not amount:
                            continue
                        with self.subTest(group, basis=basis, column=column["key"]):
                            action = self.Screen.get_items_action(
                                WHEN,
                                group_by=group,
                                date_basis=basis,
                                row=row,
                                column=column["key"],
                            )
                            items = self._found(action)
                            self.assertEqual(sum(items.mapped("amount")), amount)

    def test_rows_and_columns_alone(self):
        action = self.Screen.get_items_action("2026-02-15")
        self.assertEqual(sum(self._found(action).mapped("amount")), 150_000)
        row = {"key": self.partners["J"].id, "label": "Customer J"}
        action = self.Screen.get_items_action("2026-02-15", row=row)
        self.assertEqual(self._found(action).amount, 70_000)
        self.assertEqual(action["name"], "Customer J · 2026-02-15")
        with self.assertRaises(UserError):
            self.Screen.get_items_action(WHEN, column="nonsense")

    def test_comparison_with_another_date(self):
        page = self.Screen.get_page(WHEN, compare_date="2026-02-15")
        self.assertEqual((page["before"], page["change"]), (150_000, 50_000))
        row = self._row(page, self.partners["J"].id)
        self.assertEqual((row["before"], row["change"]), (70_000, -50_000))
        page = self.Screen.get_page(WHEN, compare_date="2025-12-31")
        gone = self._row(page, self.partners["A"].id)
        self.assertEqual((gone["total"], gone["change"]), (0, -60_000))

    def test_filters_and_pages(self):
        """Filters of the search bar, as of the date of the report."""
        page = self.Screen.get_page(WHEN, domain=[("partner_id", "ilike", "omer f")])
        self.assertEqual([row["total"] for row in page["rows"]], [80_000])
        self.assertEqual(page["total"], 80_000)
        overdue = [("state", "=", "overdue")]
        self.assertEqual(self.Screen.get_page(WHEN, domain=overdue)["total"], 100_000)
        before = self.Screen.get_page("2026-02-15", domain=overdue)
        self.assertEqual(before["total"], 70_000)
        action = self.Screen.get_items_action("2026-02-15", domain=overdue)
        self.assertEqual(sum(self._found(action).mapped("amount")), 70_000)
        page = self.Screen.get_page(WHEN, limit=2)
        self.assertEqual((len(page["rows"]), page["row_count"]), (2, 3))
        for domain in ("nonsense", [("password", "=", 1)], [1]):
            with self.subTest(domain), self.assertRaises(UserError):
                self.Screen.get_page(WHEN, domain=domain)

    def test_what_is_agreed_is_marked(self):
        """A dispute and a hold: parts of the amounts, never more than is open."""
        today = self.company._collections_today()
        self.env["collections.hold"].create(
            {
                "case_id": self._case(self.partners["F"]).id,
                "reason_id": self.env["collections.hold.reason"].search([], limit=1).id,
                "date_end": today,
            }
        )
        page = self.Screen.get_page(today)
        marks = {mark["key"]: mark["amount"] for mark in page["marks"]}
        self.assertEqual(marks["held"], 80_000)
        self.assertEqual(sum(marks.values()), 80_000)
        row = self._row(page, self.partners["F"].id)
        self.assertEqual(sum(row["marks"]), 80_000)
        self.assertEqual(sum(self._row(page, self.partners["J"].id)["marks"]), 0)
        by_stage = self.Screen.get_page(today, group_by="payment_term_id")
        self.assertEqual(sum(by_stage["rows"][0]["marks"]), 80_000)

    def test_on_paper(self):
        self.partners["F"].user_id = self.salesperson
        self.Case.refresh()
        aging = self.Aging.with_user(self.salesperson)
        content = aging.export_pdf(WHEN)
        self.assertTrue(content.startswith(b"%PDF"))
        paper = self.env["collections.aging.pdf"].with_user(self.salesperson)
        text = paper.with_company(self.company)._html(aging.get_aging(WHEN))
        self.assertIn("80,000.00", text)
        self.assertIn("Customer F", text)
        self.assertNotIn("Customer J", text)

    def test_paper_ends_with_one_row_of_all_others(self):
        paper = self.env["collections.aging.pdf"]
        rows = self.Aging.get_aging(WHEN)["rows"]
        found = paper._rows(rows * 200)
        self.assertEqual(len(found), 501)
        self.assertEqual(sum(row["total"] for row in found), 200 * 200_000)

    def test_access(self):
        for user in (self.internal, self.portal):
            screen = self.Screen.with_user(user)
            for call, arguments in (
                (screen.get_options, ()),
                (screen.get_page, (WHEN,)),
                (screen.get_items_action, (WHEN,)),
            ):
                with self.subTest(call.__name__), self.assertRaises(AccessError):
                    call(*arguments)
        self.assertTrue(self.Screen.with_user(self.salesperson).get_options())

    def test_nothing_is_written(self):
        with self.assertReadOnly():
            self.Screen.get_page(WHEN, compare_date="2026-02-15")
            self.Screen.get_items_action(WHEN, column="1_30")
