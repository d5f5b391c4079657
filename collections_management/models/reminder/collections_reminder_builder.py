from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import transitions

# One row per customer with a step due; the unique index is the safety net.
INSERT_DUE = """
    WITH new AS (
        SELECT * FROM unnest(%(partners)s::int[], %(lines)s::int[],
                             %(levels)s::int[], %(delays)s::int[],
                             %(occurrences)s::int[])
                      AS new (partner_id, line_id, level_id, delay, occurrence)),
    total AS (
        SELECT new.partner_id,
               coalesce(sum(item.amount) FILTER (WHERE item.amount > 0), 0) AS debit,
               coalesce(-sum(item.amount) FILTER (WHERE item.amount < 0), 0) AS credit
          FROM (%(items)s) item
          JOIN res_partner p ON p.id = item.partner_id
          JOIN new ON new.partner_id = p.commercial_partner_id
         WHERE %(shown)s
      GROUP BY new.partner_id)
    INSERT INTO collections_reminder (
             run_id, company_id, case_id, partner_id, segment_id, policy_id,
             level_id, level_delay, kind, channel, level_channel_id, state, date, uuid,
             trigger_line_id, trigger_move_id, trigger_number,
             trigger_date_due, cycle, cycle_closed, occurrence, attempts,
             amount_debit, amount_credit, amount_net,
             create_uid, create_date, write_uid, write_date)
         SELECT %(run)s, %(company)s, kase.id, new.partner_id,
                kase.segment_id, level.policy_id, level.id, new.delay,
                'dunning', coalesce(way.channel, 'email'), way.id, %(state)s, %(date)s,
                gen_random_uuid()::text, line.id, line.move_id,
                line.move_name, coalesce(line.date_maturity, line.date),
                coalesce(past.cycle, 1), false, new.occurrence, 0,
                total.debit, total.credit, total.debit - total.credit,
                %(uid)s, %(now)s, %(uid)s, %(now)s
           FROM new
           JOIN total ON total.partner_id = new.partner_id
      LEFT JOIN collections_case kase ON kase.partner_id = new.partner_id
            AND kase.company_id = %(company)s
           JOIN collections_dunning_level level ON level.id = new.level_id
           JOIN account_move_line line ON line.id = new.line_id
      LEFT JOIN LATERAL (
             SELECT id, channel FROM collections_level_channel
              WHERE level_id = level.id ORDER BY sequence, id LIMIT 1) way ON true
      LEFT JOIN LATERAL (
             SELECT max(cycle) + bool_and(cycle_closed)::int AS cycle
               FROM collections_reminder past
              WHERE past.trigger_line_id = new.line_id
                AND past.state = ANY(%(gone)s)) past ON true
    ON CONFLICT (trigger_line_id, kind, level_delay, cycle, occurrence)
          WHERE state NOT IN ('cancelled', 'failed', 'simulated')
             DO NOTHING
"""


