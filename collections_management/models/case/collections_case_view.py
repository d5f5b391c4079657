from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import transitions

# Upper ends of the bands, in days overdue; what is older is in the last one.
AGES = (("current", 0), ("d30", 30), ("d60", 60), ("d90", 90))
OLDEST = "older"


class CollectionsCaseView(models.AbstractModel):
    """What the screens of a case show beside its figures; nothing is stored."""

    _name = "collections.case.view"
    _description = "Collections Case on Screen"

    age = fields.Selection(
        selection=[
            ("current", "Not overdue"),
            ("d30", "1 to 30 days overdue"),
            ("d60", "31 to 60 days overdue"),
            ("d90", "61 to 90 days overdue"),
            (OLDEST, "More than 90 days overdue"),
        ],
        compute="_compute_age",
        search="_search_age",
    )
    is_big_debt = fields.Boolean(
        string="Big Debt",
        compute="_compute_is_big_debt",
        search="_search_is_big_debt",
        help="Among the tenth of the customers from whom there is most to ask",
    )
    contact_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Contacts",
        compute="_compute_contact_ids",
        help="The customer and its contacts who have a phone or an e-mail address",
    )
    history_reminder_ids = fields.One2many(
        comodel_name="collections.reminder",
        inverse_name="case_id",
        string="Reminders",
        domain=[("state", "!=", "simulated")],
    )

    # === AGE === #

    @api.depends("days_overdue")
    def _compute_age(self):
        for case in self:
            fitting = (age for age, last in AGES if case.days_overdue <= last)
            case.age = next(fitting, OLDEST)

    def _search_age(self, operator, value):
        if operator != "in":
            return NotImplemented
        bands, first = [], 0
        for age, last in (*AGES, (OLDEST, None)):
            if age in value:
                band = Domain("days_overdue", ">=", first)
                if last is not None:
                    band &= Domain("days_overdue", "<=", last)
                bands.append(band)
            first = (last or 0) + 1
        return Domain.OR(bands)

    def _field_to_sql(self, alias, field_expr, query=None) -> SQL:
        """Let cases be grouped by age: it is a function of one column."""
        if field_expr != "age":
            return super()._field_to_sql(alias, field_expr, query)
        days = super()._field_to_sql(alias, "days_overdue", query)
        return SQL(
            "CASE %s ELSE %s END",
            SQL(" ").join(
                SQL("WHEN coalesce(%s, 0) <= %s THEN %s", days, last, age)
                for age, last in AGES
            ),
            OLDEST,
        )

    # === BIG DEBTS === #

    @api.depends("amount_actionable")
    def _compute_is_big_debt(self):
        found = self.search([("id", "in", self.ids), ("is_big_debt", "=", True)])
        for case in self:
            case.is_big_debt = case in found

    def _search_is_big_debt(self, operator, value):
        return self._search_top_tenth("amount_actionable", operator, value)

    @api.model
    def _search_top_tenth(self, name, operator, value):
        """Return the cases that have most of an amount: a tenth of those with any."""
        if operator != "in":
            return NotImplemented
        column = SQL.identifier(name)
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id,
                          percentile_cont(0.9) WITHIN GROUP (ORDER BY %(column)s)
                     FROM collections_case
                    WHERE %(column)s > 0 AND company_id = ANY(%(companies)s)
                 GROUP BY company_id""",
                column=column,
                companies=self.env.companies.ids,
            )
        )
        domain = Domain.OR(
            Domain("company_id", "=", company_id) & Domain(name, ">=", limit)
            for company_id, limit in rows
        )
        return domain if True in value else ~domain

    # === CONTACTS === #

    @api.depends("partner_id")
    def _compute_contact_ids(self):
        for case in self:
            contacts = case.partner_id | case.partner_id.child_ids
            case.contact_ids = contacts.filtered(
                lambda contact: contact.phone or contact.email
            )

    # === NEXT STEP === #

    def _planned_labels(self) -> dict:
        """Return what an activity or a reminder in the outbox is called, by case."""
        found = {}
        for case in self.filtered(lambda case: case.next_step == "activity"):
            activity = case.activity_ids.sorted("date_deadline")[:1]
            found[case.id] = activity.summary or activity.activity_type_id.name
        waiting = self.filtered(lambda case: case.next_step == "outbox")
        reminders = self.env["collections.reminder"].search(
            [("case_id", "in", waiting.ids), ("state", "in", transitions.WAITING)],
            order="date desc",
        )
        states = dict(reminders._fields["state"]._description_selection(self.env))
        for reminder in reminders:
            level = reminder.level_id.name or self.env._("Reminder")
            found[reminder.case_id.id] = f"{level} ({states[reminder.state].lower()})"
        return found

    # === ACTIONS === #

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.case",
            "res_id": self.id,
            "view_mode": "form",
        }
