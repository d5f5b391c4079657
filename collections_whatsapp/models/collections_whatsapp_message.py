from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import statuses
from .collections_whatsapp_rate import CATEGORIES

QUEUED, SENDING, UNCERTAIN, CANCELLED = "queued", "sending", "uncertain", "cancelled"
RECEIVED = "received"


class CollectionsWhatsappMessage(models.Model):
    """A message, out or in. Nobody edits it; receipts move its state forward."""

    _name = "collections.whatsapp.message"
    _description = "WhatsApp Message"
    _order = "date desc, id desc"
    _rec_name = "body"

    account_id = fields.Many2one(
        comodel_name="collections.whatsapp.account",
        string="Number",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    contact_id = fields.Many2one(
        comodel_name="collections.whatsapp.contact",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    case_id = fields.Many2one(
        comodel_name="collections.case",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    salesperson_id = fields.Many2one(related="case_id.salesperson_id")
    reminder_id = fields.Many2one(
        comodel_name="collections.reminder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    policy_id = fields.Many2one(
        related="reminder_id.policy_id", store=True, index="btree_not_null"
    )
    template_id = fields.Many2one(
        comodel_name="collections.whatsapp.template",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    direction = fields.Selection(
        selection=[("out", "To the customer"), ("in", "From the customer")],
        required=True,
        readonly=True,
        default="out",
    )
    kind = fields.Char(required=True, readonly=True, default="text")
    state = fields.Selection(
        selection=[
            (QUEUED, "Queued"),
            (SENDING, "Sending"),
            ("sent", "Sent"),
            ("delivered", "Delivered"),
            ("read", "Read"),
            (statuses.FAILED, "Failed"),
            (UNCERTAIN, "Uncertain"),
            (CANCELLED, "Cancelled"),
            (RECEIVED, "Received"),
        ],
        required=True,
        readonly=True,
        default=QUEUED,
    )
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    body = fields.Text(readonly=True, help="As the customer reads or wrote it")
    payload = fields.Json(
        string="Handed to WhatsApp", readonly=True, groups="base.group_system"
    )
    # Travels with the message and comes back in each receipt.
    uuid = fields.Char(
        string="Our ID", readonly=True, copy=False, index="btree_not_null"
    )
    wamid = fields.Char(string="WhatsApp's ID", readonly=True, copy=False)
    to = fields.Char(string="Recipient", readonly=True)
    key = fields.Char(string="Number for Matching", readonly=True)
    reply_to_id = fields.Many2one(
        comodel_name="collections.whatsapp.message",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    media_id = fields.Char(
        string="WhatsApp's File ID", readonly=True, help="Fetched a moment later"
    )
    mime = fields.Char(string="File Type", readonly=True)
    file_name = fields.Char(readonly=True)
    media_state = fields.Selection(
        selection=[("wait", "To fetch"), ("done", "Fetched"), ("refused", "Refused")],
        string="File Status",
        readonly=True,
    )
    is_slip = fields.Boolean(string="Slip of a Payment", readonly=True)

    # === SENDING (collections.whatsapp.sender) === #

    not_before = fields.Datetime(readonly=True)
    date_handed = fields.Datetime(
        string="Handed Over On",
        readonly=True,
        help="When it was handed to WhatsApp, or is about to be",
    )
    worker = fields.Integer(
        string="Handed Over By",
        readonly=True,
        help="Database session that hands it over",
    )
    attempts = fields.Integer(readonly=True)
    waited = fields.Boolean(
        string="Put Off", readonly=True, help="It was put off for a day once"
    )
    code = fields.Integer(string="Error Code", readonly=True)
    error = fields.Char(readonly=True)
    status_ids = fields.One2many(
        comodel_name="collections.whatsapp.status", inverse_name="message_id"
    )

    # === COST === #

    category = fields.Selection(
        selection=CATEGORIES, readonly=True, help="As WhatsApp bills it"
    )
    billable = fields.Boolean(readonly=True)
    currency_id = fields.Many2one(related="account_id.currency_id")
    # No Monetary: a message costs parts of a cent.
    cost = fields.Float(digits=(16, 4), readonly=True, aggregator="sum")

    _wamid_uniq = models.UniqueIndex("(wamid) WHERE wamid <> ''")
    _queue_idx = models.Index("(account_id, id) WHERE state = 'queued'")
    _sending_idx = models.Index("(worker) WHERE state = 'sending'")
    _pace_idx = models.Index("(account_id, key, date_handed) WHERE direction = 'out'")
    _media_idx = models.Index("(id) WHERE media_state = 'wait'")

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("Messages are not copied."))

    @api.depends("body", "kind")
    def _compute_display_name(self):
        for message in self:
            message.display_name = (message.body or message.kind)[:80]

    @api.model
    def _assign(self, contacts) -> None:
        """Put the messages of contacts on the case of their customer."""
        for contact in contacts.filtered("partner_id"):
            case = contact._case()
            waiting = self.sudo().search(
                [("contact_id", "=", contact.id), ("case_id", "=", False)], order="id"
            )
            if not case or not waiting:
                continue
            waiting.case_id = case
            waiting.filtered(lambda m: m.direction == "in")._log_inbound()

    def _person(self):
        """Return who wrote: whose number it is, else to whom it answers."""
        self.ensure_one()
        asked = self.reply_to_id.reminder_id.recipient_ids[:1]
        return self.contact_id.partner_id or asked or self.case_id.partner_id

    def _log_inbound(self) -> None:
        """What a customer wrote is a contact, and wants an answer."""
        interactions = self.env["collections.interaction"].sudo()
        interactions.create(
            [
                {
                    "case_id": message.case_id.id,
                    "contact_id": message._person().id,
                    "address": message.contact_id.e164 or message.contact_id.user_id,
                    "direction": "in",
                    "channel": "whatsapp",
                    "date": message.date,
                    "text": message.body or f"[{message.kind}]",
                }
                for message in self
            ]
        )
        self.case_id._schedule_once(
            "collections_management.mail_activity_type_reply",
            self.env._("The customer answered by WhatsApp"),
        )

    def _bill(self, category, billable) -> dict:
        """Return what WhatsApp charges for a message, once it says so."""
        self.ensure_one()
        price = self.account_id._price(self.to, category) if billable else 0.0
        return {"category": category, "billable": billable, "cost": price}

    # === PRIVACY === #

    def _is_waiting(self) -> bool:
        self.ensure_one()
        return self.state in (QUEUED, SENDING)

    def _erase_person(self) -> None:
        """Take the person out: text, file, number, and who it was.

        When, which way, how far and at what cost stays. Who still has a message with
        a number stays known.
        """
        self.attachment_id.unlink()
        self.status_ids.filtered("detail").detail = False
        gone = ("body", "payload", "to", "key", "media_id", "file_name", "error")
        self.write(dict.fromkeys(gone, False))
        known = self.search(
            [("contact_id", "in", self.contact_id.ids), ("to", "!=", False)]
        )
        (self.contact_id - known.contact_id)._erase_person()

    def action_open_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.case",
            "res_id": self.case_id.id,
            "view_mode": "form",
        }
