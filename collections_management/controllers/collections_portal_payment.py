from werkzeug.exceptions import BadRequest, NotFound

from odoo.exceptions import ValidationError
from odoo.http import request, route

from ..tools import portal_forms
from .collections_portal import CASE, CollectionsPortal


class CollectionsPortalPayment(CollectionsPortal):
    """Paying one, some or all invoices of a currency with Odoo's own providers."""

    @route(
        f"{CASE}/pay",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def collections_pay(self, case_id, access_token=None, currency=None, **_kwargs):
        """Show the form of the payment providers for what was chosen."""
        visit = self._visit(case_id, access_token)
        if not visit:
            return self._login()
        lines = portal_forms.identifiers(request.httprequest.args.getlist("lines"))
        order = self._collections()._payment(visit, currency, lines)
        values = {**self._common(visit), "kind": "pay", "order": order}
        if order["amount"] > 0:
            values |= self._payment_values(visit, order)
        return self._page("collections_management.portal_pay", values)

    def _payment_values(self, visit, order) -> dict:
        """Return what Odoo's payment form asks for."""
        lines = "-".join(map(str, sorted(order["lines"])))
        values = self._get_common_page_view_values(
            {
                "partner": visit.person,
                "company": visit.case.company_id,
                "total_amount": order["amount"],
                "currency": order["currency"],
                "amount_residual": order["amount"],
                "payment_reference": order["reference"],
                "landing_route": self._link(visit),
                "transaction_route": self._link(visit, "transaction", lines),
            },
            access_token=visit.token,
        )
        if visit.token:
            # Who has a link is not who saved a card.
            values["tokens_sudo"] = values["tokens_sudo"].browse()
        return {**values, "amount": order["amount"]}

    @route(f"{CASE}/transaction/<string:lines>", type="jsonrpc", auth="public")
    def collections_transaction(self, case_id, lines, access_token=None, **kwargs):
        """Create the transaction of a payment form; what it is about is asked again.

        :raise ValidationError: when something else is owed by now
        """
        visit = self._visit(case_id, access_token)
        if not visit:
            raise NotFound()
        kwargs.pop("payment_reference", None)
        self._validate_transaction_kwargs(kwargs)
        if kwargs.get("flow") == "token" and visit.token:
            raise BadRequest()
        wanted = portal_forms.identifiers(lines.split("-"))
        order = self._collections()._payment(visit, None, wanted)
        asked = kwargs.get("amount")
        if (
            not wanted
            or wanted != order["lines"]
            or not isinstance(asked, (int, float))
            or order["currency"].compare_amounts(asked, order["amount"])
        ):
            raise ValidationError(
                request.env._("What is open has changed. Please open the page again.")
            )
        kwargs |= {
            "amount": order["amount"],
            "landing_route": self._link(visit),
            "is_validation": False,
        }
        return self._process_transaction(
            visit.person.id,
            order["currency"].id,
            order["moves"].ids,
            order["reference"],
            **kwargs,
        )
