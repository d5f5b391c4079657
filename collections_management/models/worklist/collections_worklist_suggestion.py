from odoo import api, models
from odoo.tools import format_date

from ...tools import priority, suggestion

# The button that does a step; a call is made from the list of contacts.
BUTTONS = {
    suggestion.ANSWER: "action_open",
    suggestion.SUPERVISOR: "action_set_stage",
    suggestion.HAND_OVER: "action_set_stage",
    suggestion.WRITE: "action_remind",
    suggestion.ADDRESS: "action_open",
}


class CollectionsWorklistSuggestion(models.AbstractModel):
    """What to do with a case, and why, in words."""

    _name = "collections.worklist.suggestion"
    _description = "Suggested Step"

    @api.model
    def _suggestion(self, case, group, warning, activities) -> dict:
        """Return the suggested step of a case.

        :param group: why it is on the list, if it is
        :param warning: what a contact rule says against a call now
        :return: ``{'step', 'title', 'why', 'button'}``, the last one a method of the
            case or ``False``
        """
        company = case.company_id
        prioritizer = self.env["collections.prioritizer"].sudo()
        [row] = prioritizer._facts(
            company, company._collections_today(), case.partner_id.ids
        )
        facts = priority.Facts(*row[4:])
        step = suggestion.suggest(
            suggestion.Situation(
                group=group,
                way=priority.best_way(facts),
                is_forbidden=bool(warning),
                broken=case.broken_promise_count,
                is_exhausted=case.idle_reason == "policy_done",
                days=case.days_overdue,
            )
        )
        return {
            "step": step,
            "title": self._suggestion_title(step, activities),
            "why": self._suggestion_why(step, case, facts, warning, activities),
            "button": BUTTONS.get(step, False),
        }

    @api.model
    def _suggestion_title(self, step, activities) -> str:
        titles = {
            suggestion.WAIT: self.env._("Not now: skip this one"),
            suggestion.ANSWER: self.env._("Answer the customer"),
            suggestion.ACTIVITY: self.env._("Do what was planned"),
            suggestion.PROMISE: self.env._(
                "Ask about the promise, agree on a new date"
            ),
            suggestion.SUPERVISOR: self.env._(
                "Agree on the next step with a supervisor"
            ),
            suggestion.HAND_OVER: self.env._("Propose the next stage"),
            suggestion.WRITE: self.env._("Write instead of calling"),
            suggestion.ADDRESS: self.env._("Find out how to reach the customer"),
            suggestion.CALL: self.env._("Call the customer"),
        }
        if step == suggestion.ACTIVITY and activities:
            activity = activities[0]
            return activity.summary or activity.activity_type_id.name
        return titles[step]

    @api.model
    def _suggestion_why(self, step, case, facts, warning, activities) -> str:
        if step == suggestion.WAIT:
            return warning
        if step == suggestion.ACTIVITY and activities:
            due = format_date(self.env, activities[0].date_deadline)
            return self.env._("Due %s", due)
        if step == suggestion.SUPERVISOR:
            return self.env._(
                "%s promises not kept in 12 months", case.broken_promise_count
            )
        if step == suggestion.HAND_OVER:
            return self.env._(
                "Every reminder of the policy was sent; the debt is %s days overdue",
                case.days_overdue,
            )
        if step == suggestion.WRITE and facts.has_phone:
            return self.env._("The last %s calls were not answered", facts.missed)
        if step in (suggestion.WRITE, suggestion.ADDRESS):
            return self.env._("There is no phone number")
        # Why it is on the list says it already.
        if step in (suggestion.ANSWER, suggestion.PROMISE):
            return ""
        return case._priority_reasons_short()
