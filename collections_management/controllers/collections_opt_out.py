import time

from markupsafe import Markup
from werkzeug.exceptions import NotFound, TooManyRequests

from odoo.http import Controller, request, route

from ..tools.rate_limit import RateLimit

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
PATH = "/collections/opt-out/<string:token>"
LIMIT = RateLimit(most=30, seconds=60)


class CollectionsOptOutController(Controller):
    """One-click opt-out (RFC 8058): only POST changes something."""

    @route(PATH, type="http", auth="public", methods=["GET"], save_session=False)
    def ask(self, token, **_kwargs):
        """Show what the button does, and the button."""
        return self._page(self._redeem(token), done=False)

    @route(
        PATH,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def opt_out(self, token, **_kwargs):
        """End e-mails to those who got the message; again does nothing more."""
        found = self._redeem(token)
        people = found.reminder_id.recipient_ids | found.partner_id
        found.case_id._opt_out(
            people, "email", "one_click", reminder_id=found.reminder_id.id
        )
        return self._page(found, done=True)

    def _redeem(self, token):
        if not LIMIT.allows(request.httprequest.remote_addr or "", time.monotonic()):
            raise TooManyRequests()
        found = request.env["collections.token"]._redeem(token, "opt_out")
        if not found:
            raise NotFound()
        return found.with_context(lang=found.partner_id.lang or request.env.lang)

    def _page(self, token, *, done):
        lang = token.env.context["lang"] or "en_US"
        values = {
            "doctype": Markup("<!DOCTYPE html>"),
            "done": done,
            "company": token.case_id.company_id,
            "text": token.case_id._opt_out_text("email"),
            "lang": lang.replace("_", "-"),
        }
        page = token.env["ir.qweb"]._render(
            "collections_management.opt_out_page",
            values,
            lang=lang,
            minimal_qcontext=True,
        )
        return request.make_response(page, headers=list(HEADERS.items()))
