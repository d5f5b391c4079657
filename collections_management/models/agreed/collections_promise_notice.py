from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ...tools import promises, slips

# A browser neither shows nor runs it: slips are only ever downloaded.
SLIP_MIMETYPE = "application/x-collections-slip"
# Days that treasury has before the collector calls the customer.
TREASURY_DAYS = 2
# The nearest receipt of each notice: applied to nothing yet, of this customer or of
# nobody, of the same amount.
MATCHES = """
    SELECT DISTINCT ON (notice.id) notice.id, receipt.move_id, receipt.line_id,
           receipt.name, receipt.date
      FROM collections_promise notice
      JOIN collections_case kase ON kase.id = notice.case_id
      JOIN LATERAL (
           SELECT line.move_id, line.id AS line_id, line.move_name AS name, line.date,
                  0 AS rank
             FROM account_move_line line
             JOIN res_partner partner ON partner.id = line.partner_id
            WHERE line.company_id = notice.company_id
              AND line.account_id = ANY(%(accounts)s)
              AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
              AND line.currency_id = notice.currency_id
              AND partner.commercial_partner_id = kase.partner_id
              AND abs(line.amount_residual_currency + notice.amount) < 0.005
              AND line.journal_id = ANY(%(journals)s)
              AND abs(line.date - notice.date) <= %(days)s
        UNION ALL
           SELECT receipt.move_id, NULL, coalesce(receipt.payment_ref, move.name),
                  move.date, 1
             FROM account_bank_statement_line receipt
             JOIN account_move move ON move.id = receipt.move_id
             JOIN account_journal journal ON journal.id = move.journal_id
             JOIN res_company company ON company.id = move.company_id
        LEFT JOIN res_partner partner ON partner.id = receipt.partner_id
            WHERE move.company_id = notice.company_id AND move.state = 'posted'
              AND receipt.is_reconciled IS NOT TRUE
              AND coalesce(journal.currency_id, company.currency_id)
                  = notice.currency_id
              AND coalesce(partner.commercial_partner_id, kase.partner_id)
                  = kase.partner_id
              AND abs(receipt.amount - notice.amount) < 0.005
              AND abs(move.date - notice.date) <= %(days)s
           ) receipt ON true
     WHERE notice.id = ANY(%(notices)s)
  ORDER BY notice.id, receipt.rank, abs(receipt.date - notice.date), receipt.move_id
"""


