from odoo import api, fields, models
from odoo.tools import format_datetime


class CollectionsInteractionLog(models.TransientModel):
    """Log a call or another contact: result, words, next date. Then the next case."""

    _name = "collections.interaction.log"
    _description = "Log an Interaction"

    case_id = fields.Many2one(comodel_name="collections.case", required=True)
    partner_id = fields.Many2one(related="case_id.partner_id")
    party_ids = fields.Many2many(related="case_id.party_ids")
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        domain="[('commercial_partner_id', 'in', party_ids)]",
    )
    channel = fields.Selection(
        selection=lambda self: self.env["collections.interaction"]._contact_channels(),
        required=True,
        default="call",
    )
    direction = fields.Selection(
        selection=lambda self: (
            self.env["collections.interaction"]
            ._fields["direction"]
            ._description_selection(self.env)
        ),
        required=True,
        default="out",
    )
    result_id = fields.Many2one(comodel_name="collections.interaction.result")
    delay_reason_id = fields.Many2one(
        comodel_name="collections.delay.reason", string="Reason for the Delay"
    )
    asks_reason = fields.Boolean(compute="_compute_asks_reason")
    text = fields.Text(string="What Was Said")
    next_date = fields.Date(
        compute="_compute_next_date", store=True, readonly=False, string="Next Contact"
    )
    corrects_id = fields.Many2one(comodel_name="collections.interaction")
    is_reply = fields.Boolean(
        string="Answer to the Customer",
        compute="_compute_is_reply",
        store=True,
        readonly=False,
        help="An answer to what the customer wrote or asked does not count against "
        "the limits of contact rules.",
    )
    contact_warning = fields.Char(compute="_compute_contact_warning")
    content_rules = fields.Char(compute="_compute_contact_warning")

    @api.depends("case_id", "direction")
    def _compute_is_reply(self):
        for log in self:
            log.is_reply = log.direction == "out" and log.case_id._waits_for_answer()

    @api.depends("case_id", "channel", "direction", "contact_id", "is_reply")
    @api.depends_context("lang")
    def _compute_contact_warning(self):
        """What the law says to whoever is about to call; logging it stays possible."""
        for log in self:
            log.contact_warning = log.content_rules = False
            if not log.case_id or log.direction == "in" or log.corrects_id:
                continue
            rule, answer = (
                self.env["collections.contact"]
                .sudo()
                ._of_case(log.case_id, log.channel, log.contact_id)
            )
            log.content_rules = rule._content_text()
            if not log.is_reply and not answer.allowed:
                log.contact_warning = log._warn(answer)

    @api.depends("case_id", "channel", "contact_id")
    def _compute_asks_reason(self):
        for log in self:
            log.asks_reason = bool(log.case_id) and log.case_id._may_ask_reason(
                log.channel, log.contact_id
            )

    def _warn(self, answer):
        words = self.env["collections.contact.words"]._text(answer.reasons)
        if not answer.moment:
            return words
        zone = self.case_id.company_id.sudo().collections_tz or "UTC"
        return self.env._(
            "%(reasons)s Allowed from %(moment)s on, %(city)s time.",
            reasons=words,
            moment=format_datetime(
                self.env,
                answer.moment.replace(tzinfo=None),
                tz=zone,
                dt_format="d MMM y HH:mm",
            ),
            city=zone.rpartition("/")[2].replace("_", " "),
        )

    @api.depends("result_id")
    def _compute_next_date(self):
        for log in self:
            today = (log.case_id.company_id or self.env.company)._collections_today()
            result = log.result_id
            log.next_date = result._next_date(today)

    def action_log(self):
        """Write the interaction and put the next step on somebody's list."""
        self.ensure_one()
        self.case_id._log_contact(
            {
                "contact_id": self.contact_id.id,
                "channel": self.channel,
                "direction": self.direction,
                "is_reply": self.is_reply,
                "result_id": self.result_id.id,
                "delay_reason_id": self.asks_reason and self.delay_reason_id.id,
                "text": self.text,
                "next_date": self.next_date,
                "corrects_id": self.corrects_id.id,
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def action_log_and_promise(self):
        """Write the interaction, then ask for the promise that was made."""
        self.action_log()
        return self.case_id.with_context(
            default_contact_id=self.contact_id.id, default_channel=self.channel
        ).action_promise()
