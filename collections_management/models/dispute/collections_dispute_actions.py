from datetime import timedelta

from odoo import api, fields, models

from ...tools import disputes

ACTIVITY = "collections_management.mail_activity_type_dispute"
CREDIT_NOTE = "collections_management.mail_activity_type_credit_note"
LATE = "collections_management.mail_activity_type_dispute_late"


class CollectionsDisputeActions(models.AbstractModel):
    """Who has to act on a dispute, and the buttons with which they do."""

    _name = "collections.dispute.actions"
    _description = "Buttons and Activities of a Dispute"

    # === BUTTONS === #

    def action_take_on(self):
        """Make it one's own; what a customer entered then pauses until it is solved."""
        self._check_may_answer()
        self.sudo().date_pause_end = False
        self.write({"user_id": self.env.uid})

    def action_resolve(self):
        """Open the dialog that answers the customer's issue."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer the Issue"),
            "res_model": "collections.dispute.resolve",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def action_create_credit_note(self):
        """Open Odoo's own dialog that reverses the disputed invoices."""
        self.ensure_one()
        self._check_may_answer()
        moves = self.line_ids.move_id
        moves.check_access("write")
        return {
            **moves[:1].action_reverse(),
            "context": {
                "active_model": "account.move",
                "active_ids": moves.ids,
                "default_reason": self.reason_id.name,
            },
        }

    def action_reopen(self):
        """The customer insists: what is disputed and still open pauses again."""
        self._check_may_answer()
        closed = self.filtered(lambda dispute: not dispute.is_pausing).sudo()
        closed.write(
            {
                "state": disputes.OPEN,
                "date_closed": False,
                "amount_accepted": 0.0,
                "escalation": False,
            }
        )
        for line in closed.line_ids:
            line.amount_pending = line.amount
        texts = [
            self.env._("Issue opened again: %s", dispute.display_name)
            for dispute in closed
        ]
        closed._log(texts)
        closed._ask_owner()
        self.case_id.action_refresh()

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_case(self):
        self.ensure_one()
        return self.case_id.action_open()

    def _check_may_answer(self):
        self.env["collections.role"]._check_collector()
        self.check_access("write")

    # === ANSWERING === #

    def _resolve(self, state, note, accepted=0.0, credit_notes=None):
        """Answer a dispute.

        :param state: accepted, in part, rejected or withdrawn
        :param accepted: conceded, in company currency
        :param credit_notes: posted credit notes that give it back; without any, what
            is conceded stays paused until the ledger shows them
        """
        self.ensure_one()
        dispute = self.sudo()
        values = {"note": note, "amount_accepted": accepted}
        if credit_notes:
            values["credit_note_ids"] = [fields.Command.set(credit_notes.ids)]
            values["credit_notes"] = ", ".join(credit_notes.mapped("display_name"))
        dispute.write(values)
        conceded = state in (disputes.ACCEPTED, disputes.PARTIAL)
        if conceded and not credit_notes and not dispute.is_whole:
            dispute.state = disputes.TO_CREDIT
            dispute._tell(self.env._("Accepted: the credit note is to come."))
        else:
            dispute._close(state, dispute.company_id._collections_today())
        self.case_id.action_refresh()

    def _close(self, state, when):
        """Close disputes alike, and tell those who follow them."""
        self.write({"state": state, "date_closed": when, "escalation": False})
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        texts = [
            self.env._(
                "Issue closed, %(state)s: %(dispute)s. %(note)s",
                state=label.lower(),
                dispute=dispute.display_name,
                note=" ".join(filter(None, [dispute.credit_notes, dispute.note])),
            ).strip()
            for dispute in self
        ]
        self._log(texts)
        self.env["mail.activity"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).action_feedback(feedback=label)
        if state != disputes.PAID:
            for dispute in self:
                dispute._tell(label)

    def _close_by_ledger(self, state, when):
        """Close disputes whose documents were credited or paid."""
        for dispute in self.filtered(lambda dispute: state != disputes.PAID):
            notes = dispute._found_credit_notes()
            dispute.write(
                {
                    "credit_note_ids": [fields.Command.set(notes.ids)],
                    "credit_notes": ", ".join(notes.mapped("name")),
                }
            )
        self._close(state, when)

    def _found_credit_notes(self):
        """The credit notes applied to the disputed documents since it was opened."""
        self.ensure_one()
        partials = self.line_ids.move_line_id.matched_credit_ids.filtered(
            lambda partial: partial.create_date >= self.create_date
        )
        moves = partials.credit_move_id.move_id
        return moves.filtered(lambda move: move.move_type == "out_refund")

    def _tell(self, text):
        """Say on the thread how it stands: reporter and salesperson follow it."""
        self.ensure_one()
        note = self.note or ""
        self.message_post(
            body=f"{text} {self.credit_notes or ''} {note}".strip(),
            subtype_xmlid="mail.mt_comment",
        )

    # === ACTIVITIES === #

    def _ask_owner(self):
        """Put it on the owner's list, until its deadline."""
        for dispute in self:
            dispute._ask(ACTIVITY, dispute.user_id, dispute.date_deadline)

    def _ask(self, kind, user, deadline, summary=None):
        """Put it on somebody's list, without a mail: it is on their list."""
        self.ensure_one()
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "activity_type_id": self.env.ref(kind).id,
                "summary": summary or f"{self.partner_id.name}: {self.display_name}",
                "date_deadline": deadline,
                "user_id": user.id or self.env.uid,
            }
        )

    def _ask_for_credit_note(self, user, amount):
        """Put the credit note on the list of who prepares it."""
        self.ensure_one()
        summary = self.env._(
            "Credit note of %(amount)s for %(dispute)s",
            amount=self._amount_text(amount),
            dispute=self.display_name,
        )
        today = self.company_id._collections_today()
        self._ask(CREDIT_NOTE, user or self.user_id, today, summary)

    def _move_activity(self, owner):
        """The owner's activity follows another owner and another deadline."""
        self.ensure_one()
        kind = self.env.ref(ACTIVITY)
        self.activity_ids.sudo().filtered(
            lambda activity: (
                activity.activity_type_id == kind and activity.user_id == owner
            )
        ).with_context(mail_activity_quick_update=True).write(
            {
                "user_id": self.user_id.id or self.env.uid,
                "date_deadline": self.date_deadline,
            }
        )

    @api.model
    def _escalate(self, company, today):
        """Late disputes: once to the owner, some days later once to a supervisor."""
        Dispute = self.env["collections.dispute"].sudo()
        late = Dispute.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", disputes.PAUSING),
                ("date_deadline", "<", today),
                ("escalation", "!=", "supervisor"),
            ]
        )
        for dispute in late.filtered(lambda dispute: not dispute.escalation):
            if dispute.user_id not in dispute.activity_ids.user_id:
                dispute._ask(LATE, dispute.user_id, today, dispute._late_text())
            dispute.escalation = "owner"
        limit = today - timedelta(days=company.sudo().collections_dispute_grace_days)
        supervisor = company._collections_supervisor()
        for dispute in late.filtered(lambda dispute: dispute.date_deadline < limit):
            dispute._ask(LATE, supervisor, today, dispute._late_text())
            dispute.escalation = "supervisor"

    def _late_text(self):
        self.ensure_one()
        return self.env._("Late: %s", self.display_name)
