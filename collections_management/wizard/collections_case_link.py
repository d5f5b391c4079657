from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionsCaseLink(models.TransientModel):
    """Give a customer a link to the own page, or take all links back."""

    _name = "collections.case.link"
    _description = "Customer's Page"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, readonly=True
    )
    customer_id = fields.Many2one(related="case_id.partner_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="For",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        domain="[('commercial_partner_id', '=', customer_id)]",
        help="What is entered by the link is entered in the name of this person",
    )
    days = fields.Integer(
        string="Valid for (days)", default=30, required=True, readonly=False
    )
    url = fields.Char(string="Link", readonly=True)
    link_count = fields.Integer(
        string="Links in Use",
        compute="_compute_link_count",
        help="Links to this customer's page that still open it, those in reminders "
        "included",
    )

    _days_check = models.Constraint(
        "CHECK (days BETWEEN 1 AND 365)", "A link is valid for 1 to 365 days."
    )

    @api.depends("case_id")
    def _compute_partner_id(self):
        for dialog in self:
            people = dialog.case_id.partner_id
            dialog.partner_id = self.env["res.partner"].browse(
                people.address_get(["invoice"]).get("invoice") if people else None
            )

    @api.depends("case_id", "url")
    def _compute_link_count(self):
        Token = self.env["collections.token"]
        for dialog in self:
            dialog.link_count = len(Token._of_case(dialog.case_id, "portal"))

    def action_create_link(self):
        """Make a link, to be copied into a message."""
        self.ensure_one()
        self.env["collections.role"]._check_collector(self.case_id)
        person = self.partner_id
        if person.commercial_partner_id != self.case_id.partner_id:
            raise UserError(
                self.env._(
                    "%(person)s does not belong to %(customer)s.",
                    person=person.display_name,
                    customer=self.case_id.partner_id.display_name,
                )
            )
        self.url = self.env["collections.portal"]._url(self.case_id, person, self.days)
        self._note(
            self.env._(
                "Link to the customer's page for %(person)s, valid for %(days)s days",
                person=person.display_name,
                days=self.days,
            )
        )
        return self._reopen()

    def action_revoke_links(self):
        """Take back all links of the customer, those in sent reminders included."""
        self.ensure_one()
        self.env["collections.role"]._check_collector(self.case_id)
        links = self.env["collections.token"]._of_case(self.case_id, "portal")
        links.is_revoked = True
        self.url = False
        self._note(
            self.env._(
                "Links to the customer's page taken back: %(count)s", count=len(links)
            )
        )
        return self._reopen()

    def _note(self, text):
        self.case_id.message_post(body=text)

    def _reopen(self):
        return {**self.case_id.action_customer_page(), "res_id": self.id}
