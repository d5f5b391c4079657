from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import transitions


class CollectionsReminderLetter(models.AbstractModel):
    """What a person does with reminders that are letters."""

    _name = "collections.reminder.letter"
    _description = "Letters among the Reminders"

    letter_batch_id = fields.Many2one(
        comodel_name="collections.letter.batch",
        string="Printed With",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    letter_warning = fields.Char(
        string="Take It Out",
        compute="_compute_letter_warning",
        help="What happened since the letter was printed",
    )

    @api.depends("state", "letter_batch_id")
    def _compute_letter_warning(self):
        """Facts that speak against posting what is on paper already."""
        self.letter_warning = False
        printed = self.filtered(
            lambda rem: rem.letter_batch_id and rem.state == transitions.SENDING
        ).sudo()
        gate = self.env["collections.gate"].sudo()
        answers = {
            **gate._check_dispute(printed),
            **gate._check_stop(printed),
            **{
                rem.id: (None, "paid", None)
                for rem in printed
                if rem.trigger_line_id and not rem._is_open()
            },
        }
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for reminder in self:
            if answer := answers.get(reminder.id):
                reminder.letter_warning = labels[answer[1]]

    def action_print_letters(self):
        """Print the letters that may go now; show the pile."""
        self.env["collections.role"]._check_collector(self)
        letters = self.filtered(lambda rem: rem.channel == "letter")
        if len(letters.company_id) > 1:
            raise UserError(
                self.env._("Choose the letters of one company at a time, please.")
            )
        company = letters.company_id
        batches = self.env["collections.letter.batch"].with_company(company)
        batch = batches.sudo()._print(letters.with_company(company).sudo().sorted("id"))
        if not batch:
            return self._notify(
                self.env._(
                    "None of these letters may go now: each shows the reason under "
                    "Reason."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.letter.batch",
            "res_id": batch.id,
            "view_mode": "form",
        }

    def action_take_out(self):
        """It leaves the pile: it waits again, and the gate is asked again."""
        self.env["collections.role"]._check_collector(self)
        self.sudo()._put_back_letters()

    def _put_back_letters(self):
        printed = self.filtered(
            lambda rem: rem.letter_batch_id and rem.state == transitions.SENDING
        )
        printed._move_to(transitions.QUEUED, letter_batch_id=False)

    def action_letter_came_back(self):
        """The post returned it: the address is marked, the next channel is used."""
        self.env["collections.role"]._check_collector(self)
        letters = self.filtered(lambda rem: rem.channel == "letter")
        letters._bounced(self.env._("The post returned the letter"))
