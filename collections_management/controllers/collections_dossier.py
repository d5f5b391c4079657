from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wsgi import wrap_file

from odoo.exceptions import AccessError, UserError
from odoo.http import Response, content_disposition, request, route

from .collections_statement import CollectionsStatementController


class CollectionsDossierController(CollectionsStatementController):
    @route(
        "/collections/dossier/<int:case_id>.<any(pdf, zip):kind>",
        type="http",
        auth="user",
        readonly=True,
    )
    def dossier(self, case_id, kind, **_kwargs):
        """Download the dossier of a case; for collectors."""
        case = self._cases([case_id])
        try:
            request.env["collections.role"]._check_collector(case)
        except AccessError as error:
            raise NotFound() from error
        name = request.env._("Dossier - %s", case.sudo().partner_id.name)
        dossier = request.env["collections.dossier"]
        try:
            if kind == "pdf":
                return self._download(dossier._pdf(case), f"{name}.pdf", "pdf")
            file = dossier._zip(case)
        except UserError as error:
            raise BadRequest(str(error)) from error
        # Sent in pieces, and closed with the answer.
        return Response(
            wrap_file(request.httprequest.environ, file),
            direct_passthrough=True,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(f"{name}.zip")),
                ("Cache-Control", "no-store"),
            ],
        )
