from functools import partial

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

# First key of our advisory locks: one refresher or planner per company at a time.
LOCK = 0x00C0110
BATCH = 500
TRIES = 5


class CollectionsRefresher(models.AbstractModel):
    """Brings cases up to date: all of a company, or the customers just touched.

    Runs in transactions of its own, never in a user's: upserts can fail to
    serialize with somebody else's.
    """

    _name = "collections.refresher"
    _description = "Refresh of Cases"

    @api.model
    def _lock(self, company) -> None:
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", LOCK, company.id)
        )

    @api.model
    def _retrying(self, work):
        """Call ``work`` again while other transactions get in its way.

        Who waited for the lock still sees the data from before: only a new
        transaction sees what the other one wrote. For scheduled actions; what a
        person starts, Odoo calls again by itself.
        """
        for _try in range(1, TRIES):
            try:
                return work()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
        return work()

    @api.model
    def _customer_ids(self, partner_ids) -> list[int]:
        """Return the customers of contacts; a contact that is gone has none."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT commercial_partner_id FROM res_partner
                    WHERE id = ANY(%s)""",
                list(partner_ids),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _refresh(self, company, partner_ids=None) -> set[int]:
        """Refresh cases and take their touches off the queue.

        :param partner_ids: commercial partners, ``None`` for all
        :return: partners whose case was created or changed
        """
        self._lock(company)
        touched, reopened = self.env["collections.touch"]._consume(
            company.id, partner_ids
        )
        self._forget_progress(company, touched)
        return self._follow(company, partner_ids, reopened)

    @api.model
    def _forget_progress(self, company, partner_ids) -> None:
        """Let a refresh of all customers evaluate those that were touched."""
        if partner_ids:
            self.env.cr.execute(
                SQL(
                    """UPDATE collections_case SET progress_key = NULL
                        WHERE company_id = %s AND partner_id = ANY(%s)""",
                    company.id,
                    list(partner_ids),
                )
            )

    @api.model
    def _follow(self, company, partner_ids, reopened) -> set[int]:
        """Figures, cycles, segment, stage, next step and priority.

        The last three only where they can have changed since they were last written.
        """
        today = company._collections_today()
        Pause = self.env["collections.pause"]
        present = Pause._present(company, partner_ids)
        if "collections.dispute" in present:
            self.env["collections.dispute"]._follow_ledger(company, today, partner_ids)
        if "collections.promise" in present:
            self.env["collections.promise"]._judge(company, today, partner_ids)
        known = Pause._known(company, today, partner_ids, present)
        changed = self.env["collections.figures"]._rewrite(
            company, today, partner_ids, known
        )
        if "collections.reminder" in present:
            self.env["collections.reminder.builder"]._follow_ledger(
                company, partner_ids, reopened
            )
        self.env["collections.segment"]._classify(company, partner_ids)
        self.env["collections.assigner"]._assign(company, partner_ids)
        planner = self.env["collections.planner"]
        if partner_ids is None:
            partner_ids = planner._stale_partner_ids(company, today)
        decisions, history = planner._evaluate(company, today, partner_ids, known=known)
        changed |= planner._write_progress(
            company, today, decisions, history, known=known
        )
        self.env["collections.prioritizer"]._prioritize(company, today, partner_ids)
        self.env["collections.case"].invalidate_model()
        self._ask_to_reconcile(company, decisions)
        self.env["collections.presentation"]._follow_ledger(company, today, partner_ids)
        return changed

    @api.model
    def _refresh_for_run(self, company, today, check_drift) -> int:
        """Refresh the figures of a company for a run; the run does the rest.

        :return: cases that had drifted from the ledger without being announced
        """
        self._lock(company)
        touched, reopened = self.env["collections.touch"]._consume(company.id)
        self.env["collections.promise"]._judge(company, today)
        figures = self.env["collections.figures"]
        drift = 0
        if check_drift and self._has_cases(company):
            figures._rewrite(company, today, sorted(touched))
            drift = figures._drift(company, today)
        self.env["collections.dispute"]._follow_ledger(company, today)
        figures._rewrite(company, today)
        self.env["collections.reminder.builder"]._follow_ledger(
            company, reopened=reopened
        )
        self.env["collections.case"].invalidate_model()
        self.env["collections.presentation"]._follow_ledger(company, today)
        return drift

    @api.model
    def _has_cases(self, company) -> bool:
        Case = self.env["collections.case"]
        return bool(Case.search_count([("company_id", "=", company.id)], limit=1))

    # === FOLLOWING THE TOUCHES === #

    @api.model
    def _cron_refresh(self) -> None:
        """Follow the touched customers, in short batches, company by company."""
        cron = self.env["ir.cron"]
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT company FROM collections_touch ORDER BY company")
        )
        companies = self.env["res.company"].browse([row[0] for row in rows]).exists()
        for company in companies:
            batch = partial(self.with_company(company)._refresh_touched, company)
            while done := self._retrying(batch):
                [(left,)] = self.env.execute_query(
                    SQL("SELECT count(*) FROM collections_touch")
                )
                if not cron._commit_progress(done, remaining=left):
                    return

    @api.model
    def _refresh_touched(self, company) -> int:
        """Refresh one batch; cases that a person is editing stay for the next one."""
        Touch = self.env["collections.touch"]
        self._lock(company)
        partner_ids, reopened = Touch._consume(company.id, limit=BATCH)
        if not partner_ids:
            return 0
        busy = self._busy_partner_ids(company, partner_ids)
        self._follow(company, sorted(partner_ids - busy), reopened)
        Touch._touch(
            ((company.id, partner_id) for partner_id in busy),
            [
                (company.id, line.partner_id.commercial_partner_id.id, line.id)
                for line in self.env["account.move.line"].browse(reopened).exists()
                if line.partner_id.commercial_partner_id.id in busy
            ],
        )
        return len(partner_ids) - len(busy)

    @api.model
    def _busy_partner_ids(self, company, partner_ids) -> set[int]:
        cases = self.env["collections.case"].search(
            [("company_id", "=", company.id), ("partner_id", "in", list(partner_ids))]
        )
        return set((cases - cases.try_lock_for_update()).partner_id.ids)

    # === WHAT THE LEDGER ASKS A PERSON TO DO === #

    @api.model
    def _ask_to_reconcile(self, company, decisions) -> None:
        """One activity where credits cover the debt: somebody has to apply them."""
        covered = [
            partner_id
            for partner_id, decision in decisions.items()
            if decision.reason == "covered"
        ]
        if not covered:
            return
        cases = self.env["collections.case"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", covered),
                ("amount_overdue", ">", 0),
                ("amount_credit", ">", 0),
            ]
        )
        cases._schedule_once(
            "collections_management.mail_activity_type_reconcile",
            lambda env: env._("Credits cover the overdue documents: please reconcile"),
        )

    # === CUSTOMERS THAT BECOME ONE === #

    @api.model
    def _fold(self, sources, target) -> None:
        """Put the cases of customers that are gone into the one that stays.

        :param sources: partners that stop being customers of their own
        :param target: the commercial partner that takes their place
        """
        Case = self.env["collections.case"].with_context(active_test=False)
        moving = Case.search([("partner_id", "in", sources.ids)])
        staying = Case.search([("partner_id", "=", target.id)]).grouped("company_id")
        for company, cases in moving.grouped("company_id").items():
            kept = staying.get(company) or cases[0]
            kept.partner_id = target
            self._fold_cases(cases - kept, kept)
        reminders = self.env["collections.reminder"].search(
            [("partner_id", "in", sources.ids)]
        )
        reminders.partner_id = target

    @api.model
    def _before_fold(self, cases, kept) -> None:
        """Hook: close what the kept case can have only one of, before it is moved."""
        self.env["collections.escalation"].sudo()._fold(cases, kept)
        self.env["collections.charge"].sudo().search(
            [("case_id", "in", cases.ids), ("state", "=", "proposed")]
        ).unlink()

    @api.model
    def _fold_cases(self, cases, kept) -> None:
        """Everything that points to the cases points to the kept one afterwards."""
        if not cases:
            return
        self._before_fold(cases, kept)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._update_foreign_keys_generic("collections.case", cases, kept)
        wizard._update_reference_fields_generic("collections.case", cases, kept)
        cases.exists().unlink()
