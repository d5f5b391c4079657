import uuid
from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

from ...tools import chain
from . import collections_interaction_imported as imported

BATCH = 500
LONGEST_SUMMARY = 200
# What stays after a person is erased; sealed together with the personal digest.
# No reference that a merge of customers rewrites.
FACTS = (
    "company_id",
    "direction",
    "channel",
    "date",
    "result_id",
    "corrects_id",
    "is_reply",
)
PERSONAL = ("partner_name", "contact_name", "address", "user_name", "text")
# The only fields that may change after a row was made.
SEALING = {"number", "seal", "personal_digest", "salt"}
# What nobody says of a row of their own.
OURS = {"user_id", *imported.FACTS, *imported.PERSONAL}


# What may be cleared, and only cleared, when a person is erased.
ERASED = {*PERSONAL, "contact_id", "salt"} - {"user_name"}


class CollectionsInteraction(models.Model):
    """The log: every contact in or out. Created once, never edited.

    A correction is a new row that names the one it corrects. Rows are sealed in
    their order, a moment later and by one worker at a time, so that nobody who
    logs a call waits for anybody else.
    """

    _name = "collections.interaction"
    _description = "Interaction"
    _inherit = [
        "collections.interaction.delay",
        "collections.interaction.imported",
        "collections.interaction.undo",
    ]
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    case_id = fields.Many2one(
        comodel_name="collections.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    partner_name = fields.Char(string="Customer Name", readonly=True)
    contact_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, ondelete="set null"
    )
    contact_name = fields.Char(readonly=True)
    address = fields.Char(readonly=True, help="Number or address used")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_name = fields.Char(string="By (Name)", readonly=True)
    direction = fields.Selection(
        selection=[("out", "To the customer"), ("in", "From the customer")],
        required=True,
        readonly=True,
        default="out",
    )
    channel = fields.Selection(
        selection="_selection_channel", required=True, readonly=True, default="call"
    )
    is_reply = fields.Boolean(
        string="Answer to the Customer",
        readonly=True,
        help="An answer to what the customer wrote or asked does not count against "
        "the limits of contact rules.",
    )
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    result_id = fields.Many2one(
        comodel_name="collections.interaction.result",
        readonly=True,
        ondelete="restrict",
    )
    text = fields.Text(string="What Was Said", readonly=True)
    summary = fields.Char(string="In Short", compute="_compute_summary")
    next_date = fields.Date(readonly=True, help="Agreed or planned next contact")
    reminder_id = fields.Many2one(
        comodel_name="collections.reminder",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    corrects_id = fields.Many2one(
        comodel_name="collections.interaction",
        string="Correction Of",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    correction_ids = fields.One2many(
        comodel_name="collections.interaction", inverse_name="corrects_id"
    )
    is_corrected = fields.Boolean(compute="_compute_is_corrected")
    number = fields.Integer(readonly=True, help="Place in the company's sealed log")
    seal = fields.Char(readonly=True, groups="collections_management.group_supervisor")
    personal_digest = fields.Char(readonly=True, groups="base.group_system")
    salt = fields.Char(readonly=True, groups="base.group_system")

    _number_uniq = models.UniqueIndex("(company_id, number) WHERE number > 0")
    _unsealed_idx = models.Index("(company_id, id) WHERE seal IS NULL")

    @api.model
    def _selection_channel(self):
        """Return what people use, and the channels of reminders."""
        people = {
            "call": self.env._("Call"),
            "email": self.env._("E-mail"),
            "sms": self.env._("SMS"),
            "letter": self.env._("Letter"),
            "visit": self.env._("Visit or meeting"),
            "portal": self.env._("Portal"),
            "other": self.env._("Other"),
            "system": self.env._("System"),
        }
        register = self.env["collections.channel"]
        return list(people.items()) + [
            (code, name)
            for code, name in register._selection()
            if code not in people and register._by_code(code)._is_contact
        ]

    @api.depends("channel", "date", "partner_name")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{channels.get(row.channel)} - {row.partner_name or ''}"

    @api.depends("correction_ids")
    def _compute_is_corrected(self):
        for row in self:
            row.is_corrected = bool(row.correction_ids)

    @api.depends("text", "reminder_id")
    def _compute_summary(self):
        """Say it in one line; of a reminder only its subject."""
        for row in self:
            text = row.text or ""
            if row.reminder_id:
                text = text.partition("\n")[0]
            row.summary = shorten(text, LONGEST_SUMMARY, placeholder="…")

    # === CREATED ONCE === #

    @api.model_create_multi
    def create(self, vals_list):
        """Keep own copies of names: the log outlives the people in it."""
        cases = self.env["collections.case"].browse(
            vals["case_id"] for vals in vals_list
        )
        prepared = []
        for given, case in zip(vals_list, cases, strict=True):
            # Nobody logs in the name of another, or makes up a seal.
            vals = dict(given) if self.env.su else self._own_values(given)
            user = self.env["res.users"].browse(vals.get("user_id") or self.env.uid)
            contact = self.env["res.partner"].browse(vals.get("contact_id"))
            vals.update(
                company_id=case.company_id.id,
                partner_id=case.partner_id.id,
                partner_name=case.partner_id.display_name,
                contact_name=contact.name,
                user_id=user.id,
                user_name=user.sudo().name,
            )
            prepared.append(vals)
        rows = super().create(prepared)
        self.env.ref("collections_management.ir_cron_seal").sudo()._trigger()
        return rows

    @api.model
    def _own_values(self, vals):
        return {
            name: value for name, value in vals.items() if name not in SEALING | OURS
        }

    def write(self, vals):
        erases = vals.keys() <= ERASED and not any(vals.values())
        if self.env.su and (erases or vals.keys() <= SEALING):
            return super().write(vals)
        raise UserError(
            self.env._(
                "The log is never edited. Add a correction: it stays beside the "
                "original."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Nothing is ever deleted from the log. To take a person out of it, use "
                "Erase Personal Data in the actions of the case."
            )
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("Interactions are not copied: log a new one."))

    @api.model
    def _contact_channels(self):
        """Return the channels by which people are in contact."""
        channels = self._fields["channel"]._description_selection(self.env)
        return [channel for channel in channels if channel[0] != "system"]

    # === SEALING === #

    @api.model
    def _cron_seal(self) -> None:
        cron = self.env["ir.cron"]
        while rows := self.sudo().search(
            [("seal", "=", False)], order="id", limit=BATCH
        ):
            for company, own in rows.grouped("company_id").items():
                own._seal(company)
            if not cron._commit_progress(len(rows)):
                return

    def _seal(self, company) -> None:
        """Append rows to the company's chain, in the order in which they came."""
        last = self.search(
            [("company_id", "=", company.id), ("number", ">", 0)],
            order="number desc",
            limit=1,
        )
        previous = last.seal or chain.GENESIS
        for number, row in enumerate(self.sorted("id"), last.number + 1):
            salt = uuid.uuid4().hex
            personal = chain.digest(row._personal(), salt)
            previous = chain.seal(previous, row._facts(number), personal)
            row.write(
                {
                    "number": number,
                    "salt": salt,
                    "personal_digest": personal,
                    "seal": previous,
                }
            )

    def _erase_person(self) -> None:
        """Clear names, addresses and texts; what seals a row stays, so it verifies."""
        for company, rows in (
            self.filtered(lambda r: not r.seal).grouped("company_id").items()
        ):
            rows._seal(company)
        self.write(dict.fromkeys(ERASED, False))

    def _facts(self, number) -> dict:
        self.ensure_one()
        facts = {}
        for name in FACTS:
            value = self[name]
            facts[name] = value.id if self._fields[name].relational else value
        added = {**self._imported(imported.FACTS), **self._delay()}
        return {**facts, **added, "number": number}

    def _personal(self) -> dict:
        self.ensure_one()
        personal = {name: self[name] or "" for name in PERSONAL}
        return {**personal, **self._imported(imported.PERSONAL)}

    @api.model
    def _first_broken(self, company):
        """Return the first row of a company whose seal does not fit, if any."""
        rows = self.sudo().search_fetch(
            [("company_id", "=", company.id), ("number", ">", 0)],
            ["id"],
            order="number",
        )
        broken = chain.first_broken(rows._links())
        return rows[broken] if broken is not None else rows.browse()

    def _links(self):
        """Yield what the chain needs of each row, in short batches: logs grow."""
        for start in range(0, len(self), BATCH):
            batch = self.browse(self.ids[start : start + BATCH])
            for row in batch:
                yield row.seal, row._facts(row.number), row._current_digest()
            batch.invalidate_recordset(flush=False)

    def _current_digest(self) -> str:
        """A row with its salt has its text unchanged; without it, it has none left."""
        self.ensure_one()
        personal = self._personal()
        if self.salt:
            fits = chain.digest(personal, self.salt) == self.personal_digest
        else:
            # Who logged it stays when the customer is erased.
            fits = not any(personal[name] for name in ERASED & personal.keys())
        return self.personal_digest if fits else ""

    # === READING === #

    @api.model
    def _newest(self, cases) -> dict:
        """Return the newest interaction of each case, by case id."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (case_id) case_id, id
                     FROM collections_interaction
                    WHERE case_id = ANY(%s) AND channel <> 'system' AND NOT %s
                 ORDER BY case_id, date DESC, id DESC""",
                cases.ids,
                self._undone_sql("collections_interaction"),
            )
        )
        return {case_id: self.browse(row_id) for case_id, row_id in rows}

    # === WHAT THE SYSTEM LOGS ITSELF === #

    @api.model
    def _log_reminder(self, reminders) -> None:
        """Each reminder that went out is a contact."""
        self.sudo().create(
            [
                {
                    "case_id": reminder.case_id.id,
                    "contact_id": reminder.recipient_ids[:1].id,
                    "address": reminder.email_to,
                    "channel": reminder.channel,
                    "date": reminder.date_sent or fields.Datetime.now(),
                    "text": f"{reminder.subject}\n"
                    f"{html2plaintext(reminder.body or '')}",
                    "reminder_id": reminder.id,
                    "is_reply": reminder.is_reply,
                }
                for reminder in reminders
            ]
        )

    @api.model
    def _log_reply(self, case, message) -> None:
        """What a customer wrote, by e-mail."""
        self.sudo().create(
            {
                "case_id": case.id,
                "contact_id": message.author_id.id,
                "address": message.email_from,
                "direction": "in",
                "channel": "email",
                "text": html2plaintext(message.body or ""),
            }
        )

    def action_correct(self):
        """Open a new interaction that corrects this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct"),
            "res_model": "collections.interaction.log",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_case_id": self.case_id.id,
                "default_corrects_id": self.id,
                "default_channel": self.channel,
                "default_direction": self.direction,
                "default_result_id": self.result_id.id,
                "default_delay_reason_id": self.delay_reason_id.id,
                "default_text": self.text,
            },
        }
