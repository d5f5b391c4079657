from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools import disputes, pauses

# What became of the disputed documents: one row per open dispute that has some.
STANDING = """
    SELECT dispute.id, dispute.state, dispute.amount::float8,
           dispute.amount_accepted::float8,
           sum(line.amount_company * least(1, credited.amount / line.amount))::float8,
           bool_and(CASE WHEN item.id IS NOT NULL AND item.parent_state = 'posted'
                         THEN item.amount_residual = 0
                              AND item.amount_residual_currency = 0
                         ELSE move.id IS NULL OR move.state = 'cancel' END),
           greatest(dispute.date_opened, least(%(today)s, max(cleared.date)))
      FROM collections_dispute dispute
      JOIN collections_dispute_line line ON line.dispute_id = dispute.id
 LEFT JOIN account_move_line item ON item.id = line.move_line_id
 LEFT JOIN account_move move ON move.id = line.move_id
CROSS JOIN LATERAL (
           SELECT greatest(0, coalesce(sum(rec.debit_amount_currency), 0)
                              - line.amount_credited_before) AS amount
             FROM (%(credits)s) rec
            WHERE rec.debit_move_id = line.move_line_id) credited
 LEFT JOIN LATERAL (
           SELECT max(max_date) AS date FROM account_partial_reconcile
            WHERE debit_move_id = line.move_line_id) cleared ON true
     WHERE dispute.company_id = %(company)s AND dispute.state = ANY(%(pausing)s)
       AND %(partners)s
  GROUP BY dispute.id
"""
# Not asked for any more: what is disputed or conceded, less what was credited.
PENDING = """
    UPDATE collections_dispute_line line
       SET amount_pending = pending.amount
      FROM (SELECT line.id,
                   greatest(0, line.amount * CASE
                       WHEN dispute.state = 'to_credit' AND dispute.amount > 0
                       THEN dispute.amount_accepted / dispute.amount ELSE 1 END
                       - greatest(0, coalesce(sum(rec.debit_amount_currency), 0)
                                     - line.amount_credited_before)) AS amount
              FROM collections_dispute dispute
              JOIN collections_dispute_line line ON line.dispute_id = dispute.id
         LEFT JOIN (%(credits)s) rec ON rec.debit_move_id = line.move_line_id
             WHERE dispute.company_id = %(company)s
               AND dispute.state = ANY(%(pausing)s) AND %(partners)s
          GROUP BY line.id, dispute.id) pending
     WHERE pending.id = line.id
       AND line.amount_pending IS DISTINCT FROM pending.amount
"""
CREDITS = SQL(
    """SELECT rec.debit_move_id, rec.debit_amount_currency
         FROM account_partial_reconcile rec
         JOIN account_move_line credit ON credit.id = rec.credit_move_id
         JOIN account_move refund ON refund.id = credit.move_id
        WHERE refund.move_type = 'out_refund'"""
)


