from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ...tools import pauses


class CollectionsHold(models.Model):
    """A pause on a customer or on one document, until a date. It ends by itself."""

    _name = "collections.hold"
    _description = "Hold"
    _inherit = ["collections.touching"]
    _order = "date_end desc, id desc"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        related="case_id.partner_id",
        store=True,
        index=True,
        string="Customer",
    )
    # Never *restrict*: nothing of ours may refuse a change of the ledger.
    move_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Journal Item",
        ondelete="set null",
        index="btree_not_null",
        help="Empty: everything that the customer owes",
    )
    is_item = fields.Boolean(string="One Document Only")
    number = fields.Char(string="Document")
    reason_id = fields.Many2one(
        comodel_name="collections.hold.reason", required=True, ondelete="restrict"
    )
    note = fields.Char()
    date_start = fields.Date(
        required=True, default=lambda self: self.env.company._collections_today()
    )
    date_end = fields.Date(string="Until", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        default=lambda self: self.env.user,
        readonly=True,
        ondelete="set null",
    )
    date_released = fields.Date(readonly=True)
    is_current = fields.Boolean(
        compute="_compute_is_current", search="_search_is_current", string="In Force"
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_end >= date_start)", "A hold ends on the day it begins or later."
    )

    @api.depends("reason_id", "date_end")
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = self.env._(
                "%(reason)s until %(date)s",
                reason=hold.reason_id.name or "",
                date=format_date(self.env, hold.date_end) if hold.date_end else "",
            )

    @api.depends("date_start", "date_end", "date_released")
    def _compute_is_current(self):
        for hold in self:
            today = (hold.company_id or self.env.company)._collections_today()
            hold.is_current = bool(
                not hold.date_released
                and hold.date_start
                and hold.date_end
                and hold.date_start <= today <= hold.date_end
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._collections_today()
        domain = fields.Domain(
            [
                ("date_released", "=", False),
                ("date_start", "<=", today),
                ("date_end", ">=", today),
            ]
        )
        return domain if True in value else ~domain

    def _check_length(self):
        """Not a constraint: Odoo checks those without the user's own rights."""
        if self.env.su or self.env.user.has_group(
            "collections_management.group_supervisor"
        ):
            return
        for hold in self:
            longest = hold.date_start + timedelta(days=hold.reason_id.max_days)
            if hold.date_end > longest:
                raise ValidationError(
                    self.env._(
                        "A hold for %(reason)s lasts until %(date)s at most. Ask a "
                        "supervisor for more.",
                        reason=hold.reason_id.name,
                        date=format_date(self.env, longest),
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        holds = super().create(vals_list)
        holds._check_length()
        for hold in holds:
            hold.case_id.message_post(
                body=self.env._(
                    "On hold: %(hold)s. %(what)s %(note)s",
                    hold=hold.display_name,
                    what=hold.number or self.env._("The whole account."),
                    note=hold.note or "",
                )
            )
        return holds

    def write(self, vals):
        result = super().write(vals)
        if {"date_start", "date_end", "reason_id"} & vals.keys():
            self._check_length()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Holds are part of the history: release it instead.")
        )

    # === ACTIONS === #

    def action_release(self):
        """End the hold today; dunning goes on."""
        self.check_access("write")
        for hold in self.filtered("is_current"):
            hold.date_released = hold.company_id._collections_today()
            hold.case_id.message_post(
                body=self.env._("Hold released: %s", hold.display_name)
            )
        self.case_id.action_refresh()

    # === FOR THE FIGURES AND THE PLAN === #

    @api.model
    def _pauses(self, company, today, partner_ids=None) -> list[pauses.Pause]:
        """Return what the holds in force pause: see `collections.pause`."""
        return [
            pauses.Pause(pauses.HELD, partner_id, line_id or None)
            for partner_id, line_id, _end in self.env.execute_query(
                self._current_sql(company, today, partner_ids)
            )
        ]

    @api.model
    def _current_sql(self, company, today, partner_ids=None) -> SQL:
        """Return the holds in force: ``partner_id, move_line_id, date_end``.

        A hold on a document whose journal item is gone covers nothing.
        """
        self.flush_model()
        return SQL(
            """SELECT partner_id, move_line_id, date_end FROM collections_hold hold
                WHERE company_id = %s AND date_released IS NULL
                  AND date_start <= %s AND date_end >= %s
                  AND (move_line_id IS NOT NULL OR is_item IS NOT TRUE) AND %s""",
            company.id,
            today,
            today,
            SQL("TRUE")
            if partner_ids is None
            else SQL("partner_id = ANY(%s)", list(partner_ids)),
        )
