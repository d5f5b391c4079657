import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ...tools.prediction import model as prediction
from ...tools.prediction.learned import is_available


class CollectionsPredictionModel(models.Model):
    """What payments are predicted with, and how good it was: the model card.

    Learned from this company's own ledger. Kept as plain numbers, never as code, and
    never deleted by itself: what was predicted in the past can be explained.
    """

    _name = "collections.prediction.model"
    _description = "Payment Prediction"
    _inherit = ["collections.prediction.card"]
    _order = "id desc"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    date = fields.Date(
        string="Learned On", readonly=True, help="It knows nothing that came later"
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("done", "In use"),
            ("old", "Replaced"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    progress = fields.Integer(readonly=True, aggregator=None)
    error = fields.Text(readonly=True)
    method = fields.Selection(
        selection=[
            (prediction.USUAL, "What is usual: customer, segment, company"),
            (prediction.LEARNED, "Learned weights"),
        ],
        readonly=True,
        help="Empty: nothing was better than the plain ones, so nothing is predicted.",
    )
    judged = fields.Boolean(readonly=True, help="There were documents to judge it on")
    without_learning = fields.Boolean(
        readonly=True, help="scikit-learn is not installed: no weights could be learned"
    )
    document_count = fields.Integer(string="Documents", readonly=True)
    paid_count = fields.Integer(string="Paid Documents", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    date_first = fields.Date(string="Documents From", readonly=True)
    date_last = fields.Date(string="Documents Until", readonly=True)
    date_held_out = fields.Date(string="Judged From", readonly=True)
    held_out_count = fields.Integer(string="Documents Judged", readonly=True)
    late_share = fields.Float(string="Paid Late", readonly=True, aggregator=None)
    coverage = fields.Float(
        string="Paid Within the Range",
        readonly=True,
        aggregator=None,
        help="Of the documents judged on; the range is meant to hold eight of ten",
    )
    auc = fields.Float(
        string="AUC",
        readonly=True,
        digits=(5, 3),
        aggregator=None,
        help="How often a late document got the higher probability of two: 0.5 is "
        "chance, 1 is always",
    )
    brier = fields.Float(
        string="Brier Score",
        readonly=True,
        digits=(5, 3),
        aggregator=None,
        help="Mean squared error of the probability: 0 is perfect",
    )
    date_error = fields.Float(
        string="Error of the Date (Days)",
        readonly=True,
        digits=(6, 1),
        aggregator=None,
        help="Mean absolute error of the expected date",
    )
    marks = fields.Json(readonly=True)
    calibration = fields.Json(string="Calibration Figures", readonly=True)
    parameters = fields.Json(readonly=True)

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for card in self:
            card.display_name = (
                self.env._("Learned on %s", format_date(self.env, card.date))
                if card.date
                else self.env._("Waiting to learn")
            )

    # === LEARNING === #

    @api.model
    def _waiting(self, company):
        """Return the card that a person asked for, if there is one."""
        return self.search(
            [("company_id", "=", company.id), ("state", "=", "waiting")], limit=1
        )

    @api.model
    def _current(self, company):
        return self.search(
            [("company_id", "=", company.id), ("state", "=", "done")], limit=1
        )

    @api.model
    def _due(self, company, today):
        """Return a new card where there is none or the last one is a month old."""
        current = self._current(company)
        if current and current.date + relativedelta(months=1) > today:
            return self.browse()
        return self.create({"company_id": company.id})

    def _learn(self, documents, events, today) -> None:
        """Learn from what is known today, and write the card."""
        self.ensure_one()
        day = today.toordinal()
        learned, card = prediction.train(documents, events, day)
        self._current(self.company_id).state = "old"
        marks = card.marks.get(card.method or prediction.USUAL)
        self.write(
            {
                "state": "done",
                "error": False,
                "date": today,
                "method": card.method or False,
                "judged": card.judged,
                "without_learning": not is_available(),
                "document_count": card.documents,
                "paid_count": card.paid,
                "customer_count": card.customers,
                "held_out_count": card.held_out,
                "late_share": card.late_share,
                "coverage": card.coverage or 0.0,
                "auc": (marks and marks.auc) or 0.0,
                "brier": marks.brier if marks else 0.0,
                "date_error": (marks and marks.error) or 0.0,
                "marks": {name: mark._asdict() for name, mark in card.marks.items()},
                "calibration": [list(row) for row in card.calibration],
                "parameters": learned.to_json() if learned else False,
                **{
                    name: number and datetime.date.fromordinal(number)
                    for name, number in (
                        ("date_first", card.first),
                        ("date_last", card.last),
                        ("date_held_out", card.held_out_from),
                    )
                },
            }
        )

    def _learned(self):
        """Return what was learned, ``None`` where nothing may be predicted with."""
        return prediction.Model.from_json(self.parameters) if self.parameters else None

    def _keep_error(self, error) -> None:
        """Keep for a person why nothing was learned; the one in use stays in use."""
        self.write({"state": "failed", "error": str(error)})

    # === ACTIONS === #

    @api.model
    def action_learn(self):
        """Learn anew now: a scheduled action does it, within a minute."""
        if not self.env.user.has_group("collections_management.group_supervisor"):
            raise AccessError(
                self.env._("Only a collections supervisor may let predictions learn.")
            )
        cards = self.sudo()
        if not cards._waiting(self.env.company):
            cards.create({"company_id": self.env.company.id})
        self.env.ref("collections_management.ir_cron_score").sudo()._trigger()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