class CollectionsDisputeLedger(models.AbstractModel):
    """What the ledger tells of disputes: what they cover, and that they ended."""

    _name = "collections.dispute.ledger"
    _description = "Disputes and the Ledger"

    # === FOR THE FIGURES AND THE PLAN === #

    @api.model
    def _current_sql(self, company, today, partner_ids=None) -> SQL:
        """Return what is disputed: ``partner_id, move_line_id, amount_currency``.

        Without journal item: the whole account. On a past day, what was disputed
        then. A line whose journal item is gone covers nothing.
        """
        self.env["collections.dispute"].flush_model()
        self.env["collections.dispute.line"].flush_model()
        return SQL(
            """SELECT dispute.partner_id, line.move_line_id,
                      CASE WHEN dispute.date_closed IS NULL THEN line.amount_pending
                           ELSE line.amount END AS amount_currency
                 FROM collections_dispute dispute
            LEFT JOIN collections_dispute_line line ON line.dispute_id = dispute.id
                WHERE dispute.company_id = %(company)s
                  AND dispute.date_opened <= %(today)s
                  AND (dispute.date_closed IS NULL OR dispute.date_closed > %(today)s)
                  AND (dispute.date_pause_end IS NULL
                       OR dispute.date_pause_end >= %(today)s)
                  AND (dispute.is_whole OR line.move_line_id IS NOT NULL)
                  AND %(partners)s""",
            company=company.id,
            today=today,
            partners=self._of_partners_sql(partner_ids),
        )

    @api.model
    def _pauses(self, company, today, partner_ids=None) -> list[pauses.Pause]:
        """Return what open disputes pause: see `collections.pause`."""
        return [
            pauses.Pause(
                pauses.DISPUTED,
                partner_id,
                line_id or None,
                float(amount) if line_id else pauses.WHOLE,
            )
            for partner_id, line_id, amount in self.env.execute_query(
                self._current_sql(company, today, partner_ids)
            )
        ]

    @api.model
    def _disputed(self, company, today, partners) -> dict[int, dict]:
        """Return what customers dispute, by journal item; ``None``: everything."""
        found = defaultdict(lambda: defaultdict(float))
        for pause in self._pauses(company, today, partners.commercial_partner_id.ids):
            found[pause.partner_id][pause.line_id] += pause.amount
        return found

    @api.model
    def _of_partners_sql(self, partner_ids) -> SQL:
        if partner_ids is None:
            return SQL("TRUE")
        return SQL("dispute.partner_id = ANY(%s)", list(partner_ids))

    # === FOLLOWING THE LEDGER === #

    @api.model
    def _follow_ledger(self, company, today, partner_ids=None) -> None:
        """Close what was credited or paid; follow what is left to dispute.

        Before the figures are read. A constant number of statements, and one message
        per dispute that a credit note closes.
        """
        Dispute = self.env["collections.dispute"]
        parts = {
            "company": company.id,
            "pausing": list(disputes.PAUSING),
            "partners": self._of_partners_sql(partner_ids),
            "credits": CREDITS,
        }
        Dispute.flush_model()
        self.env["collections.dispute.line"].flush_model()
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["collections.dispute.line"]._relink(
            SQL(
                """own.dispute_id IN (
                       SELECT dispute.id FROM collections_dispute dispute
                        WHERE dispute.company_id = %s AND %s)""",
                company.id,
                self._of_partners_sql(partner_ids),
            )
        )
        self.env.cr.execute(SQL(PENDING, **parts))
        self.env["collections.dispute.line"].invalidate_model(["amount_pending"])
        ended = {}
        for row in self.env.execute_query(SQL(STANDING, today=today, **parts)):
            dispute_id, state, amount, accepted, credited, closed, when = row
            facts = disputes.Facts(state, amount, credited, closed, accepted or 0.0)
            outcome = disputes.outcome(facts)
            if outcome:
                ended.setdefault((outcome, when), []).append(dispute_id)
        for (outcome, when), ids in ended.items():
            Dispute.browse(ids).sudo()._close_by_ledger(outcome, when)

    # === OPENING === #

    @api.model
    def _open_items(self, wanted) -> dict:
        """Return the open debits of some disputes by journal item, and their credits.

        :param wanted: for each dispute its journal items as keys, or nothing
        """
        ids = {line_id for items in wanted for line_id in items or ()}
        if not ids:
            return {}
        self.env["account.partial.reconcile"].flush_model()
        credited = dict(
            self.env.execute_query(
                SQL(
                    """SELECT debit_move_id, sum(debit_amount_currency)
                         FROM (%s) rec WHERE debit_move_id = ANY(%s)
                     GROUP BY debit_move_id""",
                    CREDITS,
                    list(ids),
                )
            )
        )
        items = self.env["collections.item"].sudo().browse(ids).exists()
        return {
            item.id: (item, credited.get(item.id, 0.0))
            for item in items
            if item.amount > 0
        }

    @api.model
    def _prepare_line_values(self, found, amount):
        """Return the snapshot of a document, of which ``amount`` is disputed."""
        item, credited = found
        part = item.amount_residual
        if amount is not None and 0 < amount < part:
            part = item.currency_id.round(amount)
        return {
            **item._snapshot(),
            "currency_id": item.currency_id.id,
            "amount": part,
            "amount_company": item.amount * part / item.amount_residual,
            "amount_credited_before": credited,
            "amount_pending": part,
        }
