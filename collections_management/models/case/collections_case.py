from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import stages


class CollectionsCase(models.Model):
    """One customer in one company: who owes what, since when, and what is next.

    Figures are read from the ledger by set-based statements and never typed in.
    """

    _name = "collections.case"
    _description = "Collections Case"
    _inherit = [
        # Before the profile, on which it builds.
        "collections.case.group",
        "collections.case.profile",
        "collections.case.risk",
        "collections.case.priority",
        "collections.case.promises",
        "collections.case.cheques",
        "collections.case.customer",
        "collections.case.actions",
        "collections.case.consent",
        "collections.case.people",
        "collections.case.dispute",
        "collections.case.collector",
        "collections.case.contact",
        "collections.case.remind",
        "collections.case.manual",
        "collections.case.statement",
        "collections.case.charge",
        "collections.case.cost",
        "collections.case.dossier",
        "collections.case.escalation",
        "collections.case.experiment",
        "collections.case.deposits",
        "collections.case.view",
        "mail.thread",
        "mail.activity.mixin",
    ]
    # Where nobody is graded all priorities are 0.
    _order = "priority_value desc, amount_actionable desc, id"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    active = fields.Boolean(default=True)
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    salesperson_id = fields.Many2one(
        comodel_name="res.users", readonly=True, index="btree_not_null"
    )
    segment_id = fields.Many2one(
        comodel_name="collections.segment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    policy_id = fields.Many2one(
        comodel_name="collections.policy",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    manual_policy = fields.Boolean(
        string="Policy Chosen by Hand",
        help="The segment no longer changes the policy of this case.",
    )

    # === STAGE AND NEXT STEP (collections.planner) === #

    stage_id = fields.Many2one(
        comodel_name="collections.stage",
        index="btree_not_null",
        group_expand="_read_group_stage_ids",
        ondelete="restrict",
    )
    stage_kind = fields.Selection(related="stage_id.kind")
    manual_stage_id = fields.Many2one(
        comodel_name="collections.stage",
        string="Stage Chosen by Hand",
        domain=[("kind", "=", stages.MANUAL)],
        ondelete="restrict",
    )
    manual_stage_reason = fields.Char(readonly=True)
    level_id = fields.Many2one(
        comodel_name="collections.dunning.level",
        string="Level Reached",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    level_delay = fields.Integer(
        related="level_id.delay",
        string="Level Reached (Days)",
        help="Days of the last level reached",
    )
    next_level_id = fields.Many2one(
        comodel_name="collections.dunning.level", readonly=True, ondelete="set null"
    )
    jump_level_id = fields.Many2one(
        comodel_name="collections.dunning.level",
        string="Jump to Level",
        domain="[('policy_id', '=', policy_id)]",
        ondelete="set null",
        groups="collections_management.group_supervisor",
        help="The next reminder goes straight to this level.",
    )
    next_step = fields.Selection(
        selection=[
            ("reminder", "Reminder"),
            ("outbox", "Reminder in the outbox"),
            ("activity", "Activity"),
            ("promise", "Promise of payment"),
            ("cheque", "Cheque falls due"),
            ("hold", "End of the hold"),
        ],
        readonly=True,
    )
    next_step_date = fields.Date(readonly=True, index="btree_not_null")
    next_step_label = fields.Char(compute="_compute_next_step_label")
    idle_reason = fields.Selection(
        selection=[
            ("covered", "Credits cover the debt: please reconcile"),
            ("below_minimum", "Below the policy's minimum"),
            ("paused", "Paused"),
            ("policy_done", "The policy has no further level"),
            ("no_policy", "No policy applies"),
            ("nothing_open", "Nothing is open"),
            ("stopped", "Reminders are stopped"),
            ("escalated", "Handed over: no automatic reminders"),
        ],
        string="Why Nothing Is Next",
        readonly=True,
    )
    progress_key = fields.Char(
        readonly=True,
        copy=False,
        string="Basis of the Next Step",
        help="What stage and next step were decided with; empty: to be decided again",
    )
    stop_flag = fields.Selection(
        selection=[
            ("sued", "Sued"),
            ("insolvent", "Insolvent"),
            ("deceased", "Deceased"),
            ("opted_out", "Asked not to be contacted"),
        ],
        string="Stopped",
        tracking=True,
        help="No reminder goes out, whatever is owed.",
    )
    hold_ids = fields.One2many(comodel_name="collections.hold", inverse_name="case_id")
    without_followup = fields.Boolean(
        compute="_compute_without_followup",
        search="_search_without_followup",
        help="Something is actionable and nothing is going to happen",
    )

    interaction_ids = fields.One2many(
        comodel_name="collections.interaction", inverse_name="case_id"
    )
    last_interaction_date = fields.Datetime(
        string="Last Contact", compute="_compute_last_interaction"
    )
    last_interaction_text = fields.Char(compute="_compute_last_interaction")
    reminder_ids = fields.One2many(
        comodel_name="collections.reminder", inverse_name="case_id"
    )
    reminder_count = fields.Integer(compute="_compute_reminder_count")
    item_ids = fields.One2many(
        comodel_name="collections.item", inverse_name="case_id", string="Items"
    )
    color = fields.Integer()

    _customer_uniq = models.Constraint(
        "UNIQUE (company_id, partner_id)", "A customer has one case per company."
    )
    _stage_idx = models.Index(
        "(company_id, stage_id, priority_value DESC, amount_actionable DESC, id)"
    )

    # === COMPUTE === #

    @api.depends("partner_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = case.partner_id.display_name

    @api.depends("next_step", "next_level_id", "idle_reason")
    def _compute_next_step_label(self):
        steps = dict(self._fields["next_step"]._description_selection(self.env))
        reasons = dict(self._fields["idle_reason"]._description_selection(self.env))
        planned = self._planned_labels()
        for case in self:
            case.next_step_label = (
                planned.get(case.id)
                or case.next_level_id.name
                or steps.get(case.next_step)
                or reasons.get(case.idle_reason)
            )

    @api.depends("amount_actionable", "next_step", "idle_reason", "manual_stage_id")
    def _compute_without_followup(self):
        found = self.search([("id", "in", self.ids), ("without_followup", "=", True)])
        for case in self:
            case.without_followup = case in found

    def _search_without_followup(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = [
            ("amount_actionable", ">", 0),
            ("next_step", "=", False),
            ("manual_stage_id", "=", False),
            ("idle_reason", "in", [False, "no_policy", "policy_done"]),
        ]
        return domain if True in value else ["!", "&", "&", "&", *domain]

    def _compute_reminder_count(self):
        groups = self.env["collections.reminder"]._read_group(
            [("case_id", "in", self.ids), ("state", "!=", "simulated")],
            ["case_id"],
            ["__count"],
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.reminder_count = counts.get(case.id, 0)

    def _compute_last_interaction(self):
        newest = self.env["collections.interaction"]._newest(self)
        for case in self:
            row = newest.get(case.id)
            case.last_interaction_date = row and row.date
            case.last_interaction_text = row and (
                row.result_id.name or (row.text or "").partition("\n")[0]
            )

    @api.model
    def _read_group_stage_ids(self, stage_records, domain):
        """Show every column, also the empty ones."""
        return stage_records.search([("kind", "in", stages.KINDS)])

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            self._check_typed(vals)
        if "stage_id" in vals and not self.env.context.get("collections_stage"):
            self._check_stage(self.env["collections.stage"].browse(vals["stage_id"]))
        if "policy_id" in vals:
            vals = {"manual_policy": bool(vals["policy_id"]), **vals}
        result = super().write(vals)
        if {"policy_id", "jump_level_id", "manual_stage_id", "stop_flag"} & vals.keys():
            self._touch()
        return result

    def _check_typed(self, vals):
        """What the ledger says is never typed in, not even through the API."""
        fields = [self._fields[name] for name in vals if name in self._fields]
        if any(field.readonly and field.store for field in fields):
            raise AccessError(
                self.env._(
                    "Figures of a case come from the ledger. Refresh it instead."
                )
            )
        if not vals.get("stop_flag", True):
            self.env["collections.role"]._check_supervisor()
        if "manual_stage_id" in vals:
            self._check_manual_stage(
                self.manual_stage_id.browse(vals["manual_stage_id"])
            )

    def _check_stage(self, stage):
        if stage.kind == stages.MANUAL:
            raise UserError(
                self.env._(
                    "Moving a case to %(stage)s needs a reason: open the case and use "
                    "Set Stage.",
                    stage=stage.name,
                )
            )
        raise UserError(
            self.env._(
                "Nobody moves a case to %(stage)s by hand: the stage follows what is "
                "owed and what was sent.",
                stage=stage.name,
            )
        )

    # === REFRESH === #

    @api.model
    def refresh(self, partner_ids=None):
        """Bring the cases of the current company up to date with the ledger.

        :param partner_ids: commercial partners, ``None`` for all
        :return: number of cases created or changed
        """
        self.env["collections.role"]._check_collector()
        refresher = self.env["collections.refresher"].sudo()
        if partner_ids is not None:
            partner_ids = refresher._customer_ids(partner_ids)
        return len(refresher._refresh(self.env.company, partner_ids))

    def _end_jump(self):
        """A jump is for one reminder, which has just gone out."""
        jumping = [("id", "in", self.ids), ("jump_level_id", "!=", False)]
        cases = self.sudo().with_context(active_test=False)
        cases.search(jumping).jump_level_id = False

    def _touch(self):
        """Ask for a refresh after something of ours changed."""
        self.env["collections.touch"]._touch(
            (case.company_id.id, case.partner_id.id) for case in self.sudo()
        )

    # === ACTIVITIES THAT THE PROCESS ASKS FOR === #

    def _ask_for_address(self):
        self._schedule_once(
            "collections_management.mail_activity_type_address",
            lambda env: env._("No usable e-mail address: please complete the customer"),
        )

    def _schedule_once(self, activity_type, summary, user=None):
        """Put an activity on the list of each case's person, unless it has one.

        :param summary: a text, or what returns it in the language of an environment:
            the one of whoever reads it
        """
        kind = self.env.ref(activity_type, raise_if_not_found=False)
        if not kind or not self:
            return
        open_ones = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            )
        )
        done = set(open_ones.mapped("res_id"))
        cases = self.filtered(lambda case: case.id not in done)
        people = dict.fromkeys(cases, user) if user else cases._responsibles()
        summaries = {
            case: summary(self.with_context(lang=people[case].lang).env)
            if callable(summary)
            else summary
            for case in cases
        }
        cases._schedule_for(kind, summaries, people)

    # === MAIL === #

    def _message_post_after_hook(self, message, msg_vals):
        """What a customer answers by e-mail is a contact, and wants an answer."""
        if message.message_type == "email" and message.author_id != self.env.user:
            self.env["collections.interaction"]._log_reply(self, message)
            self._heed_reply(message)
            self._schedule_once(
                "collections_management.mail_activity_type_reply",
                self.env._("The customer answered"),
            )
        return super()._message_post_after_hook(message, msg_vals)

    def _message_receive_bounce(self, email, partner):
        """A bounce reaches the reminder that caused it, and the address."""
        result = super()._message_receive_bounce(email, partner)
        for case in self:
            reminder = case.reminder_ids.filtered(
                lambda r: r.state == "sent" and email in (r.email_to or "")
            )[:1]
            reminder._bounced(email, mark=False)
            case._ask_for_address()
        return result
