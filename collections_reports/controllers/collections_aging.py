import json

from odoo.http import Controller, request, route

from .download import XLSX, answer, integers, only


class CollectionsAgingController(Controller):
    @route("/collections/aging.xlsx", type="http", auth="user", readonly=True)
    def aging_xlsx(self, date=None, **options):
        """Download the workbook of an aging.

        ``date`` is wanted; ``group_by``, ``date_basis``, ``buckets`` and
        ``company_ids`` (both with commas) and ``domain`` (JSON) as in
        ``collections.aging.get_aging``.
        """
        return self._download("export_xlsx", XLSX, "xlsx", date, options)

    @route("/collections/aging.pdf", type="http", auth="user", readonly=True)
    def aging_pdf(self, date=None, **options):
        """Download an aging on paper; arguments as for the workbook."""
        return self._download("export_pdf", "application/pdf", "pdf", date, options)

    def _download(self, method, content_type, extension, date, options):
        return answer(
            request.env["collections.aging"],
            method,
            lambda: self._arguments(date, options),
            content_type,
            f"aging_{date}.{extension}",
        )

    def _arguments(self, date, options) -> dict:
        only(options, {"group_by", "date_basis", "buckets", "company_ids", "domain"})
        arguments = {"date": date or "", **options}
        for name in ("buckets", "company_ids"):
            if name in arguments:
                arguments[name] = integers(arguments[name])
        if "domain" in arguments:
            arguments["domain"] = json.loads(arguments["domain"])
        return arguments
