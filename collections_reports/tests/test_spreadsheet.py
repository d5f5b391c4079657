import json
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import config

from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
)

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestSpreadsheet(ReportsCommon, HttpCase):
    """The dashboard in Odoo's own Dashboards app."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users()
        cls._mini_ledger()
        cls.partners["F"].user_id = cls.salesperson
        cls.Case.refresh()
        cls.dashboard = cls.env.ref(
            "collections_reports.spreadsheet_dashboard_collections"
        )
        cls.data = json.loads(cls.dashboard.spreadsheet_data)

    def _manager(self):
        """A supervisor who may also change dashboards."""
        self.supervisor.sudo().group_ids += self.env.ref(
            "spreadsheet_dashboard.group_dashboard_manager"
        )
        return self.dashboard.with_user(self.supervisor)

    def test_published_to_people_of_collections(self):
        group = self.env.ref(
            "spreadsheet_dashboard.spreadsheet_dashboard_group_finance"
        )
        for user in (self.salesperson, self.collector, self.supervisor):
            shown = group.with_user(user).published_dashboard_ids
            self.assertIn(self.dashboard, shown, user.login)
            self.assertTrue(
                json.loads(
                    self.dashboard.with_user(user)._get_serialized_readonly_dashboard()
                )["snapshot"]["pivots"]
            )
        found = self.env["spreadsheet.dashboard"].with_user(self.internal).search([])
        self.assertNotIn(self.dashboard, found)
        with self.assertRaises(AccessError):
            self.dashboard.with_user(self.internal).read(["spreadsheet_data"])

    def test_odoo_accepts_what_it_names(self):
        """Odoo's own check of fields and menus, which it runs in tests only."""
        wrong = json.dumps(self.data).replace('"amount_overdue"', '"no_such_field"')
        with patch.dict(config.options, {"test_enable": True}):
            self.dashboard._check_spreadsheet_data()
            with self.assertRaisesRegex(ValidationError, "no_such_field"):
                self._manager().copy({"spreadsheet_data": wrong})
        self.assertGreater(len(fields_in_spreadsheet(self.data)), 3)
        for menu in menus_xml_ids_in_spreadsheet(self.data):
            self.assertTrue(self.env.ref(menu).action, menu)

    def test_the_lowest_role_reads_all_of_it(self):
        """Every question that the file asks, asked as a salesperson: own customers."""
        for user, total in ((self.salesperson, 80_000), (self.collector, 200_000)):
            found = {}
            for pivot in self.data["pivots"].values():
                model = self.env[pivot["model"]].with_user(user)
                measures = [measure["id"] for measure in pivot["measures"]]
                rows = [row["fieldName"] for row in pivot["rows"]]
                model = model.with_context(allowed_company_ids=self.company.ids)
                found[pivot["name"]] = model.formatted_read_group(
                    pivot["domain"], rows, measures
                )
            [portfolio] = found["Portfolio"]
            self.assertEqual(portfolio["amount_balance:sum"], total)
            for answer in self.data["lists"].values():
                model = self.env[answer["model"]].with_user(user)
                model.search(answer["domain"]).read(answer["columns"])

    def test_copied_and_changed(self):
        """A copy is the user's own, and is as much as the first."""
        with self.assertRaises(AccessError):
            self.dashboard.with_user(self.supervisor).copy()
        copy = self._manager().copy({"name": "Mine"})
        data = json.loads(copy.spreadsheet_data)
        self.assertEqual(data, self.data)
        data["sheets"][0]["cells"]["A23"] = "Mine"
        copy.spreadsheet_data = json.dumps(data)
        self.dashboard.invalidate_recordset()
        changed = json.loads(copy.with_user(self.collector).spreadsheet_data)
        self.assertEqual(changed["sheets"][0]["cells"]["A23"], "Mine")
        self.assertEqual(json.loads(self.dashboard.spreadsheet_data), self.data)
        self.assertTrue(copy.is_published)

    @freeze_time(date(2026, 3, 31))
    def test_every_cell_has_a_value(self):
        self.start_tour(
            f"/odoo/dashboards?dashboard_id={self.dashboard.id}",
            "collections_spreadsheet",
            login=self.collector.login,
        )
