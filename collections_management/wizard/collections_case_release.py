from odoo import api, fields, models
from odoo.tools import format_date


class CollectionsCaseRelease(models.TransientModel):
    """Take cases back from who has them, seeing what happens next."""

    _name = "collections.case.release"
    _description = "Take Cases Back"

    case_ids = fields.Many2many(comodel_name="collections.case", required=True)
    reason = fields.Char(required=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("case_ids")
    @api.depends_context("lang")
    def _compute_preview(self):
        for dialog in self:
            cases = dialog.case_ids._origin
            cases.check_access("read")
            dialog.preview = self.env["ir.qweb"]._render(
                "collections_management.release_preview",
                {"rows": [row for part in self._parts(cases) for row in part]},
                minimal_qcontext=True,
            )

    @api.model
    def _parts(self, cases):
        """Yield, by company, what the plan has for each case once it is back."""
        labels = dict(
            self.env["collections.case"]
            ._fields["idle_reason"]
            ._description_selection(self.env)
        )
        levels = self.env["collections.dunning.level"].sudo()
        for company, own in cases.grouped("company_id").items():
            decisions, _history = (
                self.env["collections.planner"]
                .sudo()
                ._evaluate(
                    company,
                    company._collections_today(),
                    own.partner_id.ids,
                    released=True,
                )
            )
            yield [
                self._row(case, decisions.get(case.partner_id.id), levels, labels)
                for case in own
            ]

    @api.model
    def _row(self, case, decision, levels, labels) -> dict:
        row = {"case": case, "reached": case.level_id.name, "level": False}
        if decision and decision.step:
            row["level"] = levels.browse(decision.step.level.id).name
            row["date"] = format_date(self.env, decision.step.date)
        elif decision:
            row["why"] = labels.get(decision.reason, "")
        return row

    def action_release(self):
        """End what is in force; the stages follow the ledger again."""
        self.ensure_one()
        self.env["collections.role"]._check_collector()
        self.case_ids.check_access("write")
        current = self.case_ids.escalation_id
        if any(row.stage_id.needs_approval for row in current):
            self.env["collections.role"]._check_supervisor()
        current.sudo()._finish(self.reason)
        self.case_ids._release(self.env._("Taken back: %s", self.reason))
        return {"type": "ir.actions.act_window_close"}
