from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, plaintext2html

from ...tools import escalation, stages

REQUESTED = "requested"
IN_FORCE = "in_force"
DECLINED = "declined"
WITHDRAWN = "withdrawn"
ENDED = "ended"
APPROVE = "collections_management.mail_activity_type_escalation"
REVIEW = "collections_management.mail_activity_type_review"
# What a collector asks for; the rest follows.
ASKED = {"case_id", "stage_id", "agency_id", "reason"}


class CollectionsEscalation(models.Model):
    """A case handed to the supervisor, an agency, a lawyer, or written off.

    Requested, approved, in force, ended: the balance follows the ledger meanwhile,
    and no automatic reminder goes out.
    """

    _name = "collections.escalation"
    _description = "Escalation"
    _inherit = ["collections.escalation.ledger"]
    _order = "id desc"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        related="case_id.partner_id",
        store=True,
        index=True,
        string="Customer",
    )
    stage_id = fields.Many2one(
        comodel_name="collections.stage",
        required=True,
        readonly=True,
        ondelete="restrict",
        domain=[("kind", "=", stages.MANUAL), ("escalation", "!=", False)],
    )
    kind = fields.Selection(
        related="stage_id.escalation", store=True, string="Handed To"
    )
    agency_id = fields.Many2one(
        comodel_name="collections.agency",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    state = fields.Selection(
        selection=[
            (REQUESTED, "Requested"),
            (IN_FORCE, "In force"),
            (DECLINED, "Declined"),
            (WITHDRAWN, "Withdrawn"),
            (ENDED, "Ended"),
        ],
        required=True,
        readonly=True,
        default=REQUESTED,
        index=True,
    )
    reason = fields.Char(required=True, readonly=True)
    requirements = fields.Json(
        string="Requirements Then",
        readonly=True,
        help="What was asked for, and whether it was there that day",
    )
    requirement_text = fields.Text(
        string="Requirements", compute="_compute_requirement_text"
    )
    is_complete = fields.Boolean(readonly=True, string="All Requirements Fulfilled")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided By",
        readonly=True,
        ondelete="set null",
    )
    date_requested = fields.Date(readonly=True)
    date_start = fields.Date(string="In Force Since", readonly=True, index=True)
    date_end = fields.Date(string="Ended On", readonly=True)
    end_reason = fields.Char(readonly=True)
    amount_start = fields.Monetary(
        string="Handed Over",
        readonly=True,
        help="What was overdue, net of credits, on the day it came into force",
    )
    is_exported = fields.Boolean(readonly=True, string="Told to the Agency")
    is_recall_exported = fields.Boolean(readonly=True, string="Recall Told")
    amount_balance = fields.Monetary(
        related="case_id.amount_balance", string="Balance Today"
    )

    _one_request = models.UniqueIndex(
        "(case_id) WHERE state = 'requested'",
        "This case waits for the decision on another request already.",
    )
    _one_in_force = models.UniqueIndex(
        "(case_id) WHERE state = 'in_force'", "A case is in one place at a time."
    )

    @api.depends("partner_id", "stage_id", "agency_id")
    def _compute_display_name(self):
        for row in self:
            whom = row.agency_id.name or row.stage_id.name or ""
            row.display_name = f"{row.partner_id.display_name or ''} - {whom}"

    @api.depends("requirements")
    def _compute_requirement_text(self):
        for row in self:
            row.requirement_text = "\n".join(
                ("✓ " if one["fulfilled"] else "✗ ") + one["text"]
                for one in row.requirements or ()
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for it: who may only ask cannot make it be in force."""
        if not self.env.su and any(vals.keys() - ASKED for vals in vals_list):
            raise AccessError(self._only_buttons())
        today = self.env.company._collections_today()
        for vals in vals_list:
            vals.setdefault("date_requested", today)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self._only_buttons())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Escalations are part of the history: end it instead.")
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("Escalations are not copied: request a new one."))

    def _only_buttons(self):
        return self.env._("An escalation is requested, approved and ended by buttons.")

    # === REQUEST === #

    @api.model
    def _request(self, cases, stage, reason, agency=None):
        """Ask for cases to be handed over, or do it where nobody has to approve.

        Called by the dialog, which knows what is missing and who may go on anyway.
        """
        checked = self.env["collections.escalation.facts"]._checked(
            cases, stage, agency
        )
        made = self.sudo().create(
            [
                {
                    "case_id": case.id,
                    "stage_id": stage.id,
                    "agency_id": agency.id if agency else False,
                    "reason": reason,
                    "user_id": self.env.uid,
                    "date_requested": case.company_id._collections_today(),
                    "requirements": checked[case.id],
                    "is_complete": all(one["fulfilled"] for one in checked[case.id]),
                }
                for case in cases
            ]
        )
        if stage.needs_approval and not self._is_supervisor():
            made._log(lambda row: row._text_requested())
            made._ask_supervisor()
        else:
            made._start()
        return made.with_env(self.env)

    @api.model
    def _is_supervisor(self) -> bool:
        return self.env.user.has_group("collections_management.group_supervisor")

    def _text_requested(self):
        text = self.env._(
            "%(stage)s requested: %(reason)s", stage=self._whom(), reason=self.reason
        )
        return f"{text}\n{self.requirement_text or ''}".strip()

    def _whom(self) -> str:
        """Return the stage, with the agency in it."""
        parts = [self.stage_id.name, self.agency_id.name]
        return ": ".join(filter(None, parts))

    def _ask_supervisor(self):
        for company, rows in self.grouped("company_id").items():
            supervisor = company._collections_supervisor() or self.env.user
            rows.case_id._schedule_once(
                APPROVE,
                lambda env: env._("Approve or decline handing over the case"),
                supervisor,
            )

    # === DECISIONS === #

    def action_approve(self):
        """Hand the cases over as requested."""
        self._check_decider()
        asked = self._in_state(REQUESTED)
        asked._start()
        asked._close_activities(APPROVE)
        asked._refresh_cases()

    def action_decline(self):
        """Leave the cases where they are."""
        self._check_decider()
        self._drop(DECLINED, self.env._("Request declined."))

    def action_withdraw(self):
        """Take a request back."""
        self.env["collections.role"]._check_collector(self)
        self._drop(WITHDRAWN, self.env._("Request withdrawn."))

    def action_end(self):
        """Open the dialog that takes cases back."""
        self.env["collections.role"]._check_collector(self)
        return self.case_id._release_dialog()

    def _check_decider(self):
        self.env["collections.role"]._check_supervisor(self)

    def _in_state(self, state):
        """As superuser: what the role allows was checked by the caller."""
        return self.sudo().filtered(lambda row: row.state == state)

    def _drop(self, state, text):
        asked = self._in_state(REQUESTED)
        asked.write({"state": state, "approver_id": self.env.uid})
        asked._log(lambda row: f"{row._whom()}: {text}")
        asked._close_activities(APPROVE)

    def _start(self):
        """Put the cases in their stage; whoever had them hands them on."""
        earlier = self.sudo().search(
            [("case_id", "in", self.case_id.ids), ("state", "=", IN_FORCE)]
        )
        for row in self:
            moved = earlier.filtered(lambda one, row=row: one.case_id == row.case_id)
            moved._finish(self.env._("Handed on to %s", row._whom()))
            row.write(
                {
                    "state": IN_FORCE,
                    "approver_id": self.env.uid,
                    "date_start": row.company_id._collections_today(),
                    "amount_start": row.case_id.amount_overdue_net,
                }
            )
            row.case_id.write(
                {
                    "manual_stage_id": row.stage_id.id,
                    "manual_stage_reason": row.reason,
                }
            )
        self._log(lambda row: row._text_started())
        self._plan_review()
        self._started()

    def _started(self):
        """Hook: cases were handed over."""

    def _text_started(self):
        return self.env._(
            "%(stage)s, approved by %(user)s: %(reason)s",
            stage=self._whom(),
            user=self.env.user.name,
            reason=self._text_requested(),
        )

    def _plan_review(self):
        """Ask how it goes, so that nobody forgets who is elsewhere."""
        kind = self.env.ref(REVIEW, raise_if_not_found=False)
        for row in self.filtered("stage_id.review_days") if kind else ():
            person = (
                row.company_id._collections_supervisor()
                if row.kind == escalation.SUPERVISOR
                else row.case_id._responsibles()[row.case_id]
            )
            row.case_id._schedule_for(
                kind,
                {row.case_id: self.env._("How does it go? %s", row._whom())},
                {row.case_id: person or self.env.user},
            ).date_deadline = row.date_start + timedelta(days=row.stage_id.review_days)

    def _finish(self, reason):
        """Take the cases back; levels go on as the design says."""
        for row in self:
            row.write(
                {
                    "state": ENDED,
                    "date_end": row.company_id._collections_today(),
                    "end_reason": reason,
                }
            )
        self._log(
            lambda row: self.env._(
                "%(stage)s ended: %(reason)s", stage=row._whom(), reason=reason
            )
        )
        self._close_activities(REVIEW)

    def _close_activities(self, kind):
        self.env["mail.activity"].sudo().search(
            [
                ("res_model", "=", "collections.case"),
                ("res_id", "in", self.case_id.ids),
                ("activity_type_id", "=", self.env.ref(kind).id),
            ]
        ).action_feedback()

    def _refresh_cases(self):
        self.case_id.with_env(self.env(su=False)).action_refresh()

    def _log(self, text):
        """Write the customer's log and the case.

        :param text: what returns the text of a row
        """
        rows = [(row.case_id, text(row)) for row in self]
        self.env["collections.interaction"].sudo().create(
            [
                {
                    "case_id": case.id,
                    "channel": "system",
                    "user_id": self.env.uid,
                    "text": said,
                }
                for case, said in rows
            ]
        )
        for case, said in rows:
            case.sudo()._message_log(body=plaintext2html(said))

    @api.model
    def _fold(self, cases, kept) -> None:
        """Customers become one: one request and one place stay, the newest of them."""
        said = self.env._("Customers were merged")
        for state in (REQUESTED, IN_FORCE):
            own = self.search([("case_id", "=", kept.id), ("state", "=", state)])
            rows = self.search([("case_id", "in", cases.ids), ("state", "=", state)])
            extra = rows if own else rows[1:]
            if state == IN_FORCE:
                extra._finish(said)
            else:
                extra.write({"state": WITHDRAWN, "end_reason": said})
            if state == IN_FORCE and (moved := rows - extra):
                kept.write(
                    {
                        "manual_stage_id": moved.stage_id.id,
                        "manual_stage_reason": moved.reason,
                    }
                )

    # === DAILY === #

    @api.model
    def _ask_about_settled(self, company) -> None:
        """Whose debt is paid is not left with an agency or a lawyer by oversight."""
        self.flush_model()
        ids = self.env.execute_query(
            SQL(
                """SELECT kase.id FROM collections_escalation row
                     JOIN collections_case kase ON kase.id = row.case_id
                    WHERE row.state = 'in_force' AND row.company_id = %s
                      AND kase.amount_overdue_net <= 0""",
                company.id,
            )
        )
        cases = self.env["collections.case"].browse(case_id for (case_id,) in ids)
        cases._schedule_once(
            "collections_management.mail_activity_type_settled",
            lambda env: env._("Nothing is overdue any more: take the case back?"),
        )
