import hmac
import logging

from odoo import http
from odoo.http import request

from ..tools import signatures, webhooks

_logger = logging.getLogger(__name__)

# Meta's own limit is 3 MB.
LARGEST_BODY = 3 * 1024 * 1024


class CollectionsWhatsapp(http.Controller):
    """Where WhatsApp tells us what happened.

    Nothing is parsed before the signature of the raw bytes was found good, nothing is
    stored of what is for no number of ours, and the answer waits for nothing.
    """

    @http.route(
        "/collections/whatsapp/webhook",
        type="http",
        auth="public",
        methods=["GET"],
        csrf=False,
        save_session=False,
        readonly=True,
    )
    def verify(self, **values):
        """Answer the challenge with which Meta asks whether it is really us."""
        token = values.get("hub.verify_token") or ""
        known = request.env["collections.whatsapp.account"].sudo()._verify_tokens()
        # All are compared: how long it takes says nothing.
        found = [
            hmac.compare_digest(one.encode(), token.encode("utf-8", "replace"))
            for one in known
        ]
        if values.get("hub.mode") != "subscribe" or not any(found):
            return self._plain("", 403)
        return self._plain(values.get("hub.challenge") or "")

    @http.route(
        "/collections/whatsapp/webhook",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def receive(self, **_values):
        """Keep a webhook and answer; what it means is found out afterwards."""
        length = request.httprequest.content_length
        if length is None or length > LARGEST_BODY:
            return self._plain("", 411 if length is None else 413)
        body = request.httprequest.get_data(cache=False)
        header = request.httprequest.headers.get("X-Hub-Signature-256")
        accounts = request.env["collections.whatsapp.account"].sudo()
        signers = accounts._signers(
            lambda secret: signatures.verify(secret, body, header)
        )
        if not signers:
            return self._plain("", 401)
        try:
            payload = webhooks.decode(body)
        except webhooks.Malformed as error:
            _logger.info("A signed webhook is malformed: %s", error)
            return self._plain("", 400)
        if not signers._is_meant(payload):
            return self._plain("", 404)
        request.env["collections.whatsapp.webhook"].sudo()._keep(body)
        return self._plain("")

    def _plain(self, text, status=200):
        headers = [("Content-Type", "text/plain"), ("Cache-Control", "no-store")]
        return request.make_response(text, headers, status=status)
