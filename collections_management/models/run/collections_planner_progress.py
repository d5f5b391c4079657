from hashlib import blake2b

from odoo import api, models
from odoo.tools import SQL

from ...tools import levels, stages, transitions

# The facts that decide on stage and next step, and what is written now.
PROGRESS_ROWS = """
    SELECT kase.id, kase.partner_id, kase.policy_id,
              kase.manual_stage_id, kase.amount_overdue::float8,
              kase.amount_actionable::float8,
              kase.amount_due_soon::float8, kase.amount_held::float8,
              kase.amount_disputed::float8,
              (kase.amount_promised + kase.amount_agreed
               + kase.amount_cheque + kase.amount_reported)::float8,
              activity.deadline, promise.date, promise.cheque, hold.date_end,
              kase.stage_id, kase.level_id, kase.next_step,
              kase.next_step_date, kase.next_level_id, kase.idle_reason,
              kase.progress_key
         FROM collections_case kase
    LEFT JOIN LATERAL (
               SELECT min(date_deadline) AS deadline FROM mail_activity
                WHERE res_id = kase.id AND res_model = 'collections.case' AND active
              ) activity ON true
    LEFT JOIN LATERAL (
               SELECT min(date) FILTER (WHERE kind <> 'cheque') AS date,
                      min(date) FILTER (WHERE kind = 'cheque') AS cheque
                 FROM collections_promise
                WHERE case_id = kase.id AND state = 'open' AND kind <> 'reported'
              ) promise ON true
    LEFT JOIN (SELECT partner_id, min(date_end) AS date_end
                 FROM (%s) hold GROUP BY partner_id) hold
           ON hold.partner_id = kase.partner_id
        WHERE kase.company_id = %s AND kase.partner_id = ANY(%s)
"""
# Up to so many customers a query is told whom it is about.
FEW = 1000


