import time

from werkzeug.exceptions import BadRequest, NotFound, TooManyRequests
from werkzeug.urls import url_encode

from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route
from odoo.tools import format_date

from odoo.addons.account_payment.controllers.portal import PortalAccount

from ..tools import portal_forms, slips
from ..tools.rate_limit import RateLimit

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
LIMIT = RateLimit(most=120, seconds=60)
HOME = "/my/collections"
CASE = f"{HOME}/<int:case_id>"
FORM = f"{CASE}/<any(promise, notice, dispute, instalments, messages):kind>"
# A slip that is too large gets an answer in words, what is larger still none.
MOST_BYTES = 4 * slips.MOST_BYTES
FILE_HEADERS = {**HEADERS, "X-Content-Type-Options": "nosniff"}


class CollectionsPortal(PortalAccount):
    """The customer's pages: by login, or by a link with its token.

    `collections.portal` decides who sees what; GET changes nothing, POST carries
    Odoo's token against forged requests.
    """

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "collections_count" in counters:
            values["collections_count"] = self._collections()._open_count()
        return values

    @route(HOME, type="http", auth="user", website=True, readonly=True)
    def collections_home(self, **_kwargs):
        """Show the accounts of who is logged in: mostly one, shown at once."""
        cases = self._collections()._cases()
        if len(cases) == 1:
            return request.redirect(f"{HOME}/{cases.id}")
        return self._page("collections_management.portal_my_accounts", {"cases": cases})

    # === PAGES === #

    @route(
        CASE, type="http", auth="public", methods=["GET"], website=True, readonly=True
    )
    def collections_case(self, case_id, access_token=None, done=None, **_kwargs):
        """Show what is open, what was said, and what can be done."""
        visit = self._visit(case_id, access_token)
        if not visit:
            return self._login()
        values = self._collections()._overview(visit)
        return self._page(
            "collections_management.portal_account",
            {**self._common(visit), **values, "done": done},
        )

    @route(
        FORM, type="http", auth="public", methods=["GET"], website=True, readonly=True
    )
    def collections_form(self, case_id, kind, access_token=None, **form):
        """Show a form; what is chosen on the page of the account is chosen in it."""
        visit = self._visit(case_id, access_token)
        if not visit:
            return self._login()
        return self._form_page(visit, kind, self._typed(form))

    @route(
        FORM,
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MOST_BYTES,
    )
    def collections_send(self, case_id, kind, access_token=None, **form):
        """Do what a form says, or show it again with what to correct."""
        visit = self._visit(case_id, access_token)
        if not visit:
            return self._login()
        typed = self._typed(form)
        portal = self._collections()
        actions = {
            "promise": portal._promise,
            "notice": lambda visit, form: portal._promise(visit, form, "reported"),
            "dispute": portal._dispute,
            "instalments": portal._accept_agreement
            if typed.get("agreement")
            else portal._ask_agreement,
            "messages": portal._set_channel,
        }
        try:
            with request.env.cr.savepoint():
                actions[kind](visit, typed)
        except UserError as error:
            return self._form_page(visit, kind, typed, error=str(error))
        done = "accepted" if typed.get("agreement") else kind
        return request.redirect(self._link(visit, done=done))

    # === FILES === #

    @route(
        f"{CASE}/statement.pdf",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def collections_statement(self, case_id, access_token=None, **_kwargs):
        visit = self._visit(case_id, access_token)
        if not visit:
            return self._login()
        try:
            content = visit.case._statement_pdfs()[visit.case.id]
        except UserError as error:
            raise BadRequest(str(error)) from error
        return self._file(content, f"{visit.case._statement_name()}.pdf")

    @route(
        f"{CASE}/document/<int:line_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def collections_document(self, case_id, line_id, access_token=None, **_kwargs):
        """Download one of the open invoices."""
        visit = self._visit(case_id, access_token)
        if not visit:
            return self._login()
        document = self._collections()._document(visit, line_id)
        if not document:
            raise NotFound()
        return self._file(document["content"], document["filename"])

    def _file(self, content, name):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(name)),
                *FILE_HEADERS.items(),
            ],
        )

    # === WHO === #

    def _collections(self):
        """Return the model that decides, as superuser in the name of the visitor."""
        return request.env["collections.portal"].sudo()

    def _visit(self, case_id, token):
        """Return who looks at what, ``None`` if they should log in first.

        :raise NotFound: the same for what is not theirs, expired, revoked or forged
        """
        key = f"{request.httprequest.remote_addr}/{request.session.uid or ''}"
        if not LIMIT.allows(key, time.monotonic()):
            raise TooManyRequests()
        token = token if isinstance(token, str) else None
        visit = self._collections()._enter(case_id, token)
        if visit.case:
            if visit.token:
                lang = request.env["collections.statement"].sudo()._lang(visit.case)
                request.update_context(lang=visit.person.lang or lang)
                visit = self._collections()._enter(case_id, token)
            return visit
        if token is None and request.env.user._is_public():
            return None
        raise NotFound()

    def _login(self):
        query = url_encode({"redirect": request.httprequest.full_path})
        return request.redirect(f"/web/login?{query}")

    # === WHAT IS SHOWN === #

    def _typed(self, form) -> dict:
        """Return the texts of a form, its chosen documents and its file."""
        typed = {key: value for key, value in form.items() if isinstance(value, str)}
        http = request.httprequest
        typed["lines"] = (http.form or http.args).getlist("lines")
        slip = http.files.get("slip")
        typed["slip"] = slip.read() if slip and slip.filename else None
        return typed

    def _form_page(self, visit, kind, typed, error=None):
        portal = self._collections()
        table = portal._debts(visit, typed.get("currency")) or portal._debts(visit)
        chosen = portal_forms.identifiers(typed["lines"])
        values = {
            **self._common(visit),
            "kind": kind,
            "typed": typed,
            "chosen": chosen,
            "error": error,
            "table": table,
            "proposed_amount": portal._proposed_amount(table, chosen),
            "currencies": portal._currencies(visit),
            "reasons": portal._reasons(),
            "channels": portal._channels(visit),
            "agreements": portal._agreements(visit).filtered("is_offered"),
            "today": visit.case.company_id._collections_today(),
            "slip_megabytes": slips.MOST_BYTES // 1024**2,
        }
        return self._page(f"collections_management.portal_{kind}", values)

    def _common(self, visit) -> dict:
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "collections",
            "no_breadcrumbs": bool(visit.token),
            "visit": visit,
            "case": visit.case,
            "company": visit.case.company_id,
            # Logo and name on the page are of who is owed.
            "res_company": visit.case.company_id,
            "title": request.env._("Your Account"),
            **self._collections()._ways_to_pay(visit),
            "link": lambda *path, **query: self._link(visit, *path, **query),
            "format_date": lambda day: format_date(request.env, day),
        }

    def _link(self, visit, *path, **query) -> str:
        """Return the address of a page of the visit, which keeps its token."""
        if visit.token:
            query["access_token"] = visit.token
        address = "/".join([HOME, str(visit.case.id), *map(str, path)])
        return f"{address}?{url_encode(query)}" if query else address

    def _page(self, template, values):
        values = {**self._prepare_portal_layout_values(), **values}
        values["page_name"] = "collections"
        response = request.render(template, values)
        response.headers.update(HEADERS)
        return response
