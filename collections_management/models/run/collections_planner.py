from collections import defaultdict
from operator import itemgetter

from odoo import api, models
from odoo.tools import SQL, groupby

from ...tools import planning, transitions
from ..customer.collections_customer_day import PAYMENT


class CollectionsPlanner(models.AbstractModel):
    """Loads facts for many cases at once, lets `tools` decide, writes in bulk.

    A constant number of statements, whatever the number of cases and items.
    """

    _name = "collections.planner"
    _description = "Next Steps and Reminders"
    _inherit = ["collections.planner.progress"]

    # === LOADING === #

    @api.model
    def _evaluate(
        self,
        company,
        today,
        partner_ids=None,
        as_of=None,
        jump=False,
        known=None,
        released=False,
    ):
        """Decide the next step of customers.

        :param today: the day to decide for
        :param partner_ids: commercial partners, ``None`` for all of the company
        :param as_of: read the ledger as of this date instead of now
        :param jump: go straight to the level due by age (a supervisor's run)
        :param known: see `collections.pause._known`, where that was read already
        :param released: as if no case had been handed over: what is next on its return
        :return: ``{partner id: Decision}`` and ``{partner id: CaseHistory}``
        """
        self.env["collections.reminder"].flush_model()
        self.env["collections.stage"].flush_model(["stops_reminders"])
        if known is None:
            known = self.env["collections.pause"]._known(company, today, partner_ids)
        items = self._items(company, partner_ids, as_of, known.paused)
        history = {}
        if "collections.reminder" in known.present:
            history = self._histories(company, partner_ids, as_of)
        confirm = {} if as_of else known.to_confirm
        rates = self.env["collections.ledger"]._rates(company, today)
        policies = self.env["collections.policy"]._as_tuples(company)
        chosen = self._choices(company, partner_ids)
        fallback = (self._fallback_policy_id(company), None, None)
        pays = self.env["collections.customer.calendar"]._of_customers(
            PAYMENT, partner_ids
        )
        nothing = planning.CaseHistory()
        decisions = {}
        for partner_id in chosen.keys() | items.keys():
            policy_id, jump_delay, stopped = chosen.get(partner_id, fallback)
            if stopped and not (released and stopped == planning.ESCALATED):
                decisions[partner_id] = planning.Decision(stopped)
                continue
            decisions[partner_id] = planning.decide(
                policies.get(policy_id),
                items.get(partner_id, ()),
                history.get(partner_id, nothing),
                rates,
                today,
                confirm.get(partner_id),
                planning.ANY_DELAY if jump else jump_delay,
                pays.get(partner_id),
            )
        return decisions, history

    @api.model
    def _choices(self, company, partner_ids):
        """Return ``{partner id: (policy id, delay to jump to, why stopped)}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT kase.partner_id, kase.policy_id, level.delay,
                          CASE WHEN kase.stop_flag IS NOT NULL THEN 'stopped'
                               WHEN stage.stops_reminders THEN 'escalated' END
                     FROM collections_case kase
                LEFT JOIN collections_stage stage ON stage.id = kase.manual_stage_id
                LEFT JOIN collections_dunning_level level
                       ON level.id = kase.jump_level_id
                    WHERE kase.company_id = %s AND %s""",
                company.id,
                self._partner_filter(partner_ids),
            )
        )
        return {partner_id: choice for partner_id, *choice in rows}

    @api.model
    def _fallback_policy_id(self, company):
        """The last segment's policy: for customers of the past without a case."""
        rules = self.env["collections.segment"]._rules(company.id)
        return rules[-1].policy_id if rules else None

    @api.model
    def _items(self, company, partner_ids, as_of, paused):
        """Return ``{partner id: [OpenItem]}``."""
        lines, customers = self._by_line(paused)
        rows = self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, item.id, item.due, item.currency_id,
                          item.amount::float8, item.amount_currency::float8,
                          NOT item.no_followup
                     FROM (%s) item
                     JOIN res_partner p ON p.id = item.partner_id
                 ORDER BY p.commercial_partner_id""",
                self.env["collections.ledger"]._open_lines_sql(
                    company.ids, as_of, partner_ids
                ),
            )
        )
        return {
            partner_id: [
                planning.OpenItem(
                    *row[1:],
                    paused=1.0
                    if partner_id in customers
                    else self._paused_share(lines.get(row[1], 0.0), row[5]),
                )
                for row in group
            ]
            for partner_id, group in groupby(rows, key=itemgetter(0))
        }

    @api.model
    def _by_line(self, paused) -> tuple[dict, set]:
        """Return what something agreed with the customer takes out of dunning.

        :return: amounts in the document's currency by journal item, and customers
            who are paused whole
        """
        lines = defaultdict(float)
        customers = set()
        for pause in paused:
            if pause.line_id:
                lines[pause.line_id] += pause.amount
            else:
                customers.add(pause.partner_id)
        return lines, customers

    @api.model
    def _paused_share(self, paused, amount) -> float:
        if not paused:
            return 0.0
        return min(1.0, paused / amount) if amount > 0 else 1.0

    @api.model
    def _histories(self, company, partner_ids, as_of):
        """Return ``{partner id: CaseHistory}`` of what was sent, in current cycles."""
        rows = self.env.execute_query(
            SQL(
                """SELECT rem.partner_id, rem.trigger_line_id, rem.level_delay,
                          max(rem.occurrence), max(rem.date),
                          rem.kind = 'dunning' AND NOT rem.cycle_closed
                          AND rem.trigger_line_id IS NOT NULL AS current
                     FROM collections_reminder rem
                    WHERE rem.company_id = %s AND %s AND rem.state = ANY(%s)
                      AND rem.date <= coalesce(%s, rem.date)
                 GROUP BY rem.partner_id, rem.trigger_line_id, rem.level_delay, current
                 ORDER BY rem.partner_id, rem.level_delay""",
                company.id,
                self._partner_filter(partner_ids, "rem.partner_id"),
                list(transitions.GONE),
                as_of,
            )
        )
        return {
            partner_id: self._history(group)
            for partner_id, group in groupby(rows, key=itemgetter(0))
        }

    @api.model
    def _history(self, rows) -> planning.CaseHistory:
        """``rows`` come by rising delay: the last one of an item is its highest."""
        current = [row for row in rows if row[5]]
        overdue = [row[2] for row in current if row[2] > 0]
        return planning.CaseHistory(
            customer_delay=max(overdue, default=None),
            last_date=max(row[4] for row in rows),
            items={
                row[1]: planning.ItemHistory(row[2], row[3], row[4]) for row in current
            },
        )

    # === REMINDERS === #

    @api.model
    def _plan(self, run, decisions, state) -> None:
        """Create the day's reminders of a run, with their items.

        :param state: where they begin; simulated ones never enter the outbox
        """
        company = run.company_id
        simulated = state == transitions.SIMULATED
        waiting = set() if simulated else set(self._waiting(company))
        due = {
            partner_id: decision
            for partner_id, decision in decisions.items()
            if decision.step
            and decision.step.date <= run.date
            and partner_id not in waiting
        }
        self.env["collections.reminder.builder"]._create_due(run, due, state)
        if not simulated:
            self.env["collections.agreement"]._plan_reminders(run, state)
