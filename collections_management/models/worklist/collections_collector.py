from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import assignment, targets

SUPERVISOR = "collections_management.group_supervisor"


class CollectionsCollector(models.Model):
    """A person who collects for a company: room for cases, absences, workload."""

    _name = "collections.collector"
    _description = "Collector"
    _order = "company_id, sequence, id"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Collector",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    capacity = fields.Integer(
        help="Most cases that rules give to this collector; 0: no limit"
    )
    absence_ids = fields.One2many(
        comodel_name="collections.absence", inverse_name="collector_id"
    )
    away_until = fields.Date(compute="_compute_away")
    substitute_id = fields.Many2one(
        comodel_name="collections.collector", compute="_compute_away"
    )
    case_count = fields.Integer(string="Cases", compute="_compute_workload")
    amount_actionable = fields.Monetary(
        string="Actionable", compute="_compute_workload"
    )
    activity_due_count = fields.Integer(
        string="Activities Due", compute="_compute_workload"
    )
    use = fields.Float(
        string="Room Used", compute="_compute_workload", help="Percent of the capacity"
    )

    # About a person: others see them only through `collections.target`, if at all.
    target_amount = fields.Monetary(
        string="Target of the Month",
        groups=SUPERVISOR,
        help="To be collected each month on the own cases; 0: no target",
    )
    target_contacts = fields.Integer(
        string="Contacts a Month",
        groups=SUPERVISOR,
        help="Contacts to be logged each month; 0: no target",
    )
    collected_amount = fields.Monetary(
        string="Collected This Month",
        compute="_compute_reached",
        groups=SUPERVISOR,
        help="Paid or withheld since the first of the month by the customers whose "
        "cases are this person's today. Credit notes and write-offs do not count.",
    )
    contact_count = fields.Integer(
        string="Contacts This Month", compute="_compute_reached", groups=SUPERVISOR
    )
    target_use = fields.Float(
        string="Of the Target",
        compute="_compute_reached",
        groups=SUPERVISOR,
        help="Percent of the amount to be collected",
    )
    target_behind = fields.Boolean(
        compute="_compute_reached",
        groups=SUPERVISOR,
        help="Less was collected than the working days of the month that are over",
    )

    _targets_positive = models.Constraint(
        "CHECK (target_amount >= 0 AND target_contacts >= 0)",
        "A target is 0 for none, or more.",
    )
    _user_uniq = models.Constraint(
        "UNIQUE (user_id, company_id)", "A person is a collector once per company."
    )
    _capacity_positive = models.Constraint(
        "CHECK (capacity >= 0)", "The capacity is 0 for no limit, or more."
    )

    # === WORKLOAD === #

    @api.depends("user_id", "company_id", "capacity")
    def _compute_workload(self):
        loads = self._loads(self.company_id)
        due = self._activities_due()
        for collector in self:
            key = (collector.company_id.id, collector.user_id.id)
            count, amount = loads.get(key, (0, 0.0))
            collector.case_count = count
            collector.amount_actionable = amount
            collector.activity_due_count = due.get(key, 0)
            room = collector.capacity
            collector.use = 100.0 * count / room if room else 0.0

    @api.model
    def _loads(self, companies) -> dict:
        """Return ``{(company id, user id): (cases, actionable amount)}``.

        Cases of customers who owe nothing are no work.
        """
        rows = self.env["collections.case"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("collector_id", "!=", False),
                ("item_count", ">", 0),
            ],
            ["company_id", "collector_id"],
            ["__count", "amount_actionable:sum"],
        )
        return {
            (company.id, user.id): (count, amount)
            for company, user, count, amount in rows
        }

    def _activities_due(self) -> dict:
        """Return how many activities of cases are due, by company and user."""
        self.env["mail.activity"].flush_model()
        found = {}
        for company in self.company_id:
            rows = self.env.execute_query(
                SQL(
                    """SELECT activity.user_id, count(*)
                         FROM mail_activity activity
                         JOIN collections_case kase ON kase.id = activity.res_id
                        WHERE activity.res_model = 'collections.case'
                          AND activity.active AND kase.company_id = %s
                          AND activity.date_deadline <= %s
                          AND activity.user_id = ANY(%s)
                     GROUP BY activity.user_id""",
                    company.id,
                    company._collections_today(),
                    self.user_id.ids,
                )
            )
            found.update({(company.id, user): count for user, count in rows})
        return found

    # === TARGET === #

    @api.depends("user_id", "company_id", "target_amount")
    def _compute_reached(self):
        """A constant number of statements for each company."""
        for company, collectors in self.grouped("company_id").items():
            today = company._collections_today()
            reached = self.env["collections.target"]._reached(
                company, collectors.user_id, today
            )
            for collector in collectors:
                amount, contacts = reached.get(collector.user_id.id, (0.0, 0))
                found = targets.progress(collector.target_amount, amount, today)
                collector.collected_amount = amount
                collector.contact_count = contacts
                collector.target_use = 100.0 * found.share
                collector.target_behind = bool(
                    collector.target_amount and found.share < found.expected
                )

    # === ABSENCE === #

    @api.depends("absence_ids.date_from", "absence_ids.date_to")
    def _compute_away(self):
        current = self.env["collections.absence"]._current(self.company_id)
        by_collector = current.grouped("collector_id")
        for collector in self:
            absence = by_collector.get(collector, current.browse())[:1]
            collector.away_until = absence.date_to
            collector.substitute_id = absence.substitute_id

    @api.model
    def _covered_absences(self, company, user, today):
        """Return the absences in which somebody stands in for others on a day."""
        current = self.env["collections.absence"]._current(company, today)
        substitutes = {
            absence.collector_id.user_id.id: absence.substitute_id.user_id.id
            for absence in current
        }
        covered = assignment.covered_by(user.id, substitutes)
        return current.filtered(lambda one: one.collector_id.user_id.id in covered)

    # === ACTIONS === #

    def action_view_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_action"
        )
        return {
            **action,
            "domain": [
                ("collector_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {},
        }

    def action_reassign(self):
        """Open the dialog that gives all cases of these collectors to others."""
        cases = self.env["collections.case"].search(
            [
                ("collector_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("item_count", ">", 0),
            ]
        )
        return cases.action_assign()
