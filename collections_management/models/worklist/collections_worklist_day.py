from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_amount

from ...tools import worklist

RESULTS = """
    SELECT said.result_id, count(*), count(DISTINCT said.case_id)
      FROM collections_interaction said
     WHERE said.company_id = %(company)s AND said.user_id = %(user)s
       AND said.date >= %(today)s::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
       AND %(contact)s
  GROUP BY said.result_id
"""


class CollectionsWorklistDay(models.AbstractModel):
    """What a collector did today, and how to take the last of it back.

    It is about a person: nobody but that person and supervisors may see it.
    """

    _name = "collections.worklist.day"
    _description = "Day of a Collector"

    @api.model
    @api.readonly
    def get_day(self, collector_id=None):
        """Sum up the day of a collector in the current company.

        :param collector_id: a user, ``None`` for oneself
        :return: ``{'contacts', 'reached', 'right_party', 'results', 'promises',
            'issues', 'tomorrow', 'last'}``: results as ``{'name', 'count'}``, promises
            with ``count`` and ``amount`` as text, ``last`` what can be taken back
        :raise AccessError: for the day of somebody else, unless as a supervisor
        """
        self.env["collections.role"]._check_collector()
        company = self.env.company
        user = self.env["res.users"].browse(collector_id or self.env.uid)
        if user != self.env.user and not self.env.user.has_group(
            "collections_management.group_supervisor"
        ):
            raise AccessError(
                self.env._("Only a supervisor may see the day of another collector.")
            )
        today = company._collections_today()
        return {
            **self._day_results(company, user, today),
            "promises": self._day_promises(company, user, today),
            "issues": self.env["collections.dispute"].search_count(
                [
                    ("company_id", "=", company.id),
                    ("reporter_id", "=", user.id),
                    ("date_opened", "=", today),
                ]
            ),
            "tomorrow": self._day_tomorrow(company, user, today),
            "last": self._day_last(company, today) if user == self.env.user else False,
        }

    @api.model
    def _day_results(self, company, user, today):
        log = self.env["collections.interaction"]
        log.flush_model()
        rows = self.env.execute_query(
            SQL(
                RESULTS,
                company=company.id,
                user=user.id,
                today=today,
                zone=company._collections_settings().tz,
                contact=log._by_hand_sql("said"),
            )
        )
        counts = {result_id: count for result_id, count, _cases in rows}
        results = self.env["collections.interaction.result"].browse(
            result_id for result_id in counts if result_id
        )
        named = [
            {"name": result.name, "count": counts[result.id]}
            for result in results.sorted(lambda one: (-counts[one.id], one.sequence))
        ]
        if counts.get(None):
            agreed = self.env._("Promises, notices and others without a result")
            named.append({"name": agreed, "count": counts[None]})
        return {
            "contacts": sum(counts.values()),
            "reached": sum(counts[one.id] for one in results if one.is_reached),
            "right_party": sum(counts[one.id] for one in results if one.is_right_party),
            "results": named,
        }

    @api.model
    def _day_promises(self, company, user, today):
        rows = self.env["collections.promise"]._read_group(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", user.id),
                ("date_made", "=", today),
                ("state", "!=", "withdrawn"),
            ],
            ["currency_id"],
            ["__count", "amount:sum"],
        )
        return {
            "count": sum(count for _currency, count, _amount in rows),
            "amount": " + ".join(
                format_amount(self.env, amount, currency)
                for currency, _count, amount in rows
            ),
        }

    @api.model
    def _day_tomorrow(self, company, user, today) -> dict:
        """Return the next working day and the activities that wait on it."""
        day = worklist.working_day(fields.Date.add(today, days=1))
        self.env["mail.activity"].flush_model()
        [(count,)] = self.env.execute_query(
            SQL(
                """SELECT count(*)
                     FROM mail_activity activity
                     JOIN collections_case kase ON kase.id = activity.res_id
                    WHERE activity.res_model = 'collections.case' AND activity.active
                      AND kase.company_id = %s AND activity.user_id = %s
                      AND activity.date_deadline > %s
                      AND activity.date_deadline <= %s""",
                company.id,
                user.id,
                today,
                day,
            )
        )
        return {"label": self._day_label(today, day), "count": count}

    @api.model
    def _day_last(self, company, today):
        """Return the last outcome of the user that can still be taken back."""
        rows = self.env["collections.interaction"].search(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", self.env.uid),
                ("result_id", "!=", False),
                ("corrects_id", "=", False),
                ("correction_ids", "=", False),
            ],
            limit=1,
        )
        if not rows or not rows._can_undo(today):
            return False
        return {
            "interaction_id": rows.id,
            "case_id": rows.case_id.id,
            "label": self._outcome_label(rows),
        }

    @api.model
    def _outcome_label(self, row) -> str:
        return self.env._(
            "%(customer)s: %(result)s",
            customer=row.case_id.partner_id.display_name,
            result=row.result_id.name or "",
        )

    @api.model
    def undo_outcome(self, interaction_id):
        """Take back an outcome of today that was logged by mistake.

        The log keeps both rows; what the outcome planned is gone, and what it ended
        waits again.

        :return: ``{'case_id', 'text', 'message'}``: the words that were logged
        :raise UserError: where it is not the user's own row of today, or was corrected
        """
        self.env["collections.role"]._check_collector()
        row = self.env["collections.interaction"].browse(interaction_id)
        row.check_access("read")
        case = row.case_id
        case._undo_contact(row)
        return {
            "case_id": case.id,
            "text": row.text or "",
            "message": self.env._("Taken back: %s", self._outcome_label(row)),
        }
