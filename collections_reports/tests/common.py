"""The mini-ledger of the metrics, from real invoices and payments."""

from contextlib import contextmanager
from datetime import date

from odoo.tools import SQL

from odoo.addons.collections_management.tests.common import CollectionsCommon

# number: date, due, amount
LEDGER = {
    "A1": (date(2025, 11, 15), date(2025, 12, 15), 40_000),
    "A2": (date(2025, 12, 21), date(2026, 1, 20), 20_000),
    "J1": (date(2026, 1, 10), date(2026, 2, 9), 70_000),
    "F1": (date(2026, 2, 10), date(2026, 3, 12), 80_000),
    "M1": (date(2026, 3, 5), date(2026, 4, 4), 60_000),
    "M2": (date(2026, 3, 20), date(2026, 4, 19), 40_000),
}
PAYMENTS = (
    ("A1", date(2026, 1, 14), 40_000),
    ("A2", date(2026, 1, 20), 20_000),
    ("J1", date(2026, 2, 19), 50_000),
)
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))


class ReportsCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Aging = cls.env["collections.aging"].with_company(cls.company)

    @classmethod
    def _dated_invoices(cls, *specs):
        """Create invoices: partner, date, due date, amount, and more values."""
        return cls._invoices(
            *(
                (
                    partner,
                    due,
                    amount,
                    {
                        "invoice_date": issued,
                        "date": issued,
                        **(rest[0] if rest else {}),
                    },
                )
                for partner, issued, due, amount, *rest in specs
            )
        )

    @classmethod
    def _mini_ledger(cls):
        """Create ledger L: one customer for each letter."""
        partners = {
            letter: cls._customer(f"Customer {letter}")
            for letter in sorted({name[0] for name in LEDGER})
        }
        moves = cls._dated_invoices(
            *((partners[name[0]], *values) for name, values in LEDGER.items())
        )
        cls.documents = dict(zip(LEDGER, moves, strict=True))
        cls.partners = partners
        for name, when, amount in PAYMENTS:
            cls._pay(cls.documents[name], amount, when)

    def _amounts(self, when, **options):
        """Return the non-zero columns of an aging by key."""
        aging = self.Aging.get_aging(when, **options)
        keys = [column["key"] for column in aging["columns"]]
        found = dict(zip(keys, aging["amounts"], strict=True))
        return {key: amount for key, amount in found.items() if amount}

    def _row(self, aging, key):
        return next(row for row in aging["rows"] if row["key"] == key)

    def _balance(self, when, companies=None):
        """Return the balance of the posted trade receivables up to a day."""
        [(found,)] = self.env.execute_query(
            SQL(
                """SELECT coalesce(sum(balance), 0)
                     FROM account_move_line line
                     JOIN account_account account ON account.id = line.account_id
                    WHERE account.account_type = 'asset_receivable'
                      AND account.non_trade IS NOT TRUE
                      AND line.parent_state = 'posted' AND line.date <= %s
                      AND line.company_id = ANY(%s)""",
                when,
                (companies or self.company).ids,
            )
        )
        return found

    @contextmanager
    def assertReadOnly(self):
        """Whatever is written in here fails."""
        self.env.flush_all()
        with self.env.cr.savepoint():
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            yield
