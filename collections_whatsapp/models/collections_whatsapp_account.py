import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import graph_client, numbers, pacing, webhooks

WEBHOOK = "/collections/whatsapp/webhook"


class CollectionsWhatsappAccount(models.Model):
    """A number of the company on WhatsApp's Business Platform, and its keys."""

    _name = "collections.whatsapp.account"
    _description = "WhatsApp Number"
    _inherit = [
        "collections.whatsapp.account.check",
        "collections.whatsapp.account.guide",
        "collections.whatsapp.account.news",
        "mail.thread",
    ]
    _order = "company_id, sequence, id"

    name = fields.Char(required=True, help="As your people call it")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="In which WhatsApp bills",
    )
    phone_number_id = fields.Char(
        string="Phone Number ID",
        required=True,
        copy=False,
        help="In WhatsApp Manager under API Setup; it is not the telephone number",
    )
    waba_id = fields.Char(string="WhatsApp Business Account ID", required=True)
    portfolio = fields.Char(
        string="Business Portfolio ID",
        help="Numbers of one portfolio share the limit of people per day",
    )
    token = fields.Char(
        string="Access Token",
        copy=False,
        groups="base.group_system",
        help="Permanent token of a system user with whatsapp_business_messaging and "
        "whatsapp_business_management",
    )
    app_secret = fields.Char(
        copy=False,
        groups="base.group_system",
        help="Of the Meta app: it signs what WhatsApp tells us",
    )
    verify_token = fields.Char(
        copy=False,
        groups="base.group_system",
        default=lambda self: uuid.uuid4().hex,
        help="Copy it to the webhook's configuration of the Meta app",
    )
    graph_version = fields.Char(required=True, default=graph_client.DEFAULT_VERSION)
    base_url = fields.Char(
        string="Server",
        required=True,
        default=graph_client.DEFAULT_BASE,
        groups="base.group_system",
        help="Only a simulator is elsewhere",
    )
    webhook_url = fields.Char(compute="_compute_webhook_url")
    is_coexistence = fields.Boolean(
        string="Shared with the App",
        help="The number is used in the WhatsApp Business app too: 20 messages a "
        "second instead of 80",
    )
    rate = fields.Integer(
        string="Messages a Second", compute="_compute_rate", store=True, readonly=False
    )
    people_limit = fields.Selection(
        selection=[
            ("250", "250"),
            ("2000", "2,000"),
            ("10000", "10,000"),
            ("100000", "100,000"),
            ("none", "Unlimited"),
        ],
        string="People a Day",
        required=True,
        default="250",
        help="How many people outside an open conversation may be written to in 24 "
        "hours, over the portfolio; see WhatsApp Manager",
    )
    display_phone_number = fields.Char(string="Telephone Number", readonly=True)
    verified_name = fields.Char(readonly=True)
    quality = fields.Selection(
        selection=[("GREEN", "High"), ("YELLOW", "Medium"), ("RED", "Low")],
        readonly=True,
    )
    checked = fields.Datetime(string="Tested On", readonly=True, copy=False)
    check_result = fields.Html(readonly=True, copy=False, sanitize=False)
    is_paused = fields.Boolean(
        string="Paused", readonly=True, copy=False, help="Nothing goes out"
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    template_ids = fields.One2many(
        comodel_name="collections.whatsapp.template", inverse_name="account_id"
    )
    template_count = fields.Integer(compute="_compute_template_count")
    rate_ids = fields.One2many(
        comodel_name="collections.whatsapp.rate",
        inverse_name="account_id",
        string="Prices",
        copy=True,
    )

    _number_uniq = models.Constraint(
        "UNIQUE (phone_number_id)", "This phone number ID is used by another number."
    )

    @api.depends("is_coexistence")
    def _compute_rate(self):
        for account in self:
            account.rate = (
                pacing.COEXISTENCE_RATE
                if account.is_coexistence
                else pacing.DEFAULT_RATE
            )

    @api.depends_context("uid")
    def _compute_webhook_url(self):
        base = self.get_base_url() if self else ""
        for account in self:
            account.webhook_url = f"{base}{WEBHOOK}"

    @api.depends("template_ids")
    def _compute_template_count(self):
        groups = self.env["collections.whatsapp.template"]._read_group(
            [("account_id", "in", self.ids)], ["account_id"], ["__count"]
        )
        counts = {account.id: count for account, count in groups}
        for account in self:
            account.template_count = counts.get(account.id, 0)

    @api.constrains("phone_number_id", "waba_id", "graph_version")
    def _check_ids(self):
        for account in self:
            for value in (account.phone_number_id, account.waba_id):
                if not value.strip().isdigit():
                    raise ValidationError(
                        self.env._(
                            "%s is no ID: it has only digits, as in WhatsApp Manager.",
                            value,
                        )
                    )
            version = account.graph_version.removeprefix("v").replace(".", "", 1)
            if not account.graph_version.startswith("v") or not version.isdigit():
                raise ValidationError(
                    self.env._("A Graph version is written like v25.0.")
                )

    @api.constrains("rate")
    def _check_rate(self):
        for account in self:
            if not 1 <= account.rate <= 1000:
                raise ValidationError(
                    self.env._("Messages a second are between 1 and 1,000.")
                )

    # === CLIENT === #

    def _client(self):
        """Return the client of this number; raise if its token is not set."""
        self.ensure_one()
        account = self.sudo()
        if not account.token:
            raise UserError(
                self.env._(
                    "%s has no access token. A system administrator enters it.",
                    account.name,
                )
            )
        return graph_client.GraphClient(
            account.token,
            account.phone_number_id,
            account.waba_id,
            version=account.graph_version,
            base=account.base_url,
        )

    @api.model
    def _of_company(self, company):
        """Return the number that a company writes from: its first that may."""
        return self.sudo().search(
            [("company_id", "=", company.id), ("is_paused", "=", False)], limit=1
        )

    def _same_portfolio(self):
        """Return the numbers that share this one's limit of people per day."""
        self.ensure_one()
        if not self.portfolio:
            return self.sudo().search([("waba_id", "=", self.waba_id)])
        return self.sudo().search([("portfolio", "=", self.portfolio)])

    # === WEBHOOKS === #

    @api.model
    def _verify_tokens(self) -> list[str]:
        return self.search([("verify_token", "!=", False)]).mapped("verify_token")

    @api.model
    def _signers(self, verify):
        """Return the numbers whose app secret signed a body.

        :param verify: asked with each secret
        """
        accounts = self.search([("app_secret", "!=", False)])
        return accounts.filtered(lambda account: verify(account.app_secret))

    def _is_meant(self, payload) -> bool:
        """Tell whether a payload is only for these numbers and their accounts."""
        phones, accounts = webhooks.owners(payload)
        return (
            bool(phones or accounts)
            and phones <= set(self.mapped("phone_number_id"))
            and accounts <= set(self.mapped("waba_id"))
        )

    # === PAUSE === #

    def _pause(self, reason) -> None:
        """Send nothing until a person looked; tell the supervisors once."""
        for account in self.filtered(lambda one: not one.is_paused):
            account.write({"is_paused": True, "pause_reason": reason})
            account._tell_supervisors(
                self.env._("WhatsApp paused: %(name)s", name=account.name), reason
            )
        self.env["collections.whatsapp.sender"]._give_back(self)

    def action_resume(self):
        """Let messages go out again."""
        self._check_may_write()
        self.sudo().write({"is_paused": False, "pause_reason": False})
        reminders = self.env["collections.reminder"].sudo()
        reminders.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("channel", "=", "whatsapp"),
                ("state", "=", "deferred"),
                ("reason", "=", "channel_paused"),
            ]
        )._move_to("queued")
        self.env["collections.outbox"]._wake()

    def _check_may_write(self):
        user = self.env.user
        if not user.has_group("collections_management.group_supervisor"):
            raise AccessError(
                self.env._("Only a collections supervisor may do this. Ask yours.")
            )
        self.check_access("write")

    def _tell_supervisors(self, subject, body) -> None:
        """Post a note that reaches the supervisors of the company."""
        group = self.env.ref("collections_management.group_supervisor")
        for record in self:
            people = group.sudo().all_user_ids.filtered(
                lambda user, company=record.company_id: company in user.company_ids
            )
            record.sudo().message_notify(
                subject=subject,
                body=body,
                partner_ids=people.partner_id.ids,
                model=record._name,
                res_id=record.id,
            )

    # === TEMPLATES === #

    def action_sync_templates(self):
        """Read the templates of the business account, as WhatsApp has them."""
        self._check_may_write()
        templates = self.env["collections.whatsapp.template"].sudo()
        found = 0
        for account in self:
            found += templates._sync(account)
        return self._notify(self.env._("%s templates read.", found))

    def action_prepare_templates(self):
        """Copy the shipped texts into this number's templates, as drafts."""
        self._check_may_write()
        templates = self.env["collections.whatsapp.template"].sudo()
        for account in self:
            templates._copy_library(account)
        return self.action_view_templates()

    def action_view_templates(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Templates"),
            "res_model": "collections.whatsapp.template",
            "view_mode": "list,form",
            "domain": [("account_id", "=", self.id)],
            "context": {"default_account_id": self.id},
        }

    def _notify(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === PRICES === #

    def _price(self, to, category):
        """Return what a message costs, in the account's currency.

        :param to: digits of who got it
        """
        self.ensure_one()
        country = numbers.country(to)
        rates = self.rate_ids.filtered(
            lambda rate: (
                rate.category == category and rate.country_id.code in (False, country)
            )
        )
        return rates.sorted(lambda rate: not rate.country_id)[:1].price
