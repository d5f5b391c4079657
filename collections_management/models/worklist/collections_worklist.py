from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ...tools import worklist

PAGE = 40
# What stands for "cases of nobody" where a collector is asked for.
NOBODY = 0


class CollectionsWorklist(models.AbstractModel):
    """The day of a collector: whom to call next, and why.

    One list per collector in the current company. Nothing is stored: the order is
    decided anew from the cases, the log and the activities.
    """

    _name = "collections.worklist"
    _description = "Worklist"
    _inherit = [
        "collections.worklist.query",
        "collections.worklist.story",
        "collections.worklist.day",
    ]

    @api.model
    @api.readonly
    def get_worklist(
        self, collector_id=None, group=None, search=None, offset=0, limit=PAGE
    ):
        """Return a page of a list, with the progress of the day.

        :param collector_id: a user, ``None`` for one's own list, 0 for cases of nobody
        :param group: only `broken`, `reply`, `activity` or `debt`
        :param search: part of a customer's name
        :return: ``{'today', 'currency_id', 'collector_id', 'collectors', 'covers',
            'progress', 'groups', 'rows', 'total', 'results', 'next_dates',
            'unassigned_count'}``
        :raise AccessError: for who is not a collector
        """
        self.env["collections.role"]._check_collector()
        company, today = self._company_and_today()
        user = self._user(collector_id)
        owners = self._owners(company, user, today) if user else user
        facts = self._facts(company, owners, today)
        places = worklist.arrange((found for found, _overdue in facts.values()), today)
        shown = self._narrow(places, group, search)
        collectors, unassigned = self._collectors(company)
        return {
            "today": fields.Date.to_string(today),
            "company": company.name,
            "currency_id": company.currency_id.id,
            "collector_id": user.id or NOBODY,
            "collectors": collectors,
            "covers": self._covers(company, user, today),
            "unassigned_count": unassigned,
            "progress": self._progress(company, owners, today, places, facts),
            "groups": self._groups(places),
            "total": len(shown),
            "rows": self._rows(shown[offset : offset + limit], facts),
            "results": self._results(today),
            "next_dates": self._next_dates(today),
        }

    @api.model
    def _company_and_today(self):
        company = self.env.company
        return company, company._collections_today()

    @api.model
    def _user(self, collector_id):
        if collector_id is None:
            return self.env.user
        return self.env["res.users"].browse(collector_id or ()).exists()

    @api.model
    def _narrow(self, places, group, search):
        if group:
            places = [found for found in places if found.group == group]
        if search and places:
            domain = Domain("partner_id", "ilike", search) & Domain(
                "id", "in", [found.case_id for found in places]
            )
            found_ids = set(self.env["collections.case"].search(domain).ids)
            places = [found for found in places if found.case_id in found_ids]
        return places

    # === WHAT THE PAGE SHOWS === #

    @api.model
    def _collectors(self, company):
        """Return who has cases, by name, and how many cases are nobody's."""
        rows = self.env["collections.case"]._read_group(
            [("company_id", "=", company.id), ("item_count", ">", 0)],
            ["collector_id"],
            ["__count"],
        )
        counts = {user.id: count for user, count in rows}
        users = self.env["res.users"].browse(key for key in counts if key)
        named = [{"id": user.id, "name": user.sudo().name} for user in users]
        return sorted(named, key=lambda one: one["name"]), counts.get(False, 0)

    @api.model
    def _covers(self, company, user, today) -> list[str]:
        """Say for whom somebody stands in, until when, and what to know."""
        texts = [
            self.env._(
                "%(collector)s until %(date)s",
                collector=absence.collector_id.user_id.name,
                date=format_date(self.env, absence.date_to),
            )
            + (f" ({absence.note})" if absence.note else "")
            for absence in self._covered(company, user, today)
        ]
        return sorted(texts)

    @api.model
    def _progress(self, company, owners, today, places, facts):
        """What was worked today of all that was to be worked.

        Both as overdue amounts: what is left to ask for falls while it is worked.
        """
        left = {found.case_id: facts[found.case_id][1] for found in places}
        done = self._done(company, owners, today)
        done = {case_id: done[case_id] for case_id in done.keys() - left.keys()}
        return {
            "done": len(done),
            "total": len(done) + len(left),
            "amount_done": sum(done.values()),
            "amount_total": sum(done.values()) + sum(left.values()),
        }

    @api.model
    def _group_labels(self):
        return {
            worklist.BROKEN: self.env._("Broken promises"),
            worklist.REPLY: self.env._("Replies"),
            worklist.ACTIVITY: self.env._("Activities"),
            worklist.DEBT: self.env._("Debts"),
        }

    @api.model
    def _groups(self, places):
        counts = dict.fromkeys(worklist.ORDER, 0)
        for found in places:
            counts[found.group] += 1
        labels = self._group_labels()
        return [
            {"key": key, "label": labels[key], "count": count}
            for key, count in counts.items()
        ]

    @api.model
    def _rows(self, places, facts):
        cases = self.env["collections.case"].browse(found.case_id for found in places)
        activities = self._due_activities(cases)
        return [
            {
                "id": case.id,
                "name": case.partner_id.display_name,
                "amount": case.amount_actionable,
                "overdue": facts[case.id][1],
                "days": case.days_overdue,
                "age": case.age,
                "level": case.level_id.name or "",
                "group": found.group,
                "why": self._why(case, found, activities.get(case.id)),
            }
            for case, found in zip(cases, places, strict=True)
        ]

    @api.model
    def _due_activities(self, cases) -> dict:
        """Return the earliest activity of each case."""
        found = self.env["mail.activity"].search(
            [("res_model", "=", cases._name), ("res_id", "in", cases.ids)],
            order="date_deadline desc, id desc",
        )
        return {activity.res_id: activity for activity in found}

    @api.model
    def _why(self, case, found, activity) -> str:
        """Say in one line why the case stands where it stands."""
        since = format_date(self.env, found.since) if found.since else ""
        if found.group == worklist.BROKEN:
            return self.env._("Broken promise, since %s", since)
        if found.group == worklist.REPLY:
            return self.env._("Waits for an answer since %s", since)
        if found.group == worklist.ACTIVITY:
            name = activity and (activity.summary or activity.activity_type_id.name)
            return self.env._(
                "%(activity)s: due %(date)s",
                activity=name or self.env._("Activity"),
                date=since,
            )
        amount = format_amount(self.env, case.amount_actionable, case.currency_id)
        debt = self.env._(
            "%(amount)s × %(days)s days", amount=amount, days=case.days_overdue
        )
        return " · ".join(filter(None, [debt, case._priority_reasons_short()]))

    # === OUTCOMES === #

    @api.model
    def _results(self, today):
        """Return the results to choose from, each with its usual next date.

        :return: ``takes_date``: a next contact can be planned; ``needs_date``: it is
        """
        return [
            {
                "id": result.id,
                "name": result.name,
                "date": day and fields.Date.to_string(day),
                "label": day and self._day_label(today, day),
                "takes_date": result.next_step != "address",
                "needs_date": result.next_step in ("call", "supervisor"),
            }
            for result in self.env["collections.interaction.result"].search([])
            for day in [result.next_step != "address" and result._next_date(today)]
        ]

    @api.model
    def _next_dates(self, today):
        """Return the dates offered for the next contact, each with its name."""
        return [
            {
                "date": fields.Date.to_string(day),
                "label": self._day_label(today, day),
            }
            for day in worklist.next_dates(today)
        ]

    @api.model
    def _day_label(self, today, day) -> str:
        near = {0: self.env._("Today"), 1: self.env._("Tomorrow")}
        return near.get((day - today).days) or format_date(
            self.env, day, date_format="EEE d MMM"
        )

    @api.model
    def log_outcome(
        self,
        case_id,
        result_id,
        next_date=False,
        text=False,
        contact_id=False,
        delay_reason_id=False,
    ):
        """Log a call that was made, and plan the next one in the same step.

        :param next_date: ``YYYY-MM-DD``, ``False`` for no further contact
        :param delay_reason_id: why the customer pays late, if it said so
        :return: ``{'interaction_id', 'message'}``: the row and what it led to
        """
        case = self.env["collections.case"].browse(case_id)
        result = self.env["collections.interaction.result"].browse(result_id)
        row = case._log_contact(
            {
                "contact_id": contact_id,
                "result_id": result.id,
                "delay_reason_id": delay_reason_id,
                "text": text,
                "next_date": fields.Date.to_date(next_date),
            }
        )
        message = self._outcome_label(row)
        if row.next_date:
            message = self.env._(
                "%(message)s. Next contact %(date)s.",
                message=message,
                date=format_date(self.env, row.next_date),
            )
        return {"interaction_id": row.id, "message": message}
