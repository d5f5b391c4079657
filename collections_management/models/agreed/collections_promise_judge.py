from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import cheques, promises

# All promises of the customers concerned: an earlier one may use up a payment.
PROMISES = """
    WITH promise AS (
        SELECT promise.*, kase.partner_id AS customer_id
          FROM collections_promise promise
          JOIN collections_case kase ON kase.id = promise.case_id
         WHERE promise.company_id = %(company)s AND %(whose)s),
         cover AS (
        SELECT line.promise_id, array_agg(line.move_line_id) AS lines,
               array_agg(line.amount::float8) AS amounts,
               array_agg(coalesce(item.date_maturity, item.date, line.date_due,
                                  promise.date)) AS dues,
               array_agg(CASE WHEN item.parent_state = 'posted'
                              THEN item.amount_residual_currency
                              ELSE 0 END::float8) AS residuals
          FROM collections_promise_line line
          JOIN promise ON promise.id = line.promise_id
     LEFT JOIN account_move_line item ON item.id = line.move_line_id
      GROUP BY line.promise_id)
    SELECT promise.id, promise.kind, promise.customer_id, promise.currency_id,
           promise.amount::float8, promise.date,
           coalesce(promise.date_until, promise.date + %(tolerance)s),
           promise.date_made, promise.create_date,
           promise.state = 'withdrawn', coalesce(promise.to_approve, false),
           CASE WHEN cheque.state = ANY(%(live)s)
                 AND payment.state IN ('in_process', 'paid')
                THEN %(settled)s ELSE cheque.state END,
           promise.state, cover.lines, cover.amounts, cover.dues, cover.residuals
      FROM promise
 LEFT JOIN cover ON cover.promise_id = promise.id
 LEFT JOIN collections_cheque cheque ON cheque.promise_id = promise.id
 LEFT JOIN account_payment payment ON payment.id = cheque.payment_id
  ORDER BY promise.id
"""
# What was collected on debits, and what came in and is not applied yet.
PAYMENTS = """
    SELECT partner.commercial_partner_id, line.id, line.currency_id,
           rec.debit_amount_currency::float8, credit.date, rec.create_date
      FROM account_partial_reconcile rec
      JOIN account_move_line line ON line.id = rec.debit_move_id
      JOIN account_move_line credit ON credit.id = rec.credit_move_id
      JOIN res_partner partner ON partner.id = line.partner_id
     WHERE %(whose)s AND credit.date >= %(since)s AND credit.parent_state = 'posted'
       AND %(collected)s AND NOT %(given_back)s
 UNION ALL
    SELECT partner.commercial_partner_id, NULL, line.currency_id,
           -line.amount_residual_currency::float8, line.date, line.create_date
      FROM account_move_line line
      JOIN res_partner partner ON partner.id = line.partner_id
     WHERE %(whose)s AND line.reconciled IS NOT TRUE AND line.date >= %(since)s
       AND line.amount_residual_currency < 0 AND %(received)s
"""


