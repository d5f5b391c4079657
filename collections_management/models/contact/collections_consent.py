from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

CHANNELS = [
    ("all", "All channels"),
    ("call", "Call"),
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("whatsapp", "WhatsApp"),
    ("letter", "Letter"),
]

# Clocks of people and servers differ a little.
SLACK = timedelta(hours=1)
# What may be cleared, and only cleared, when a person is erased.
ERASED = {"partner_name", "address", "evidence"}


class CollectionsConsent(models.Model):
    """A ledger: what a person agreed to or refused, when, where and on what text.

    Rows are added, never changed: the last one about a channel holds.
    """

    _name = "collections.consent"
    _description = "Consent"
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        index="btree_not_null",
        ondelete="set null",
    )
    partner_name = fields.Char(string="Name", readonly=True)
    case_id = fields.Many2one(
        comodel_name="collections.case",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    channel = fields.Selection(selection=CHANNELS, required=True, default="all")
    state = fields.Selection(
        selection=[("given", "Given"), ("revoked", "Revoked")],
        required=True,
        default="given",
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    origin = fields.Selection(
        selection=[
            ("person", "Told to a collector"),
            ("contract", "Contract or form"),
            ("portal", "Portal"),
            ("one_click", "Link in an e-mail"),
            ("reply", "Answer to a message"),
            ("import", "Import"),
        ],
        string="Where",
        required=True,
        default="person",
    )
    address = fields.Char(help="Number or address that it is about")
    shown_text = fields.Text(string="Text Shown", help="What the person agreed to")
    evidence = fields.Text(help="The person's own words, or where the proof is kept")
    reminder_id = fields.Many2one(
        comodel_name="collections.reminder",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        ondelete="set null",
        default=lambda self: self.env.user,
    )

    _state_idx = models.Index("(partner_id, company_id, channel, date DESC, id DESC)")

    @api.constrains("date")
    def _check_date(self):
        """The newest decides: one dated ahead would outlive every refusal."""
        for consent in self:
            if consent.date > fields.Datetime.now() + SLACK:
                raise ValidationError(
                    self.env._(
                        "A consent of %(person)s cannot be dated ahead: write the "
                        "moment at which it was given.",
                        person=consent.partner_id.display_name,
                    )
                )

    @api.depends("partner_name", "channel", "state")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        for row in self:
            row.display_name = (
                f"{row.partner_name}: {channels.get(row.channel)}, "
                f"{states.get(row.state)}"
            )

    # === A LEDGER === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            partner = self.env["res.partner"].browse(vals.get("partner_id")).sudo()
            vals["partner_name"] = partner.display_name
        rows = super().create(vals_list)
        for row in rows.sudo():
            row.case_id = row._find_case()
        rows._wake_reminders()
        return rows

    def _find_case(self):
        return self.env["collections.case"].search(
            [
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )

    def write(self, vals):
        erases = vals.keys() <= ERASED and not any(vals.values())
        if self.env.su and (erases or vals.keys() <= {"case_id"}):
            return super().write(vals)
        raise UserError(
            self.env._(
                "Consents are never changed. Add a new line: the last one holds."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Consents are never deleted. To take a person out of them, use Erase "
                "Personal Data in the actions of the case."
            )
        )

    def _wake_reminders(self):
        """What waited for a consent is asked again now."""
        given = self.filtered(lambda row: row.state == "given")
        waiting = (
            self.env["collections.reminder"]
            .sudo()
            .search(
                [
                    ("state", "=", "deferred"),
                    ("reason", "in", ["no_consent", "opted_out"]),
                    (
                        "partner_id",
                        "in",
                        given.partner_id.sudo().commercial_partner_id.ids,
                    ),
                ]
            )
        )
        if waiting:
            waiting.date_deferred = fields.Datetime.now()
            self.env["collections.outbox"]._wake()

    # === READING === #

    @api.model
    def _latest(self, company_ids, partner_ids):
        """Return ``{(company id, partner id, channel): state}`` as it holds now."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (company_id, partner_id, channel)
                          company_id, partner_id, channel, state, date, id
                     FROM collections_consent
                    WHERE partner_id = ANY(%s) AND company_id = ANY(%s)
                 ORDER BY company_id, partner_id, channel, date DESC, id DESC""",
                list(partner_ids),
                list(company_ids),
            )
        )
        latest = {}
        for company_id, partner_id, channel, state, when, row_id in rows:
            latest[company_id, partner_id, channel] = (when, row_id, state)
        return latest

    @api.model
    def _of_person(self, latest, company_id, partner_id, channel):
        """Return ``True``, ``False`` or ``None`` (never asked) for one person.

        What was said last holds, about this channel or about all of them.
        """
        said = [
            latest[key]
            for key in (
                (company_id, partner_id, channel),
                (company_id, partner_id, "all"),
            )
            if key in latest
        ]
        return max(said)[2] == "given" if said else None

    @api.model
    def _states(self, requests, debtors):
        """Return consents by key of contact requests.

        ``False``: all who would get it refused; ``True``: all the others agreed, or
        the customer did for them; else ``None``.
        """
        people = {pid for request in requests for pid in request.partner_ids}
        people |= {debtor.partner_id for debtor in debtors.values()}
        companies = {debtor.company_id for debtor in debtors.values()}
        latest = self._latest(companies, people)
        if not latest:
            return {}
        same = {"activity": "call", "visit": "call"}
        found = {}
        for request in requests:
            debtor = debtors[request.case_id]
            channel = same.get(request.channel, request.channel)
            found[request.key] = self._of_group(
                latest, debtor, channel, request.partner_ids or (debtor.partner_id,)
            )
        return found

    @api.model
    def _of_group(self, latest, debtor, channel, partner_ids):
        whole = self._of_person(latest, debtor.company_id, debtor.partner_id, channel)
        states = [
            self._of_person(latest, debtor.company_id, partner_id, channel)
            for partner_id in partner_ids
        ]
        left = [whole if state is None else state for state in states]
        left = [state for state in left if state is not False]
        if not left:
            return False
        return True if all(left) else None
