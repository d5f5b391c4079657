from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import customer_days

PAYMENT = "payment"
RECEPTION = "reception"
KINDS = [(PAYMENT, "Pays"), (RECEPTION, "Takes in invoices")]


class CollectionsCustomerDay(models.Model):
    """On which days a customer pays, or takes in invoices."""

    _name = "collections.customer.day"
    _description = "Day of a Customer"
    _inherit = ["collections.customer.touching"]
    _order = "partner_id, kind, weekday, week, month_day, id"
    _rec_name = "kind"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Selection(selection=KINDS, required=True, default=PAYMENT)
    weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        help="Leave empty for a day of the month.",
    )
    week = fields.Selection(
        selection=[
            ("0", "every one"),
            ("1", "the first of the month"),
            ("2", "the second of the month"),
            ("3", "the third of the month"),
            ("4", "the fourth of the month"),
            ("-1", "the last of the month"),
        ],
        string="Which",
        default="0",
        required=True,
    )
    month_day = fields.Integer(
        string="Day of the Month",
        help="1 to 31; a shorter month has its last day instead. 0: by weekday.",
    )
    hours = fields.Char(help="Between which hours, and where: window, mailbox, portal")

    _month_day_exists = models.Constraint(
        "CHECK (month_day BETWEEN 0 AND 31)", "A day of the month is from 1 to 31."
    )

    @api.constrains("partner_id", "weekday", "month_day")
    def _check_one_of_both(self):
        for day in self:
            if bool(day.weekday) == bool(day.month_day):
                raise ValidationError(
                    self.env._(
                        "%s: choose a weekday or a day of the month, one of both.",
                        day.partner_id.display_name,
                    )
                )

    @api.depends("weekday", "week", "month_day", "hours")
    @api.depends_context("lang")
    def _compute_display_name(self):
        weekdays = dict(self._fields["weekday"]._description_selection(self.env))
        weeks = dict(self._fields["week"]._description_selection(self.env))
        for day in self:
            if day.month_day:
                name = self.env._("day %s of the month", day.month_day)
            else:
                name = weekdays.get(day.weekday, "")
                if day.week != "0":
                    name = f"{name} ({weeks[day.week]})"
            day.display_name = f"{name}, {day.hours}" if day.hours else name

    def _as_tuple(self) -> customer_days.Day:
        self.ensure_one()
        if self.month_day:
            return customer_days.Day(month_day=self.month_day)
        return customer_days.Day(int(self.weekday), int(self.week))
