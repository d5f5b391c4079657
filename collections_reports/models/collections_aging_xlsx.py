from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, groupby

from ..tools import buckets, workbook


class CollectionsAgingXlsx(models.AbstractModel):
    """The aging as a workbook."""

    _name = "collections.aging.xlsx"
    _description = "Workbook of the Aging"

    @api.model
    def _workbook(self, aging, request) -> bytes:
        if aging["item_count"] + len(aging["rows"]) > workbook.MOST_ROWS - 10:
            raise UserError(
                self.env._("A sheet holds no more than 1,048,575 rows: filter first.")
            )
        found = self.env["collections.aging"]._item_rows(request)
        # Groups in the order of the report; their items stay in that of their dates.
        order = {row["key"]: place for place, row in enumerate(aging["rows"])}
        found.sort(key=lambda row: order[row[2] or False])
        return workbook.write(
            (
                self._outline(aging, request, found),
                self._items(aging, request, found),
                self._notes(aging, request),
            ),
            digits=self.env.company.currency_id.decimal_places,
        )

    @api.model
    def _group_label(self, aging) -> str:
        words = self.env["collections.aging.glossary"]
        return words._group_labels()[aging["group_by"]]

    @api.model
    def _outline(self, aging, request, found) -> workbook.Outline:
        return workbook.Outline(
            name=self.env._("Aging"),
            title=self.env._("Aging of receivables"),
            subtitle=self.env._(
                "At %(date)s, in %(currency)s",
                date=format_date(self.env, aging["date"]),
                currency=aging["currency"],
            ),
            headings=(
                self._group_label(aging),
                self.env._("Due date"),
                self.env._("Items"),
                self.env._("Total"),
                self.env._("Share of total"),
            ),
            columns=[column["label"] for column in aging["columns"]],
            groups=self._groups(aging, request, found),
            totals=aging["amounts"],
            item_count=aging["item_count"],
            total_label=self.env._("Total"),
        )

    @api.model
    def _groups(self, aging, request, found):
        """Yield each row of the aging with its items."""
        by_customer = aging["group_by"] == "partner_id"
        items_of = dict(groupby(found, key=lambda row: row[2] or False))
        for row in aging["rows"]:
            items = items_of[row["key"]]
            yield workbook.Group(
                row["label"],
                row["amounts"],
                [
                    workbook.Item(
                        item[6]
                        if by_customer
                        else f"{item[6] or ''} · {item[5] or ''}",
                        item[9],
                        self._place(item, request),
                        item[13],
                    )
                    for item in items
                ],
            )

    @api.model
    def _place(self, item, request) -> int:
        """Return the column of an item."""
        limits = request["limits"]
        if item[14]:
            return len(limits) + 2
        return buckets.index_of(item[10], limits)

    @api.model
    def _items(self, aging, request, found) -> workbook.Flat:
        group = self._group_label(aging)
        by_customer = aging["group_by"] == "partner_id"
        return workbook.Flat(
            name=self.env._("Items"),
            headings=[
                *([] if by_customer else [(group, 28, "text")]),
                (self.env._("Customer"), 36, "text"),
                (self.env._("Document"), 20, "text"),
                (self.env._("Reference"), 20, "text"),
                (self.env._("Date"), 11, "date"),
                (self.env._("Due date"), 11, "date"),
                (self.env._("Days"), 7, "number"),
                (self.env._("Column"), 12, "text"),
                (self.env._("Currency"), 9, "text"),
                (self.env._("Open amount"), 15, "money"),
                (self.env._("In %s", aging["currency"]), 15, "money"),
                (self.env._("Salesperson"), 20, "text"),
                (self.env._("Collector"), 20, "text"),
                *(
                    [(self.env._("Company"), 20, "text")]
                    if len(aging["company_ids"]) > 1
                    else []
                ),
            ],
            rows=self._item_rows(aging, request, found),
        )

    @api.model
    def _item_rows(self, aging, request, found):
        by_customer = aging["group_by"] == "partner_id"
        labels = {row["key"]: row["label"] for row in aging["rows"]}
        places = [column["label"] for column in aging["columns"]]
        companies = {c.id: c.name for c in request["companies"].sudo()}
        currencies = self.env["res.currency"].with_context(active_test=False)
        codes = {c.id: c.name for c in currencies.search([])}
        people = self._people(found)
        for row in found:
            (_id, _move, key, company, _partner, partner, number, reference) = row[:8]
            (dated, due, days, currency, amount_currency, amount) = row[8:14]
            yield (
                *(() if by_customer else (labels.get(key or False),)),
                partner,
                number,
                reference,
                dated,
                due,
                days,
                places[self._place(row, request)],
                codes.get(currency),
                amount_currency,
                amount,
                people.get(row[15]),
                people.get(row[16]),
                *((companies[company],) if len(companies) > 1 else ()),
            )

    @api.model
    def _people(self, found) -> dict[int, str]:
        """Return the names of salespeople and collectors."""
        users = {row[15] for row in found} | {row[16] for row in found}
        records = self.env["res.users"].sudo().browse(filter(None, users))
        return {record.id: record.name for record in records}

    @api.model
    def _notes(self, aging, request) -> workbook.Notes:
        companies = ", ".join(request["companies"].sudo().mapped("name"))
        basis = {"due": self.env._("Due date"), "invoice": self.env._("Invoice date")}
        made = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        rates = [
            f"{rate['company']}: 1 {rate['currency']} = {rate['rate']:.6f} "
            f"{aging['currency']} ({format_date(self.env, rate['date'])})"
            for rate in aging["rates"]
        ]
        rows = [
            (self.env._("Date"), format_date(self.env, aging["date"])),
            (self.env._("Company"), companies),
            (self.env._("Currency"), aging["currency"]),
            (
                self.env._("Exchange rates"),
                "\n".join(rates) or self.env._("None needed"),
            ),
            (self.env._("Basis"), basis[aging["date_basis"]]),
            (self.env._("Grouped by"), self._group_label(aging)),
            (self.env._("Customers"), self._scope_label()),
            (self.env._("Made by"), f"{self.env.user.name}, {made:%Y-%m-%d %H:%M}"),
        ]
        return workbook.Notes(
            self.env._("Definitions"),
            [*rows, *self.env["collections.aging.glossary"]._definitions()],
        )

    @api.model
    def _scope_label(self) -> str:
        if self.env["collections.reporting"]._sees_all():
            return self.env._("All customers")
        return self.env._("Own customers and those of the own team")
