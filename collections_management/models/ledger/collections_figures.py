from odoo import api, models
from odoo.tools import SQL

from .collections_figures_query import FIGURES

# What does not move by itself from one day to the next: its drift is an error.
LEDGER_FIGURES = ("amount_balance", "amount_credit", "item_count", "last_payment_date")

# Only what changed is written; a row that a person is editing is left alone.
UPSERT = """
    WITH source AS MATERIALIZED (%(figures)s),
         stale AS (
             SELECT kase.id AS case_id, source.*
               FROM collections_case kase
               JOIN source ON source.partner_id = kase.partner_id
              WHERE kase.company_id = %(company)s
                AND (%(old)s) IS DISTINCT FROM (%(new)s)
                FOR UPDATE OF kase SKIP LOCKED),
         changed AS (
             UPDATE collections_case kase
                SET %(assignments)s, progress_key = NULL,
                    write_date = now() AT TIME ZONE 'UTC'
               FROM stale WHERE kase.id = stale.case_id
          RETURNING kase.partner_id),
         created AS (
             INSERT INTO collections_case (company_id, partner_id, active,
                 manual_policy, priority_value, create_uid, create_date, write_uid,
                 write_date, collector_id, %(columns)s)
             SELECT %(company)s, source.partner_id, true, false, 0, %(uid)s,
                    now() AT TIME ZONE 'UTC', %(uid)s,
                    now() AT TIME ZONE 'UTC', %(collector)s, %(new)s
               FROM source
              WHERE source.item_count > 0
                AND NOT EXISTS (
                    SELECT 1 FROM collections_case kase
                     WHERE kase.company_id = %(company)s
                       AND kase.partner_id = source.partner_id)
          RETURNING partner_id)
    SELECT partner_id FROM changed UNION ALL SELECT partner_id FROM created
"""
COLUMNS = [SQL.identifier(name) for name in FIGURES]
NAMES = SQL(", ").join(COLUMNS)
OLD = SQL(", ").join(SQL("kase.%s", column) for column in COLUMNS)
NEW = SQL(", ").join(SQL("source.%s", column) for column in COLUMNS)
ASSIGNMENTS = SQL(", ").join(SQL("%s = stale.%s", column, column) for column in COLUMNS)


class CollectionsFigures(models.AbstractModel):
    """Writes the figures of cases, set-based, only where they changed."""

    _name = "collections.figures"
    _description = "Case Figures"
    _inherit = ["collections.figures.query"]

    @api.model
    def _rewrite(self, company, today, partner_ids=None, known=None) -> set[int]:
        """Create the missing cases and rewrite the figures that changed.

        A case that a person is editing is skipped; the caller keeps its touch.

        :param partner_ids: commercial partners, ``None`` for all
        :param known: see `collections.pause._known`, where that was read already
        :return: commercial partners whose case was created or changed
        """
        self.env["res.partner"].flush_model()
        self.env["account.move"].flush_model(["invoice_user_id"])
        self.env["collections.case"].flush_model()
        self.env["collections.ledger"]._tune()
        figures = self._figures_sql(company, today, partner_ids, known)
        if partner_ids is None:
            figures = self._set_aside(figures)
        rows = self.env.execute_query(self._upsert_sql(company, figures))
        changed = {row[0] for row in rows}
        if payers := self._add_payers(company):
            changed |= self._rewrite(company, today, payers.ids)
        return changed

    @api.model
    def _add_payers(self, company):
        """Make the cases of who pays for others, also without debts of its own.

        :return: the payers that had none
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT member.collections_payer_id
                     FROM res_partner member
                     JOIN collections_case kase ON kase.partner_id = member.id
                    WHERE kase.company_id = %(company)s
                      AND member.collections_payer_id IS NOT NULL
                      AND NOT EXISTS (
                          SELECT 1 FROM collections_case own
                           WHERE own.company_id = %(company)s
                             AND own.partner_id = member.collections_payer_id)""",
                company=company.id,
            )
        )
        payers = self.env["res.partner"].browse(row[0] for row in rows)
        if payers:
            cases = self.env["collections.case"].sudo().with_company(company)
            cases._of_customers(payers)
        return payers

    @api.model
    def _set_aside(self, figures: SQL) -> SQL:
        """Compute into a table first: a statement that writes uses one core only."""
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.collections_figures_now")
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE collections_figures_now ON COMMIT DROP AS %s",
                figures,
            )
        )
        return SQL("SELECT * FROM pg_temp.collections_figures_now")

    @api.model
    def _upsert_sql(self, company, figures: SQL) -> SQL:
        return SQL(
            UPSERT,
            figures=figures,
            company=company.id,
            uid=self.env.uid,
            collector=company._collections_settings().collector_id,
            columns=NAMES,
            old=OLD,
            new=NEW,
            assignments=ASSIGNMENTS,
        )

    # === DRIFT === #

    @api.model
    def _drift(self, company, today) -> int:
        """Count the cases whose ledger figures no touch announced.

        Called before the day's refresh, with an empty queue: whatever differs
        now was changed behind our back.
        """
        columns = [SQL.identifier(name) for name in LEDGER_FIGURES]
        [(count,)] = self.env.execute_query(
            SQL(
                """SELECT count(*)
                     FROM (%(figures)s) source
                LEFT JOIN collections_case kase ON kase.company_id = %(company)s
                      AND kase.partner_id = source.partner_id
                    WHERE (%(old)s) IS DISTINCT FROM (%(new)s)
                      AND (kase.id IS NOT NULL OR source.item_count > 0)""",
                figures=self._figures_sql(company, today),
                company=company.id,
                old=SQL(", ").join(SQL("kase.%s", column) for column in columns),
                new=SQL(", ").join(SQL("source.%s", column) for column in columns),
            )
        )
        return count
