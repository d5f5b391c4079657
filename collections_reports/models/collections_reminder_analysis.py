from odoo import api, fields, models
from odoo.tools import SQL

# Reminders that left: the others say nothing about what a strategy achieves.
LEFT = ("sent", "delivered", "read")
DAYS = 15
COUNTS = (
    "sent_count",
    "delivered_count",
    "read_count",
    "answered_count",
    "promised_count",
    "kept_count",
    "paid_count",
)


class CollectionsReminderAnalysis(models.Model):
    """What reminders achieved: one row for each that was sent.

    *Within the days* counts from the day it was sent; 15 days, or as many as
    ``collections_days`` in the context says.
    """

    _name = "collections.reminder.analysis"
    _inherit = ["collections.analysis"]
    _description = "Effectiveness of Reminders"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    reminder_id = fields.Many2one(comodel_name="collections.reminder", readonly=True)
    policy_id = fields.Many2one(comodel_name="collections.policy", readonly=True)
    level_id = fields.Many2one(comodel_name="collections.dunning.level", readonly=True)
    template_id = fields.Many2one(comodel_name="mail.template", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self._selection_of("collections.reminder", "channel"),
        readonly=True,
    )
    kind = fields.Selection(
        selection=lambda self: self._selection_of("collections.reminder", "kind"),
        readonly=True,
    )
    tone = fields.Selection(
        selection=lambda self: self._selection_of("collections.dunning.level", "tone"),
        readonly=True,
    )
    amount = fields.Monetary(readonly=True, string="Amount Asked")
    sent_count = fields.Integer(readonly=True, string="Sent")
    delivered_count = fields.Integer(readonly=True, string="Delivered")
    read_count = fields.Integer(readonly=True, string="Read")
    answered_count = fields.Integer(
        readonly=True,
        string="Answered",
        help="The customer was in touch within the days after it",
    )
    promised_count = fields.Integer(
        readonly=True,
        string="Promised",
        help="The customer promised something within the days after it",
    )
    kept_count = fields.Integer(
        readonly=True, string="Promise Kept", help="One of those promises was kept"
    )
    paid_count = fields.Integer(
        readonly=True,
        string="Brought Money",
        help="Something of its documents was collected within the days after it",
    )
    amount_collected = fields.Monetary(
        readonly=True,
        string="Collected",
        help="Paid or withheld on its documents within the days after it. A payment "
        "that follows two reminders counts for each of them.",
    )
    delivered_rate = fields.Float(readonly=True, aggregator="avg", string="Delivered %")
    read_rate = fields.Float(readonly=True, aggregator="avg", string="Read %")
    answered_rate = fields.Float(readonly=True, aggregator="avg", string="Answered %")
    paid_rate = fields.Float(readonly=True, aggregator="avg", string="Brought Money %")

    @api.model
    def _selection_of(self, model, field):
        return self.env[model]._fields[field]._description_selection(self.env)

    @property
    def _table_query(self) -> SQL:
        for model in ("collections.reminder", "collections.reminder.event"):
            self.env[model].flush_model()
        numbers = SQL(", ").join(
            SQL("(%s)::int AS %s", condition, SQL.identifier(name))
            for name, condition in zip(COUNTS, self._conditions(), strict=True)
        )
        rates = SQL(", ").join(
            SQL("100.0 * (%s)::int AS %s", condition, SQL.identifier(name))
            for name, condition in (
                ("delivered_rate", self._known_sql("delivered", "delivered", "read")),
                ("read_rate", self._known_sql("read", "read")),
                ("answered_rate", self._answered_sql()),
                ("paid_rate", SQL("%s > 0", self._collected_sql())),
            )
        )
        return SQL(
            """SELECT rem.id, rem.id AS reminder_id, rem.company_id, rem.case_id,
                      rem.partner_id, partner.country_id, partner.state_id,
                      kase.salesperson_id, %(collector)s AS collector_id,
                      rem.segment_id, %(day)s AS date, rem.policy_id, rem.level_id,
                      level.template_id, rem.channel, rem.kind, level.tone,
                      rem.amount_net AS amount, %(numbers)s, %(rates)s,
                      %(collected)s AS amount_collected
                 FROM collections_reminder rem
                 JOIN res_partner partner ON partner.id = rem.partner_id
            LEFT JOIN collections_case kase ON kase.id = rem.case_id
            LEFT JOIN collections_dunning_level level ON level.id = rem.level_id
                WHERE rem.state = ANY(%(left)s) AND rem.date_sent IS NOT NULL""",
            collector=self._collector_sql(),
            day=self._day_sql(),
            numbers=numbers,
            rates=rates,
            collected=self._collected_sql(),
            left=list(LEFT),
        )

    # Each of these is only computed when a view asks for its column.

    @api.model
    def _conditions(self) -> list[SQL]:
        return [
            SQL("TRUE"),
            self._was_sql("delivered", "read"),
            self._was_sql("read"),
            self._answered_sql(),
            self._promised_sql(SQL("TRUE")),
            self._promised_sql(SQL("promise.state = 'kept'")),
            SQL("%s > 0", self._collected_sql()),
        ]

    @api.model
    def _day_sql(self) -> SQL:
        return self._local_day_sql(SQL("rem.date_sent"))

    @api.model
    def _days(self) -> int:
        return int(self.env.context.get("collections_days") or DAYS)

    @api.model
    def _was_sql(self, *states) -> SQL:
        return SQL(
            """(rem.state = ANY(%(states)s) OR EXISTS (
                SELECT 1 FROM collections_reminder_event event
                 WHERE event.reminder_id = rem.id
                   AND event.state = ANY(%(states)s)))""",
            states=list(states),
        )

    @api.model
    def _known_sql(self, receipt, *states) -> SQL:
        """Like `_was_sql`; nothing where the channel would not report it.

        An e-mail that nobody reported as read is not an e-mail that was not read.
        """
        register = self.env["collections.channel"]
        codes = [
            code
            for code in register._codes()
            if receipt in register._by_code(code)._receipts
        ]
        return SQL(
            """CASE WHEN %(was)s THEN TRUE
                    WHEN rem.channel = ANY(%(codes)s) THEN FALSE END""",
            was=self._was_sql(*states),
            codes=codes,
        )

    @api.model
    def _answered_sql(self) -> SQL:
        self.env["collections.interaction"].flush_model()
        return SQL(
            """EXISTS (SELECT 1 FROM collections_interaction said
                        WHERE said.case_id = rem.case_id AND said.direction = 'in'
                          AND said.date BETWEEN rem.date_sent
                              AND rem.date_sent + %s * interval '1 day')""",
            self._days(),
        )

    @api.model
    def _promised_sql(self, condition: SQL) -> SQL:
        """Return whether there was a promise; never where there are none to read."""
        if "collections.promise" not in self.env:
            return SQL("FALSE")
        self.env["collections.promise"].flush_model()
        return SQL(
            """EXISTS (SELECT 1 FROM collections_promise promise
                        WHERE promise.case_id = rem.case_id AND %(condition)s
                          AND promise.state <> 'withdrawn'
                          AND promise.date_made BETWEEN %(day)s AND %(day)s + %(days)s)
            """,
            condition=condition,
            day=self._day_sql(),
            days=self._days(),
        )

    @api.model
    def _collected_sql(self) -> SQL:
        ledger = self.env["collections.ledger"]
        money = SQL(" OR ").join(
            ledger._collected_sql(company, "credit") for company in self.env.companies
        )
        return SQL(
            """(SELECT coalesce(sum(partial.amount), 0)
                  FROM collections_reminder_line shown
                  JOIN account_partial_reconcile partial
                    ON partial.debit_move_id = shown.move_line_id
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                 WHERE shown.reminder_id = rem.id AND (%(money)s)
                   AND partial.max_date BETWEEN %(day)s AND %(day)s + %(days)s)""",
            money=money,
            day=self._day_sql(),
            days=self._days(),
        )
