from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionsCaseFigures(models.AbstractModel):
    """What the ledger says about a case. Written by `collections.figures` only."""

    _name = "collections.case.figures"
    _description = "Figures of a Case"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_not_due = fields.Monetary(readonly=True, string="Not Due")
    amount_due_soon = fields.Monetary(readonly=True, string="Due Soon")
    amount_overdue = fields.Monetary(readonly=True, string="Overdue")
    amount_excluded = fields.Monetary(
        readonly=True,
        string="Overdue Without Follow-up",
        help="Overdue debits that are marked not to be followed up",
    )
    amount_credit = fields.Monetary(
        readonly=True,
        string="Unapplied Credits",
        help="Credit notes and payments that are not applied to a document yet",
    )
    amount_to_confirm = fields.Monetary(
        readonly=True,
        string="To Confirm",
        help="Payments under way that are not in the books yet",
    )
    amount_overdue_net = fields.Monetary(
        readonly=True, string="Overdue, Net of Credits"
    )
    amount_actionable = fields.Monetary(
        readonly=True,
        string="Actionable",
        help="What there is to ask for today: overdue, less credits, payments to "
        "confirm and whatever is paused",
    )
    amount_held = fields.Monetary(
        readonly=True, string="On Hold", help="Overdue and paused by a hold"
    )
    amount_disputed = fields.Monetary(
        readonly=True, string="Disputed", help="Overdue and disputed by the customer"
    )
    amount_agreed = fields.Monetary(
        readonly=True, string="In Agreement", help="Overdue and part of an agreement"
    )
    amount_cheque = fields.Monetary(
        readonly=True,
        string="In Cheques",
        help="Overdue and covered by cheques of a later date",
    )
    amount_promised = fields.Monetary(
        readonly=True, string="Promised", help="Overdue and promised to be paid"
    )
    amount_reported = fields.Monetary(
        readonly=True,
        string="To Verify",
        help="Overdue; the customer says it is paid, and we have not found it yet",
    )
    amount_balance = fields.Monetary(readonly=True, string="Balance")
    oldest_due_date = fields.Date(readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    item_count = fields.Integer(readonly=True, string="Open Items")
    overdue_item_count = fields.Integer(readonly=True, string="Overdue Items")
    last_payment_date = fields.Date(readonly=True, string="Last Payment")
    last_payment_amount = fields.Monetary(readonly=True)
    average_days_late = fields.Float(
        readonly=True,
        digits=(8, 1),
        aggregator="avg",
        help="Average days late of the money received in the last 12 months, weighted "
        "by amount; early payments count as 0",
    )
    has_paid = fields.Boolean(
        string="Has Payment History",
        compute="_compute_has_paid",
        search="_search_has_paid",
        help="Something was paid in the last 12 months",
    )

    @api.depends("average_days_late")
    def _compute_has_paid(self):
        # A float cannot be empty in a view: nothing paid is not "0 days late".
        self.flush_model(["average_days_late"])
        found = self.env.execute_query(
            SQL(
                """SELECT id FROM collections_case
                    WHERE id = ANY(%s) AND average_days_late IS NOT NULL""",
                self.ids,
            )
        )
        paid = {row[0] for row in found}
        for case in self:
            case.has_paid = case.id in paid

    @api.model
    def _search_has_paid(self, operator, value):
        if operator != "in":
            return NotImplemented
        paid = Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IS NOT NULL", SQL.identifier(alias, "average_days_late")
            )
        )
        return paid if True in value else ~paid
