from odoo import api, models

from ...tools import statement_workbook


class CollectionsStatementXlsx(models.AbstractModel):
    """Statements as a workbook, a sheet per customer."""

    _name = "collections.statement.xlsx"
    _description = "Customer Statements in Excel"

    @api.model
    def _render(self, cases, date=None) -> bytes:
        found = self.env["collections.statement"]._statements(cases, date)
        return statement_workbook.build(
            self.with_context(lang=statement["lang"])._values(statement)
            for statement in found.values()
        )

    @api.model
    def _values(self, statement) -> dict:
        return {
            "customer": statement["partner"].name or "",
            "company": statement["company"].name,
            "date": statement["date"],
            "tables": [self._plain(table) for table in statement["tables"]],
            "to_confirm": [self._plain(pay) for pay in statement["to_confirm"]],
            "words": self._words(),
        }

    @api.model
    def _plain(self, values) -> dict:
        """The currency by its code, and its digits."""
        currency = values["currency"]
        return {
            **values,
            "currency": currency.name,
            "digits": currency.decimal_places,
        }

    @api.model
    def _words(self) -> dict:
        return {
            "title": self.env._("Statement of Account"),
            "customer": self.env._("Customer"),
            "date": self.env._("As of"),
            "columns": [
                self.env._("Document"),
                self.env._("Reference"),
                self.env._("Date"),
                self.env._("Due date"),
                self.env._("Days overdue"),
                self.env._("Original amount"),
                self.env._("Open amount"),
                self.env._("In dispute"),
            ],
            "debit": self.env._("Total open"),
            "credit": self.env._("Credits not applied yet"),
            "net": self.env._("Balance"),
            "ageing": self.env._("Aging"),
            "ages": self.env["collections.statement"]._labels(),
            "to_confirm": self.env._("Payments to be confirmed"),
            "nothing": self.env._("Nothing is open. Thank you."),
        }
