from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..tools import buckets as aging_buckets
from .collections_aging_groups import GROUPS
from .collections_aging_request import CREDITS

PAGE = 100


class CollectionsAgingScreen(models.AbstractModel):
    """What the page of the aging asks for."""

    _name = "collections.aging.screen"
    _inherit = ["collections.aging"]
    _description = "Page of the Aging"

    @api.model
    @api.readonly
    def get_options(self):
        """Return what the page can be asked, and where it begins."""
        self._check_salesperson()
        labels = self.env["collections.aging.glossary"]._group_labels()
        return {
            "today": self.env.company._collections_today(),
            "groups": list(labels.items()),
            "bases": list(self._bases().items()),
            "limits": list(aging_buckets.DEFAULT_LIMITS),
        }

    @api.model
    def _bases(self) -> dict[str, str]:
        due, invoice = self.env._("Due date"), self.env._("Invoice date")
        return {"due": due, "invoice": invoice}

    @api.model
    @api.readonly
    def get_page(
        self,
        date,
        company_ids=None,
        group_by="partner_id",
        buckets=aging_buckets.DEFAULT_LIMITS,
        date_basis="due",
        compare_date=None,
        limit=PAGE,
        domain=None,
    ):
        """Return an aging with its first rows.

        :param compare_date: adds ``before`` and ``change`` to each row and the total
        """
        arguments = (company_ids, group_by, buckets, date_basis, domain)
        aging = self.get_aging(date, *arguments)
        if compare_date:
            self._compare(aging, self.get_aging(compare_date, *arguments))
        rows = aging["rows"]
        return {**aging, "rows": rows[:limit], "row_count": len(rows)}

    @api.model
    def _compare(self, aging, earlier) -> None:
        """Add the totals of another date; groups that are gone become rows too."""
        rounded = self.env.company.currency_id.round
        before = {row["key"]: row for row in earlier["rows"]}
        for row in aging["rows"]:
            row["before"] = before.pop(row["key"], {}).get("total", 0.0)
        width = len(aging["columns"])
        for row in before.values():
            gone = {"amounts": [0.0] * width, "total": 0.0, "item_count": 0}
            gone["marks"] = [0.0] * len(aging["marks"])
            aging["rows"].append({**row, **gone, "share": 0, "before": row["total"]})
        for row in aging["rows"]:
            row["change"] = rounded(row["total"] - row["before"])
        aging["compare_date"] = earlier["date"]
        aging["before"] = earlier["total"]
        aging["change"] = rounded(aging["total"] - earlier["total"])

    @api.model
    @api.readonly
    def get_items_action(
        self,
        date,
        company_ids=None,
        group_by="partner_id",
        buckets=aging_buckets.DEFAULT_LIMITS,
        date_basis="due",
        row=None,
        column=None,
        domain=None,
    ):
        """Return the list of the items behind a number, as of the date.

        :param row: ``{"key", "label"}``; default: all rows
        :param column: key of a column; default: all
        """
        self._check_salesperson()
        request = self._aging_request(
            date, company_ids, group_by, buckets, date_basis, domain
        )
        domain = request["domain"] & Domain(
            "company_id", "in", request["companies"].ids
        )
        if row is not None:
            domain &= self._row_domain(request, row["key"])
        if column is not None:
            domain &= self._column_domain(request, column)
        return {
            "type": "ir.actions.act_window",
            "name": self._items_title(request, row, column),
            "res_model": "collections.item",
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"collections_date": str(request["date"])},
        }

    @api.model
    def _items_title(self, request, row, column) -> str:
        labels = {found["key"]: found["label"] for found in request["columns"]}
        parts = [row and row.get("label"), labels.get(column), str(request["date"])]
        return " · ".join(part for part in parts if part)

    @api.model
    def _row_domain(self, request, key) -> Domain:
        group = GROUPS[request["group"].name]
        if group.field:
            return Domain(group.field, "=", key)
        rows = self._item_rows(request, keys=[key])
        return Domain("id", "in", [row[0] for row in rows])

    @api.model
    def _column_domain(self, request, column) -> Domain:
        if column == CREDITS:
            return Domain("is_credit", "=", True)
        self._items_sql(request, column)  # refuses a column that is not there
        if request["basis"] == "due":
            return self._due_domain(request, column)
        rows = self._item_rows(request, column=column)
        return Domain("id", "in", [row[0] for row in rows])

    @api.model
    def _due_domain(self, request, column) -> Domain:
        [bucket] = [found for found in request["columns"] if found["key"] == column]
        domain = Domain("is_credit", "=", False)
        if bucket["from"] is not None:
            latest = request["date"] - timedelta(days=bucket["from"])
            domain &= Domain("date_due", "<=", latest)
        if bucket["to"] is not None:
            earliest = request["date"] - timedelta(days=bucket["to"])
            domain &= Domain("date_due", ">=", earliest)
        return domain