class CollectionsPromiseNotice(models.AbstractModel):
    """A payment notice: the customer says it is paid, treasury looks for it."""

    _name = "collections.promise.notice"
    _description = "Payment Notice"

    bank = fields.Char(readonly=True, help="Where the customer paid")
    slip_id = fields.Many2one(
        comodel_name="ir.attachment",
        readonly=True,
        ondelete="set null",
        groups="collections_management.group_collector",
    )
    has_slip = fields.Boolean(compute="_compute_has_slip")
    asked = fields.Selection(
        selection=[("treasury", "Treasury"), ("collector", "Collector")],
        string="Looked For By",
        readonly=True,
        help="Who was asked after the payment was not found",
    )
    match_name = fields.Char(
        string="Suggested Match",
        compute="_compute_match",
        help="A receipt of this amount near the date that is applied to nothing yet",
    )
    match_line = fields.Integer(compute="_compute_match")
    match_move = fields.Integer(compute="_compute_match")

    def _compute_has_slip(self):
        for notice in self:
            notice.has_slip = bool(notice.sudo().slip_id)

    def _compute_match(self):
        found = self._matches()
        for notice in self:
            move, line, name, date = found.get(notice.id, (0, 0, False, False))
            notice.match_move, notice.match_line = move, line or 0
            notice.match_name = name and f"{name} · {format_date(self.env, date)}"

    def _matches(self) -> dict:
        """Return the likeliest receipt of each open notice, by id."""
        notices = self.filtered(
            lambda notice: (
                notice.kind == promises.REPORTED
                and notice.state in (promises.OPEN, promises.BROKEN, promises.PARTIAL)
            )
        )
        if not notices:
            return {}
        self.env.flush_all()
        Ledger = self.env["collections.ledger"]
        rows = self.env.execute_query(
            SQL(
                MATCHES,
                accounts=Ledger._receivable_account_ids(),
                journals=Ledger._money_journal_ids(),
                days=promises.NEAR_DAYS,
                notices=notices.ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    # === SLIP === #

    def _attach_slip(self, content: bytes) -> None:
        """Keep a slip with the notice.

        :raise ValidationError: what is not a small image or a PDF
        """
        self.ensure_one()
        kind = self._check_slip(content)
        notice = self.sudo()
        notice.slip_id = notice.env["ir.attachment"].create(
            {
                "name": f"slip-{notice.id}.{kind}",
                "raw": content,
                "mimetype": SLIP_MIMETYPE,
                "res_model": "collections.promise",
                "res_id": notice.id,
            }
        )

    @api.model
    def _check_slip(self, content: bytes) -> str:
        """Return the type of a slip, by its content."""
        kind = slips.kind(content)
        if not kind or len(content) > slips.MOST_BYTES:
            raise ValidationError(
                self.env._(
                    "The slip has to be a PDF, PNG or JPEG file of up to %s MB.",
                    slips.MOST_BYTES // 1024**2,
                )
            )
        return kind

    def action_download_slip(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/collections/slip/{self.id}",
            "target": "download",
        }

    # === LOOKING FOR THE PAYMENT === #

    def _act_on_notices(self) -> None:
        """What was not found: treasury looks again, then the collector calls."""
        missing = self.filtered(
            lambda notice: (
                notice.kind == promises.REPORTED
                and notice.state in (promises.BROKEN, promises.PARTIAL)
            )
        )
        for company, notices in missing.grouped("company_id").items():
            treasurer = company.sudo().collections_treasurer_id
            direct = notices.filtered(lambda notice: notice.asked == "collector")
            if not treasurer:
                direct = notices
            direct._ask_collector()
            waiting = notices - direct
            waiting.sudo().asked = "treasury"
            waiting.case_id._schedule_once(
                "collections_management.mail_activity_type_treasury",
                lambda env: env._(
                    "The customer says it is paid: please look for the payment"
                ),
                user=treasurer,
            )

    def _ask_collector(self) -> None:
        self.sudo().asked = "collector"
        self.case_id._schedule_once(
            "collections_management.mail_activity_type_promise",
            lambda env: env._("The payment was not found: call the customer"),
        )

    @api.model
    def _escalate_notices(self, company, today, partner_ids=None) -> None:
        """After treasury's days the collector goes on."""
        domain = [
            ("company_id", "=", company.id),
            ("asked", "=", "treasury"),
            ("state", "in", (promises.BROKEN, promises.PARTIAL)),
            ("date_judged", "<=", fields.Date.subtract(today, days=TREASURY_DAYS)),
        ]
        if partner_ids is not None:
            domain.append(("case_id.partner_id", "in", list(partner_ids)))
        self.search(domain)._ask_collector()

    def action_not_found(self):
        """Treasury looked for it: dunning goes on, the collector calls."""
        self.env["collections.role"]._check_collector()
        self.check_access("read")
        for notice in self.sudo().filtered(lambda one: one.state == promises.OPEN):
            today = notice.company_id._collections_today()
            notice.write(
                {
                    "date_until": fields.Date.subtract(today, days=1),
                    "asked": "collector",
                }
            )
        self.sudo().filtered(lambda one: one.state != promises.OPEN)._ask_collector()
        self.case_id.action_refresh()

    def action_open_match(self):
        """Open the suggested receipt, for who may see it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.match_move,
            "view_mode": "form",
        }

    def action_apply_match(self):
        """Apply the suggested payment to the documents, with the user's own rights."""
        for notice in self:
            if not notice.match_line:
                raise UserError(
                    self.env._(
                        "There is no payment to apply to %(notice)s. Reconcile the "
                        "bank statement first.",
                        notice=notice.display_name,
                    )
                )
            notice._apply_receipt()
        self.case_id.action_refresh()

    def _apply_receipt(self) -> None:
        receipt = self.env["account.move.line"].browse(self.match_line)
        receipt.check_access("write")
        debits = receipt.browse(self._documents()).filtered(
            lambda line: line.account_id == receipt.account_id
        )
        (receipt + debits).reconcile()

    def _documents(self) -> list[int]:
        """Return the journal items that it is about, the oldest first."""
        if self.line_ids:
            return self.line_ids.move_line_id.ids
        customer = self.partner_id.id
        debits = (
            self.env["collections.pause"]
            .sudo()
            ._open_debits(self.company_id, [customer])
            .get(customer, [])
        )
        return [
            line.line_id
            for line in sorted(debits, key=lambda line: line.due)
            if line.currency_id == self.currency_id.id
        ]