class CollectionsPromiseJudge(models.AbstractModel):
    """Loads promises and payments of many customers at once; `tools` judges.

    A constant number of statements, whatever the number of promises.
    """

    _name = "collections.promise.judge"
    _description = "Promises Judged by the Ledger"

    # === FACTS === #

    @api.model
    def _facts(self, company, partner_ids=None):
        """Return promises, their stored states by id, and payments.

        :param partner_ids: commercial partners; ``None``: all with an open promise
        """
        self.env["collections.promise"].flush_model()
        self.env["collections.promise.line"].flush_model()
        self.env["collections.cheque"].flush_model()
        self.env["account.payment"].flush_model(["state"])
        self.env["collections.case"].flush_model(["partner_id"])
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                PROMISES,
                company=company.id,
                tolerance=company._collections_settings().promise_tolerance_days,
                whose=self._whose_sql(partner_ids),
                live=list(cheques.LIVE),
                settled=promises.SETTLED,
            )
        )
        found = [self._as_tuple(row) for row in rows]
        states = {row[0]: row[12] for row in rows}
        return found, states, self._payments(company, found)

    @api.model
    def _whose_sql(self, partner_ids) -> SQL:
        if partner_ids is not None:
            return SQL("kase.partner_id = ANY(%s)", list(partner_ids))
        return SQL(
            """promise.case_id IN (
                   SELECT case_id FROM collections_promise WHERE state = 'open')"""
        )

    @api.model
    def _as_tuple(self, row) -> promises.Promise:
        *facts, withdrawn, waiting, cheque, _state = row[:-4]
        lines, amounts, dues, residuals = row[-4:]
        covers = None
        if lines is not None:
            columns = zip(lines, amounts, dues, residuals, strict=True)
            covers = tuple(promises.Cover(*values) for values in columns)
        return promises.Promise(*facts, covers, withdrawn, waiting, cheque)

    @api.model
    def _payments(self, company, found) -> list[promises.Payment]:
        counting = [one for one in found if not one.withdrawn]
        if not counting:
            return []
        Ledger = self.env["collections.ledger"]
        customers = {one.partner_id for one in counting}
        rows = self.env.execute_query(
            SQL(
                PAYMENTS,
                whose=Ledger._line_conditions_sql(company.ids, customers),
                since=min(one.first_day for one in counting),
                collected=Ledger._collected_sql(company, "credit"),
                given_back=Ledger._paid_sql("line"),
                received=Ledger._collected_sql(company, "line"),
            )
        )
        return [promises.Payment(*row) for row in rows]

    # === JUDGING === #

    @api.model
    def _judge(self, company, today, partner_ids=None):
        """Bring the states of promises up to date with the ledger, and say so.

        :param partner_ids: commercial partners; ``None``: all with an open promise
        :return: the promises whose state changed
        """
        self.env["collections.cheque"]._follow_ledger(company, today, partner_ids)
        found, states, payments = self._facts(company, partner_ids)
        if not found and partner_ids is not None:
            return self.env["collections.promise"]
        if self._relink(found):
            found, states, payments = self._facts(company, partner_ids)
        paid = promises.allocate(found, payments)
        changes = {}
        for one in found:
            state = promises.judge(one, paid.get(one.id, promises.Paid()), today)
            if state != states[one.id]:
                changes[one.id] = state
        changed = self.env["collections.promise"].browse(changes)
        if changes:
            self._write_states(changes, today)
            changed._log_verdicts(paid)
            changed._act_on_verdicts()
            self.env["collections.refresher"]._forget_progress(
                company, changed.case_id.partner_id.ids
            )
        self.env["collections.promise"]._escalate_notices(company, today, partner_ids)
        return changed

    @api.model
    def _relink(self, found) -> bool:
        """Find the lines that a reset to draft replaced: same entry and due date."""
        lost = [
            one.id
            for one in found
            if any(cover.line_id is None for cover in one.covers or ())
        ]
        if not lost:
            return False
        return self.env["collections.promise.line"]._relink(
            SQL("own.promise_id = ANY(%s)", lost)
        )

    @api.model
    def _write_states(self, changes, today) -> None:
        self.env.cr.execute(
            SQL(
                """UPDATE collections_promise promise
                      SET state = new.state, write_date = now() AT TIME ZONE 'UTC',
                          date_judged = CASE WHEN new.state <> 'open' THEN %s::date END
                     FROM unnest(%s::int[], %s::text[]) AS new (id, state)
                    WHERE promise.id = new.id""",
                today,
                list(changes),
                list(changes.values()),
            )
        )
        self.env["collections.promise"].invalidate_model()

    # === WHAT FOLLOWS FROM A VERDICT === #

    def _act_on_verdicts(self) -> None:
        """A promise that was not kept is somebody's work; a kept one is done."""
        missed = self.filtered(
            lambda promise: (
                promise.kind == promises.PROMISE
                and promise.state in (promises.BROKEN, promises.PARTIAL)
            )
        )
        missed.case_id._schedule_once(
            "collections_management.mail_activity_type_promise",
            lambda env: env._("A promise was not kept: call the customer"),
        )
        self._act_on_notices()
        self.env["collections.agreement"]._follow_promises(self)

    def _log_made(self) -> None:
        """What was agreed is part of the log."""
        for promise in self.sudo().filtered(
            lambda promise: promise.kind != promises.INSTALMENT
        ):
            text = self.env._(
                "%(promise)s. About: %(documents)s. %(note)s",
                promise=promise.display_name,
                documents=promise.document_names,
                note=promise.note or "",
            )
            if promise.to_approve:
                text += " " + self.env._("A supervisor has to approve it first.")
            promise._log_event(text, direction="in", channel=promise.channel)
            promise.case_id.message_post(body=text)

    def _log_event(self, text, direction="out", channel="system") -> None:
        self.env["collections.interaction"].sudo().create(
            [
                {
                    "case_id": promise.case_id.id,
                    "contact_id": promise.contact_id.id,
                    "direction": direction,
                    "channel": channel,
                    "text": text,
                    "next_date": promise.date if direction == "in" else False,
                }
                for promise in self
            ]
        )

    def _log_verdicts(self, paid) -> None:
        """Every verdict is an event in the log."""
        states = dict(self._fields["state"]._description_selection(self.env))
        rows = []
        for promise in self.sudo():
            own = paid.get(promise.id, promises.Paid())
            text = self.env._(
                "%(promise)s. Verdict: %(state)s. Paid: %(paid)s of %(amount)s.",
                promise=promise.display_name,
                state=states[promise.state],
                paid=promise._amount_text(own.on_time),
                amount=promise._amount_text(promise.amount),
            )
            if promise.replaced_by_id:
                text += " " + self.env._(
                    "Replaced by: %s.", promise.replaced_by_id.display_name
                )
            rows.append(
                {
                    "case_id": promise.case_id.id,
                    "direction": "out",
                    "channel": "system",
                    "text": text,
                }
            )
        self.env["collections.interaction"].sudo().create(rows)

    # === READING === #

    def _paid(self) -> dict[int, promises.Paid]:
        """Return what was paid of each, as the ledger says it now."""
        found = {}
        for company, own in self.sudo().grouped("company_id").items():
            facts, _states, payments = self._facts(company, own.case_id.partner_id.ids)
            found |= promises.allocate(facts, payments)
        return found

    @api.model
    def _counts_by_line(self, line_ids) -> dict[int, int]:
        """Return which promise in a row each document has, by journal item."""
        lines = (
            self.env["collections.promise.line"]
            .sudo()
            .search(
                [
                    ("move_line_id", "in", line_ids),
                    ("promise_id.kind", "=", promises.PROMISE),
                    ("promise_id.to_approve", "=", False),
                ]
            )
        )
        return {
            line.id: promises.promise_count(
                [
                    promise.state == promises.KEPT
                    for promise in own.promise_id.sorted("id")
                ]
            )
            for line, own in lines.grouped("move_line_id").items()
        }

    @api.model
    def _pauses(self, company, today, partner_ids=None):
        """Return what open promises pause: see `collections.pause`."""
        found, _states, payments = self._facts(company, partner_ids)
        found = [one for one in found if one.made <= today]
        accounts = {
            one.partner_id
            for one in found
            if one.covers is None and not one.withdrawn and one.until >= today
        }
        debits = {}
        if accounts:
            debits = self.env["collections.pause"]._open_debits(company, accounts)
        return promises.paused(found, promises.allocate(found, payments), debits, today)

    @api.model
    def _report_judged(self, companies, first, last) -> list[tuple]:
        """Return the promises of a period, as the user may see them.

        Those that were judged in it, and those made in it that are still open.

        :return: tuples of state, amount promised, amount paid on time and commercial
            partner id; amounts in the currency of each company, at the rate of the
            day on which it was promised
        """
        domain = fields.Domain("company_id", "in", companies.ids)
        domain &= fields.Domain("kind", "in", promises.GIVEN)
        domain &= fields.Domain("state", "!=", promises.WITHDRAWN)
        domain &= fields.Domain(
            [("date_judged", ">=", first), ("date_judged", "<=", last)]
        ) | fields.Domain(
            [
                ("state", "=", promises.OPEN),
                ("date_made", ">=", first),
                ("date_made", "<=", last),
            ]
        )
        shown = self.env["collections.promise"].search(domain)
        paid = shown._paid()
        rows = []
        for promise in shown.sudo():
            company = promise.company_id
            own = paid.get(promise.id, promises.Paid())
            amounts = [
                promise.currency_id._convert(
                    amount, company.currency_id, company, promise.date_made
                )
                for amount in (promise.amount, own.on_time)
            ]
            rows.append((promise.state, *amounts, promise.partner_id.id))
        return rows
