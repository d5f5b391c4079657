from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import Controller, content_disposition, request, route


class CollectionsSlipController(Controller):
    @route(
        "/collections/slip/<int:promise_id>", type="http", auth="user", readonly=True
    )
    def slip(self, promise_id, **_kwargs):
        """Download the slip of a payment notice; it is never shown in the browser."""
        promise = request.env["collections.promise"].browse(promise_id)
        own = request.env.user.company_ids
        promise = promise.with_context(allowed_company_ids=own.ids).exists()
        try:
            promise.check_access("read")
            slip = promise.slip_id.sudo()
        except AccessError as error:
            raise NotFound() from error
        if not slip:
            raise NotFound()
        return request.make_response(
            slip.raw,
            headers=[
                ("Content-Type", "application/octet-stream"),
                ("Content-Disposition", content_disposition(slip.name)),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
