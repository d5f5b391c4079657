from math import fsum

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import buckets as aging_buckets
from .collections_aging_groups import JOINS

ITEM_FIELDS = (
    "id",
    "move_id",
    "key",
    "company_id",
    "partner_id",
    "partner",
    "number",
    "reference",
    "date",
    "date_due",
    "days",
    "currency_id",
    "amount_currency",
    "amount",
    "is_credit",
    "salesperson_id",
    "collector_id",
    "case_id",
)


class CollectionsAging(models.AbstractModel):
    """Antiquity of balances at any date: what the ledger says today about it."""

    _name = "collections.aging"
    _inherit = ["collections.aging.request"]
    _description = "Aging of Receivables"

    @api.model
    @api.readonly
    def get_aging(
        self,
        date,
        company_ids=None,
        group_by="partner_id",
        buckets=aging_buckets.DEFAULT_LIMITS,
        date_basis="due",
        domain=None,
    ):
        """Return open items by bucket and group at the end of a day.

        :param date: past, today or future; a date or ``YYYY-MM-DD``
        :param company_ids: companies, those of the user only; default: the current one.
            Amounts are in the current company's currency
        :param group_by: one of `collections_aging_groups.GROUPS`
        :param buckets: last day of each bucket between *not due* and *over*
        :param date_basis: ``due``, or ``invoice`` for the age of the document
        :param domain: of ``collections.item``, as of the date; default: all
        :return: ``date, buckets, columns, rows, amounts, total`` and how it was made;
            amounts are one for each bucket, then unapplied credits. ``marks`` are what
            of it is disputed, agreed, promised, on hold or to confirm
        """
        self._check_salesperson()
        request = self._aging_request(
            date, company_ids, group_by, buckets, date_basis, domain
        )
        rows = self._aging_rows(request)
        currency = self.env.company.currency_id
        columns = zip(*(row["amounts"] for row in rows), strict=True)
        amounts = [currency.round(fsum(column)) for column in columns]
        total = currency.round(fsum(amounts))
        for row in rows:
            row["share"] = row["total"] / total * 100 if total else None
        marks = self.env["collections.aging.marks"]._add_marks(request, rows)
        return {
            "date": request["date"],
            "buckets": request["columns"][:-1],
            "columns": request["columns"],
            "rows": rows,
            "amounts": amounts or [0.0] * len(request["columns"]),
            "marks": marks,
            "total": total,
            "item_count": sum(row["item_count"] for row in rows),
            "group_by": request["group"].name,
            "date_basis": date_basis,
            "limits": list(request["limits"]),
            "currency_id": currency.id,
            "currency": currency.name,
            "company_ids": request["companies"].ids,
            "rates": self._aging_rates(request),
        }

    @api.model
    @api.readonly
    def get_items(
        self,
        date,
        company_ids=None,
        group_by="partner_id",
        buckets=aging_buckets.DEFAULT_LIMITS,
        date_basis="due",
        keys=None,
        column=None,
        limit=80,
        offset=0,
        domain=None,
    ):
        """Return the items behind the numbers of `get_aging`, oldest first.

        :param keys: keys of rows, ``False`` for the one without; default: all
        :param column: key of a bucket, or ``credits``; default: all
        :return: dictionaries with ``id`` (the journal item's), document, dates, and
            ``amount`` in the current company's currency
        """
        self._check_salesperson()
        request = self._aging_request(
            date, company_ids, group_by, buckets, date_basis, domain
        )
        rows = self._item_rows(request, keys, column, limit, offset)
        return [dict(zip(ITEM_FIELDS, row, strict=True)) for row in rows]

    @api.model
    @api.readonly
    def export_xlsx(
        self,
        date,
        company_ids=None,
        group_by="partner_id",
        buckets=aging_buckets.DEFAULT_LIMITS,
        date_basis="due",
        domain=None,
    ):
        """Return the workbook of `get_aging`: summary, items, definitions.

        :return: bytes; over RPC use ``/collections/aging.xlsx``
        """
        arguments = (date, company_ids, group_by, buckets, date_basis, domain)
        aging = self.get_aging(*arguments)
        request = self._aging_request(*arguments)
        return self.env["collections.aging.xlsx"]._workbook(aging, request)

    @api.model
    @api.readonly
    def export_pdf(
        self,
        date,
        company_ids=None,
        group_by="partner_id",
        buckets=aging_buckets.DEFAULT_LIMITS,
        date_basis="due",
        domain=None,
    ):
        """Return `get_aging` on paper; over RPC use ``/collections/aging.pdf``."""
        aging = self.get_aging(date, company_ids, group_by, buckets, date_basis, domain)
        return self.env["collections.aging.pdf"]._document(aging)

    # === QUERY === #

    @api.model
    def _aging_rows(self, request) -> list[dict]:
        """Return one row for each group, in one statement and one for the names."""
        if not request["companies"]:
            return []
        group = request["group"]
        in_document_currency = group.name == "currency_id"
        found = self.env.execute_query(self._aging_sql(request, in_document_currency))
        width = len(request["columns"])
        labels = self._aging_labels(group, [row[0] for row in found])
        rows = []
        rounded = self.env.company.currency_id.round
        for key, count, _total, *amounts in found:
            row = {
                "key": key or False,
                "label": labels[key or False],
                "amounts": amounts[:width],
                # Of the cells as they are shown: rows and columns add up to the cent,
                # also where amounts were converted.
                "total": rounded(fsum(amounts[:width])),
                "item_count": count,
            }
            if in_document_currency:
                row["amounts_currency"] = amounts[width:]
            rows.append(row)
        rows.sort(key=lambda row: (-row["total"], row["label"], row["key"]))
        return rows

    @api.model
    def _aging_sql(self, request, in_document_currency: bool) -> SQL:
        digits = self.env.company.currency_id.decimal_places
        amount = self._in_currency_sql(
            SQL("part.amount"), SQL("part.company_id"), request["factors"]
        )
        conditions = self._aging_conditions(request)
        sums = [self._aging_sum_sql(amount, digits, where) for where in conditions]
        if in_document_currency:
            sums += [
                self._aging_sum_sql(SQL("part.amount_currency"), 6, where)
                for where in conditions
            ]
        return SQL(
            """SELECT %(key)s AS key, count(DISTINCT part.id), %(total)s, %(sums)s
                 FROM (%(parts)s) part %(joins)s
                WHERE %(own)s
             GROUP BY 1""",
            key=request["group"].key,
            total=self._aging_sum_sql(amount, digits, SQL("TRUE")),
            sums=SQL(", ").join(sums),
            parts=self._request_parts_sql(request),
            joins=self._aging_joins_sql(request["group"]),
            own=self._own_customers_sql(
                SQL("contact.commercial_partner_id"), SQL("part.company_id")
            ),
        )

    @api.model
    def _aging_sum_sql(self, amount: SQL, digits: int, where: SQL) -> SQL:
        return SQL(
            "coalesce(round(sum(%s) FILTER (WHERE %s), %s), 0)", amount, where, digits
        )

    @api.model
    def _aging_conditions(self, request) -> list[SQL]:
        """Return the condition on a part for each column."""
        days = self._aging_days_sql(request)
        found = []
        for column in request["columns"][:-1]:
            where = SQL("NOT part.is_credit")
            if column["from"] is not None:
                where = SQL("%s AND %s >= %s", where, days, column["from"])
            if column["to"] is not None:
                where = SQL("%s AND %s <= %s", where, days, column["to"])
            found.append(where)
        return [*found, SQL("part.is_credit")]

    @api.model
    def _aging_days_sql(self, request) -> SQL:
        basis = SQL("part.due") if request["basis"] == "due" else SQL("part.dated")
        return SQL("(%s - %s)", request["date"], basis)

    @api.model
    def _item_rows(self, request, keys=None, column=None, limit=None, offset=0):
        """Return rows of `ITEM_FIELDS`."""
        if not request["companies"]:
            return []
        group = request["group"]
        amount = self._in_currency_sql(
            SQL("part.amount"), SQL("part.company_id"), request["factors"]
        )
        needs = dict.fromkeys(("contact", "customer", "kase", "move", *group.needs))
        return self.env.execute_query(
            SQL(
                """SELECT part.id, part.move_id, %(key)s AS key, part.company_id,
                          contact.commercial_partner_id, customer.complete_name,
                          %(number)s, move.ref, part.dated, part.due, %(days)s,
                          part.currency_id, part.amount_currency,
                          round(%(amount)s, %(digits)s), part.is_credit,
                          kase.salesperson_id, kase.collector_id, kase.id
                     FROM (%(items)s) part %(joins)s
                    WHERE %(own)s AND %(keys)s
                 ORDER BY part.due, part.id LIMIT %(limit)s OFFSET %(offset)s""",
                key=group.key,
                number=self._item_number_sql(),
                days=self._aging_days_sql(request),
                amount=amount,
                digits=self.env.company.currency_id.decimal_places,
                items=self._items_sql(request, column),
                joins=SQL(" ").join(JOINS[need] for need in needs),
                own=self._own_customers_sql(
                    SQL("contact.commercial_partner_id"), SQL("part.company_id")
                ),
                keys=self._item_keys_sql(group, keys),
                limit=limit,
                offset=offset,
            )
        )

    @api.model
    def _item_number_sql(self) -> SQL:
        """Only what is no invoice needs its line, to be known by its words."""
        return SQL(
            """CASE WHEN move.move_type = 'entry'
                    THEN (SELECT %s FROM account_move_line line
                           WHERE line.id = part.id)
                    ELSE move.name END""",
            self.env["collections.reminder.builder"]._number_sql(),
        )

    @api.model
    def _items_sql(self, request, column=None) -> SQL:
        """Return the open items, one row each, of one column or all."""
        where = SQL("TRUE")
        if column is not None:
            names = [found["key"] for found in request["columns"]]
            if column not in names:
                raise UserError(self.env._("There is no column “%s”.", column))
            where = self._aging_conditions(request)[names.index(column)]
        return SQL(
            """SELECT part.id, part.move_id, part.company_id, part.partner_id,
                      part.currency_id, part.date, part.dated, part.due, part.is_credit,
                      sum(part.amount) AS amount,
                      sum(part.amount_currency) AS amount_currency
                 FROM (%s) part WHERE %s
             GROUP BY part.id, part.move_id, part.company_id, part.partner_id,
                      part.currency_id, part.date, part.dated, part.due,
                      part.is_credit""",
            self._request_parts_sql(request),
            where,
        )

    @api.model
    def _item_keys_sql(self, group, keys) -> SQL:
        if keys is None:
            return SQL("TRUE")
        return SQL(
            "(%(key)s = ANY(%(keys)s) OR (%(empty)s AND %(key)s IS NULL))",
            key=group.key,
            keys=[key for key in keys if key],
            empty=not all(keys),
        )

    @api.model
    def _aging_labels(self, group, keys) -> dict:
        """Return the names of the groups; of many customers by one statement."""
        known = [key for key in keys if key]
        words = self.env["collections.aging.glossary"]
        labels = {False: words._unassigned()[group.name]}
        if group.model == "res.partner":
            found = self.env.execute_query(
                SQL(
                    "SELECT id, complete_name FROM res_partner WHERE id = ANY(%s)",
                    known,
                )
            )
            return labels | {key: name or "" for key, name in found}
        records = self.env[group.model].sudo().browse(known)
        return labels | {record.id: record.display_name or "" for record in records}
