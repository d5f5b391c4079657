from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import promises

# The same item has other figures on another date: they are not cached together.
AS_OF = ("collections_date",)


class CollectionsItem(models.Model):
    """An open item: one posted receivable line with a residual.

    Read from the ledger at every query. With ``collections_date`` in the context
    it shows the items as of the end of that day; without, as they are now.
    """

    _name = "collections.item"
    _description = "Open Item"
    _auto = False
    _order = "date_due, id"
    _rec_name = "number"

    case_id = fields.Many2one(comodel_name="collections.case", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, help="The partner of the document"
    )
    salesperson_id = fields.Many2one(comodel_name="res.users", readonly=True)
    collector_id = fields.Many2one(comodel_name="res.users", readonly=True)
    segment_id = fields.Many2one(comodel_name="collections.segment", readonly=True)
    move_line_id = fields.Many2one(comodel_name="account.move.line", readonly=True)
    move_id = fields.Many2one(comodel_name="account.move", readonly=True)
    move_type = fields.Selection(
        selection=lambda self: (
            self.env["account.move"]
            ._fields["move_type"]
            ._description_selection(self.env)
        ),
        string="Document Type",
        readonly=True,
    )
    journal_id = fields.Many2one(comodel_name="account.journal", readonly=True)
    number = fields.Char(readonly=True)
    reference = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True)
    days_overdue = fields.Integer(
        readonly=True, aggregator="max", depends_context=AS_OF
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    amount_total = fields.Monetary(readonly=True, string="Original Amount")
    amount_residual = fields.Monetary(
        readonly=True, string="Open Amount", depends_context=AS_OF
    )
    amount = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        depends_context=AS_OF,
        help="Open amount in company currency; credits are negative",
    )
    is_credit = fields.Boolean(readonly=True)
    no_followup = fields.Boolean(string="Without Follow-up", readonly=True)
    state = fields.Selection(
        selection=[
            ("credit", "Unapplied credit"),
            ("not_due", "Not due"),
            ("overdue", "Overdue"),
        ],
        readonly=True,
        depends_context=AS_OF,
    )
    amount_paid = fields.Monetary(
        compute="_compute_natures", currency_field="company_currency_id"
    )
    amount_credited = fields.Monetary(
        compute="_compute_natures", currency_field="company_currency_id"
    )
    amount_withheld = fields.Monetary(
        compute="_compute_natures", currency_field="company_currency_id"
    )
    amount_adjusted = fields.Monetary(
        compute="_compute_natures", currency_field="company_currency_id"
    )
    chance_late = fields.Float(
        string="Probably Late",
        readonly=True,
        aggregator="avg",
        help="Probability of being paid after the due date",
    )
    chance_over_30 = fields.Float(
        string="Over 30 Days Late", readonly=True, aggregator="avg"
    )
    chance_over_60 = fields.Float(
        string="Over 60 Days Late", readonly=True, aggregator="avg"
    )
    chance_over_90 = fields.Float(
        string="Over 90 Days Late", readonly=True, aggregator="avg"
    )
    date_expected = fields.Date(string="Expected Payment", readonly=True)
    date_expected_from = fields.Date(string="Expected From", readonly=True)
    date_expected_to = fields.Date(
        string="Expected Until",
        readonly=True,
        help="Eight of ten come between the two dates; empty: nobody can say",
    )
    reasons = fields.Json(readonly=True)
    reason_text = fields.Char(string="Why Then", compute="_compute_reason_text")
    level_id = fields.Many2one(
        comodel_name="collections.dunning.level", compute="_compute_level_id"
    )
    promise_count = fields.Integer(
        compute="_compute_promise_count",
        help="Which promise in a row the document has since the last that was kept",
    )

    _depends = {
        "account.move": ["name", "ref", "move_type", "partner_id", "state"],
        "account.move.line": [
            "account_id",
            "amount_currency",
            "amount_residual",
            "amount_residual_currency",
            "company_id",
            "currency_id",
            "date",
            "date_maturity",
            "journal_id",
            "move_id",
            "no_followup",
            "parent_state",
            "partner_id",
        ],
        "collections.prediction": [
            "chance_late",
            "chance_over_30",
            "chance_over_60",
            "chance_over_90",
            "date_expected",
            "date_expected_from",
            "date_expected_to",
            "line_id",
            "reasons",
        ],
        "res.partner": ["commercial_partner_id"],
        "collections.case": [
            "collector_id",
            "partner_id",
            "salesperson_id",
            "segment_id",
        ],
    }

    @property
    def _table_query(self) -> SQL:
        date = fields.Date.to_date(self.env.context.get("collections_date"))
        return SQL(
            """SELECT item.id, item.id AS move_line_id, item.move_id, item.company_id,
                      kase.id AS case_id, kase.salesperson_id, kase.collector_id,
                      kase.segment_id,
                      partner.commercial_partner_id AS partner_id,
                      coalesce(move.partner_id, item.partner_id) AS contact_id,
                      move.move_type, line.journal_id, %(number)s AS number,
                      move.ref AS reference, item.date, item.due AS date_due,
                      greatest(0, %(today)s - item.due) AS days_overdue,
                      item.currency_id, line.amount_currency AS amount_total,
                      item.amount_currency AS amount_residual, item.amount,
                      item.amount < 0 AS is_credit, item.no_followup,
                      CASE WHEN item.amount < 0 THEN 'credit'
                           WHEN item.due < %(today)s THEN 'overdue'
                           ELSE 'not_due' END AS state,
                      prediction.chance_late, prediction.chance_over_30,
                      prediction.chance_over_60, prediction.chance_over_90,
                      prediction.date_expected, prediction.date_expected_from,
                      prediction.date_expected_to, prediction.reasons
                 FROM (%(items)s) item
                 JOIN account_move_line line ON line.id = item.id
                 JOIN account_move move ON move.id = item.move_id
            LEFT JOIN res_partner partner ON partner.id = item.partner_id
            LEFT JOIN collections_case kase
                   ON kase.partner_id = partner.commercial_partner_id
                  AND kase.company_id = item.company_id
            LEFT JOIN collections_prediction prediction
                   ON prediction.line_id = item.id AND %(is_now)s""",
            is_now=date is None,
            number=self.env["collections.reminder.builder"]._number_sql(),
            today=date or self.env.company._collections_today(),
            items=self.env["collections.ledger"]._open_lines_sql(
                self.env["res.company"].sudo()._search([]).get_result_ids(), date
            ),
        )

    @api.depends_context(*AS_OF)
    def _compute_natures(self):
        amounts = self._natures()
        for item in self:
            found = amounts.get(item.id, {})
            item.amount_paid = found.get("paid", 0.0)
            item.amount_credited = found.get("credited", 0.0)
            item.amount_withheld = found.get("withheld", 0.0)
            item.amount_adjusted = found.get("adjusted", 0.0)

    def _natures(self) -> dict:
        """Return what reduced each debit so far: ``{id: {nature: amount}}``."""
        found = {}
        date = fields.Date.to_date(self.env.context.get("collections_date"))
        for company, items in self.sudo().grouped("company_id").items():
            rows = self.env.execute_query(
                SQL(
                    """SELECT rec.debit_move_id, %s AS nature, sum(rec.amount)
                         FROM account_partial_reconcile rec
                         JOIN account_move_line credit ON credit.id = rec.credit_move_id
                         JOIN account_move move ON move.id = credit.move_id
                        WHERE rec.debit_move_id = ANY(%s)
                          AND rec.max_date <= coalesce(%s, rec.max_date)
                     GROUP BY rec.debit_move_id, nature""",
                    self.env["collections.ledger"]._nature_sql(company),
                    items.ids,
                    date,
                )
            )
            for line_id, nature, amount in rows:
                found.setdefault(line_id, {})[nature] = amount
        return found

    def _compute_reason_text(self):
        predictions = self.env["collections.prediction"]
        for item in self:
            item.reason_text = predictions._reason_words(item.reasons)

    def _compute_level_id(self):
        """The last level at which a reminder that the item triggered was sent."""
        reached = self.env["collections.reminder"]._levels_reached(self.ids)
        for item in self:
            item.level_id = reached.get(item.id, False)

    def _compute_promise_count(self):
        counts = self.env["collections.promise"]._counts_by_line(self.ids)
        for item in self:
            item.promise_count = counts.get(item.id, 0)

    def _snapshot(self) -> dict:
        """Return the document as it is, for a `collections.snapshot`."""
        self.ensure_one()
        return {
            "move_line_id": self.id,
            "move_id": self.sudo().move_id.id,
            "number": self.number,
            "date_due": self.date_due,
            "amount_residual": self.amount_residual,
        }

    def _promise_lines(self, amount):
        """Return commands for a promise of an amount, the oldest document first."""
        items = self.sorted(lambda item: (item.date_due, item.id))
        parts = promises.split(amount, items.mapped("amount_residual"))
        return items._promise_parts(parts)

    def _promise_parts(self, parts):
        """Return commands for a promise of these amounts, one for each document."""
        return [
            Command.create(
                {**item._snapshot(), "amount": part},
            )
            for item, part in zip(self, parts, strict=True)
            if part > 0
        ]

    def action_hold(self):
        """Open the dialog that pauses these documents."""
        debits = self.filtered(lambda item: not item.is_credit)
        if not debits:
            raise UserError(
                self.env._("Choose open invoices: a credit is never asked for.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_hold_action"
        )
        context = {
            "default_case_ids": [Command.set(debits.case_id.ids)],
            "default_item_ids": [Command.set(debits.ids)],
        }
        return {**action, "context": context}

    def action_open_document(self):
        """Open the document, for who may see it; else the customer's case."""
        self.ensure_one()
        if not self.env["account.move"].has_access("read"):
            return self.case_id.action_open()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
