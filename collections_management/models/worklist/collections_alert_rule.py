from odoo import api, fields, models

KINDS = [
    ("never_sent", "Invoice posted and never sent"),
    ("silent", "Nobody has been in contact"),
    ("first_late", "Late for the first time"),
    ("over_limit", "Credit limit exceeded"),
    ("big_due", "Big invoice falls due soon"),
    ("worse_risk", "Risk got worse"),
    ("to_present", "Invoices to be presented"),
    ("not_presented", "Invoices not presented on their day"),
]


class CollectionsAlertRule(models.Model):
    """What the daily run looks for, and on whose list it goes.

    Alerts are activities of our own people: nothing goes to a customer.
    """

    _name = "collections.alert.rule"
    _description = "Alert"
    _order = "sequence, id"
    _rec_name = "kind"

    kind = fields.Selection(selection=KINDS, string="Alert", required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Leave empty for all companies; one of its own comes first.",
    )
    days = fields.Integer(
        default=1,
        required=True,
        help="Never sent: days since the invoice. No contact: days of silence. Late "
        "for the first time: days overdue. Big invoice: days before it falls due. "
        "Risk: days for which it is news. To present: days before the reception day. "
        "Not presented: days after it.",
    )
    amount = fields.Monetary(
        string="From Amount", help="Only for big invoices, in company currency"
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    to = fields.Selection(
        selection=[
            ("collector", "Collector"),
            ("salesperson", "Salesperson"),
            ("supervisor", "Supervisor"),
        ],
        string="For",
        default="collector",
        required=True,
        help="Without one: the company's default collector, then a supervisor.",
    )
    match_count = fields.Integer(
        string="Now",
        compute="_compute_match_count",
        help="Customers and invoices of the current company that it would show today",
    )

    _once = models.UniqueIndex(
        "(kind, coalesce(company_id, 0))", "There is one rule per alert and company."
    )
    _numbers_not_negative = models.Constraint(
        "CHECK (days >= 0 AND amount >= 0)",
        "Days and amounts of an alert cannot be negative.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.depends("kind", "days", "amount")
    @api.depends_context("company")
    def _compute_match_count(self):
        alerts = self.env["collections.alert"].sudo()
        for rule in self:
            rule.match_count = alerts._count_matches(rule, self.env.company)

    @api.model
    def _of_company(self, company):
        """Return the rules that are on for a company; its own ones come first."""
        rules = self.sudo().search([("company_id", "in", [False, company.id])])
        own = self.sudo().with_context(active_test=False)
        own = own.search([("company_id", "=", company.id)])
        return rules.filtered(
            lambda rule: rule.company_id or rule.kind not in own.mapped("kind")
        )

    def action_raise(self):
        """Look for them now, instead of with the next daily run."""
        self.env["collections.role"]._check_supervisor()
        count = self.env["collections.alert"].sudo()._raise(self.env.company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("%s new activities.", count),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_alerts(self):
        """Open what was raised."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_alert_action"
        )
        return {**action, "domain": [("kind", "in", self.mapped("kind"))]}
