from odoo import api, models
from odoo.exceptions import UserError

from ..tools import account_news, example_document, graph_client, payloads

LANGUAGES = [
    ("es", "Spanish"),
    ("es_MX", "Spanish (Mexico)"),
    ("es_AR", "Spanish (Argentina)"),
    ("es_CO", "Spanish (Colombia)"),
    ("es_CL", "Spanish (Chile)"),
    ("es_PE", "Spanish (Peru)"),
    ("es_VE", "Spanish (Venezuela)"),
    ("es_ES", "Spanish (Spain)"),
    ("pt_BR", "Portuguese (Brazil)"),
    ("en", "English"),
    ("en_US", "English (US)"),
    ("en_GB", "English (UK)"),
]
STATES = {
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "UNARCHIVED": "approved",
    "FLAGGED": "approved",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "LOCKED": "disabled",
    "ARCHIVED": "disabled",
    "LIMIT_EXCEEDED": "rejected",
    "PENDING_DELETION": "deleted",
    "DELETED": "deleted",
}
# What people may change before they submit it (again).
EDITABLE = ("draft", "rejected")
HEADERS = {"TEXT": "text", "DOCUMENT": "document"}


class CollectionsWhatsappTemplateSync(models.AbstractModel):
    """Templates between us and WhatsApp: submitted, read, kept alike."""

    _name = "collections.whatsapp.template.sync"
    _description = "WhatsApp's Side of a Template"

    # === OURS TO WHATSAPP === #

    def action_submit(self):
        """Hand drafts, and what was rejected and mended, over for approval."""
        self.env["collections.whatsapp.account"]._check_may_write()
        self.check_access("write")
        for template in self.filtered(lambda one: one.state in EDITABLE):
            template._submit()

    def _submit(self):
        if not self.account_id:
            raise UserError(
                self.env._("A shipped model is copied to a number before it is sent.")
            )
        if complaints := self._complaints():
            raise UserError("\n".join([self.display_name, *complaints]))
        try:
            answer = self._hand_in(self.account_id._client())
        except graph_client.ApiError as error:
            raise UserError(
                self.env._(
                    "WhatsApp refuses %(name)s: %(why)s",
                    name=self.display_name,
                    why=f"{error.problem.text} ({error.problem.code})",
                )
            ) from error
        self.sudo().write(
            {
                "external_id": answer.get("id") or self.external_id,
                "state": STATES.get(answer.get("status"), "pending"),
                "reason": False,
            }
        )

    def _hand_in(self, client) -> dict:
        """Create the template, or change the one that WhatsApp rejected."""
        request = self._request(client)
        if self.state != "rejected" or not self.external_id:
            return client.create_template(request)
        for fixed in ("name", "language", "parameter_format"):
            request.pop(fixed)
        client.edit_template(self.external_id, request)
        return {}

    def _request(self, client) -> dict:
        """Return the template as WhatsApp wants it."""
        self.ensure_one()
        return payloads.new_template(
            self.name,
            self.language,
            self.category,
            self.body,
            [variable.example or "" for variable in self._ordered_variables()],
            header=self.header if self.header_type == "text" else None,
            document_handle=self._upload_example(client),
            footer=self.footer or None,
            buttons=[self._button_request(button) for button in self.button_ids],
            ttl=self.ttl or None,
        )

    def _upload_example(self, client) -> str | None:
        """Upload what stands for the customer's statement, for who reviews it."""
        if self.header_type != "document":
            return None
        title = self.env._("Statement of Account")
        examples = self._source_examples()
        lines = [examples[name] for name in ("customer", "documents", "total")]
        content = example_document.pdf(title, lines)
        return client.upload_example(content, "application/pdf", f"{title}.pdf")

    def _button_request(self, button) -> dict:
        if button._kind() != "url":
            return {"type": "QUICK_REPLY", "text": button.name}
        url = button.url or f"{self.get_base_url()}/{{{{1}}}}"
        if "{{1}}" not in url:
            return {"type": "URL", "text": button.name, "url": url}
        button.sudo().url = url
        example = url.replace("{{1}}", "my/invoices/1")
        return {"type": "URL", "text": button.name, "url": url, "example": [example]}

    # === WHATSAPP'S TO US === #

    @api.model
    def _sync(self, account) -> int:
        """Take over what WhatsApp has; texts of ours keep their variables.

        :return: how many templates WhatsApp has in a language that we know
        """
        try:
            rows = account._client().templates()
        except graph_client.ApiError as error:
            raise UserError(account._explain(error.problem)) from error
        known = {
            (one.name, one.language): one
            for one in self.search([("account_id", "=", account.id)])
        }
        there = {(row.get("name"), row.get("language")): row for row in rows}
        for key, row in there.items():
            if key in known:
                known[key]._take_over(row)
            elif key[0] and key[1] in dict(LANGUAGES):
                self.create(self._from_whatsapp(account, row))._guess_sources(row)
        for key, template in known.items():
            if key not in there and template.external_id:
                template.state = "deleted"
        return len([key for key in there if key[1] in dict(LANGUAGES)])

    def _take_over(self, row):
        self.ensure_one()
        reason = row.get("rejected_reason")
        values = {
            "external_id": str(row.get("id") or ""),
            "state": STATES.get(row.get("status"), self.state),
            "category": row.get("category") or self.category,
            "quality": self._quality(row),
            "reason": reason if reason and reason != "NONE" else False,
        }
        changed = {
            name: v for name, v in values.items() if (self[name] or "") != (v or "")
        }
        if changed:
            self.write(changed)

    def _quality(self, row):
        return account_news.quality((row.get("quality_score") or {}).get("score"))

    @api.model
    def _from_whatsapp(self, account, row) -> dict:
        parts = {part.get("type"): part for part in row.get("components") or []}
        header = parts.get("HEADER", {})
        return {
            "account_id": account.id,
            "name": row["name"],
            "language": row["language"],
            "category": row.get("category") or "UTILITY",
            "header_type": HEADERS.get(header.get("format"), "media")
            if header
            else "none",
            "header": header.get("text"),
            "body": parts.get("BODY", {}).get("text") or "-",
            "footer": parts.get("FOOTER", {}).get("text"),
            "state": STATES.get(row.get("status"), "pending"),
            "quality": self._quality(row),
            "external_id": str(row.get("id") or ""),
            "button_ids": [
                (0, 0, {**self._button_values(button), "sequence": sequence})
                for sequence, button in enumerate(
                    parts.get("BUTTONS", {}).get("buttons") or []
                )
            ],
        }

    @api.model
    def _button_values(self, button) -> dict:
        name = button.get("text") or "-"
        if button.get("type") == "URL":
            return {"name": name, "purpose": "link", "url": button.get("url")}
        return {"name": name, "purpose": "other"}

    def _guess_sources(self, row) -> None:
        """Fill variables as the shipped text of this name does; ask about all others.

        Nobody but a person knows what another's template wants in its places.
        """
        self.ensure_one()
        shipped = self.search(
            [
                ("account_id", "=", False),
                ("name", "=", self.name),
                ("language", "=", self.language),
                ("body", "=", self.body),
            ],
            limit=1,
        )
        sources = {one.number: one.source for one in shipped.variable_ids}
        parts = {part.get("type"): part for part in row.get("components") or []}
        examples = (parts.get("BODY", {}).get("example") or {}).get("body_text") or []
        told = dict(enumerate(examples[0] if examples else [], 1))
        for variable in self.variable_ids:
            variable.source = sources.get(variable.number)
            variable.example = told.get(variable.number) or variable.example
        self.title = shipped.title or self.title
        for button, known in zip(self.button_ids, shipped.button_ids, strict=False):
            if button._kind() == known._kind() and button.name == known.name:
                button.purpose = known.purpose
