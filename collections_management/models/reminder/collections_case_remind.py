from collections import Counter

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CollectionsCaseRemind(models.AbstractModel):
    """The reminder that is due, sent at a person's word instead of by the daily run."""

    _name = "collections.case.remind"
    _description = "Reminders of Chosen Cases"

    def action_remind(self):
        """Plan the reminders that are due for these cases, and say what was not.

        Nothing else than the daily run would do: each waits for approval where the
        company's mode says so, and passes the gate when it is sent.
        """
        self.env["collections.role"]._check_collector()
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Choose at least one customer."))
        planned, reasons = 0, Counter()
        for company, cases in self.grouped("company_id").items():
            mode = company.sudo().collections_mode
            if mode not in ("propose", "automatic"):
                raise UserError(
                    self.env._(
                        "Collections do not send anything in %(company)s yet. A "
                        "supervisor sets the mode under Settings.",
                        company=company.name,
                    )
                )
            # A run is the supervisor's: this one only does what is due anyway.
            done, why_not = cases.with_company(company).sudo()._plan_due(mode)
            planned += done
            reasons += why_not
        return self._tell_planned(planned, reasons)

    def _plan_due(self, mode) -> tuple[int, Counter]:
        """Create the due reminders of cases of one company.

        :return: their number, and why the others have none
        """
        company = self.company_id
        today = company._collections_today()
        planner = self.env["collections.planner"]
        waiting = set(planner._waiting(company, self.partner_id.ids))
        decisions, _history = planner._evaluate(company, today, self.partner_id.ids)
        due = {
            partner_id: decision
            for partner_id, decision in decisions.items()
            if partner_id not in waiting
            and decision.step
            and decision.step.date <= today
        }
        reasons = Counter(
            self._why_not_due(decision, partner_id in waiting)
            for partner_id, decision in decisions.items()
            if partner_id not in due
        )
        if due:
            run = self.env["collections.run"].create(
                {"company_id": company.id, "date": today, "mode": mode}
            )
            planner._plan(run, due, run._first_state())
            run._count(due)
            run.state = "done"
            self.env["collections.outbox"]._wake()
            self._touch()
        return len(due), reasons

    def _why_not_due(self, decision, is_waiting) -> str:
        if is_waiting:
            return self.env._("already in the outbox")
        field = self.env["collections.reminder"]._fields["reason"]
        reasons = dict(field._description_selection(self.env))
        if label := reasons.get(decision.reason):
            return label
        date = format_date(self.env, decision.step.date)
        return self.env._("the next reminder is due on %s", date)

    def _tell_planned(self, planned, reasons):
        """Say how many reminders wait now, and why the others do not."""
        lines = [self.env._("%s reminders in the outbox.", planned)]
        lines += [
            self.env._("%(count)s not: %(reason)s.", count=count, reason=reason)
            for reason, count in reasons.most_common()
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": " ".join(lines),
                "type": "success" if planned else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
