"""Every reading method: nothing written, who may, whose customers, which companies."""

import inspect
import zipfile
from datetime import date
from io import BytesIO

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import QUARTER, ReportsCommon

WHEN = "2026-03-31"
# Arguments of each method that only reads; all take companies but the options.
CALLS = {
    ("collections.aging", "get_aging"): (WHEN,),
    ("collections.aging", "get_items"): (WHEN,),
    ("collections.aging", "export_xlsx"): (WHEN,),
    ("collections.aging", "export_pdf"): (WHEN,),
    ("collections.aging.screen", "get_options"): (),
    ("collections.aging.screen", "get_page"): (WHEN,),
    ("collections.aging.screen", "get_items_action"): (WHEN,),
    ("collections.cash.screen", "get_page"): (),
    ("collections.cash.screen", "export_xlsx"): (),
    ("collections.dashboard", "get_dashboard"): (WHEN,),
    ("collections.kpi", "get_kpis"): QUARTER,
    ("collections.kpi", "get_series"): (WHEN,),
    ("collections.kpi.behind", "get_behind_action"): ("items", *QUARTER),
    ("collections.kpi.screen", "get_options"): (),
    ("collections.kpi.screen", "get_page"): QUARTER,
    ("collections.kpi.screen", "get_matrices"): (WHEN,),
    ("collections.kpi.screen", "export_xlsx"): QUARTER,
    ("collections.provision", "get_loss_rates"): (WHEN,),
    ("collections.provision", "get_provision"): (WHEN,),
    ("collections.risk", "get_roll_rates"): ("2026-02-28", WHEN),
}
ANALYSES = {
    "collections.payment.analysis": "amount:sum",
    "collections.reminder.analysis": "sent_count:sum",
}
FILES = ("export_xlsx", "export_pdf")


@tagged("post_install", "-at_install")
class TestReading(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users()
        cls._mini_ledger()
        cls.partners["F"].user_id = cls.salesperson
        cls._setup_second_company()
        abroad = cls._customer("Customer Abroad", user_id=cls.salesperson.id)
        cls._invoices(
            (
                abroad,
                date(2026, 3, 30),
                400,
                {"invoice_date": date(2026, 3, 1), "date": date(2026, 3, 1)},
            ),
            company=cls.company_2,
        )
        cls.Case.refresh()
        cls.Case.with_company(cls.company_2).refresh()
        cls.env["collections.interaction"].flush_model()

    def _methods(self):
        """Return the methods that say of themselves that they only read."""
        for name, model in self.env.registry.items():
            if not name.startswith("collections.") or not model._abstract:
                continue
            for method, function in inspect.getmembers(model, inspect.isfunction):
                ours = function.__module__.startswith("odoo.addons.collections_reports")
                if ours and getattr(function, "_readonly", False):
                    yield name, method

    def _call(self, user, name, method, *arguments, **options):
        model = self.env[name].with_user(user).with_company(self.company)
        return getattr(model, method)(*arguments, **options)

    def _text(self, found) -> str:
        """Return all that a result says; of a workbook, its sheets."""
        if isinstance(found, bytes) and found.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(found)) as book:
                sheets = [name for name in book.namelist() if "/worksheets/" in name]
                return " ".join(book.read(name).decode() for name in sheets)
        return str(found)

    def test_each_is_here(self):
        """A method is listed where it is defined; what inherits it is the same."""
        known = {method for _name, method in CALLS}
        for name, method in self._methods():
            self.assertIn(method, known, name)
        for name, method in CALLS:
            self.assertTrue(getattr(type(self.env[name]), method)._readonly)

    def test_nothing_is_written(self):
        for user in (self.salesperson, self.collector, self.supervisor):
            for (name, method), arguments in CALLS.items():
                with self.subTest(user=user.login, call=f"{name}.{method}"):
                    with self.assertReadOnly():
                        self.assertTrue(self._call(user, name, method, *arguments))

    def test_analyses_write_nothing(self):
        for user in (self.salesperson, self.collector):
            for name, measure in ANALYSES.items():
                model = self.env[name].with_user(user)
                with self.subTest(user=user.login, model=name), self.assertReadOnly():
                    model.formatted_read_group([], ["date:month"], [measure])
                    model.search_read([], limit=2)

    def test_only_people_of_collections(self):
        for user in (self.internal, self.portal):
            for (name, method), arguments in CALLS.items():
                with self.subTest(user=user.login, call=f"{name}.{method}"):
                    with self.assertRaises(AccessError):
                        self._call(user, name, method, *arguments)
            for name, measure in ANALYSES.items():
                with self.assertRaises(AccessError):
                    self.env[name].with_user(user)._read_group([], [], [measure])

    def test_companies_of_others_are_left_out(self):
        """Asked for both companies, one who has one gets one."""
        both = (self.company | self.company_2).ids
        for (name, method), arguments in CALLS.items():
            if method == "get_options":
                continue
            with self.subTest(call=f"{name}.{method}"):
                found = self._call(
                    self.collector, name, method, *arguments, company_ids=both
                )
                self.assertNotIn("Customer Abroad", self._text(found))
                if method not in FILES:
                    alone = self._call(
                        self.collector,
                        name,
                        method,
                        *arguments,
                        company_ids=self.company.ids,
                    )
                    self.assertEqual(found, alone)

    def test_both_companies_for_one_who_has_both(self):
        """So that the test above fails when nothing of the second is ever read."""
        self.collector.sudo().company_ids += self.company_2
        both = (self.company | self.company_2).ids
        found = self._call(
            self.collector, "collections.aging", "get_aging", WHEN, company_ids=both
        )
        self.assertIn("Customer Abroad", self._text(found))
        self.assertEqual(found["total"], 200_000 + 400 * 2.5)

    def test_salespeople_see_own_customers(self):
        """No result names a customer of others, nor holds its balance."""
        for (name, method), arguments in CALLS.items():
            with self.subTest(call=f"{name}.{method}"):
                text = self._text(
                    self._call(self.salesperson, name, method, *arguments)
                )
                for letter in "AJM":
                    self.assertNotIn(f"Customer {letter}", text)
                self.assertNotIn("200000.0", text)
        for name in ANALYSES:
            found = self.env[name].with_user(self.salesperson).search([])
            self.assertFalse(found.filtered(lambda r: r.partner_id.name[-1] in "AJM"))
