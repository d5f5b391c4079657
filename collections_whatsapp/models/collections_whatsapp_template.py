from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import graph_client, payloads, replies

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
HOUR = 3600


class CollectionsWhatsappTemplate(models.Model):
    """A text that WhatsApp approved, in one language; without a number: a model."""

    _name = "collections.whatsapp.template"
    _description = "WhatsApp Template"
    _inherit = [
        "collections.whatsapp.template.check",
        "collections.whatsapp.template.text",
        "mail.thread",
    ]
    _order = "account_id, name, language"

    account_id = fields.Many2one(
        comodel_name="collections.whatsapp.account",
        string="Number",
        ondelete="cascade",
        index=True,
        help="Empty: one of the shipped models, to be copied",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    active = fields.Boolean(default=True)
    name = fields.Char(
        required=True,
        help="Small letters, digits and _; the same in all languages of a text",
    )
    language = fields.Selection(selection=LANGUAGES, required=True, default="es")
    category = fields.Selection(
        selection=[
            ("UTILITY", "Utility"),
            ("MARKETING", "Marketing"),
            ("AUTHENTICATION", "Authentication"),
        ],
        required=True,
        default="UTILITY",
    )
    header_type = fields.Selection(
        selection=[
            ("none", "None"),
            ("text", "Text"),
            ("document", "The customer's statement (PDF)"),
        ],
        string="Header",
        required=True,
        default="none",
    )
    header = fields.Char(string="Header Text")
    header_handle = fields.Char(
        string="Example Document",
        help="Upload handle of an example PDF, from the Meta app: WhatsApp asks for it "
        "when a template with a document is submitted",
    )
    body = fields.Text(required=True, help="Variables are written {{1}}, {{2}}…")
    footer = fields.Char()
    ttl = fields.Integer(
        string="Delivered Within (Seconds)",
        default=HOUR,
        help="After that WhatsApp gives up: nothing arrives at night because a "
        "telephone was off",
    )
    variable_ids = fields.One2many(
        comodel_name="collections.whatsapp.template.variable",
        inverse_name="template_id",
        string="Variables",
        compute="_compute_variable_ids",
        store=True,
        readonly=False,
        copy=True,
    )
    button_ids = fields.One2many(
        comodel_name="collections.whatsapp.template.button",
        inverse_name="template_id",
        string="Buttons",
        copy=True,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("pending", "In Review"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("paused", "Paused by WhatsApp"),
            ("disabled", "Disabled by WhatsApp"),
            ("deleted", "Deleted"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    reason = fields.Char(string="Why", readonly=True, copy=False)
    quality = fields.Selection(
        selection=[("GREEN", "High"), ("YELLOW", "Medium"), ("RED", "Low")],
        readonly=True,
        copy=False,
        tracking=True,
    )
    is_blocked = fields.Boolean(
        string="Blocked",
        readonly=True,
        copy=False,
        tracking=True,
        help="WhatsApp refused a message made from it: it is not used until somebody "
        "looked",
    )
    external_id = fields.Char(string="WhatsApp's ID", readonly=True, copy=False)

    _language_uniq = models.UniqueIndex(
        "(coalesce(account_id, 0), name, language) WHERE active"
    )

    @api.depends("name", "language")
    def _compute_display_name(self):
        for template in self:
            template.display_name = f"{template.name} ({template.language})"

    @api.depends("body")
    def _compute_variable_ids(self):
        """A variable for each place of the text; what people chose stays."""
        for template in self:
            wanted = payloads.variables(template.body)
            have = template.variable_ids.mapped("number")
            gone = template.variable_ids.filtered(lambda v, w=wanted: v.number not in w)
            template.variable_ids = [
                *((2, variable.id) for variable in gone),
                *(
                    (0, 0, {"number": number, "source": "contact"})
                    for number in wanted
                    if number not in have
                ),
            ]

    def _ordered_variables(self):
        return self.variable_ids.sorted("number")

    # === WITH WHATSAPP === #

    def action_submit(self):
        """Hand drafts over for approval."""
        self.env["collections.whatsapp.account"]._check_may_write()
        self.check_access("write")
        for template in self.filtered(lambda one: one.state in ("draft", "rejected")):
            template._submit()

    def _submit(self):
        if not self.account_id:
            raise UserError(
                self.env._("A shipped model is copied to a number before it is sent.")
            )
        if complaints := self._complaints():
            raise UserError("\n".join([self.display_name, *complaints]))
        try:
            answer = self.account_id._client().create_template(self._request())
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
                "external_id": answer.get("id"),
                "state": STATES.get(answer.get("status"), "pending"),
                "reason": False,
            }
        )

    def _request(self) -> dict:
        """Return the template as WhatsApp wants it."""
        self.ensure_one()
        return payloads.new_template(
            self.name,
            self.language,
            self.category,
            self.body,
            [variable.example or "" for variable in self._ordered_variables()],
            header=self.header if self.header_type == "text" else None,
            document_handle=self.header_handle
            if self.header_type == "document"
            else None,
            footer=self.footer or None,
            buttons=[self._button_request(button) for button in self.button_ids],
            ttl=self.ttl or None,
        )

    def _button_request(self, button) -> dict:
        if button.purpose != "link":
            return {"type": "QUICK_REPLY", "text": button.name}
        url = button.url or f"{self.get_base_url()}/{{{{1}}}}"
        if "{{1}}" not in url:
            return {"type": "URL", "text": button.name, "url": url}
        button.sudo().url = url
        example = url.replace("{{1}}", "my/invoices/1")
        return {"type": "URL", "text": button.name, "url": url, "example": [example]}

    @api.model
    def _sync(self, account) -> int:
        """Take over what WhatsApp has; texts of ours keep their variables."""
        try:
            rows = account._client().templates()
        except graph_client.ApiError as error:
            raise UserError(account._explain(error.problem)) from error
        languages = dict(LANGUAGES)
        rows = [row for row in rows if row.get("language") in languages]
        known = {
            (one.name, one.language): one
            for one in self.search([("account_id", "=", account.id)])
        }
        for row in rows:
            template = known.get((row["name"], row["language"]))
            if template:
                template._take_over(row)
            else:
                self.create(self._from_whatsapp(account, row))
        return len(rows)

    def _take_over(self, row):
        self.ensure_one()
        score = (row.get("quality_score") or {}).get("score")
        values = {
            "external_id": str(row.get("id") or ""),
            "state": STATES.get(row.get("status"), self.state),
            "category": row.get("category") or self.category,
            "quality": score if score in ("GREEN", "YELLOW", "RED") else False,
        }
        reason = row.get("rejected_reason")
        values["reason"] = reason if reason and reason != "NONE" else False
        changed = {
            name: v for name, v in values.items() if (self[name] or "") != (v or "")
        }
        if changed:
            self.write(changed)

    @api.model
    def _from_whatsapp(self, account, row) -> dict:
        parts = {part.get("type"): part for part in row.get("components") or []}
        header = parts.get("HEADER", {})
        kinds = {"TEXT": "text", "DOCUMENT": "document"}
        score = (row.get("quality_score") or {}).get("score")
        return {
            "account_id": account.id,
            "name": row["name"],
            "language": row["language"],
            "category": row.get("category") or "UTILITY",
            "header_type": kinds.get(header.get("format"), "none"),
            "header": header.get("text"),
            "body": parts.get("BODY", {}).get("text") or "-",
            "footer": parts.get("FOOTER", {}).get("text"),
            "state": STATES.get(row.get("status"), "pending"),
            "quality": score if score in ("GREEN", "YELLOW", "RED") else False,
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
        if button.get("type") == "URL":
            return {"name": button["text"], "purpose": "link", "url": button.get("url")}
        return {"name": button.get("text") or "-", "purpose": "other"}

    @api.model
    def _copy_library(self, account) -> None:
        """Copy the shipped models that a number does not have yet."""
        own = self.search([("account_id", "=", account.id)])
        have = set(own.mapped(lambda one: (one.name, one.language)))
        for template in self.search([("account_id", "=", False)]):
            if (template.name, template.language) not in have:
                template.copy({"account_id": account.id, "name": template.name})

    def action_unblock(self):
        """Use it again, after somebody looked."""
        self.env["collections.whatsapp.account"]._check_may_write()
        self.check_access("write")
        self.sudo().write({"is_blocked": False, "reason": False})

    def _block(self, reason) -> None:
        """Do not use a template that WhatsApp refuses; tell the supervisors."""
        for template in self.filtered(lambda one: not one.is_blocked):
            template.write({"is_blocked": True, "reason": reason})
            template.account_id._tell_supervisors(
                self.env._("WhatsApp template blocked: %s", template.display_name),
                reason,
            )

    # === TO SEND === #

    def _usable(self, account, lang):
        """Return the approved text of this name in a language, or the nearest.

        :param lang: the customer's; Spanish of one country falls back to Spanish
        """
        self.ensure_one()
        found = self.sudo().search(
            [
                ("account_id", "=", account.id),
                ("name", "=", self.name),
                ("state", "=", "approved"),
                ("is_blocked", "=", False),
            ]
        )
        by_language = {template.language: template for template in found}
        lang = (lang or "").replace("es_419", "es")
        near = [one for one in by_language if one.partition("_")[0] == lang[:2]]
        for code in (lang, lang[:2], *sorted(near), "es", "en"):
            if code in by_language:
                return by_language[code]
        return found[:1]

    def _values(self, reminder) -> list[str]:
        """Return what fills the variables for a reminder, in their order."""
        values = self._fill_values(reminder)
        return [
            payloads.one_line(values.get(variable.source) or "-")
            for variable in self._ordered_variables()
        ]

    def _purposes(self):
        return set(self.button_ids.mapped("purpose")) & set(replies.PURPOSES)
