from markupsafe import Markup, escape

from odoo import api, fields, models

from ..tools import payloads, template_rules
from .collections_whatsapp_template_sync import EDITABLE


class CollectionsWhatsappTemplateCheck(models.AbstractModel):
    """What WhatsApp would not accept of a template, and how a customer reads it."""

    _name = "collections.whatsapp.template.check"
    _description = "Check of a WhatsApp Template"

    problems = fields.Html(compute="_compute_problems", sanitize=False)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    preview_case_id = fields.Many2one(
        comodel_name="collections.case",
        string="As Read By",
        store=False,
        help="A customer, to see the text with real figures",
    )

    @api.depends(
        *("name", "body", "header", "header_type", "footer", "category", "ttl"),
        *("state", "variable_ids.source", "variable_ids.example", "button_ids.name"),
    )
    def _compute_problems(self):
        for template in self:
            editable = template.state in EDITABLE
            texts = template._complaints() if editable else template._obstacles()
            lines = Markup().join(Markup("<li>%s</li>") % text for text in texts)
            template.problems = lines and Markup("<ul class='mb-0'>%s</ul>") % lines

    def _can_be_filled(self) -> bool:
        """Tell whether a reminder can fill it, approved or not."""
        return not self._obstacle_codes()

    def _obstacle_codes(self) -> list[str]:
        self.ensure_one()
        text = self.header if self.header_type == "text" else ""
        found = [
            *((code, True) for code in template_rules.obstacles(self.body or "")),
            ("header_media", self.header_type == "media"),
            ("header_variables", template_rules.has_variables(text)),
            ("sources", not all(self.variable_ids.mapped("source"))),
        ]
        return [code for code, wrong in found if wrong]

    def _obstacles(self) -> list[str]:
        """Return in words why a reminder cannot fill it."""
        words = self._complaint_words()
        return [words[code] for code in self._obstacle_codes()]

    def _complaints(self) -> list[str]:
        """Return in words what WhatsApp or the law would not accept."""
        self.ensure_one()
        codes = template_rules.complaints(
            self.name,
            self.body or "",
            self._ordered_variables().mapped("example"),
            category=self.category,
            header=self.header or "",
            footer=self.footer or "",
            buttons=[name or "" for name in self.button_ids.mapped("name")],
            ttl=self.ttl,
        )
        words = self._complaint_words()
        found = [words[code] for code in codes] + self._obstacles()
        return list(dict.fromkeys(found))

    def _complaint_words(self) -> dict[str, str]:
        return {
            "name": self.env._("The name has only small letters, digits and _."),
            "body_empty": self.env._("The text is empty."),
            "body_length": self.env._("The text has more than 1,024 characters."),
            "variable_form": self.env._("Variables are written {{1}}, {{2}}…"),
            "variable_numbers": self.env._(
                "Variables are numbered 1, 2, 3 without a gap."
            ),
            "variable_at_edge": self.env._(
                "The text neither begins nor ends with a variable."
            ),
            "too_many_variables": self.env._("Too many variables for so few words."),
            "examples": self.env._("Each variable needs an example."),
            "spaces": self.env._(
                "No tabs, no more than four spaces or two line ends in a row."
            ),
            "header_length": self.env._("The header has more than 60 characters."),
            "header_variables": self.env._("A header has no variables."),
            "header_media": self.env._(
                "A header with a picture, a film or a place cannot be filled."
            ),
            "sources": self.env._("Say what fills each variable, under Variables."),
            "footer_length": self.env._("The footer has more than 60 characters."),
            "footer_variables": self.env._("A footer has no variables."),
            "button_count": self.env._("There are more than 10 buttons."),
            "button_length": self.env._("A button's label has 1 to 25 characters."),
            "button_twice": self.env._("Two buttons have the same label."),
            "ttl": self.env._("Delivery is limited to 30 seconds up to 12 hours."),
            "threat": self.env._(
                "The text threatens or looks like a court: WhatsApp rejects it, and in "
                "several countries it is forbidden."
            ),
            "offer": self.env._("An offer is marketing, not utility."),
        }

    @api.depends(
        *("body", "header", "header_type", "footer", "preview_case_id"),
        *("variable_ids.source", "variable_ids.example", "button_ids.name"),
    )
    def _compute_preview(self):
        """The text with its examples, or as a real customer would read it."""
        for template in self:
            case = template.preview_case_id
            values = (
                template._values(case._whatsapp_draft())
                if case
                else [v.example or v.place for v in template._ordered_variables()]
            )
            template.preview = template._bubble(values)

    def _bubble(self, values):
        """Return a text as a bubble of the messenger; nothing of it is markup."""
        self.ensure_one()
        text = escape(payloads.fill(self.body or "", values))
        header = self.header if self.header_type == "text" else ""
        if self.header_type == "document":
            header = f"{self.env._('Statement of Account')}.pdf"
        return self.env["ir.qweb"]._render(
            "collections_whatsapp.template_bubble",
            {
                "header": header,
                "is_document": self.header_type == "document",
                "text": Markup("<br/>").join(text.splitlines()),
                "footer": self.footer,
                "buttons": [(one.name, one._icon()) for one in self.button_ids],
            },
            minimal_qcontext=True,
        )
