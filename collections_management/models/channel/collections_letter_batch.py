from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import transitions

# Printed at once: about a minute of work for the server, and a pile for a person.
MOST = 200
PRINTED, POSTED, GIVEN_BACK = "printed", "posted", "given_back"


class CollectionsLetterBatch(models.Model):
    """Letters that were printed together, and what became of the pile.

    Between printing and posting they are *sending*: with a person, not known to be
    out. They leave the state by that person's word only.
    """

    _name = "collections.letter.batch"
    _description = "Printed Letters"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Printed By",
        readonly=True,
        ondelete="set null",
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        selection=[
            (PRINTED, "To Post"),
            (POSTED, "Posted"),
            (GIVEN_BACK, "Not Posted"),
        ],
        required=True,
        readonly=True,
        default=PRINTED,
        index=True,
    )
    reminder_ids = fields.One2many(
        comodel_name="collections.reminder",
        inverse_name="letter_batch_id",
        string="Letters",
        readonly=True,
    )
    letter_count = fields.Integer(compute="_compute_counts", string="Number of Letters")
    warned_count = fields.Integer(compute="_compute_counts", string="To Take Out")
    page_count = fields.Integer(string="Pages", readonly=True)
    document = fields.Binary(string="PDF", readonly=True, attachment=True)
    document_name = fields.Char(compute="_compute_name")
    date_posted = fields.Date(string="Posted On", readonly=True)

    @api.depends("create_date")
    @api.depends_context("lang")
    def _compute_name(self):
        for batch in self:
            batch.name = self.env._("Letters %s", batch.id or "")
            batch.document_name = f"{batch.name}.pdf"

    @api.depends("state", "reminder_ids")
    def _compute_counts(self):
        for batch in self:
            batch.letter_count = len(batch.reminder_ids)
            waiting = batch.state == PRINTED and batch.reminder_ids
            batch.warned_count = len(
                waiting.filtered("letter_warning") if waiting else ()
            )

    # === PRINTING === #

    @api.model
    def _print(self, reminders):
        """Let letters through the gate and print those that pass.

        :param reminders: letters of one company that wait
        :return: the batch, empty if none may go now
        """
        outbox = self.env["collections.outbox"]
        ready = reminders.browse()
        for part in outbox._parts(reminders[:MOST]):
            passed = outbox._pass_gate(part, by_hand=True)
            ready |= ready.browse(outbox._compose(passed))
        if not ready:
            return self.browse()
        content, pages = self.env["collections.letter.pdf"]._render(ready)
        batch = self.create(
            {
                "company_id": ready.company_id.id,
                "document": content,
                "page_count": pages,
            }
        )
        ready._move_to(transitions.SENDING, "to_post", letter_batch_id=batch.id)
        return batch

    def action_download(self):
        self.ensure_one()
        self.env["collections.role"]._check_collector(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document/{self.document_name}"
            "?download=true",
            "target": "download",
        }

    # === POSTING === #

    def action_give_back(self):
        """Nothing of it was posted: the letters wait again, and pass the gate again."""
        self.env["collections.role"]._check_collector(self)
        batches = self.sudo()._open()
        batches.reminder_ids._put_back_letters()
        batches.write({"state": GIVEN_BACK, "document": False})

    def _post(self, date):
        """A person says that the letters were posted on a day."""
        self.env["collections.role"]._check_collector(self)
        for batch in self.sudo()._open():
            today = batch.company_id._collections_today()
            if date > today:
                raise UserError(
                    self.env._("Letters cannot be posted in the future: choose today.")
                )
            letters = batch.reminder_ids
            moment = batch._moment(date, today)
            for reminder in letters:
                day = reminder._logical_today()
                reminder._move_to(transitions.SENT, date_sent=moment, date=day)
            letters.case_id._end_jump()
            log = self.env["collections.interaction"].sudo()
            log.with_context(default_date=moment)._log_reminder(letters)
            batch.write({"state": POSTED, "date_posted": date})

    def _moment(self, date, today):
        """Now, or noon of an earlier day."""
        if date == today:
            return fields.Datetime.now()
        zone = ZoneInfo(self.company_id.collections_tz or "UTC")
        noon = datetime.combine(date, time(12), zone)
        return noon.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def _open(self):
        """Return those whose letters still wait to be posted."""
        batches = self.filtered(lambda batch: batch.state == PRINTED)
        if not batches.reminder_ids:
            raise UserError(
                self.env._("These letters were posted or given back already.")
            )
        return batches
