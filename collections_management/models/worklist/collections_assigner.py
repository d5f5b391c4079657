from odoo import api, models, tools
from odoo.tools import SQL

from ...tools import assignment

# A case that a person gave to somebody is never looked at.
CASES = """
    SELECT collections_case.id, collections_case.amount_balance::float8,
           collections_case.collector_id,
           array_remove(ARRAY[%(rules)s]::int[], NULL)
      FROM %(tables)s
     WHERE collections_case.company_id = %(company)s
       AND collections_case.item_count > 0 AND %(cases)s
"""

LOADS = """
    SELECT collector_id, count(*), sum(amount_balance)::float8
      FROM collections_case
     WHERE company_id = %(company)s AND item_count > 0
       AND collector_id IS NOT NULL AND NOT (%(cases)s)
  GROUP BY collector_id
"""

UPDATE = """
    UPDATE collections_case kase
       SET collector_id = new.collector_id, assignment_rule_id = new.rule_id,
           write_date = now() AT TIME ZONE 'UTC'
      FROM unnest(%(cases)s::int[], %(collectors)s::int[], %(rules)s::int[])
           AS new (case_id, collector_id, rule_id)
     WHERE kase.id = new.case_id AND kase.manual_collector IS NOT TRUE
       AND (kase.collector_id, kase.assignment_rule_id)
           IS DISTINCT FROM (new.collector_id, new.rule_id)
"""

COLLECTORS = """
    INSERT INTO collections_collector (
               user_id, company_id, sequence, active, capacity,
               create_uid, create_date, write_uid, write_date)
        SELECT DISTINCT collector_id, company_id, 10, true, 0, %(uid)s::int,
               now() AT TIME ZONE 'UTC', %(uid)s::int, now() AT TIME ZONE 'UTC'
          FROM collections_case
         WHERE company_id = %(company)s AND collector_id IS NOT NULL
   ON CONFLICT (user_id, company_id) DO NOTHING
"""


class CollectionsAssigner(models.AbstractModel):
    """Gives cases to collectors as the rules say: four statements for any number."""

    _name = "collections.assigner"
    _description = "Assignment of Cases"

    @api.model
    def _assign(self, company, partner_ids=None) -> int:
        """Assign the cases of a company, all or those of these customers.

        :return: number of cases that changed collector or rule
        """
        rules = self._rules(company)
        self.env["collections.case"].flush_model()
        if partner_ids is None:
            self._add_collectors(company)
        if not rules:
            return 0
        mine = SQL(
            "collections_case.manual_collector IS NOT TRUE AND %s",
            self.env["collections.planner"]._partner_filter(
                partner_ids, "collections_case.partner_id"
            ),
        )
        found = self._decide(company, rules, mine)
        if not found:
            return 0
        self.env.cr.execute(
            SQL(
                UPDATE,
                cases=list(found),
                collectors=[user for user, _rule in found.values()],
                rules=[rule for _user, rule in found.values()],
            )
        )
        moved = self.env.cr.rowcount
        self.env["collections.case"].invalidate_model()
        return moved

    @api.model
    def _rules(self, company):
        Rule = self.env["collections.assignment.rule"].sudo().with_company(company)
        return Rule.browse(self._rule_ids(company.id))

    # Most companies have none, and every refresh asks.
    @tools.ormcache("company_id")
    def _rule_ids(self, company_id) -> tuple[int, ...]:
        Rule = self.env["collections.assignment.rule"].sudo()
        return Rule.search([("company_id", "=", company_id)])._ids

    @api.model
    def _decide(self, company, rules, cases: SQL) -> dict:
        """Return ``{case id: (user id, rule id)}`` for the cases of a condition."""
        tables, matches = self.env["collections.case"]._conditions_sql(
            rule._case_domain() for rule in rules
        )
        rows = self.env.execute_query(
            SQL(
                CASES,
                tables=tables,
                rules=SQL(", ").join(
                    SQL("CASE WHEN %s THEN %s END", match, rule.id)
                    for match, rule in zip(matches, rules, strict=True)
                ),
                company=company.id,
                cases=cases,
            )
        )
        users = {
            rule.id: tuple(rule.collector_ids.user_id.filtered("active").ids)
            for rule in rules
        }
        return assignment.assign(
            (assignment.Portfolio(*row[:3], tuple(row[3])) for row in rows),
            users,
            self._loads(company, cases),
            self._away(company),
        )

    @api.model
    def _loads(self, company, but: SQL) -> dict:
        """Return what collectors have beside some cases, with their capacity."""
        rows = self.env.execute_query(SQL(LOADS, company=company.id, cases=but))
        loads = {user: assignment.Load(count, amount) for user, count, amount in rows}
        collectors = (
            self.env["collections.collector"]
            .sudo()
            .search([("company_id", "=", company.id), ("capacity", ">", 0)])
        )
        for collector in collectors:
            user_id = collector.user_id.id
            load = loads.get(user_id, assignment.Load())
            loads[user_id] = load._replace(capacity=collector.capacity)
        return loads

    @api.model
    def _away(self, company) -> set[int]:
        current = self.env["collections.absence"].sudo()._current(company)
        return set(current.collector_id.user_id.ids)

    @api.model
    def _add_collectors(self, company) -> None:
        """Whoever has cases is a collector, with a workload to be seen."""
        self.env["collections.collector"].flush_model()
        self.env.cr.execute(SQL(COLLECTORS, uid=self.env.uid, company=company.id))
        if self.env.cr.rowcount:
            self.env["collections.collector"].invalidate_model()