class CollectionsReminderBuilder(models.AbstractModel):
    """Creates reminders and keeps them true to the ledger, in bulk.

    Every method works on the reminders that a condition on ``rem`` names: one or
    twenty thousand, with the same number of statements.
    """

    _name = "collections.reminder.builder"
    _description = "Reminders in Bulk"
    _inherit = ["collections.reminder.addresses"]

    @api.model
    def _reminders(self):
        return self.env["collections.reminder"]

    # === CREATION === #

    @api.model
    def _create_due(self, run, decisions, state):
        """Create the reminders of a run in bulk, with items, recipients, amounts.

        :param state: where they begin: simulated, to approve or queued
        :param decisions: ``{partner id: Decision}``, each with a step due
        """
        if not decisions:
            return
        self.env.cr.execute(
            SQL(
                INSERT_DUE,
                run=run.id,
                company=run.company_id.id,
                state=state,
                items=self._asked_sql(run.company_id, run.date, run._ledger_date()),
                shown=self._shown_sql(run.date, SQL("new.delay")),
                date=run.date,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                gone=list(transitions.GONE),
                **self._columns(decisions),
            )
        )
        # Tables that were empty a moment ago: their statistics mislead what follows.
        self.env.cr.execute("ANALYZE collections_reminder")
        reminders = SQL("rem.run_id = %s", run.id)
        self.env.cr.execute(
            self._lines_sql(run.company_id, run.date, reminders, run._ledger_date())
        )
        self._choose_channels(reminders)
        self._hold_for_approval(reminders)
        self._reminders().invalidate_model()

    @api.model
    def _columns(self, decisions) -> dict[str, list]:
        """Return the decisions as columns, for one statement over all of them."""
        rows = [
            (
                partner_id,
                decision.line_id,
                decision.step.level.id,
                decision.step.level.delay,
                decision.step.occurrence,
            )
            for partner_id, decision in decisions.items()
        ]
        names = ("partners", "lines", "levels", "delays", "occurrences")
        return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))

    @api.model
    def _snapshot(self, reminders, company, today) -> None:
        """Write items and amounts of reminders of a day as the ledger has them now."""
        self._reminders().flush_model()
        self.env["collections.reminder.line"].flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM collections_reminder_line WHERE reminder_id = ANY(%s)",
                reminders.ids,
            )
        )
        chosen = SQL("rem.id = ANY(%s)", reminders.ids)
        self.env.cr.execute(self._lines_sql(company, today, chosen))
        self.env.cr.execute(
            SQL(
                """UPDATE collections_reminder rem
                      SET amount_debit = total.debit, amount_credit = total.credit,
                          amount_net = total.debit - total.credit
                     FROM unnest(%s::int[]) AS own (id)
            CROSS JOIN LATERAL (
                           SELECT coalesce(sum(amount_company)
                                      FILTER (WHERE amount_company > 0), 0) AS debit,
                                  coalesce(-sum(amount_company)
                                      FILTER (WHERE amount_company < 0), 0) AS credit
                             FROM collections_reminder_line
                            WHERE reminder_id = own.id) total
                    WHERE rem.id = own.id""",
                reminders.ids,
            )
        )
        self._reminders().invalidate_model()
        self.env["collections.reminder.line"].invalidate_model()

    @api.model
    def _shown_sql(self, today, delay: SQL) -> SQL:
        """Which items a reminder shows.

        Overdue debits that are followed up, with all credits; before the due date,
        the debits that fall due until the level's day.
        """
        return SQL(
            """(item.amount < 0 OR NOT item.no_followup
                AND item.due < %s - least(%s - 1, 0))""",
            today,
            delay,
        )

    @api.model
    def _lines_sql(self, company, today, reminders: SQL, as_of=None) -> SQL:
        """Insert the items of reminders, as of a date or as they are now."""
        partners = self.env.execute_query(
            SQL("SELECT partner_id FROM collections_reminder rem WHERE %s", reminders)
        )
        partner_ids = [row[0] for row in partners] if len(partners) < 1000 else None
        return SQL(
            """INSERT INTO collections_reminder_line (
                   reminder_id, move_line_id, move_id, number, date, date_due,
                   days_overdue, is_trigger, currency_id, amount_total,
                   amount_residual, amount_company, amount_paused)
               SELECT rem.id, item.id, item.move_id,
                      %(number)s, item.date, item.due,
                      greatest(0, %(today)s - item.due),
                      item.id = rem.trigger_line_id, item.currency_id,
                      line.amount_currency, item.amount_currency, item.amount,
                      item.paused
                 FROM (%(items)s) item
                 JOIN res_partner p ON p.id = item.partner_id
                 JOIN collections_reminder rem
                   ON rem.partner_id = p.commercial_partner_id
                  AND rem.company_id = item.company_id
                 JOIN account_move_line line ON line.id = item.id
                 JOIN account_move move ON move.id = item.move_id
                WHERE %(reminders)s AND %(shown)s""",
            number=self._number_sql(),
            shown=self._shown_sql(today, SQL("rem.level_delay")),
            today=today,
            items=self._asked_sql(company, today, as_of, partner_ids),
            reminders=reminders,
        )

    @api.model
    def _asked_sql(self, company, today, as_of=None, partner_ids=None) -> SQL:
        """The open items, less what is disputed, promised or held."""
        return self.env["collections.pause"]._asked_sql(
            self.env["collections.ledger"]._open_lines_sql(
                company.ids, as_of, partner_ids
            ),
            company,
            today,
            partner_ids,
        )

    @api.model
    def _number_sql(self) -> SQL:
        """An invoice's number; what another entry says in words, else its number."""
        return SQL(
            """CASE WHEN move.move_type = 'entry'
                    THEN coalesce(nullif(line.name, ''), nullif(move.ref, ''),
                                  move.name)
                    ELSE move.name END"""
        )

    @api.model
    def _give_tokens(self, reminders: SQL) -> None:
        """Give invoices the token of their portal link, where they have none.

        Odoo would do it one by one, and mark the entry and its lines as changed.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE account_move move SET access_token = gen_random_uuid()::text
                     FROM collections_reminder_line line
                     JOIN collections_reminder rem ON rem.id = line.reminder_id
                    WHERE move.id = line.move_id AND move.access_token IS NULL
                      AND %s""",
                reminders,
            )
        )
        self.env["account.move"].invalidate_model(["access_token"])

    # === FOLLOWING THE LEDGER === #

    @api.model
    def _follow_ledger(self, company, partner_ids=None, reopened=()) -> None:
        """Re-link, close cycles and cancel what was paid, in bulk.

        A cycle ends when its item closes: seen as a residual of zero, or told by
        the touch when payment and its undoing came between two refreshes.
        """
        self._reminders().flush_model()
        scope = SQL("rem.company_id = %s", company.id)
        if partner_ids is not None:
            scope = SQL("%s AND rem.partner_id = ANY(%s)", scope, list(partner_ids))
        self._relink(scope)
        closed = SQL(
            """(line.amount_residual = 0 AND line.amount_residual_currency = 0
                AND line.parent_state = 'posted' OR line.id = ANY(%s))""",
            list(reopened),
        )
        self.env.cr.execute(
            SQL(
                """WITH moved AS (
                       UPDATE collections_reminder rem
                          SET cycle_closed = true,
                              state = CASE WHEN rem.state = ANY(%(waiting)s)
                                           THEN 'cancelled' ELSE rem.state END,
                              reason = CASE WHEN rem.state = ANY(%(waiting)s)
                                            THEN 'paid' ELSE rem.reason END
                         FROM account_move_line line, collections_reminder before
                        WHERE line.id = rem.trigger_line_id AND before.id = rem.id
                          AND %(scope)s AND rem.cycle_closed IS NOT TRUE
                          AND rem.state <> 'simulated' AND %(closed)s
                    RETURNING rem.id, before.state = ANY(%(waiting)s) AS cancelled)
                   INSERT INTO collections_reminder_event
                          (reminder_id, state, detail,
                           create_uid, create_date, write_uid, write_date)
                   SELECT id, 'cancelled', %(words)s,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM moved WHERE cancelled""",
                words=self.env._("The document was paid"),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                waiting=list(transitions.WAITING),
                scope=scope,
                closed=closed,
            )
        )
        self._reminders().invalidate_model()

    @api.model
    def _relink(self, scope: SQL) -> None:
        """Find the line that a reset to draft replaced: same entry and due date."""
        if self.env["collections.ledger"]._relink(
            self._reminders(),
            scope,
            alias="rem",
            columns=("trigger_line_id", "trigger_move_id", "trigger_date_due"),
        ):
            self._reminders().invalidate_model(["trigger_line_id"])
