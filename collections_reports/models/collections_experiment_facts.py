from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.collections_management.tools import promises

from ..tools import experiments

OUTCOMES = """
    WITH member AS (
         SELECT own.id, own.arm, own.case_id, own.date_joined AS day,
                own.date_joined + %(days)s AS until,
                own.amount_start::float8 AS owed, kase.partner_id
           FROM collections_experiment_member own
           JOIN collections_case kase ON kase.id = own.case_id
          WHERE own.experiment_id = %(experiment)s),
         paid AS (
         SELECT member.id, sum(rec.amount)::float8 AS amount,
                sum(rec.amount * (rec.max_date - member.day))::float8 AS money_days
           FROM member
           JOIN res_partner contact ON contact.commercial_partner_id = member.partner_id
           JOIN account_move_line line ON line.partner_id = contact.id
           JOIN account_partial_reconcile rec ON rec.debit_move_id = line.id
            AND rec.max_date > member.day AND rec.max_date <= member.until
           JOIN account_move_line credit ON credit.id = rec.credit_move_id
          WHERE %(lines)s AND line.date <= member.day AND line.balance > 0
            AND NOT %(money)s AND %(collected)s
       GROUP BY member.id)
    SELECT member.arm, member.day, member.owed, coalesce(paid.amount, 0),
           coalesce(paid.money_days, 0),
           EXISTS (SELECT 1 FROM collections_promise promise
                    WHERE promise.case_id = member.case_id
                      AND promise.kind <> %(reported)s
                      AND promise.date_made BETWEEN member.day AND member.until),
           EXISTS (SELECT 1 FROM collections_dispute dispute
                    WHERE dispute.case_id = member.case_id
                      AND dispute.date_opened BETWEEN member.day AND member.until)
           OR EXISTS (SELECT 1 FROM collections_consent consent
                       WHERE consent.case_id = member.case_id
                         AND consent.state = 'revoked'
                         AND consent.date::date BETWEEN member.day AND member.until)
      FROM member LEFT JOIN paid ON paid.id = member.id
  ORDER BY member.id
"""


class Arm(NamedTuple):
    """What became of the customers of an arm.

    :param outcomes: of those whose days are over; ``joined``: days of all
    """

    outcomes: list[experiments.Outcome]
    joined: list


class CollectionsExperimentFacts(models.AbstractModel):
    """What became of each customer of an experiment, as the books say today."""

    _name = "collections.experiment.facts"
    _inherit = ["collections.reporting"]
    _description = "Facts of an Experiment"

    @api.model
    def _arms(self, experiment, today) -> dict[str, Arm]:
        """Return both arms: one statement for any number of customers.

        Counted once all days of a customer are over, and before the experiment ended:
        afterwards its policy was another one.
        """
        last = today - timedelta(days=1)
        if experiment.date_end:
            last = min(last, experiment.date_end)
        days = timedelta(days=experiment.window)
        arms = {
            arm: Arm([], [])
            for arm, _label in self.env["collections.experiment.member"]
            ._fields["arm"]
            .selection
        }
        for arm, day, owed, recovered, money_days, *marks in self._rows(experiment):
            arms[arm].joined.append(day)
            if day + days <= last:
                share = min(1.0, owed / recovered) if recovered else 1.0
                came = recovered * share
                waited = money_days * share + (owed - came) * experiment.window
                arms[arm].outcomes.append(
                    experiments.Outcome(owed, came, waited, *marks)
                )
        return arms

    @api.model
    def _rows(self, experiment) -> list[tuple]:
        company = experiment.company_id
        Ledger = self.env["collections.ledger"]
        self._prepare()
        for name in ("experiment.member", "promise", "dispute", "consent"):
            self.env[f"collections.{name}"].flush_model()
        return self.env.execute_query(
            SQL(
                OUTCOMES,
                experiment=experiment.id,
                days=experiment.window,
                lines=Ledger._line_conditions_sql(company.ids),
                money=Ledger._paid_sql("line"),
                collected=Ledger._collected_sql(company, "credit"),
                reported=promises.REPORTED,
            )
        )
