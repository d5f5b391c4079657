from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestRisk(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._mini_ledger()
        cls.Risk = cls.env["collections.risk"].with_company(cls.company)

    def _rates(self, found, key):
        row = next(row for row in found["rows"] if row["key"] == key)
        keys = [column["key"] for column in found["columns"]]
        return {k: r for k, r in zip(keys, row["rates"], strict=True) if r}

    def test_roll_rates_of_the_ledger(self):
        found = self.Risk.get_roll_rates("2026-02-28", "2026-03-31")
        self.assertEqual(self._rates(found, "not_due"), {"1_30": 100})
        self.assertEqual(self._rates(found, "1_30"), {"31_60": 100})
        self.assertEqual(self._rates(found, "61_90"), {})

    def test_what_was_paid_credited_and_written_off(self):
        period = (date(2026, 4, 1), date(2026, 4, 30))
        self._pay(self.documents["F1"], 20_000, period[0])
        refund = self._dated_invoices(
            (
                self.partners["F"],
                date(2026, 4, 2),
                date(2026, 4, 2),
                16_000,
                {"move_type": "out_refund"},
            )
        )
        self._reconcile(refund, self.documents["F1"])
        entry = self._entry(
            [
                (self.receivable, self.partners["F"], -4_000),
                (self.company_data["default_account_revenue"], None, 4_000),
            ],
            "2026-04-03",
        )
        self._reconcile(entry, self.documents["F1"])
        found = self.Risk.get_roll_rates("2026-03-31", "2026-04-30")
        rates = self._rates(found, "1_30")
        self.assertEqual(
            rates, {"31_60": 50, "paid": 25, "credited": 20, "adjusted": 5}
        )
        for row in found["rows"]:
            if row["opening"]:
                self.assertAlmostEqual(sum(row["rates"]), 100)
                self.assertAlmostEqual(sum(row["amounts"]), row["opening"])

    def test_provision_of_the_ledger(self):
        rates = (0.02, 0.04, 0.087, 0.25, 0.5, 1)
        found = self.Risk.get_provision("2026-03-31", rates)
        self.assertEqual(found["total"], 6_940)
        self.assertEqual(
            [row["loss"] for row in found["rows"]], [2_000, 3_200, 1_740, 0, 0, 0]
        )

    def test_what_is_not_understood_is_refused(self):
        for rates in ((0.1,), (0.1,) * 5 + (2,), (-1,) * 6):
            with self.subTest(rates), self.assertRaises(UserError):
                self.Risk.get_provision("2026-03-31", rates)
        with self.assertRaises(UserError):
            self.Risk.get_roll_rates("2026-03-31", "2026-03-31")

    def test_access(self):
        self._make_users("salesperson", "internal", "portal")
        self.partners["F"].user_id = self.salesperson
        self._refresh()
        for user in (self.internal, self.portal):
            risk = self.Risk.with_user(user)
            with self.assertRaises(AccessError):
                risk.get_roll_rates("2026-02-28", "2026-03-31")
            with self.assertRaises(AccessError):
                risk.get_provision("2026-03-31", (0.1,) * 6)
        own = self.Risk.with_user(self.salesperson)
        found = own.get_roll_rates("2026-02-28", "2026-03-31")
        self.assertEqual(self._rates(found, "1_30"), {})
        self.assertEqual(self._rates(found, "not_due"), {"1_30": 100})

    def test_nothing_is_written(self):
        with self.assertReadOnly():
            self.Risk.get_roll_rates("2026-02-28", "2026-03-31")
