from odoo import api, fields, models


class CollectionsAgencyFigures(models.AbstractModel):
    """How an agency does: cases, money recovered, costs, and what it says itself."""

    _name = "collections.agency.figures"
    _description = "Figures of an Agency"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    escalation_ids = fields.One2many(
        comodel_name="collections.escalation", inverse_name="agency_id"
    )
    commission = fields.Float(
        string="Commission (%)",
        digits=(5, 2),
        help="Of what is recovered while the agency has the case; to compare with what "
        "it charges",
    )
    case_count = fields.Integer(string="Cases There Now", compute="_compute_cases")
    amount_there = fields.Monetary(
        string="Overdue There",
        compute="_compute_cases",
        help="What is overdue today of the cases that the agency has",
    )
    amount_handed = fields.Monetary(
        string="Handed Over",
        compute="_compute_outcome",
        help="Overdue on the day of each hand-over, ended ones too",
    )
    amount_recovered = fields.Monetary(
        string="Recovered",
        compute="_compute_outcome",
        help="Collected while the agency had the case: the ledger says so",
    )
    recovery_rate = fields.Float(string="Recovered (%)", compute="_compute_outcome")
    amount_reported = fields.Monetary(
        string="Recovered, It Says",
        compute="_compute_outcome",
        help="What the agency's files report as recovered",
    )
    amount_costs = fields.Monetary(string="Costs", compute="_compute_outcome")
    amount_commission = fields.Monetary(
        string="Commission by Our Terms", compute="_compute_outcome"
    )

    @api.depends("escalation_ids.state")
    def _compute_cases(self):
        for agency in self:
            cases = agency.escalation_ids.filtered(
                lambda row: row.state == "in_force"
            ).case_id
            agency.case_count = len(cases)
            agency.amount_there = sum(cases.mapped("amount_overdue_net"))

    @api.depends("escalation_ids.state", "commission")
    def _compute_outcome(self):
        rows = self.escalation_ids.filtered("date_start")
        reported = dict(
            self.env["collections.agency.result"]._read_group(
                [("agency_id", "in", self.ids), ("kind", "=", "recovery")],
                ["agency_id"],
                ["amount_company:sum"],
            )
        )
        # Read once for all agencies.
        rows.mapped("amount_recovered")
        for agency in self:
            own = rows.filtered(lambda row, agency=agency: row.agency_id == agency)
            recovered = sum(own.mapped("amount_recovered"))
            agency.amount_handed = sum(own.mapped("amount_start"))
            agency.amount_recovered = recovered
            agency.recovery_rate = (
                100 * recovered / agency.amount_handed if agency.amount_handed else 0.0
            )
            agency.amount_reported = reported.get(agency._origin, 0.0)
            agency.amount_costs = sum(own.mapped("amount_costs"))
            agency.amount_commission = agency.currency_id.round(
                recovered * agency.commission / 100
            )
