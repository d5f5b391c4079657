from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import buckets as aging_buckets
from ..tools import matrices, series

MONTHS = 24
OWED, SETTLED = "owed", "settled"


class CollectionsProvision(models.AbstractModel):
    """Expected credit losses, by the simplified approach of IFRS 9."""

    _name = "collections.provision"
    _inherit = ["collections.aging"]
    _description = "Loss Rates and Provision"

    @api.model
    def _after(self, request) -> list[int]:
        """Return the first day after each limit."""
        return [limit + 1 for limit in request["limits"]]

    @api.model
    @api.readonly
    def get_loss_rates(
        self,
        date,
        company_ids=None,
        buckets=aging_buckets.DEFAULT_LIMITS,
        months=MONTHS,
    ):
        """Return what was lost of what ever reached each bucket.

        Of the documents that fell due in some months, the last of which had the time to
        pass the last limit: what is still open at the date, and what was written off.
        Credit notes and exchange differences are no loss.

        :return: ``{"date_from", "date_to", "lost", "rows": [{key, label, reached,
            rate}]}``; rates as fractions, ``None`` where nothing reached the bucket
        """
        self._check_salesperson()
        request = self._aging_request(
            date, company_ids, "company_id", buckets, "due", None
        )
        if not isinstance(months, int) or not 1 <= months <= 120:
            raise UserError(self.env._("The history has from 1 to 120 months."))
        last = request["date"] - timedelta(days=request["limits"][-1] + 1)
        first = series.month_start(series.month_ends(last, months)[0])
        parts = [
            (kind, place, float(amount) * request["factors"][company.id])
            for company in request["companies"]
            for kind, place, amount in self.env.execute_query(
                self._history_sql(request, company, first, last)
            )
        ]
        total = sum(amount for kind, _place, amount in parts if kind == OWED)
        settled = [(place, amount) for kind, place, amount in parts if kind != OWED]
        lost = total - sum(amount for kind, _place, amount in parts if kind == SETTLED)
        rounded = self.env.company.currency_id.round
        width = len(request["columns"]) - 1
        reached = [rounded(part) for part in matrices.reached(total, settled, width)]
        rates = matrices.loss_rates(reached, lost)
        return {
            "date_from": first,
            "date_to": last,
            "lost": rounded(lost),
            "rows": [
                {**bucket, "reached": balance, "rate": rate}
                for bucket, balance, rate in zip(
                    request["columns"][:-1], reached, rates, strict=True
                )
            ],
        }

    @api.model
    def _history_sql(self, request, company, first, last) -> SQL:
        """Return what was owed, and what was settled or written off in which bucket."""
        ledger = self.env["collections.ledger"]
        due = SQL("coalesce(line.date_maturity, line.date)")
        exchange = company.sudo().currency_exchange_journal_id.id or 0
        return SQL(
            """WITH cohort AS MATERIALIZED (
                    SELECT line.id, line.balance, %(due)s AS due
                      FROM account_move_line line
                 LEFT JOIN res_partner contact ON contact.id = line.partner_id
                     WHERE %(lines)s AND line.balance > 0 AND %(own)s
                       AND %(due)s BETWEEN %(first)s AND %(last)s)
               SELECT %(owed)s, 0, coalesce(sum(balance), 0) FROM cohort
            UNION ALL
               SELECT CASE WHEN %(nature)s = 'adjusted' AND credit.journal_id <> %(fx)s
                           THEN 'lost' ELSE %(settled)s END,
                      width_bucket(partial.max_date - cohort.due - 1, %(after)s::int[]),
                      sum(partial.amount)
                 FROM cohort
                 JOIN account_partial_reconcile partial
                   ON partial.debit_move_id = cohort.id
                 JOIN account_move_line credit ON credit.id = partial.credit_move_id
                 JOIN account_move move ON move.id = credit.move_id
                WHERE partial.max_date <= %(date)s
             GROUP BY 1, 2""",
            due=due,
            owed=OWED,
            settled=SETTLED,
            lines=ledger._line_conditions_sql(company.ids),
            own=self._own_customers_sql(
                SQL("contact.commercial_partner_id"), SQL("line.company_id")
            ),
            first=first,
            last=last,
            nature=ledger._nature_sql(company),
            fx=exchange,
            after=[1, *self._after(request)],
            date=request["date"],
        )

    @api.model
    @api.readonly
    def get_provision(
        self,
        date,
        rates=None,
        company_ids=None,
        buckets=aging_buckets.DEFAULT_LIMITS,
        adjustment=0.0,
    ):
        """Expected credit losses at a date, by the simplified approach of IFRS 9.

        Unapplied credits are shown and reduce nothing. Nothing is posted.

        :param rates: loss rates as fractions, one for each bucket, *not due* first;
            default: those that were kept, else what history says
        :param adjustment: forward-looking, in percent of each rate
        :return: ``{"rows": [{key, label, balance, rate, loss}], "total": …,
            "credits": …, "source": …}``; without a rate there is no loss to tell
        """
        aging = self.get_aging(date, company_ids, "company_id", buckets)
        rates, source = self._chosen_rates(aging, rates, company_ids)
        used = [matrices.adjusted(rate, float(adjustment or 0)) for rate in rates]
        rounded = self.env.company.currency_id.round
        balances = aging["amounts"][:-1]
        losses = [
            None if loss is None else rounded(loss)
            for loss in matrices.provision(balances, used)
        ]
        return {
            "date": aging["date"],
            "rows": [
                {**bucket, "balance": balance, "rate": rate, "loss": loss}
                for bucket, balance, rate, loss in zip(
                    aging["buckets"], balances, used, losses, strict=True
                )
            ],
            "total": rounded(sum(loss or 0.0 for loss in losses)),
            "credits": aging["amounts"][-1],
            "currency": aging["currency"],
            "adjustment": float(adjustment or 0),
            "source": source,
        }

    @api.model
    def _chosen_rates(self, aging, rates, company_ids):
        """Return rates and where they come from: given, kept or history."""
        if rates is not None:
            return self._checked_rates(rates, len(aging["buckets"])), "given"
        kept = self.env.company.sudo().collections_loss_rates or {}
        if kept.get("limits") == aging["limits"]:
            return kept["rates"], "kept"
        found = self.get_loss_rates(aging["date"], company_ids, aging["limits"])
        return [row["rate"] for row in found["rows"]], "history"

    @api.model
    def _checked_rates(self, rates, count: int) -> list:
        try:
            checked = [None if rate is None else float(rate) for rate in rates]
        except (TypeError, ValueError):
            checked = []
        if len(checked) != count or not all(
            rate is None or 0 <= rate <= 1 for rate in checked
        ):
            raise UserError(
                self.env._("There must be a rate from 0 to 1 for each bucket.")
            )
        return checked

    @api.model
    def keep_rates(self, rates, buckets=aging_buckets.DEFAULT_LIMITS):
        """Keep loss rates for the provision of the current company.

        :param rates: as for `get_provision`; ``None`` forgets them: history counts
        """
        self.env["collections.role"]._check_supervisor()
        value = False
        if rates is not None:
            limits = self._aging_limits(buckets)
            checked = self._checked_rates(rates, len(limits) + 2)
            value = {"limits": list(limits), "rates": checked}
        # The company of the user; a supervisor has no right on its record.
        self.env.company.sudo().collections_loss_rates = value
        return True
