from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools import customer_days
from .collections_customer_day import RECEPTION

TO_PRESENT = "to_present"
PRESENTED = "presented"
OVER = "over"
# What a person says; everything else follows from the invoice.
TYPED = {"receipt", "date_presented", "date_expected", "note"}
# Open invoices of customers with reception days that are in no list yet.
NEW = """
    SELECT DISTINCT move.id, kase.id, kase.partner_id, move.name, move.invoice_date,
           move.currency_id, move.amount_total
      FROM (%(items)s) item
      JOIN account_move move ON move.id = item.move_id
      JOIN collections_case kase ON kase.company_id = move.company_id
       AND kase.partner_id = move.commercial_partner_id
     WHERE item.amount > 0 AND move.move_type = 'out_invoice'
       AND NOT EXISTS (SELECT 1 FROM collections_presentation done
                        WHERE done.move_id = move.id)
  ORDER BY move.id
"""


class CollectionsPresentation(models.Model):
    """An invoice that the customer takes in on certain days only, against a receipt.

    It stands in the list as soon as it is open and the customer has reception days,
    until a person says that it was presented, or it is paid. What was not presented
    on its day is nobody's to pay yet: somebody is told.
    """

    _name = "collections.presentation"
    _description = "Invoice to Present"
    _order = "date_planned, id"
    _rec_name = "number"

    case_id = fields.Many2one(
        comodel_name="collections.case",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", store=True, index=True, string="Customer"
    )
    salesperson_id = fields.Many2one(related="case_id.salesperson_id")
    collector_id = fields.Many2one(related="case_id.collector_id")
    # Never *restrict*: nothing of ours may refuse a change of the ledger.
    move_id = fields.Many2one(
        comodel_name="account.move",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    number = fields.Char(string="Invoice", readonly=True)
    date_invoice = fields.Date(string="Invoice Date", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    date_planned = fields.Date(
        string="Present On",
        readonly=True,
        index=True,
        help="The customer's first reception day after the invoice",
    )
    state = fields.Selection(
        selection=[
            (TO_PRESENT, "To present"),
            (PRESENTED, "Presented"),
            (OVER, "No longer needed"),
        ],
        required=True,
        readonly=True,
        default=TO_PRESENT,
        index=True,
    )
    is_late = fields.Boolean(
        string="Not Presented in Time",
        compute="_compute_is_late",
        search="_search_is_late",
    )
    date_presented = fields.Date(string="Presented On")
    receipt = fields.Char(
        string="Counter-receipt", help="The number that the customer gave for it"
    )
    date_expected = fields.Date(
        string="Payment Scheduled For", help="As the customer said when it took it in"
    )
    note = fields.Char()
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Presented By",
        readonly=True,
        ondelete="set null",
    )

    _once = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL")

    @api.depends("state", "date_planned")
    def _compute_is_late(self):
        for row in self:
            today = row.company_id._collections_today()
            row.is_late = bool(
                row.state == TO_PRESENT
                and row.date_planned
                and row.date_planned < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._collections_today()
        domain = Domain("state", "=", TO_PRESENT) & Domain("date_planned", "<", today)
        return domain if True in value else ~domain

    # === CRUD === #

    def write(self, vals):
        if not self.env.su and vals.keys() - TYPED:
            raise AccessError(
                self.env._("Invoices come and go by themselves from this list.")
            )
        return super().write(vals)

    # === ACTIONS === #

    def action_present(self):
        """It was taken in: today, unless another day was entered."""
        self.env["collections.role"]._check_collector(self)
        waiting = self.sudo().filtered(lambda row: row.state == TO_PRESENT)
        if not waiting:
            raise UserError(self.env._("Choose invoices that are to be presented."))
        for row in waiting:
            today = row.company_id._collections_today()
            row.write(
                {
                    "state": PRESENTED,
                    "date_presented": row.date_presented or today,
                    "user_id": self.env.uid,
                }
            )
            row._log()
        return True

    def action_undo(self):
        """It was not presented after all."""
        self.env["collections.role"]._check_collector(self)
        done = self.sudo().filtered(lambda row: row.state == PRESENTED)
        done.write({"state": TO_PRESENT, "date_presented": False, "user_id": False})
        return True

    def _log(self) -> None:
        """Evidence: the customer has the invoice."""
        self.env["collections.interaction"].sudo().create(
            {
                "case_id": self.case_id.id,
                "direction": "out",
                "channel": "system",
                "text": self.env._(
                    "Invoice %(number)s was presented on %(date)s. Counter-receipt: "
                    "%(receipt)s.",
                    number=self.number,
                    date=format_date(self.env, self.date_presented),
                    receipt=self.receipt or "–",
                ),
            }
        )

    # === FOLLOWING THE LEDGER === #

    @api.model
    def _follow_ledger(self, company, today, partner_ids=None) -> None:
        """Bring the list in line with open invoices and reception days.

        A constant number of statements, and one for customers without such days.
        """
        calendars = self.env["collections.customer.calendar"]._of_customers(
            RECEPTION, partner_ids
        )
        self._close(company, partner_ids)
        if not calendars:
            return
        rows = self.env.execute_query(
            SQL(
                NEW,
                items=self.env["collections.ledger"]._open_lines_sql(
                    company.ids, partner_ids=list(calendars)
                ),
            )
        )
        self.sudo().create(
            [
                {
                    "move_id": move_id,
                    "case_id": case_id,
                    "number": number,
                    "date_invoice": issued,
                    "currency_id": currency_id,
                    "amount": amount,
                    "date_planned": customer_days.next_day(
                        calendars[partner_id], max(issued, today)
                    ),
                }
                for (
                    move_id,
                    case_id,
                    partner_id,
                    number,
                    issued,
                    currency_id,
                    amount,
                ) in rows
            ]
        )

    @api.model
    def _close(self, company, partner_ids) -> None:
        """What was paid or cancelled needs no presentation any more."""
        domain = Domain("company_id", "=", company.id) & Domain(
            "state", "=", TO_PRESENT
        )
        if partner_ids is not None:
            domain &= Domain("partner_id", "in", list(partner_ids))
        waiting = self.sudo().search(domain)
        over = waiting.filtered(
            lambda row: (
                row.move_id.state != "posted"
                or row.move_id.currency_id.is_zero(row.move_id.amount_residual)
            )
        )
        over.state = OVER
