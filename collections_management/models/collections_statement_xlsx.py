from odoo import api, models

from ..tools import statement_workbook


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
        translate = self.env._
        return {
            "title": translate("Statement of Account"),
            "customer": translate("Customer"),
            "date": translate("As of"),
            "columns": [
                translate("Document"),
                translate("Reference"),
                translate("Date"),
                translate("Due date"),
                translate("Days overdue"),
                translate("Original amount"),
                translate("Open amount"),
                translate("In dispute"),
            ],
            "debit": translate("Total open"),
            "credit": translate("Credits not applied yet"),
            "net": translate("Balance"),
            "ageing": translate("Ageing"),
            "ages": self.env["collections.statement"]._labels(),
            "to_confirm": translate("Payments to be confirmed"),
            "nothing": translate("Nothing is open. Thank you."),
        }
