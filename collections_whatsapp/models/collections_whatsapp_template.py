from odoo import api, fields, models

from ..tools import payloads
from .collections_whatsapp_template_sync import LANGUAGES

HOUR = 3600


class CollectionsWhatsappTemplate(models.Model):
    """A text that WhatsApp approved, in one language; without a number: a model."""

    _name = "collections.whatsapp.template"
    _description = "WhatsApp Template"
    _inherit = [
        "collections.whatsapp.template.check",
        "collections.whatsapp.template.sync",
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
    title = fields.Char(
        translate=True, help="As your people call it; customers do not see it"
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
            ("media", "Picture, film or place"),
        ],
        string="Header",
        required=True,
        default="none",
    )
    header = fields.Char(string="Header Text")
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

    @api.depends("name", "title", "language")
    @api.depends_context("lang")
    def _compute_display_name(self):
        languages = dict(self._fields["language"]._description_selection(self.env))
        for template in self:
            name = template.title or template.name
            template.display_name = f"{name} ({languages.get(template.language)})"

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
                    (0, 0, {"number": number})
                    for number in wanted
                    if number not in have
                ),
            ]

    def _ordered_variables(self):
        return self.variable_ids.sorted("number")

    @api.model
    def _copy_library(self, account) -> None:
        """Copy the shipped models that a number does not have yet."""
        own = self.search([("account_id", "=", account.id)])
        have = set(own.mapped(lambda one: (one.name, one.language)))
        for template in self.search([("account_id", "=", False)]):
            if (template.name, template.language) not in have:
                copied = template.copy(
                    {"account_id": account.id, "name": template.name}
                )
                # Reviewers see the name of the company that writes.
                variables = copied.variable_ids.with_company(account.company_id)
                variables._compute_example()

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
        """Return the approved text of this name in a language, or the nearest."""
        self.ensure_one()
        found = self.sudo().search(
            [
                ("account_id", "=", account.id),
                ("name", "=", self.name),
                ("state", "=", "approved"),
                ("is_blocked", "=", False),
            ]
        )
        return found.filtered(lambda one: one._can_be_filled())._nearest(lang)

    def _nearest(self, lang):
        """Return the text in a language, or the nearest one, of several.

        :param lang: the customer's; Spanish of one country falls back to Spanish
        """
        by_language = {template.language: template for template in self}
        lang = (lang or "").replace("es_419", "es")
        near = [one for one in by_language if one.partition("_")[0] == lang[:2]]
        for code in (lang, lang[:2], *sorted(near), "es", "en"):
            if code in by_language:
                return by_language[code]
        return self[:1]

    def _values(self, reminder) -> list[str]:
        """Return what fills the variables for a reminder, in their order."""
        values = self._fill_values(reminder)
        return [
            payloads.one_line(values.get(variable.source) or "-")
            for variable in self._ordered_variables()
        ]
