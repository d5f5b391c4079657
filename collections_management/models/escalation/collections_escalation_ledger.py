from odoo import api, fields, models
from odoo.tools import SQL

# Money that came in for what a customer owes, while somebody else had the case.
RECOVERED = """
    SELECT row.id, sum(partial.amount)::float8
      FROM collections_escalation row
      JOIN collections_case kase ON kase.id = row.case_id
      JOIN res_partner contact ON contact.commercial_partner_id = kase.partner_id
      JOIN account_move_line line ON line.partner_id = contact.id AND %(lines)s
      JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
      JOIN account_move_line credit ON credit.id = partial.credit_move_id
     WHERE row.id = ANY(%(ids)s) AND row.company_id = line.company_id
       AND partial.max_date >= row.date_start
       AND partial.max_date <= coalesce(row.date_end, partial.max_date)
       AND line.date <= row.date_start AND %(collected)s
  GROUP BY row.id
"""


class CollectionsEscalationLedger(models.AbstractModel):
    """What came of an escalation: recovered by the ledger, and what it cost."""

    _name = "collections.escalation.ledger"
    _description = "Outcome of an Escalation"

    case_id = fields.Many2one(
        comodel_name="collections.case",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_recovered = fields.Monetary(
        string="Recovered",
        compute="_compute_amount_recovered",
        help="Collected from the first to the last day, of what was invoiced before: "
        "the ledger says so",
    )
    amount_costs = fields.Monetary(string="Costs", compute="_compute_amount_costs")
    cost_ids = fields.One2many(
        comodel_name="collections.cost", inverse_name="escalation_id"
    )

    @api.depends("state", "date_start", "date_end")
    def _compute_amount_recovered(self):
        found = self._recovered()
        for row in self:
            row.amount_recovered = found.get(row.id, 0.0)

    @api.depends("cost_ids.amount")
    def _compute_amount_costs(self):
        totals = dict(
            self.env["collections.cost"]
            .sudo()
            ._read_group(
                [("escalation_id", "in", self.ids)], ["escalation_id"], ["amount:sum"]
            )
        )
        for row in self:
            row.amount_costs = totals.get(row._origin.sudo(), 0.0)

    @api.model
    def _recovered_of(self, rows, company) -> dict[int, float]:
        Ledger = self.env["collections.ledger"]
        return dict(
            self.env.execute_query(
                SQL(
                    RECOVERED,
                    lines=Ledger._line_conditions_sql(company.ids),
                    ids=rows.ids,
                    collected=Ledger._collected_sql(company, "credit"),
                )
            )
        )

    def _recovered(self) -> dict[int, float]:
        """Return what was collected, by escalation; a statement per company."""
        started = self.sudo().filtered("date_start")
        if not started:
            return {}
        self.flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model()
        found = {}
        for company, rows in started.grouped("company_id").items():
            found |= self._recovered_of(rows, company)
        return found