class CollectionsPlannerProgress(models.AbstractModel):
    """Writes stage, level and next step of cases, and knows which are out of date."""

    _name = "collections.planner.progress"
    _description = "Stage and Next Step of Cases"

    @api.model
    def _partner_filter(self, partner_ids, column="kase.partner_id") -> SQL:
        if partner_ids is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", SQL(column), list(partner_ids))

    @api.model
    def _progress_key(self, company, today) -> str:
        """What next steps depend on besides the customer: equal today, equal result.

        A case that carries another key, or none, is to be evaluated.
        """
        facts = (
            today,
            sorted(self.env["collections.policy"]._as_tuples(company).items()),
            sorted(self.env["collections.stage"]._by_kind().items(), key=repr),
            sorted(self.env["collections.ledger"]._rates(company, today).items()),
        )
        return blake2b(repr(facts).encode(), digest_size=8).hexdigest()

    @api.model
    def _stale_partner_ids(self, company, today) -> list[int] | None:
        """Return the customers to evaluate, ``None`` where that is most of them."""
        stale = self.env.execute_query(
            SQL(
                """SELECT partner_id, count(*) OVER (),
                          (SELECT count(*) FROM collections_case
                            WHERE company_id = %(company)s)
                     FROM collections_case
                    WHERE company_id = %(company)s
                      AND progress_key IS DISTINCT FROM %(key)s""",
                company=company.id,
                key=self._progress_key(company, today),
            )
        )
        if stale and stale[0][1] > stale[0][2] / 2:
            return None
        return [row[0] for row in stale]

    @api.model
    def _write_progress(
        self, company, today, decisions, history, jump=False, known=None
    ):
        """Write level, stage and next step of cases where they changed.

        :param known: see `collections.pause._known`, where that was read already
        :param jump: decided for this run only: the next refresh decides again
        :return: partners whose case was written
        """
        if not decisions:
            return set()
        few = list(decisions) if len(decisions) < FEW else None
        waiting = {}
        if known is None or "collections.reminder" in known.present:
            waiting = self._waiting(company, few)
        stage_ids = self.env["collections.stage"]._by_kind()
        policies = self.env["collections.policy"]._as_tuples(company)
        key = None if jump else self._progress_key(company, today)
        changes = {}
        for row in self._progress_rows(company, today, list(decisions)):
            partner_id = row["partner_id"]
            progress = self._progress(
                row,
                decisions[partner_id],
                history.get(partner_id),
                waiting.get(partner_id),
                stage_ids,
                policies.get(row["policy_id"]),
            )
            new = (*progress, key)
            if new != row["old"]:
                changes[partner_id] = (row["id"], *new)
        self._update_cases(list(changes.values()))
        return set(changes)

    @api.model
    def _waiting(self, company, partner_ids=None):
        """Return ``{partner id: day}`` of the reminders that wait in the outbox."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT partner_id, min(coalesce(date_deferred::date, date))
                         FROM collections_reminder
                        WHERE company_id = %s AND state = ANY(%s) AND %s
                     GROUP BY partner_id""",
                    company.id,
                    list(transitions.WAITING),
                    self._partner_filter(partner_ids, "partner_id"),
                )
            )
        )

    @api.model
    def _progress_rows(self, company, today, partner_ids):
        self.env["mail.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                PROGRESS_ROWS,
                self.env["collections.hold"]._current_sql(
                    company, today, partner_ids if len(partner_ids) < FEW else None
                ),
                company.id,
                partner_ids,
            )
        )
        names = [
            "id",
            "partner_id",
            "policy_id",
            "manual_stage_id",
            "overdue",
            "actionable",
            "due_soon",
            "held",
            "disputed",
            "promised",
            "activity",
            "promise",
            "cheque",
            "hold",
        ]
        facts = len(names)
        return [
            {**dict(zip(names, row[:facts], strict=True)), "old": row[facts:]}
            for row in rows
        ]

    @api.model
    def _progress(self, row, decision, history, waiting, stage_ids, policy):
        """Return stage, level, next step, its date, its level and the idle reason."""
        level = self._level_reached(policy, history)
        kind = stages.stage_kind(
            stages.Facts(
                manual=bool(row["manual_stage_id"]),
                overdue=row["overdue"],
                actionable=row["actionable"],
                disputed=row["disputed"],
                promised=row["promised"],
                due_soon=row["due_soon"],
                held=row["held"],
                level_delay=level.delay if level else None,
                tolerance=policy.tolerance if policy else 0.0,
            )
        )
        stage_id = row["manual_stage_id"] or stage_ids.get(kind)
        if kind == stages.LEVEL:
            stage_id = stage_ids.get(("level", level.id), stage_id)
        step, when = self._next_step(
            decision,
            waiting,
            activity=row["activity"],
            promise=row["promise"],
            cheque=row["cheque"],
            hold=row["hold"],
        )
        return (
            stage_id,
            level.id if level else None,
            step,
            when,
            decision.step.level.id if step == "reminder" else None,
            None if step else decision.reason,
        )

    @api.model
    def _level_reached(self, policy, history):
        """The highest level of the items that are still open, as the policy has it."""
        if policy is None or history is None or not history.items:
            return None
        reached = max(item.delay for item in history.items.values())
        return levels.level_due(policy.levels, reached)

    @api.model
    def _next_step(self, decision, waiting, **others):
        """The earliest of what is planned; see *Next step* in the design."""
        steps = []
        if waiting:
            steps.append((waiting, "outbox"))
        elif decision.step:
            steps.append((decision.step.date, "reminder"))
        steps += [(when, step) for step, when in others.items() if when]
        when, step = min(steps, default=(None, None))
        return step, when

    @api.model
    def _update_cases(self, changes) -> None:
        if not changes:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE collections_case kase
                      SET stage_id = new.stage_id, level_id = new.level_id,
                          next_step = new.next_step,
                          next_step_date = new.next_step_date,
                          next_level_id = new.next_level_id,
                          idle_reason = new.idle_reason,
                          progress_key = new.progress_key,
                          write_date = now() AT TIME ZONE 'UTC'
                     FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[],
                                 %s::date[], %s::int[], %s::text[], %s::text[])
                       AS new (id, stage_id, level_id, next_step, next_step_date,
                               next_level_id, idle_reason, progress_key)
                    WHERE kase.id = new.id""",
                *map(list, zip(*changes, strict=True)),
            )
        )
