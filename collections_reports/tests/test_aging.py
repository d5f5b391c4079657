from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestAging(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._mini_ledger()

    # === M6 === #

    def test_end_of_march(self):
        """R101: debt by days overdue."""
        aging = self.Aging.get_aging("2026-03-31")
        self.assertEqual(
            aging["amounts"], [100_000, 80_000, 20_000, 0, 0, 0, 0], "credits last"
        )
        self.assertEqual(aging["total"], 200_000)
        self.assertEqual(aging["date"], date(2026, 3, 31))
        self.assertEqual(
            [bucket["key"] for bucket in aging["buckets"]],
            ["not_due", "1_30", "31_60", "61_90", "91_120", "over_120"],
        )

    def test_before_a_later_payment(self):
        """The payment of 19 February must not appear on the 15th."""
        self.assertEqual(
            self._amounts("2026-02-15"), {"not_due": 80_000, "1_30": 70_000}
        )

    def test_after_the_payment(self):
        self.assertEqual(
            self._amounts("2026-02-28"), {"not_due": 80_000, "1_30": 20_000}
        )

    def test_end_of_the_year(self):
        self.assertEqual(
            self._amounts("2025-12-31"), {"not_due": 20_000, "1_30": 40_000}
        )

    def test_before_everything_and_long_after(self):
        empty = self.Aging.get_aging("2025-01-01")
        self.assertEqual((empty["rows"], empty["total"]), ([], 0))
        self.assertEqual(empty["amounts"], [0.0] * 7)
        self.assertEqual(self._amounts("2030-01-01"), {"over_120": 200_000})

    def test_invoice_date_as_the_basis(self):
        self.assertEqual(
            self._amounts("2026-03-31", date_basis="invoice"),
            {"1_30": 100_000, "31_60": 80_000, "61_90": 20_000},
        )

    # === BOUNDARIES === #

    def test_boundaries(self):
        """O8: each day is in exactly the bucket whose label names it."""
        when = date(2026, 9, 30)
        customer = self._customer("Boundaries")
        days = (-1, 0, 1, 29, 30, 31, 60, 61, 90, 91, 120, 121)
        self._dated_invoices(
            *(
                (customer, date(2026, 4, 1), when - timedelta(days=number), 2**place)
                for place, number in enumerate(days)
            )
        )
        row = self._row(self.Aging.get_aging(when), customer.id)
        self.assertEqual(
            row["amounts"],
            [1 + 2, 4 + 8 + 16, 32 + 64, 128 + 256, 512 + 1024, 2048, 0],
        )
        self.assertEqual(row["item_count"], 12)
        for bucket in self.Aging.get_aging(when)["buckets"][1:]:
            first, last = bucket["from"], bucket["to"]
            label = f"{first}–{last}" if last else f"> {first - 1}"
            self.assertEqual(bucket["label"], label)
            items = self.Aging.get_items(when, keys=[customer.id], column=bucket["key"])
            for item in items:
                self.assertTrue(first <= item["days"] <= (last or 999), item)

    def test_golden_set(self):
        """O3: the published figures of another addon's report."""
        customer = self._customer("Golden")
        self._dated_invoices(
            *(
                (customer, date(2017, 8, 1), due, amount)
                for due, amount in (
                    (date(2018, 1, 15), 500),
                    (date(2017, 12, 15), 1_000),
                    (date(2017, 11, 15), 2_000),
                    (date(2017, 10, 15), 4_000),
                    (date(2017, 9, 15), 8_000),
                    (date(2017, 8, 15), 160_000),
                )
            )
        )
        aging = self.Aging.get_aging("2017-12-31")
        row = self._row(aging, customer.id)
        self.assertEqual(row["amounts"], [500, 1_000, 2_000, 4_000, 8_000, 160_000, 0])

    def test_own_buckets_hold_what_their_labels_say(self):
        """M6 of the defects reproduced elsewhere: nothing falls between buckets."""
        aging = self.Aging.get_aging("2026-05-20", buckets=(15, 30, 60))
        self.assertEqual(
            [bucket["label"] for bucket in aging["buckets"]][1:],
            ["1–15", "16–30", "31–60", "> 60"],
        )
        self.assertEqual(sum(aging["amounts"]), aging["total"])

    def test_two_equal_lines_count_twice(self):
        """M7 of the defects: same entry, same due date, same amount."""
        customer = self._customer("Twins")
        self._entry(
            [
                (self.receivable, customer, 100, {"date_maturity": "2026-01-10"}),
                (self.receivable, customer, 100, {"date_maturity": "2026-01-10"}),
                (self.company_data["default_account_revenue"], None, -200),
            ],
            "2026-01-01",
        )
        row = self._row(self.Aging.get_aging("2026-03-31"), customer.id)
        self.assertEqual((row["total"], row["item_count"]), (200, 2))

    def test_line_without_due_date_ages_from_its_own(self):
        customer = self._customer("No due date")
        entry = self._entry(
            [
                (self.receivable, customer, 100),
                (self.company_data["default_account_revenue"], None, -100),
            ],
            "2026-01-20",
        )
        self._receivable_lines(entry).date_maturity = False
        row = self._row(self.Aging.get_aging("2026-03-31"), customer.id)
        self.assertEqual(row["amounts"][3], 100, "70 days")

    # === CREDITS AND OTHER ROWS === #

    def test_unapplied_credits_are_a_column_of_their_own(self):
        self._on_account(self.partners["F"], 5_000, date(2026, 3, 20))
        self._dated_invoices(
            (
                self.partners["F"],
                date(2026, 3, 21),
                date(2026, 3, 21),
                1_000,
                {"move_type": "out_refund"},
            )
        )
        aging = self.Aging.get_aging("2026-03-31")
        row = self._row(aging, self.partners["F"].id)
        self.assertEqual(row["amounts"], [0, 80_000, 0, 0, 0, 0, -6_000])
        self.assertEqual(row["total"], 74_000)
        self.assertEqual(aging["amounts"][-1], -6_000)
        self.assertEqual(aging["columns"][-1]["key"], "credits")

    def test_credit_applied_to_an_earlier_invoice_reduces_it(self):
        payment = self._on_account(self.partners["F"], 5_000, date(2026, 3, 20))
        lines = self._receivable_lines(payment.move_id | self.documents["M1"])
        lines.reconcile()
        # The partial is dated as the later of both: the day of the payment.
        amounts = self._amounts("2026-03-31")
        self.assertEqual(amounts["not_due"], 95_000)
        self.assertNotIn("credits", amounts)

    def test_credit_of_a_later_invoice(self):
        payment = self._on_account(self.partners["F"], 5_000, date(2026, 3, 20))
        later = self._dated_invoices(
            (self.partners["F"], date(2026, 4, 10), date(2026, 5, 10), 5_000)
        )
        self._receivable_lines(payment.move_id | later).reconcile()
        self.assertEqual(self._amounts("2026-03-31")["credits"], -5_000)
        self.assertNotIn("credits", self._amounts("2026-04-10"))

    def test_lines_without_customer_have_a_row(self):
        self._entry(
            [
                (self.receivable, None, 700, {"date_maturity": "2026-03-01"}),
                (self.company_data["default_account_revenue"], None, -700),
            ],
            "2026-02-01",
        )
        row = self._row(self.Aging.get_aging("2026-03-31"), False)
        self.assertEqual((row["label"], row["total"]), ("Without customer", 700))

    def test_contacts_are_added_to_their_company(self):
        child = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.partners["F"].id}
        )
        self._dated_invoices((child, date(2026, 3, 1), date(2026, 3, 30), 10))
        row = self._row(self.Aging.get_aging("2026-03-31"), self.partners["F"].id)
        self.assertEqual(row["total"], 80_010)

    # === GROUPS === #

    def test_every_group_has_the_same_total(self):
        self._refresh()
        for group in self.env["collections.aging.glossary"]._group_labels():
            with self.subTest(group):
                aging = self.Aging.get_aging("2026-03-31", group_by=group)
                self.assertEqual(aging["total"], 200_000)
                self.assertEqual(aging["item_count"], 4)
                self.assertAlmostEqual(sum(r["share"] for r in aging["rows"]), 100)
                keys = [row["key"] for row in aging["rows"]]
                items = self.Aging.get_items("2026-03-31", group_by=group, keys=keys)
                self.assertEqual(sum(item["amount"] for item in items), 200_000)

    def test_groups_by_their_short_names(self):
        aging = self.Aging.get_aging("2026-03-31", group_by="salesperson")
        self.assertEqual(aging["group_by"], "salesperson_id")

    def test_by_country_and_state(self):
        """R105: by region."""
        chile = self.env.ref("base.cl")
        state = self.env["res.country.state"].search([("country_id", "=", chile.id)])[0]
        self.partners["F"].write({"country_id": chile.id, "state_id": state.id})
        aging = self.Aging.get_aging("2026-03-31", group_by="country_id")
        self.assertEqual(self._row(aging, chile.id)["total"], 80_000)
        aging = self.Aging.get_aging("2026-03-31", group_by="state_id")
        self.assertEqual(self._row(aging, state.id)["total"], 80_000)
        self.assertEqual(self._row(aging, False)["total"], 120_000)

    def test_by_product_category(self):
        """R105: by kind of product."""
        category = self.env["product.category"].create({"name": "Spare parts"})
        product = self.env["product.product"].create(
            {"name": "Wheel", "categ_id": category.id}
        )
        line = self.documents["F1"].invoice_line_ids
        self.documents["F1"].button_draft()
        line.write({"product_id": product.id, "price_unit": 80_000, "tax_ids": False})
        self.documents["F1"].action_post()
        aging = self.Aging.get_aging("2026-03-31", group_by="product_category_id")
        self.assertEqual(self._row(aging, category.id)["total"], 80_000)

    # === CURRENCIES AND COMPANIES === #

    def test_document_currency(self):
        """0.4 euros are one dollar: the ledger has dollars, the document euros."""
        self._dated_invoices(
            (
                self.partners["F"],
                date(2026, 3, 1),
                date(2026, 3, 30),
                400,
                {"currency_id": self.eur.id},
            )
        )
        aging = self.Aging.get_aging("2026-03-31", group_by="currency_id")
        row = self._row(aging, self.eur.id)
        self.assertEqual((row["total"], row["amounts_currency"][1]), (1_000, 400))

    def test_several_companies_in_the_current_ones_currency(self):
        self._setup_second_company()
        customer = self._customer("Abroad")
        self._invoices(
            (
                customer,
                date(2026, 3, 30),
                400,
                {"invoice_date": date(2026, 3, 1), "currency_id": self.eur.id},
            ),
            company=self.company_2,
        )
        both = (self.company | self.company_2).ids
        aging = self.Aging.get_aging("2026-03-31", both, group_by="company_id")
        self.assertEqual(self._row(aging, self.company_2.id)["total"], 1_000)
        self.assertEqual(aging["total"], 201_000)
        self.assertEqual(
            [(rate["currency"], rate["rate"]) for rate in aging["rates"]],
            [("EUR", 2.5)],
        )
        self.assertEqual(self.Aging.get_aging("2026-03-31")["total"], 200_000)

    # === ITEMS === #

    def test_items_of_a_cell(self):
        items = self.Aging.get_items(
            "2026-03-31", keys=[self.partners["J"].id], column="31_60"
        )
        [item] = items
        self.assertEqual(item["move_id"], self.documents["J1"].id)
        self.assertEqual((item["days"], item["amount"]), (50, 20_000))
        self.assertFalse(self.Aging.get_items("2026-03-31", column="over_120"))

    def test_items_by_pages(self):
        first = self.Aging.get_items("2026-03-31", limit=2)
        rest = self.Aging.get_items("2026-03-31", limit=2, offset=2)
        days = [item["days"] for item in [*first, *rest]]
        self.assertEqual(days, [50, 19, -4, -19])

    # === ARGUMENTS === #

    def test_what_is_not_understood_is_refused(self):
        for options in (
            {"group_by": "name; DROP TABLE"},
            {"buckets": (30, 30)},
            {"buckets": "many"},
            {"buckets": 30},
            {"date_basis": "posting"},
        ):
            with self.subTest(options), self.assertRaises(UserError):
                self.Aging.get_aging("2026-03-31", **options)
        for when in ("", None, "31/03/2026", 7):
            with self.subTest(when), self.assertRaises(UserError):
                self.Aging.get_aging(when)
        with self.assertRaises(UserError):
            self.Aging.get_items("2026-03-31", column="nonsense")

    # === COST === #

    def test_nothing_is_written(self):
        with self.assertReadOnly():
            self.Aging.get_aging("2026-03-31")
            self.Aging.get_items("2026-02-15")

    def test_as_many_statements_for_many_customers(self):
        self.Aging.get_aging("2026-03-31")
        self.env.flush_all()
        with self.assertQueryCount(6):
            self.Aging.get_aging("2026-03-31")
        customers = self._customers(20)
        self._dated_invoices(
            *((c, date(2026, 3, 1), date(2026, 3, 30), 10) for c in customers)
        )
        self.env.flush_all()
        with self.assertQueryCount(6):
            self.Aging.get_aging("2026-03-31")
