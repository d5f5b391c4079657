import json

from odoo.http import Controller, request, route

from .download import XLSX, answer, integers, only


class CollectionsKpiController(Controller):
    @route("/collections/figures.xlsx", type="http", auth="user", readonly=True)
    def figures_xlsx(self, date_from=None, date_to=None, **options):
        """Download the workbook of the key figures of a period.

        ``company_ids`` (with commas), ``rates`` (JSON, loss rates as fractions) and
        ``adjustment`` (percent) as in ``collections.kpi.screen.export_xlsx``.
        """
        return answer(
            request.env["collections.kpi.screen"],
            "export_xlsx",
            lambda: self._arguments(date_from, date_to, options),
            XLSX,
            f"figures_{date_to}.xlsx",
        )

    def _arguments(self, date_from, date_to, options) -> dict:
        only(options, {"company_ids", "rates", "adjustment"})
        arguments = {"date_from": date_from or "", "date_to": date_to or ""}
        if "company_ids" in options:
            arguments["company_ids"] = integers(options["company_ids"])
        if options.get("rates"):
            arguments["rates"] = json.loads(options["rates"])
        if options.get("adjustment"):
            arguments["adjustment"] = float(options["adjustment"])
        return arguments
