import json

from werkzeug.exceptions import BadRequest, Forbidden

from odoo.exceptions import AccessError, UserError
from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        aging = request.env["collections.aging"]
        try:
            arguments = self._arguments(date, options)
            companies = arguments.get("company_ids")
            if companies:
                aging = aging.with_context(allowed_company_ids=self._allowed(companies))
            content = getattr(aging, method)(**arguments)
        except AccessError as error:
            raise Forbidden(str(error)) from error
        except (UserError, ValueError) as error:
            raise BadRequest(str(error)) from error
        name = f"aging_{arguments['date']}.{extension}"
        return request.make_response(
            content,
            headers=[
                ("Content-Type", content_type),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )

    def _arguments(self, date, options) -> dict:
        """Return the arguments of the call; what is not known is refused."""
        known = {"group_by", "date_basis", "buckets", "company_ids", "domain"}
        if unknown := options.keys() - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        arguments = {"date": date or "", **options}
        for name in ("buckets", "company_ids"):
            if name in arguments:
                arguments[name] = [int(part) for part in arguments[name].split(",")]
        if "domain" in arguments:
            arguments["domain"] = json.loads(arguments["domain"])
        return arguments

    def _allowed(self, company_ids) -> list[int]:
        """The first company asked for is the current one, if the user has it."""
        own = request.env.user.company_ids.ids
        return [company for company in company_ids if company in own] or own[:1]
