from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route

from ..tools import evidence_workbook
from .collections_statement import CollectionsStatementController


class CollectionsHistoryController(CollectionsStatementController):
    @route(
        "/collections/history_template.xlsx", type="http", auth="user", readonly=True
    )
    def history_template(self, **_kwargs):
        """Download the template for the import of contact history; for supervisors."""
        try:
            request.env["collections.role"]._check_supervisor()
        except AccessError as error:
            raise NotFound() from error
        words = request.env["collections.history.words"]
        title, meanings, headings, rows = words._template()
        table = evidence_workbook.Table(request.env._("Rows"), headings, rows)
        content = evidence_workbook.build(title, meanings, [table])
        return self._download(content, f"{title}.xlsx", "xlsx")
