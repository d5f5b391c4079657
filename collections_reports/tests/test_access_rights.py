from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ReportsCommon

WHEN = "2026-03-31"


@tagged("post_install", "-at_install")
class TestAccessRights(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users()
        cls._mini_ledger()
        cls.partners["F"].user_id = cls.salesperson
        cls.Case.refresh()

    def _as(self, user):
        return self.Aging.with_user(user).with_company(self.company)

    def test_nobody_else_reads_figures(self):
        for user in (self.portal, self.internal):
            aging = self._as(user)
            for call in (aging.get_aging, aging.get_items, aging.export_xlsx):
                with self.subTest(user=user.login, call=call.__name__):
                    with self.assertRaises(AccessError):
                        call(WHEN)

    def test_salesperson_sees_own_customers_only(self):
        aging = self._as(self.salesperson).get_aging(WHEN)
        self.assertEqual(
            [(row["key"], row["total"]) for row in aging["rows"]],
            [(self.partners["F"].id, 80_000)],
        )
        self.assertEqual(aging["total"], 80_000)
        items = self._as(self.salesperson).get_items(WHEN, keys=None)
        self.assertEqual(len(items), 1)
        others = [self.partners["J"].id, False]
        self.assertFalse(self._as(self.salesperson).get_items(WHEN, keys=others))
        self.assertFalse(self._as(self.other_salesperson).get_aging(WHEN)["rows"])

    def test_salesperson_sees_no_lines_without_customer(self):
        self._entry(
            [
                (self.receivable, None, 700),
                (self.company_data["default_account_revenue"], None, -700),
            ],
            "2026-02-01",
        )
        keys = [r["key"] for r in self._as(self.salesperson).get_aging(WHEN)["rows"]]
        self.assertNotIn(False, keys)

    def test_leader_sees_the_team(self):
        team = (
            self.env["crm.team"]
            .sudo()
            .create({"name": "Team", "user_id": self.leader.id, "company_id": False})
        )
        self.env["crm.team.member"].sudo().create(
            {"crm_team_id": team.id, "user_id": self.salesperson.id}
        )
        self.assertEqual(self._as(self.leader).get_aging(WHEN)["total"], 80_000)

    def test_collector_accountant_and_supervisor_see_all(self):
        for user in (self.collector, self.accountant, self.supervisor):
            with self.subTest(user.login):
                self.assertEqual(self._as(user).get_aging(WHEN)["total"], 200_000)

    def test_companies_of_others_are_left_out(self):
        self._setup_second_company()
        customer = self._customer("Abroad")
        self._invoices(
            (customer, date(2026, 3, 30), 400, {"invoice_date": date(2026, 3, 1)}),
            company=self.company_2,
        )
        aging = self._as(self.collector)
        both = (self.company | self.company_2).ids
        self.assertEqual(aging.get_aging(WHEN, both)["total"], 200_000)
        self.assertEqual(aging.get_aging(WHEN, self.company_2.ids)["total"], 0)
        self.assertFalse(aging.get_items(WHEN, self.company_2.ids))

    def test_list_of_items_shows_the_same_as_the_aging(self):
        """The drill-down on screen is the list of items, as of the date."""
        for user in (self.salesperson, self.collector):
            items = (
                self.env["collections.item"]
                .with_user(user)
                .with_context(
                    collections_date="2026-02-15",
                    allowed_company_ids=self.company.ids,
                )
                .search([])
            )
            expected = self._as(user).get_aging("2026-02-15")
            self.assertEqual(sum(items.mapped("amount")), expected["total"])
            self.assertEqual(len(items), expected["item_count"])
