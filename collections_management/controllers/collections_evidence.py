from werkzeug.exceptions import BadRequest, NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from .collections_statement import CollectionsStatementController


class CollectionsEvidenceController(CollectionsStatementController):
    @route(
        "/collections/evidence/<int:case_id>.<any(pdf, xlsx):kind>",
        type="http",
        auth="user",
        readonly=True,
    )
    def evidence(self, case_id, kind, date_from=None, date_to=None, **_kwargs):
        """Download the evidence of contacts with one customer; for supervisors."""
        case = self._cases([case_id])
        try:
            request.env["collections.role"]._check_supervisor()
        except AccessError as error:
            raise NotFound() from error
        period = self._date(date_from), self._date(date_to)
        if not all(period):
            raise BadRequest("date")
        evidence = request.env["collections.evidence"]
        make = evidence._pdf if kind == "pdf" else evidence._xlsx
        try:
            content = make(case, *period)
        except UserError as error:
            raise BadRequest(str(error)) from error
        name = request.env._("Evidence - %s", case.sudo().partner_id.name)
        return self._download(content, f"{name}.{kind}", kind)
