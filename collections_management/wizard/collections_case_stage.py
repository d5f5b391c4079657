from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools import stages

# What a person reads before pressing the button; the rest is counted.
SHOWN = 30


class CollectionsCaseStage(models.TransientModel):
    """Put cases in a stage of one's own, or ask for them to be handed over.

    For a stage of the escalation it shows beforehand what is there and what is
    missing, case by case.
    """

    _name = "collections.case.stage"
    _description = "Set the Stage of Cases"

    case_ids = fields.Many2many(comodel_name="collections.case", required=True)
    stage_id = fields.Many2one(
        comodel_name="collections.stage",
        required=True,
        domain=[("kind", "=", stages.MANUAL)],
    )
    escalation = fields.Selection(related="stage_id.escalation")
    agency_id = fields.Many2one(
        comodel_name="collections.agency",
        domain="[('company_id', 'in', company_ids)]",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company", compute="_compute_company_ids"
    )
    reason = fields.Char(required=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    incomplete_count = fields.Integer(compute="_compute_preview")
    may_decide = fields.Boolean(compute="_compute_company_ids")
    is_forced = fields.Boolean(
        string="Also Those Where Something Is Missing",
        help="A supervisor may go on anyway: what is missing is kept with the reason.",
    )

    @api.depends("case_ids")
    @api.depends_context("uid")
    def _compute_company_ids(self):
        for dialog in self:
            dialog.company_ids = dialog.case_ids.company_id
            dialog.may_decide = self.env["collections.escalation"]._is_supervisor()

    @api.depends("case_ids", "stage_id", "agency_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        self.preview = False
        self.incomplete_count = 0
        for dialog in self.filtered("escalation"):
            rows = dialog._rows()
            dialog.incomplete_count = sum(not row["complete"] for row in rows)
            dialog.preview = self.env["ir.qweb"]._render(
                "collections_management.escalation_preview",
                {
                    "rows": rows[:SHOWN],
                    "more": max(len(rows) - SHOWN, 0),
                    "ready": len(rows) - dialog.incomplete_count,
                    "incomplete": dialog.incomplete_count,
                    "amount": dialog._total(),
                    "stage": dialog.stage_id,
                    "may_decide": dialog.may_decide,
                },
                minimal_qcontext=True,
            )

    def _total(self) -> str:
        """Return what is overdue of all, where they are of one currency."""
        currency = self.case_ids.currency_id
        amount = sum(self.case_ids.mapped("amount_overdue_net"))
        return format_amount(self.env, amount, currency) if len(currency) == 1 else ""

    def _rows(self) -> list[dict]:
        """Return each case with what is asked for, those with gaps first."""
        cases = self.case_ids._origin
        cases.check_access("read")
        checked = self.env["collections.escalation.facts"]._checked(
            cases, self.stage_id, self.agency_id
        )
        rows = [
            {
                "case": case,
                "requirements": checked[case.id],
                "complete": all(one["fulfilled"] for one in checked[case.id]),
            }
            for case in cases
        ]
        return sorted(rows, key=lambda row: row["complete"])

    # === ACTIONS === #

    def action_apply(self):
        """Put the cases in the stage; the reason goes to their history."""
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        self.case_ids.check_access("write")
        if self.escalation:
            return self._escalate()
        self.case_ids._check_manual_stage(self.stage_id)
        self.case_ids.sudo().write(
            {"manual_stage_id": self.stage_id.id, "manual_stage_reason": self.reason}
        )
        for case in self.case_ids:
            case.message_post(
                body=self.env._(
                    "Moved to %(stage)s: %(reason)s",
                    stage=self.stage_id.name,
                    reason=self.reason,
                )
            )
        self.case_ids.action_refresh()
        return {"type": "ir.actions.act_window_close"}

    def _escalate(self):
        cases = self._cases_to_hand_over()
        made = self.env["collections.escalation"]._request(
            cases, self.stage_id, self.reason, self.agency_id
        )
        cases.action_refresh()
        waiting = made.filtered(lambda row: row.state == "requested")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info" if waiting else "success",
                "message": self._told(len(made), len(waiting)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _told(self, made, waiting):
        left = len(self.case_ids) - made
        text = (
            self.env._("%s requested: a supervisor decides.", made)
            if waiting
            else self.env._("%s handed over.", made)
        )
        if left:
            text += " " + self.env._("%s left where they are.", left)
        return text

    def _is_there(self, case) -> bool:
        current = case.escalation_id
        return (current.stage_id, current.agency_id) == (self.stage_id, self.agency_id)

    def _cases_to_hand_over(self):
        """Return the cases to go on with; say clearly why there is none."""
        if self.escalation == "agency" and not self.agency_id:
            raise UserError(self.env._("Choose the agency that gets the cases."))
        if self.agency_id and self.case_ids.company_id != self.agency_id.company_id:
            raise UserError(
                self.env._(
                    "%(agency)s works for %(company)s: choose cases of that company.",
                    agency=self.agency_id.name,
                    company=self.agency_id.company_id.name,
                )
            )
        rows = [row for row in self._rows() if not self._is_there(row["case"])]
        if not rows:
            raise UserError(self.env._("The case is there already."))
        forced = self.is_forced and self.may_decide
        chosen = [row["case"] for row in rows if forced or row["complete"]]
        if not chosen:
            gaps = [
                one["text"] for one in rows[0]["requirements"] if not one["fulfilled"]
            ]
            raise UserError(
                self.env._(
                    "%(customer)s cannot be handed over yet:\n%(missing)s",
                    customer=rows[0]["case"].display_name,
                    missing="\n".join(f"- {gap}" for gap in gaps),
                )
            )
        return self.env["collections.case"].union(*chosen)
