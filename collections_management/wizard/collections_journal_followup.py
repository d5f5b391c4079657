from odoo import Command, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class CollectionsJournalFollowup(models.TransientModel):
    """Debits that Odoo excludes from follow-up, journal by journal.

    Odoo marks every line of a general journal so: an opening balance that was
    booked there would never be collected.
    """

    _name = "collections.journal.followup"
    _description = "Debits Without Follow-up"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    line_ids = fields.One2many(
        comodel_name="collections.journal.followup.line", inverse_name="wizard_id"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "line_ids" in fields:
            values["line_ids"] = [
                Command.create(
                    {"journal_id": journal, "item_count": count, "amount": amount}
                )
                for journal, count, amount in self._excluded(self.env.company)
            ]
        return values

    @api.model
    def _excluded(self, company):
        """Return journal id, number and amount of the open debits left out."""
        self.env["collections.role"]._check_supervisor()
        return self.env.execute_query(
            SQL(
                """SELECT line.journal_id, count(*), sum(item.amount)
                     FROM (%s) item JOIN account_move_line line ON line.id = item.id
                    WHERE item.no_followup AND item.amount > 0
                 GROUP BY line.journal_id ORDER BY sum(item.amount) DESC""",
                self.env["collections.ledger"]._open_lines_sql(company.ids),
            )
        )

    def action_follow_up(self):
        """Follow up the debits of the chosen journals from now on."""
        self.ensure_one()
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._(
                    "This changes journal items: ask somebody who may edit invoices."
                )
            )
        journals = self.line_ids.filtered("follow_up").journal_id
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("journal_id", "in", journals.ids),
                ("account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
                ("amount_residual", ">", 0),
                ("no_followup", "=", True),
            ]
        )
        lines.no_followup = False
        return {"type": "ir.actions.act_window_close"}
