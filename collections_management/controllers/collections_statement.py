from werkzeug.exceptions import BadRequest, NotFound

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.http import Controller, content_disposition, request, route
from odoo.tools.pdf import merge_pdf

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class CollectionsStatementController(Controller):
    @route(
        "/collections/statement/<int:case_id>.<any(pdf, xlsx):kind>",
        type="http",
        auth="user",
        readonly=True,
    )
    def statement(self, case_id, kind, date=None, **_kwargs):
        """Download the statement of one customer, as of a date if one is given."""
        case = self._cases([case_id])
        try:
            if kind == "pdf":
                content = case._statement_pdfs(self._date(date))[case.id]
            else:
                content = case._statement_xlsx(self._date(date))
        except UserError as error:
            raise BadRequest(str(error)) from error
        return self._download(content, f"{case._statement_name()}.{kind}", kind)

    @route(
        "/collections/statement.<any(pdf, xlsx):kind>",
        type="http",
        auth="user",
        readonly=True,
    )
    def statements(self, kind, cases="", date=None, **_kwargs):
        """Download the statements of several customers in one file."""
        if not all(part.isdecimal() for part in cases.split(",")):
            raise BadRequest("cases")
        records = self._cases([int(part) for part in cases.split(",")])
        try:
            if kind == "pdf":
                pages = records._statement_pdfs(self._date(date))
                content = merge_pdf([pages[case.id] for case in records])
            else:
                content = records._statement_xlsx(self._date(date))
        except UserError as error:
            raise BadRequest(str(error)) from error
        name = request.env._("Statements")
        if len(records) == 1:
            name = records._statement_name()
        return self._download(content, f"{name}.{kind}", kind)

    def _cases(self, case_ids):
        """Return the cases that the user may read; others are not there."""
        cases = request.env["collections.case"].browse(case_ids)
        own = request.env.user.company_ids
        cases = cases.with_context(allowed_company_ids=own.ids)
        if not all(case_ids) or cases.exists() != cases:
            raise NotFound()
        try:
            cases.check_access("read")
        except AccessError as error:
            raise NotFound() from error
        return cases

    def _date(self, text):
        try:
            return Date.to_date(text) if text else None
        except ValueError as error:
            raise BadRequest("date") from error

    def _download(self, content, name, kind):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", TYPES[kind]),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
