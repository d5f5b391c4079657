from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import promises, worklist

# Days after which what nobody followed up is history.
HISTORY = 30

# A talk is a contact by itself; what a customer writes waits for an answer.
FACTS = """
    WITH contact AS (
        SELECT case_id,
               max(date) FILTER (WHERE theirs) AS replied,
               max(date) FILTER (WHERE NOT theirs) AS worked
          FROM (SELECT case_id, date, direction = 'in'
                       AND channel NOT IN ('call', 'visit') AS theirs
                  FROM collections_interaction said
                 WHERE company_id = %(company)s AND reminder_id IS NULL
                   AND channel <> 'system' AND imported_from IS NULL AND NOT %(undone)s
                   AND date >= %(today)s::date - %(window)s) talk
      GROUP BY case_id),
    activity AS (
        SELECT res_id AS case_id,
               min(date_deadline) FILTER (WHERE date_deadline <= %(today)s
                                            AND %(assigned)s) AS due,
               bool_or(date_deadline > %(today)s) AS ahead
          FROM mail_activity
         WHERE res_model = 'collections.case' AND active
      GROUP BY res_id)
    SELECT kase.id, kase.amount_actionable::float8, coalesce(kase.days_overdue, 0),
           %(replied)s, coalesce(contact.worked > contact.replied, false),
           activity.due,
           kase.stop_flag IS NOT NULL OR kase.manual_stage_id IS NOT NULL
               OR coalesce(activity.ahead, false),
           %(worked)s, coalesce(policy.min_days, 0), %(priority)s,
           kase.amount_overdue::float8
      FROM collections_case kase
 LEFT JOIN collections_policy policy ON policy.id = kase.policy_id
 LEFT JOIN contact ON contact.case_id = kase.id
 LEFT JOIN activity ON activity.case_id = kase.id
     WHERE kase.id IN %(visible)s AND %(own)s
       AND (kase.amount_actionable > 0 OR activity.due IS NOT NULL
            OR contact.replied IS NOT NULL OR kase.id = ANY(%(broken)s))
"""

# Cases that these people talked to on a day.
DONE = """
    SELECT kase.id, kase.amount_overdue::float8
      FROM collections_case kase
     WHERE kase.id IN %(visible)s
       AND kase.id IN (
           SELECT case_id FROM collections_interaction said
            WHERE company_id = %(company)s AND %(contact)s
              AND date >= %(today)s::timestamp AT TIME ZONE %(zone)s
                                               AT TIME ZONE 'UTC'
              AND %(by)s)
"""


class CollectionsWorklistQuery(models.AbstractModel):
    """What is known of a collector's cases this morning: two statements for all."""

    _name = "collections.worklist.query"
    _description = "Facts of a Worklist"

    @api.model
    def _owners(self, company, user, today):
        """Return the users whose cases a person works on a day: also the absent."""
        absences = self._covered(company, user, today)
        return user | absences.collector_id.user_id

    @api.model
    def _covered(self, company, user, today):
        """Return the absences in which a person stands in for others."""
        return self.env["collections.collector"]._covered_absences(company, user, today)

    @api.model
    def _broken(self, company, today) -> dict:
        """Return the day on which a promise of a case was found broken, by case.

        :return: ``{case id: date}`` of the last month
        """
        rows = self.env["collections.promise"]._read_group(
            [
                ("company_id", "=", company.id),
                ("state", "=", promises.BROKEN),
                ("date_judged", ">=", fields.Date.subtract(today, days=HISTORY)),
            ],
            ["case_id"],
            ["date_judged:max"],
        )
        return {case.id: judged for case, judged in rows}

    @api.model
    def _facts(self, company, owners, today) -> dict:
        """Return ``{case id: (Facts, overdue amount)}`` of all that may be on a list.

        :param owners: users whose cases they are; empty for cases of nobody
        """
        broken = self._broken(company, today)
        self.env["mail.activity"].flush_model()
        self.env["collections.interaction"].flush_model()
        rows = self.env.execute_query(
            SQL(
                FACTS,
                company=company.id,
                today=today,
                window=HISTORY,
                assigned=self._by_sql(owners),
                own=SQL(
                    "(kase.collector_id = ANY(%s) OR activity.due IS NOT NULL)",
                    owners.ids,
                )
                if owners
                else SQL("kase.collector_id IS NULL"),
                visible=self._visible_sql(company),
                broken=list(broken),
                priority=self._priority_sql(company),
                undone=self.env["collections.interaction"]._undone_sql("said"),
                **{
                    name: self._local_day(company, SQL.identifier("contact", name))
                    for name in ("replied", "worked")
                },
            )
        )
        return {
            case_id: (
                worklist.Facts(case_id, amount, days, broken.get(case_id), *known),
                overdue,
            )
            for case_id, amount, days, *known, overdue in rows
        }

    @api.model
    def _done(self, company, owners, today) -> dict:
        """Return the overdue amount of the cases worked on the day, by case id."""
        self.env["collections.interaction"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    DONE,
                    company=company.id,
                    today=today,
                    zone=company.sudo().collections_tz or "UTC",
                    visible=self._visible_sql(company),
                    by=self._by_sql(owners),
                    contact=self.env["collections.interaction"]._by_hand_sql("said"),
                )
            )
        )

    @api.model
    def _visible_sql(self, company) -> SQL:
        """The company's cases, as far as the user may see them."""
        Case = self.env["collections.case"]
        Case.flush_model()
        return Case._search([("company_id", "=", company.id)]).subselect()

    @api.model
    def _priority_sql(self, company) -> SQL:
        """What orders the debts; nothing where the company grades nobody."""
        if company._collections_settings().scoring == "off":
            return SQL("NULL::float8")
        return SQL("kase.priority_value::float8")

    @api.model
    def _by_sql(self, owners) -> SQL:
        return SQL("user_id = ANY(%s)", owners.ids) if owners else SQL("TRUE")

    @api.model
    def _local_day(self, company, moment: SQL) -> SQL:
        zone = company.sudo().collections_tz or "UTC"
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)
