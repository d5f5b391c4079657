from odoo import api, fields, models
from odoo.tools import SQL

# Averages are by amount: a large payment counts for more than a small one.
AVERAGES = ("days_agreed", "days_to_pay", "days_late")
TABLES = SQL(
    """account_partial_reconcile partial
  JOIN account_move_line line ON line.id = partial.debit_move_id
  JOIN account_move_line credit ON credit.id = partial.credit_move_id
  JOIN account_move move ON move.id = line.move_id
  LEFT JOIN account_payment payment ON payment.id = credit.payment_id
  LEFT JOIN account_payment_method_line method
    ON method.id = payment.payment_method_line_id
  LEFT JOIN res_partner contact ON contact.id = line.partner_id
  LEFT JOIN res_partner customer ON customer.id = contact.commercial_partner_id
  LEFT JOIN collections_case kase
    ON kase.partner_id = customer.id AND kase.company_id = line.company_id"""
)


class CollectionsPaymentAnalysis(models.Model):
    """Money that came in: what was agreed, when it was paid, and how.

    One row for each part of an invoice that was paid or withheld.
    """

    _name = "collections.payment.analysis"
    _inherit = ["collections.analysis"]
    _description = "Payment Behaviour"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "number"

    number = fields.Char(string="Document", readonly=True)
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term", readonly=True
    )
    journal_id = fields.Many2one(comodel_name="account.journal", readonly=True)
    payment_method_id = fields.Many2one(
        comodel_name="account.payment.method", readonly=True
    )
    date_invoice = fields.Date(string="Invoice Date", readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True)
    amount = fields.Monetary(string="Collected", readonly=True)
    amount_on_time = fields.Monetary(string="Collected on Time", readonly=True)
    days_agreed = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From the invoice to its due date, weighted by amount",
    )
    days_to_pay = fields.Float(
        string="Days to Pay",
        readonly=True,
        aggregator="avg",
        help="From the invoice to the payment, weighted by amount",
    )
    days_late = fields.Float(
        string="Days After Due Date",
        readonly=True,
        aggregator="avg",
        help="Early payments are below zero; weighted by amount",
    )

    @property
    def _table_query(self) -> SQL:
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        ledger = self.env["collections.ledger"]
        companies = self.env.companies
        money = SQL(" OR ").join(
            ledger._collected_sql(company, "credit") for company in companies
        )
        due = SQL("coalesce(line.date_maturity, line.date)")
        dated = SQL("coalesce(line.invoice_date, line.date)")
        return SQL(
            """SELECT partial.id, line.company_id, kase.id AS case_id,
                      customer.id AS partner_id, customer.country_id,
                      customer.state_id, kase.segment_id,
                      coalesce(kase.salesperson_id, customer.user_id)
                      AS salesperson_id,
                      %(collector)s AS collector_id, partial.max_date AS date,
                      move.name AS number, move.invoice_payment_term_id
                      AS payment_term_id, credit.journal_id,
                      method.payment_method_id, %(dated)s AS date_invoice,
                      %(due)s AS date_due, partial.amount,
                      CASE WHEN partial.max_date <= %(due)s THEN partial.amount
                           ELSE 0 END AS amount_on_time,
                      %(due)s - %(dated)s AS days_agreed,
                      partial.max_date - %(dated)s AS days_to_pay,
                      partial.max_date - %(due)s AS days_late
                 FROM %(tables)s
                WHERE %(lines)s AND (%(money)s)""",
            tables=TABLES,
            collector=self._collector_sql(),
            dated=dated,
            due=due,
            lines=ledger._line_conditions_sql(companies.ids),
            money=money,
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query) -> SQL:
        name, _sep, function = aggregate_spec.partition(":")
        if name in AVERAGES and function == "avg":
            return self._weighted_sql(query, name, "amount")
        return super()._read_group_select(aggregate_spec, query)
