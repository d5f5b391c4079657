from odoo.http import Controller, request, route

from .download import XLSX, answer, integers, only


class CollectionsCashController(Controller):
    @route("/collections/cash.xlsx", type="http", auth="user", readonly=True)
    def cash_xlsx(self, **options):
        """Download the workbook of the cash forecast.

        ``company_ids`` (with commas) as in ``collections.cash.screen.export_xlsx``.
        """
        return answer(
            request.env["collections.cash.screen"],
            "export_xlsx",
            lambda: self._arguments(options),
            XLSX,
            "cash_forecast.xlsx",
        )

    def _arguments(self, options) -> dict:
        only(options, {"company_ids"})
        if "company_ids" in options:
            return {"company_ids": integers(options["company_ids"])}
        return {}
