from odoo import fields, models

from ..tools import replies

# Of the purposes: what opens a page.
LINKS = ("link", "account")


class CollectionsWhatsappTemplateButton(models.Model):
    """A button below a template: an answer that we understand, or a link."""

    _name = "collections.whatsapp.template.button"
    _description = "WhatsApp Template Button"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        comodel_name="collections.whatsapp.template",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="template_id.company_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Label", required=True)
    purpose = fields.Selection(
        selection=[
            (replies.PAID, "I have paid"),
            (replies.PROMISE, "I promise to pay"),
            (replies.PROBLEM, "I have a problem"),
            (replies.STOP, "Don't write to me"),
            ("link", "Link to the document and its payment"),
            ("account", "Link to the customer's page: all documents, promises"),
            ("other", "Another answer"),
        ],
        required=True,
        default=replies.PAID,
        help="What happens when the customer presses it",
    )
    url = fields.Char(
        string="Address",
        help="As WhatsApp has it: the part that changes is {{1}}, at its end",
    )

    def _kind(self):
        self.ensure_one()
        return "url" if self.purpose in LINKS else "quick_reply"

    def _icon(self):
        self.ensure_one()
        return "fa-external-link" if self._kind() == "url" else "fa-reply"

    def _value(self, reminder):
        """Return what the button carries in a message; empty: it has no variable."""
        self.ensure_one()
        if self.purpose in replies.PURPOSES:
            return replies.payload(self.purpose)
        if self.purpose not in LINKS or "{{1}}" not in (self.url or ""):
            return ""
        trigger = reminder.line_ids.filtered("is_trigger")[:1]
        path = self.purpose == "link" and trigger and reminder._line_path(trigger)
        return path or reminder._account_path()
