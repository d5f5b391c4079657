from odoo import fields, models


class CollectionsReminderLine(models.Model):
    """An item as a reminder shows it: a snapshot that survives the ledger."""

    _name = "collections.reminder.line"
    _description = "Reminder Item"
    _order = "reminder_id, date_due, id"
    # Made by the ten thousand: what the reminder says of itself holds for them.
    _log_access = False

    reminder_id = fields.Many2one(
        comodel_name="collections.reminder",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="reminder_id.company_id")
    # Never *restrict*: nothing of ours may refuse a change of the ledger.
    move_line_id = fields.Many2one(
        comodel_name="account.move.line", ondelete="set null", index="btree_not_null"
    )
    move_id = fields.Many2one(
        comodel_name="account.move", ondelete="set null", index="btree_not_null"
    )
    number = fields.Char(help="As the customer knows it")
    date = fields.Date()
    date_due = fields.Date()
    days_overdue = fields.Integer()
    is_trigger = fields.Boolean()
    currency_id = fields.Many2one(comodel_name="res.currency", required=True)
    company_currency_id = fields.Many2one(
        related="reminder_id.currency_id", string="Company Currency"
    )
    amount_total = fields.Monetary(help="Original amount, in the document's currency")
    amount_residual = fields.Monetary(
        help="What is asked for, in the document's currency; credits are negative"
    )
    amount_paused = fields.Monetary(
        string="Not Asked For",
        help="Open, but disputed, promised or on hold; in the document's currency",
    )
    amount_company = fields.Monetary(
        currency_field="company_currency_id", help="Asked for, in company currency"
    )

    def _early_amount(self):
        """Return what settles the document today by its early payment discount.

        ``0.0`` where its terms give none, its days are over, or a part was paid.
        """
        self.ensure_one()
        line = self.move_line_id.sudo()
        today = self.reminder_id._logical_today()
        if not line.discount_date or line.discount_date < today:
            return 0.0
        whole = not self.currency_id.compare_amounts(
            self.amount_residual, self.amount_total
        )
        return line.discount_amount_currency if whole else 0.0

    def _early_date(self):
        """Return the last day of the early payment discount."""
        return self.move_line_id.sudo().discount_date
