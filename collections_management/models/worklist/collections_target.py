from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import targets

COLLECTED = """
    SELECT kase.collector_id, sum(rec.amount)::float8
      FROM account_partial_reconcile rec
      JOIN account_move_line line ON line.id = rec.debit_move_id
      JOIN account_move_line credit ON credit.id = rec.credit_move_id
      JOIN res_partner contact ON contact.id = line.partner_id
      JOIN collections_case kase ON kase.partner_id = contact.commercial_partner_id
       AND kase.company_id = line.company_id
     WHERE %(lines)s AND credit.parent_state = 'posted'
       AND rec.max_date BETWEEN %(first)s AND %(today)s
       AND %(collected)s AND NOT %(given_back)s
       AND kase.collector_id = ANY(%(users)s)
  GROUP BY kase.collector_id
"""
CONTACTS = """
    SELECT said.user_id, count(*)
      FROM collections_interaction said
     WHERE said.company_id = %(company)s AND said.user_id = ANY(%(users)s)
       AND said.date >= %(first)s::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
       AND %(contact)s
  GROUP BY said.user_id
"""


class CollectionsTarget(models.AbstractModel):
    """How far collectors are this month: three statements for any number of them.

    It is about a person: nobody but that person and supervisors may see it.
    """

    _name = "collections.target"
    _description = "Target of the Month"

    @api.model
    @api.readonly
    def get_target(self, collector_id=None):
        """Return how far a collector is with the target of the month.

        :param collector_id: a user, ``None`` for oneself
        :return: ``{'month', 'currency_id', 'amount', 'contacts'}``, the last two
            ``{'target', 'reached', 'share', 'expected', 'missing', 'a_day'}`` or
            ``False`` without a target; ``False`` where there is no target at all, or
            where the user may not see it
        """
        self.env["collections.role"]._check_collector()
        company = self.env.company
        user = self.env["res.users"].browse(collector_id or self.env.uid)
        collector = self._visible(company, user)
        if not collector or not (collector.target_amount or collector.target_contacts):
            return False
        today = company._collections_today()
        amount, contacts = self._reached(company, user, today)[user.id]
        return {
            "month": fields.Date.to_string(targets.first_day(today)),
            "currency_id": company.currency_id.id,
            "amount": self._progress(collector.target_amount, amount, today),
            "contacts": self._progress(collector.target_contacts, contacts, today),
        }

    @api.model
    def _visible(self, company, user):
        """Return the collector of a user, if the current one may see its target."""
        collectors = self.env["collections.collector"]
        if user != self.env.user and not self.env.user.has_group(
            "collections_management.group_supervisor"
        ):
            return collectors.sudo().browse()
        return collectors.sudo().search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)]
        )

    @api.model
    def _progress(self, target, reached, today):
        if not target:
            return False
        found = targets.progress(target, reached, today)
        return {"target": target, "reached": reached, **found._asdict()}

    @api.model
    def _reached(self, company, users, today) -> dict:
        """Return ``{user id: (collected, contacts)}`` of the month so far.

        Collected is what was paid or withheld, in company currency, of the customers
        whose cases are theirs today; contacts are those that they logged.
        """
        Ledger = self.env["collections.ledger"]
        for name in ("account.move.line", "account.partial.reconcile"):
            self.env[name].flush_model()
        for name in ("collections.case", "collections.interaction"):
            self.env[name].flush_model()
        first = targets.first_day(today)
        Ledger._tune()
        collected = dict(
            self.env.execute_query(
                SQL(
                    COLLECTED,
                    lines=Ledger._line_conditions_sql(company.ids),
                    first=first,
                    today=today,
                    collected=Ledger._collected_sql(company, "credit"),
                    given_back=Ledger._paid_sql("line"),
                    users=users.ids,
                )
            )
        )
        contacts = dict(
            self.env.execute_query(
                SQL(
                    CONTACTS,
                    company=company.id,
                    users=users.ids,
                    first=first,
                    zone=company._collections_settings().tz,
                    contact=self.env["collections.interaction"]._by_hand_sql("said"),
                )
            )
        )
        return {
            user_id: (collected.get(user_id, 0.0), contacts.get(user_id, 0))
            for user_id in users.ids
        }
