from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ...tools import disputes

STATES = [
    (disputes.OPEN, "Open"),
    (disputes.TO_CREDIT, "Credit note to come"),
    (disputes.ACCEPTED, "Accepted"),
    (disputes.PARTIAL, "Accepted in part"),
    (disputes.REJECTED, "Rejected"),
    (disputes.WITHDRAWN, "Withdrawn"),
    (disputes.PAID, "Paid all the same"),
]


class CollectionsDispute(models.Model):
    """A customer's issue with documents, with a part of one, or with the account.

    While it is open, what it covers is not asked for; the rest goes on. It is
    opened by `_open` only, so that the log, the thread and the owner's activity
    never miss one.
    """

    _name = "collections.dispute"
    _description = "Dispute"
    _inherit = [
        "collections.dispute.actions",
        "collections.dispute.ledger",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_deadline, id"
    _mail_post_access = "read"

    case_id = fields.Many2one(
        comodel_name="collections.case",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        related="case_id.partner_id",
        store=True,
        index=True,
        string="Customer",
    )
    salesperson_id = fields.Many2one(related="case_id.salesperson_id")
    collector_id = fields.Many2one(related="case_id.collector_id")
    reason_id = fields.Many2one(
        comodel_name="collections.dispute.reason",
        required=True,
        ondelete="restrict",
        tracking=True,
    )
    category = fields.Selection(related="reason_id.category", store=True)
    description = fields.Text(string="What the Customer Says")
    reporter_id = fields.Many2one(
        comodel_name="res.users",
        string="Reported By",
        readonly=True,
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        domain=lambda self: self._owner_domain(),
        tracking=True,
        index="btree_not_null",
        help="Who solves it",
    )
    date_opened = fields.Date(required=True, readonly=True)
    date_deadline = fields.Date(string="Deadline", required=True, tracking=True)
    date_pause_end = fields.Date(
        string="Pauses Until",
        readonly=True,
        help="Dunning goes on after this day unless somebody takes the dispute on. "
        "Empty: when the dispute is closed.",
    )
    date_closed = fields.Date(readonly=True)
    is_whole = fields.Boolean(
        string="Whole Account", readonly=True, help="Everything that the customer owes"
    )
    line_ids = fields.One2many(
        comodel_name="collections.dispute.line",
        inverse_name="dispute_id",
        string="Documents",
        readonly=True,
    )
    document_names = fields.Char(
        string="Disputed Documents", compute="_compute_document_names"
    )
    amount = fields.Monetary(
        string="Disputed", readonly=True, help="When the dispute was opened"
    )
    amount_accepted = fields.Monetary(
        string="Accepted", readonly=True, help="What was conceded to the customer"
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        default=disputes.OPEN,
        readonly=True,
        tracking=True,
        index=True,
    )
    is_pausing = fields.Boolean(
        string="In Dispute", compute="_compute_is_pausing", search="_search_is_pausing"
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Open after its deadline",
    )
    escalation = fields.Selection(
        selection=[("owner", "The owner was told"), ("supervisor", "A supervisor too")],
        readonly=True,
        help="Who was told that the dispute is late",
    )
    note = fields.Text(string="Answer", readonly=True)
    # Names: not everybody who works a dispute may see credit notes.
    credit_notes = fields.Char(readonly=True)
    credit_note_ids = fields.Many2many(
        comodel_name="account.move",
        relation="collections_dispute_credit_note_rel",
        groups="account.group_account_invoice,account.group_account_readonly",
        readonly=True,
    )

    @api.model
    def _owner_domain(self):
        """Whoever owns an issue must be able to read it."""
        group = self.env.ref("collections_management.group_salesperson")
        return [("all_group_ids", "in", group.ids), ("share", "=", False)]

    # === COMPUTE === #

    @api.depends("reason_id", "line_ids.number", "is_whole")
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = f"{dispute.reason_id.name}: {dispute.document_names}"

    @api.depends("line_ids.number", "is_whole")
    def _compute_document_names(self):
        for dispute in self:
            dispute.document_names = (
                self.env._("the whole account")
                if dispute.is_whole
                else ", ".join(filter(None, dispute.line_ids.mapped("number")))
            )

    @api.depends("state")
    def _compute_is_pausing(self):
        for dispute in self:
            dispute.is_pausing = dispute.state in disputes.PAUSING

    def _search_is_pausing(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("state", "in", disputes.PAUSING)
        return domain if True in value else ~domain

    @api.depends("state", "date_deadline")
    def _compute_is_late(self):
        for dispute in self:
            today = (dispute.company_id or self.env.company)._collections_today()
            dispute.is_late = bool(
                dispute.is_pausing
                and dispute.date_deadline
                and dispute.date_deadline < today
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._collections_today()
        domain = fields.Domain("is_pausing", "=", True) & fields.Domain(
            "date_deadline", "<", today
        )
        return domain if True in value else ~domain

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            self._check_typed(vals)
        owners = {dispute.id: dispute.user_id for dispute in self}
        result = super().write(vals)
        if "date_deadline" in vals:
            self.sudo().escalation = False
        if {"user_id", "date_deadline"} & vals.keys():
            for dispute in self.filtered("is_pausing"):
                dispute._move_activity(owners[dispute.id])
        if {"state", "date_pause_end"} & vals.keys():
            self.case_id._touch()
        return result

    def _check_typed(self, vals):
        """States follow buttons and the ledger; a dispute's facts stay as they were."""
        fixed = [
            name
            for name in vals
            if name in self._fields
            and self._fields[name].readonly
            and self._fields[name].store
        ]
        if fixed:
            raise AccessError(
                self.env._(
                    "Nobody types in how a dispute stands: take it on, answer it or "
                    "reopen it with its buttons."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Disputes are part of the history: withdraw it instead.")
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("Disputes are not copied: report a new issue."))

    # === OPENING === #

    @api.model
    def _open(self, vals_list, quiet=False):
        """Open disputes: snapshot, log, thread and the owner's activity, in bulk.

        :param vals_list: dicts with ``case`` (a record), ``reason_id``, and optionally
            ``items`` (``{journal item id: disputed amount, None for all}``; nothing:
            the whole account), ``description``, ``user_id``, ``date_opened``,
            ``date_deadline``, ``date_pause_end``, ``reporter_id``, ``channel`` of the
            log entry
        :param quiet: disputes of the past: they ask nobody to do anything
        """
        found = self._open_items([vals.get("items") for vals in vals_list])
        opened = (
            self.sudo()
            .with_context(mail_create_nolog=True, mail_auto_subscribe_no_notify=True)
            .create([self._prepare_open_values(vals, found) for vals in vals_list])
        )
        opened._log_opening([vals.get("channel", "system") for vals in vals_list])
        if not quiet:
            opened._follow_by_those_concerned()
            opened._ask_owner()
        opened.case_id._touch()
        return self.browse(opened.ids)

    @api.model
    def _prepare_open_values(self, vals, found):
        case = vals["case"].sudo()
        reason = self.env["collections.dispute.reason"].browse(vals["reason_id"])
        opened = vals.get("date_opened") or case.company_id._collections_today()
        items = vals.get("items")
        lines = [
            self._prepare_line_values(found[line_id], amount)
            for line_id, amount in (items or {}).items()
            if line_id in found
        ]
        if items and not lines:
            raise UserError(
                self.env._("These documents are not open any more: refresh the case.")
            )
        return {
            "case_id": case.id,
            "reason_id": reason.id,
            "description": vals.get("description"),
            "reporter_id": vals.get("reporter_id", self.env.uid),
            "user_id": vals.get("user_id") or self._default_owner(case, reason).id,
            "date_opened": opened,
            "date_deadline": vals.get("date_deadline")
            or fields.Date.add(opened, days=reason.days),
            "date_pause_end": vals.get("date_pause_end"),
            "is_whole": not lines,
            "line_ids": [fields.Command.create(line) for line in lines],
            "amount": sum(line["amount_company"] for line in lines)
            if lines
            else max(0.0, case.amount_balance),
        }

    @api.model
    def _default_owner(self, case, reason):
        """The reason's usual owner, else the collector, else who takes their place."""
        company = case.company_id
        return (
            reason.with_company(company).sudo().user_id
            or case.collector_id
            or company.collections_collector_id
            or company._collections_supervisor()
            or self.env.user.filtered(lambda user: not user.share)
        )

    def _log_opening(self, channels):
        self._log(
            [
                self.env._(
                    "Issue reported: %(dispute)s. %(text)s",
                    dispute=dispute.display_name,
                    text=dispute.description or "",
                )
                for dispute in self
            ],
            channels,
            direction="in",
        )

    def _log(self, texts, channels=None, direction="out"):
        """Write the sealed log, and say it on the customer's case.

        :param channels: how the customer said it; by default it is an event of the
            system, which waits for nobody's answer
        """
        channels = channels or ["system"] * len(self)
        self.env["collections.interaction"].sudo().create(
            [
                {
                    "case_id": dispute.case_id.id,
                    "direction": direction,
                    "channel": channel,
                    "text": text.strip(),
                }
                for dispute, text, channel in zip(self, texts, channels, strict=True)
            ]
        )
        cases = self.case_id.sudo()
        told = {}
        for dispute, text in zip(self, texts, strict=True):
            told.setdefault(dispute.case_id.id, []).append(text.strip())
        cases._message_log_batch(
            bodies={case.id: Markup("<br/>").join(told[case.id]) for case in cases}
        )

    def _follow_by_those_concerned(self):
        """Reporter, owner and salesperson hear each other on the same thread."""
        for dispute in self.sudo():
            people = dispute.reporter_id | dispute.user_id | dispute.salesperson_id
            internal = people.filtered(lambda user: not user.share)
            dispute.message_subscribe(partner_ids=internal.partner_id.ids)

    def _amount_text(self, amount):
        self.ensure_one()
        return format_amount(self.env, amount, self.currency_id)
