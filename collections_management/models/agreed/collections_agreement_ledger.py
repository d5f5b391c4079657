import uuid

from odoo import api, models
from odoo.tools import SQL

from ...tools import instalments, promises, transitions

# The instalments that fall due within the policy's days and have no reminder yet.
DUE_SOON = """
    SELECT promise.id
      FROM collections_promise promise
      JOIN collections_case kase ON kase.id = promise.case_id
      JOIN collections_policy policy ON policy.id = kase.policy_id
     WHERE promise.company_id = %(company)s AND promise.kind = 'instalment'
       AND promise.state = 'open' AND kase.stop_flag IS NULL
       AND NOT EXISTS (SELECT 1 FROM collections_stage stage
                        WHERE stage.id = kase.manual_stage_id
                          AND stage.stops_reminders)
       AND policy.instalment_reminder_days > 0
       AND promise.date >= %(today)s
       AND promise.date <= %(today)s + policy.instalment_reminder_days
       AND NOT EXISTS (SELECT 1 FROM collections_reminder rem
                        WHERE rem.promise_id = promise.id
                          AND rem.state <> ALL(%(void)s))
  ORDER BY promise.id
"""


class CollectionsAgreementLedger(models.AbstractModel):
    """What becomes of agreements as their instalments are judged."""

    _name = "collections.agreement.ledger"
    _description = "Agreements Judged by the Ledger"

    @api.model
    def _follow_promises(self, changed) -> None:
        """Bring agreements in line with their instalments.

        :param changed: promises whose state the ledger changed
        """
        lines = (
            self.env["collections.agreement.line"]
            .sudo()
            .search([("promise_id", "in", changed.ids)])
        )
        for agreement in lines.agreement_id:
            if agreement.state in (
                instalments.ACCEPTED,
                instalments.ACTIVE,
                instalments.FULFILLED,
            ):
                agreement._follow()

    def _follow(self) -> None:
        own = self.line_ids.promise_id
        missed = own.filtered(
            lambda one: one.state in (promises.BROKEN, promises.PARTIAL)
        )
        still_open = own.filtered(lambda one: one.state == promises.OPEN)
        paid = sum(own.mapped("amount_paid")) + sum(own.mapped("amount_late"))
        state = instalments.state(
            len(own) - len(missed) - len(still_open),
            len(missed),
            len(still_open),
            self.case_id.policy_id.agreement_max_misses,
            self.currency_id.compare_amounts(paid, self.amount_planned) >= 0,
        )
        if state == self.state:
            return
        self.state = state
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._log(
            self.env._(
                "%(agreement)s: %(state)s.",
                agreement=self.display_name,
                state=labels[state],
            )
        )
        if state == instalments.BROKEN:
            still_open._withdraw()
            self.case_id._schedule_once(
                "collections_management.mail_activity_type_promise",
                self.env._("An agreement was broken: call the customer"),
            )

    def _log(self, text, direction="out", channel="system") -> None:
        for agreement in self:
            self.env["collections.interaction"].sudo().create(
                {
                    "case_id": agreement.case_id.id,
                    "direction": direction,
                    "channel": channel,
                    "text": text,
                }
            )
            agreement.case_id.message_post(body=text)

    # === REMINDERS BEFORE AN INSTALMENT === #

    @api.model
    def _plan_reminders(self, run, state) -> None:
        """Create the day's reminders of instalments that fall due soon."""
        rows = self.env.execute_query(
            SQL(
                DUE_SOON,
                company=run.company_id.id,
                today=run.date,
                void=list(transitions.VOID),
            )
        )
        due = self.env["collections.promise"].browse([row[0] for row in rows])
        if not due:
            return
        reminders = self.env["collections.reminder"].create(
            [
                {
                    "run_id": run.id,
                    "company_id": run.company_id.id,
                    "case_id": promise.case_id.id,
                    "partner_id": promise.case_id.partner_id.id,
                    "segment_id": promise.case_id.segment_id.id,
                    "policy_id": promise.case_id.policy_id.id,
                    "kind": "instalment",
                    "promise_id": promise.id,
                    "trigger_date_due": promise.date,
                    "state": state,
                    "date": run.date,
                    "uuid": str(uuid.uuid4()),
                    "amount_debit": promise._company_amount(),
                    "amount_net": promise._company_amount(),
                }
                for promise in due
            ]
        )
        self.env.flush_all()
        builder = self.env["collections.reminder.builder"]
        builder._address(SQL("rem.id = ANY(%s)", reminders.ids))
