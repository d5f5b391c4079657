from datetime import timedelta

from odoo import api, fields, models


class CollectionsInteractionLog(models.TransientModel):
    """Log a call or another contact: result, words, next date. Then the next case."""

    _name = "collections.interaction.log"
    _description = "Log an Interaction"

    case_id = fields.Many2one(comodel_name="collections.case", required=True)
    partner_id = fields.Many2one(related="case_id.partner_id")
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
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
    text = fields.Text(string="What Was Said")
    next_date = fields.Date(
        compute="_compute_next_date", store=True, readonly=False, string="Next Contact"
    )
    corrects_id = fields.Many2one(comodel_name="collections.interaction")

    @api.depends("result_id")
    def _compute_next_date(self):
        for log in self:
            today = (log.case_id.company_id or self.env.company)._collections_today()
            result = log.result_id
            log.next_date = (
                today + timedelta(days=result.days)
                if result and result.next_step != "none"
                else False
            )

    def action_log(self):
        """Write the interaction and put the next step on somebody's list."""
        self.ensure_one()
        self.env["collections.case"]._check_collector()
        contact = self.contact_id or self.partner_id
        self.env["collections.interaction"].create(
            {
                "case_id": self.case_id.id,
                "contact_id": contact.id,
                "address": contact.phone if self.channel == "call" else contact.email,
                "channel": self.channel,
                "direction": self.direction,
                "result_id": self.result_id.id,
                "text": self.text,
                "next_date": self.next_date,
                "corrects_id": self.corrects_id.id,
            }
        )
        self._plan_next_step()
        return {"type": "ir.actions.act_window_close"}

    def action_log_and_promise(self):
        """Write the interaction, then ask for the promise that was made."""
        self.action_log()
        return self.case_id.with_context(
            default_contact_id=self.contact_id.id, default_channel=self.channel
        ).action_promise()

    def _plan_next_step(self):
        """The call that was due is done; what comes next becomes an activity."""
        case = self.case_id
        call = "mail.mail_activity_data_call"
        if self.channel == "call" and self.direction == "out":
            case.activity_ids.filtered(
                lambda a: (
                    a.activity_type_id == self.env.ref(call)
                    and a.user_id == self.env.user
                )
            ).action_feedback()
        step = self.result_id.next_step
        if not self.next_date and step in (False, "none"):
            return
        if step == "address":
            case._ask_for_address()
            return
        case.activity_schedule(
            call,
            date_deadline=self.next_date,
            summary=self.result_id.name or self.env._("Call again"),
            user_id=self._responsible(step).id,
        )

    def _responsible(self, step):
        if step != "supervisor":
            return self.env.user
        return self.case_id._responsibles("supervisor")[self.case_id]
