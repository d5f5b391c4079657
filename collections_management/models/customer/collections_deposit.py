from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount, format_date

# Where a deposit is found; the place is part of its id, so that ids stay unique.
STATEMENT, ENTRY, PAYMENT = 0, 1, 2
PLACES = 4


class CollectionsDeposit(models.Model):
    """Money that came in and is applied to nobody: read from the ledger.

    Bank statement lines that are not reconciled, credits without customer on a
    receivable account, and payments without customer and entry. Few columns, with
    access rows of their own: nobody needs a right in accounting to see them.
    """

    _name = "collections.deposit"
    _description = "Unidentified Deposit"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "label"

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    kind = fields.Selection(
        selection=[
            ("statement", "Bank statement line"),
            ("entry", "Credit without customer"),
            ("payment", "Payment without customer"),
        ],
        string="Found In",
        readonly=True,
    )
    date = fields.Date(readonly=True)
    days = fields.Integer(
        string="Days Waiting", readonly=True, aggregator="max", help="Since it came in"
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    label = fields.Char(readonly=True, help="What the bank says")
    payer = fields.Char(readonly=True, help="Who paid, as the bank says it")
    account_number = fields.Char(
        string="Payer's Account", readonly=True, help="Bank account of the payer"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        help="Of the bank line, if it names one",
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal", string="Bank", readonly=True
    )
    move_id = fields.Many2one(comodel_name="account.move", readonly=True)
    match_ids = fields.One2many(
        comodel_name="collections.deposit.match",
        inverse_name="deposit_id",
        string="Perhaps Of",
        domain=[("state", "!=", "dismissed")],
    )
    likelihood = fields.Selection(
        selection="_selection_likelihood", string="Suggestion", readonly=True
    )
    best_case_id = fields.Many2one(
        comodel_name="collections.case", string="Probably Of", readonly=True
    )
    best_reason = fields.Char(string="Why", compute="_compute_best_reason")

    _depends = {
        "account.bank.statement.line": [
            "account_number",
            "amount",
            "amount_residual",
            "currency_id",
            "foreign_currency_id",
            "is_reconciled",
            "move_id",
            "partner_id",
            "partner_name",
            "payment_ref",
        ],
        "account.move": ["date", "journal_id", "state"],
        "account.move.line": [
            "account_id",
            "amount_residual_currency",
            "name",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "account.payment": ["amount", "memo", "move_id", "partner_id", "state"],
        "collections.deposit.match": ["case_id", "score", "state"],
    }

    @api.model
    def _selection_likelihood(self):
        return self.env["collections.deposit.match"]._selection_likelihood()

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT deposit.*, %(today)s - deposit.date AS days,
                      best.case_id AS best_case_id, best.likelihood
                 FROM (%(open)s) deposit
            LEFT JOIN LATERAL (
                      SELECT case_id, likelihood
                        FROM collections_deposit_match
                       WHERE deposit_id = deposit.id AND state <> 'dismissed'
                    ORDER BY score DESC, id LIMIT 1) best ON true""",
            today=self.env.company._collections_today(),
            open=self._open_sql(),
        )

    @api.model
    def _open_sql(self) -> SQL:
        """Return what waits for a customer, of every company."""
        return SQL(
            """SELECT line.id * %(places)s + %(statement)s AS id,
                      'statement' AS kind, move.company_id, move.date,
                      abs(coalesce(nullif(line.amount_residual, 0), line.amount)
                         )::numeric AS amount,
                      coalesce(line.foreign_currency_id, line.currency_id)
                        AS currency_id,
                      line.payment_ref AS label, line.partner_name AS payer,
                      line.account_number, partner.commercial_partner_id AS partner_id,
                      move.journal_id, line.move_id
                 FROM account_bank_statement_line line
                 JOIN account_move move ON move.id = line.move_id
            LEFT JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.is_reconciled IS NOT TRUE AND line.amount > 0
                  AND move.state = 'posted'
            UNION ALL
               SELECT line.id * %(places)s + %(entry)s, 'entry', line.company_id,
                      line.date, -line.amount_residual_currency, line.currency_id,
                      coalesce(nullif(line.name, ''), line.ref, line.move_name),
                      NULL, NULL, NULL, line.journal_id, line.move_id
                 FROM account_move_line line
                WHERE line.account_id = ANY(%(accounts)s)
                  AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                  AND line.partner_id IS NULL AND line.amount_residual_currency < 0
            UNION ALL
               SELECT pay.id * %(places)s + %(payment)s, 'payment', pay.company_id,
                      pay.date, pay.amount, pay.currency_id, pay.memo,
                      NULL, NULL, NULL, pay.journal_id, NULL
                 FROM account_payment pay
                WHERE pay.move_id IS NULL AND pay.partner_id IS NULL
                  AND pay.state IN ('in_process', 'paid')
                  AND pay.payment_type = 'inbound'""",
            places=PLACES,
            statement=STATEMENT,
            entry=ENTRY,
            payment=PAYMENT,
            accounts=self.env["collections.ledger"]._receivable_account_ids(),
        )

    @api.depends("amount", "date", "currency_id")
    def _compute_display_name(self):
        for deposit in self:
            deposit.display_name = self.env._(
                "Deposit of %(amount)s on %(date)s",
                amount=format_amount(self.env, deposit.amount, deposit.currency_id),
                date=format_date(self.env, deposit.date),
            )

    @api.depends("match_ids.reasons")
    @api.depends_context("lang")
    def _compute_best_reason(self):
        for deposit in self:
            matches = deposit.match_ids.sorted(lambda one: (-one.score, one.id))
            deposit.best_reason = matches[:1].reason_text

    # === ACTIONS === #

    @api.model
    def action_look(self):
        """Look for whose the deposits of the current companies may be."""
        self.env["collections.role"]._check_collector()
        for company in self.env.companies:
            self.env["collections.deposit.finder"]._find(company)

    def action_open_entry(self):
        """Open the bank line's entry to reconcile it, for who may see it."""
        self.ensure_one()
        self.env["collections.role"]._check_collector(self)
        if not self.env["account.move"].has_access("read"):
            raise AccessError(
                self.env._(
                    "Reconciling is a task of accounting. Choose a customer and ask "
                    "treasury: they get it as an activity."
                )
            )
        model, record = "account.move", self.move_id.id
        if self.kind == "payment":
            model, record = "account.payment", self.id // PLACES
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record,
            "view_mode": "form",
        }

    def action_theirs(self):
        """From a case: "maybe this deposit is theirs". Treasury is asked to look."""
        self.ensure_one()
        self.env["collections.role"]._check_collector(self)
        case = self.env["collections.case"].browse(
            self.env.context.get("collections_case_id")
        )
        if not case.exists():
            raise UserError(
                self.env._("Open the deposits from the customer's case first.")
            )
        self.env["collections.deposit.match"]._by_hand(self, case).action_ask_treasury()
