import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import priority, promises

# A promise found broken so many days ago is history.
HISTORY = 30
FACTS = """
    WITH said AS MATERIALIZED (%(talks)s),
    talk AS (
        SELECT case_id,
               count(*) FILTER (WHERE called) AS calls,
               count(*) FILTER (WHERE called AND right_party) AS answered,
               max(date) FILTER (WHERE called AND reached) AS reached,
               count(*) FILTER (WHERE sent) AS written,
               count(*) FILTER (WHERE came) AS replied,
               max(date) FILTER (WHERE by_hand) AS worked
          FROM said
      GROUP BY case_id),
    missed AS (
        SELECT said.case_id, count(*) AS calls
          FROM said JOIN talk ON talk.case_id = said.case_id
         WHERE said.called AND said.date > coalesce(talk.reached, '-infinity')
      GROUP BY said.case_id),
    address AS (
        SELECT commercial_partner_id AS partner_id,
               bool_or(coalesce(phone, '') <> '') AS phone,
               bool_or(coalesce(email, '') <> '') AS email
          FROM res_partner WHERE active AND %(contacts)s
      GROUP BY commercial_partner_id),
    broken AS (
        SELECT case_id, max(date_judged) AS date
          FROM collections_promise
         WHERE company_id = %(company)s AND state = %(broken)s
           AND date_judged >= %(today)s::date - %(history)s
      GROUP BY case_id),
    due AS (SELECT case_id, min(date) AS date FROM (%(due)s) found GROUP BY case_id)
    SELECT kase.id, kase.priority_value::float8, kase.priority_parts, %(profiled)s,
           CASE WHEN kase.stop_flag IS NULL THEN kase.amount_actionable::float8
                ELSE 0 END, coalesce(kase.days_overdue, 0),
           coalesce(address.phone, false), coalesce(address.email, false),
           kase.chance_soon, kase.average_days_late::float8,
           coalesce(talk.calls, 0), coalesce(talk.answered, 0),
           coalesce(missed.calls, 0), coalesce(talk.written, 0),
           coalesce(talk.replied, 0),
           broken.date IS NOT NULL
               AND coalesce(%(worked)s < broken.date, true),
           due.date - %(today)s
      FROM collections_case kase
      JOIN res_partner partner ON partner.id = kase.partner_id
 LEFT JOIN talk ON talk.case_id = kase.id
 LEFT JOIN missed ON missed.case_id = kase.id
 LEFT JOIN address ON address.partner_id = kase.partner_id
 LEFT JOIN broken ON broken.case_id = kase.id
 LEFT JOIN due ON due.case_id = kase.id
     WHERE kase.company_id = %(company)s AND %(cases)s
"""
# What was said and by whom; a row that was corrected counts as its correction says.
TALKS = """
    SELECT said.case_id, said.date,
           said.channel = 'call' AND said.direction = 'out' AS called,
           result.is_reached IS TRUE AS reached,
           result.is_right_party IS TRUE AS right_party,
           said.channel NOT IN ('call', 'visit') AND said.direction = 'out' AS sent,
           said.channel NOT IN ('call', 'visit') AND said.direction = 'in' AS came,
           said.reminder_id IS NULL
               AND (said.direction = 'out' OR said.channel IN ('call', 'visit'))
               AS by_hand
      FROM collections_interaction said
 LEFT JOIN collections_interaction_result result ON result.id = said.result_id
     WHERE said.company_id = %(company)s AND said.channel <> 'system'
       AND said.date >= %(since)s AND %(own)s
       AND NOT EXISTS (SELECT 1 FROM collections_interaction later
                        WHERE later.corrects_id = said.id)
"""
WRITE = """
    UPDATE collections_case kase
       SET priority_value = new.value, priority_parts = new.parts
      FROM unnest(%s::int[], %s::numeric[], %s::jsonb[]) AS new (id, value, parts)
     WHERE kase.id = new.id
"""


class CollectionsPrioritizer(models.AbstractModel):
    """Says what acting on each customer today is worth: one statement in, one out.

    Where the company grades nobody, no case has a priority, nor has one whose reminders
    are stopped. A person whom it does not
    grade has one made of the debt alone, nothing of its behaviour.
    """

    _name = "collections.prioritizer"
    _description = "Priority of Cases"
    _inherit = ["collections.scoring.query"]

    @api.model
    def _prioritize(self, company, today, partner_ids=None) -> int:
        """Write the priority of cases where it changed.

        :param partner_ids: commercial partners, ``None`` for all
        :return: cases written
        """
        settings = company._collections_settings()
        changes = []
        for case_id, value, parts, profiled, *known in self._facts(
            company, today, partner_ids
        ):
            new = self._rated(settings, profiled, known)
            if new != (value, parts):
                changes.append((case_id, new[0], json.dumps(new[1])))
        if changes:
            self.env.cr.execute(SQL(WRITE, *map(list, zip(*changes, strict=True))))
            self.env["collections.case"].invalidate_model(
                ["priority_value", "priority_parts"]
            )
        return len(changes)

    @api.model
    def _rated(self, settings, profiled, known) -> tuple:
        """Return the value and its components as they are stored."""
        facts = priority.Facts(*known)
        if settings.scoring == "off" or facts.amount <= 0:
            return 0.0, None
        if not profiled:
            facts = priority.Facts(*known[:4])
        rated = priority.rate(facts, settings.priority)
        return round(rated.value, settings.digits), {
            "way": rated.way,
            "amount": round(rated.amount, settings.digits),
            **{
                name: round(getattr(rated, name), 4)
                for name in ("soon", "answer", "still", "urgency", "effort")
            },
            "is_predicted": facts.soon is not None,
            "reasons": [
                [reason.code, round(reason.points, 4), reason.days]
                for reason in rated.reasons
            ],
        }

    @api.model
    def _facts(self, company, today, partner_ids) -> list[tuple]:
        for name in ("case", "interaction", "promise"):
            self.env[f"collections.{name}"].flush_model()
        self.env["res.partner"].flush_model()
        few = self.env["collections.planner"]._partner_filter
        zone = company._collections_settings().tz
        talks = SQL(
            TALKS,
            company=company.id,
            since=fields.Date.subtract(today, years=1),
            own=few(partner_ids, "said.partner_id"),
        )
        return self.env.execute_query(
            SQL(
                FACTS,
                talks=talks,
                contacts=few(partner_ids, "commercial_partner_id"),
                company=company.id,
                today=today,
                broken=promises.BROKEN,
                history=HISTORY,
                due=SQL(" UNION ALL ").join(self._due_sqls(company, partner_ids)),
                profiled=self._people_sql(company, "partner"),
                worked=SQL(
                    "(talk.worked AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", zone
                ),
                cases=few(partner_ids),
            )
        )

    @api.model
    def _due_sqls(self, company, partner_ids) -> list[SQL]:
        """Hook: queries of ``case_id, date`` of what customers have to do by a day."""
        return [
            SQL(
                """SELECT case_id, date FROM collections_promise
                    WHERE company_id = %s AND state = 'open' AND kind <> 'reported'
                      AND %s""",
                company.id,
                self.env["collections.planner"]._partner_filter(
                    partner_ids, "partner_id"
                ),
            )
        ]
