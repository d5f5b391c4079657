from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date

from .collections_alert_rule import KINDS

# New alerts go in once; what no longer holds is closed, and may come again.
RAISE = """
    WITH found AS MATERIALIZED (%(found)s),
         closed AS (
             UPDATE collections_alert alert SET date_closed = %(today)s
              WHERE alert.company_id = %(company)s AND alert.kind = %(kind)s
                AND alert.date_closed IS NULL
                AND NOT EXISTS (
                    SELECT 1 FROM found
                     WHERE found.case_id = alert.case_id
                       AND found.move_id IS NOT DISTINCT FROM alert.move_id)
          RETURNING alert.id)
    INSERT INTO collections_alert (company_id, kind, case_id, move_id, number, amount,
                                   reference, date, create_uid, create_date)
         SELECT %(company)s, %(kind)s, case_id, move_id, number, amount, reference,
                %(today)s, %(uid)s, now() AT TIME ZONE 'UTC'
           FROM found
    ON CONFLICT DO NOTHING
      RETURNING id
"""


class CollectionsAlert(models.Model):
    """Something a person should know, raised once while it lasts."""

    _name = "collections.alert"
    _description = "Alert Raised"
    _inherit = ["collections.alert.query"]
    _order = "date desc, id desc"
    _rec_name = "kind"

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(selection=KINDS, string="Alert", required=True)
    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    # Never *restrict*: nothing of ours may refuse a change of the ledger.
    move_id = fields.Many2one(
        comodel_name="account.move", ondelete="set null", index="btree_not_null"
    )
    number = fields.Char(string="Document")
    amount = fields.Monetary()
    reference = fields.Date(string="Since", help="Of the last contact, or the due date")
    date = fields.Date(string="Raised On", required=True)
    date_closed = fields.Date(string="Over Since", help="It no longer applies")
    user_id = fields.Many2one(
        comodel_name="res.users", string="For", ondelete="set null"
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity", ondelete="set null", index="btree_not_null"
    )

    _once = models.UniqueIndex(
        "(company_id, kind, case_id, coalesce(move_id, 0)) WHERE date_closed IS NULL"
    )

    @api.model
    def _raise(self, company) -> int:
        """Look for what the rules of a company name, and tell who has to know.

        Nobody has the right to write these rows; callers check who may look.
        A constant number of statements for any number of customers.

        :return: number of new activities
        """
        today = company._collections_today()
        count = 0
        for rule in self.env["collections.alert.rule"]._of_company(company):
            rows = self.env.execute_query(
                SQL(
                    RAISE,
                    found=self._found_sql(rule, company, today),
                    company=company.id,
                    kind=rule.kind,
                    today=today,
                    uid=self.env.uid,
                )
            )
            alerts = self.sudo().browse(row[0] for row in rows)
            alerts.invalidate_model()
            alerts._take_back(company, rule.kind)
            count += alerts._tell(rule, today)
        return count

    @api.model
    def _count_matches(self, rule, company) -> int:
        query = self._found_sql(rule, company, company._collections_today())
        [(count,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM (%s) found", query)
        )
        return count

    @api.model
    def _take_back(self, company, kind) -> None:
        """What is over needs nobody any more: its activity goes."""
        over = self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", kind),
                ("activity_id", "!=", False),
                ("date_closed", "!=", False),
            ]
        )
        lasting = self.search(
            [
                ("activity_id", "in", over.activity_id.ids),
                ("date_closed", "=", False),
            ]
        )
        (over.activity_id - lasting.activity_id).unlink()

    def _tell(self, rule, today) -> int:
        """One activity per customer, for who has to know."""
        if not self:
            return 0
        groups = self.grouped("case_id")
        people = self.case_id._responsibles(rule.to)
        summaries = {
            case: alerts._summary(rule.kind, people[case], today)
            for case, alerts in groups.items()
        }
        activities = self.case_id._schedule_for(
            self.env.ref("collections_management.mail_activity_type_alert"),
            summaries,
            people,
        )
        by_user = defaultdict(self.browse)
        for alerts, activity in zip(
            (groups[case] for case in self.case_id), activities, strict=True
        ):
            alerts.activity_id = activity
            by_user[activity.user_id] |= alerts
        for user, alerts in by_user.items():
            alerts.user_id = user
        return len(activities)

    def _summary(self, kind, user, today) -> str:
        """Say in the reader's language what it is about."""
        env = self.with_context(lang=user.lang or self.env.lang).env
        alert, numbers = self[:1], ", ".join(filter(None, self.mapped("number")))
        amount = format_amount(env, sum(self.mapped("amount")), alert.currency_id)
        since = alert.reference and format_date(env, alert.reference)
        days = (today - alert.reference).days if alert.reference else 0
        return {
            "never_sent": env._("Never sent to the customer: %s", numbers),
            "silent": env._(
                "No contact for %(days)s days, since %(date)s", days=days, date=since
            ),
            "first_late": env._(
                "Late for the first time: %(amount)s overdue since %(date)s",
                amount=amount,
                date=since,
            ),
            "over_limit": env._("Credit limit exceeded by %s", amount),
            "big_due": env._(
                "Falls due on %(date)s: %(documents)s, %(amount)s",
                date=since,
                documents=numbers,
                amount=amount,
            ),
            "to_present": env._(
                "To present on %(date)s: %(documents)s", date=since, documents=numbers
            ),
            "not_presented": env._(
                "Not presented on %(date)s: %(documents)s",
                date=since,
                documents=numbers,
            ),
            "worse_risk": env._(
                "Risk from %(before)s to %(grade)s: %(reasons)s",
                before=alert.case_id.risk_grade_before,
                grade=alert.case_id.risk_grade,
                reasons=alert.case_id.with_env(env)._risk_reasons_short(),
            )
            if kind == "worse_risk"
            else "",
        }[kind]
