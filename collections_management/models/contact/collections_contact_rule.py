from operator import itemgetter

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools import contact_rules as engine

COUNTRY, GROUP, ANYWHERE = 0, 1, 2


class CollectionsContactRule(models.Model):
    """When, how often and by which channel a kind of debtor may be contacted."""

    _name = "collections.contact.rule"
    _description = "Contact Rule"
    _inherit = [
        "mail.thread",
        "collections.cached",
        "collections.contact.rule.view",
    ]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Leave empty to share it among companies."
    )
    # === FOR WHOM === #
    country_id = fields.Many2one(
        comodel_name="res.country",
        help="Country of the customer. With neither country nor group, the rule holds "
        "wherever no other does.",
    )
    country_group_id = fields.Many2one(comodel_name="res.country.group")
    debtor = fields.Selection(
        selection=[
            ("person", "Persons"),
            ("company", "Companies"),
            ("all", "Persons and companies"),
        ],
        string="For",
        required=True,
        default="person",
    )
    channel_class = fields.Selection(
        selection=[
            (engine.VOICE, "Calls and visits"),
            (engine.WRITTEN, "Written messages"),
            ("all", "All channels"),
        ],
        string="Channels",
        required=True,
        default="all",
    )
    # === WHEN AND HOW OFTEN === #
    window_ids = fields.One2many(
        comodel_name="collections.contact.rule.window",
        inverse_name="rule_id",
        string="Allowed Hours",
        copy=True,
    )
    on_holidays = fields.Boolean(string="Allowed on Holidays", tracking=True)
    max_day = fields.Integer(
        string="Contacts a Day", tracking=True, help="At most; 0: no limit."
    )
    max_week = fields.Integer(
        string="Contacts a Week", tracking=True, help="At most; 0: no limit."
    )
    min_days = fields.Integer(
        string="Days Between Contacts",
        tracking=True,
        help="At least; 2: after Monday comes Wednesday. 0: no limit.",
    )
    days_after_talk = fields.Integer(
        string="Days After a Conversation",
        tracking=True,
        help="After the person answered a call. The day of the call is the first.",
    )
    one_channel = fields.Boolean(string="One Channel a Week", tracking=True)
    week = fields.Selection(
        selection=[
            (engine.ROLLING, "Any seven days"),
            (engine.MONDAY, "Monday to Sunday"),
        ],
        required=True,
        default=engine.ROLLING,
        tracking=True,
    )
    counts_all = fields.Boolean(
        string="Count All Channels",
        default=True,
        tracking=True,
        help="Contacts by every channel count; else calls and messages count apart.",
    )
    needs_consent = fields.Boolean(
        string="Only With Consent",
        tracking=True,
        help="Only by channels to which the customer agreed beforehand.",
    )
    stop_sued = fields.Boolean(string="Stop When Sued", default=True)
    stop_insolvent = fields.Boolean(string="Stop When Insolvent", default=True)
    # === WHAT MAY NOT BE SAID === #
    no_reason_question = fields.Boolean(
        string="Do Not Ask Why", help="The reason for not paying may not be asked."
    )
    no_judicial_look = fields.Boolean(
        string="Nothing Like a Court Document",
        default=True,
        help="Nothing that is, looks like or refers to a document of a court.",
    )
    no_third_party = fields.Boolean(
        string="No Third Parties",
        default=True,
        help="Only to the customer: no references, relatives or employers.",
    )
    guarantors_allowed = fields.Boolean(
        string="Guarantors May Be Contacted",
        tracking=True,
        help="Whoever answers for the customer, by the same hours and limits. Off: "
        "only the customer.",
    )
    retention_months = fields.Integer(
        string="Keep the Log (Months)",
        default=24,
        help="How long names and texts of contacts are kept when a person is erased.",
    )
    # === WHERE IT COMES FROM === #
    source = fields.Text(translate=True, help="Law, article and where it was read.")
    interpretation = fields.Text(
        translate=True, help="What was chosen where the law leaves a doubt, and why."
    )
    confidence = fields.Selection(
        selection=[
            ("high", "High"),
            ("medium", "Medium"),
            ("low", "Low"),
            ("own", "Our own judgement"),
        ]
    )
    date_checked = fields.Date(string="Checked On")

    _limits_positive = models.Constraint(
        "CHECK (max_day >= 0 AND max_week >= 0 AND min_days >= 0"
        " AND days_after_talk >= 0 AND retention_months >= 0)",
        "Limits of a contact rule are zero or more.",
    )
    _one_place = models.Constraint(
        "CHECK (country_id IS NULL OR country_group_id IS NULL)",
        "A contact rule is for a country or for a group of countries, not both.",
    )

    @api.constrains("window_ids", "active")
    def _check_windows(self):
        for rule in self:
            if not rule.window_ids:
                raise ValidationError(
                    self.env._(
                        "%s has no allowed hours, so nobody could ever be contacted. "
                        "Add at least one line to Allowed Hours.",
                        rule.name,
                    )
                )

    # === CRUD === #

    # === WHICH RULE === #

    @api.model
    def _pick(self, company, country_code, is_company, kind):
        """Return id and rule for a debtor, or ``(False, None)`` where none applies.

        The own rule of a company goes before a shared one; then the country, its
        group, the rest of the world; then the rule that says more exactly for whom.

        :param country_code: of the customer, ``None`` if it is not known
        :param kind: class of channel
        """
        return self._picked(company.id, country_code, is_company, kind)

    @tools.ormcache("company_id", "country_code", "is_company", "kind")
    def _picked(self, company_id, country_code, is_company, kind):
        debtor = "company" if is_company else "person"
        found = self.sudo().search(
            [
                ("company_id", "in", [False, company_id]),
                ("debtor", "in", [debtor, "all"]),
                ("channel_class", "in", [kind, "all"]),
            ]
        )
        ranked = [
            (rank, position, rule)
            for position, rule in enumerate(found)
            if (rank := rule._rank(country_code)) is not None
        ]
        if not ranked:
            return False, None
        rule = min(ranked, key=itemgetter(0, 1))[2]
        return rule.id, rule._as_tuple()

    def _rank(self, country_code):
        """Return how near a rule is; ``None`` where it does not apply."""
        self.ensure_one()
        if self.country_id:
            place = COUNTRY if self.country_id.code == country_code else None
        elif self.country_group_id:
            codes = self.country_group_id.country_ids.mapped("code")
            place = GROUP if country_code in codes else None
        else:
            place = ANYWHERE
        if place is None:
            return None
        return (
            not self.company_id,
            place,
            self.debtor == "all",
            self.channel_class == "all",
        )

    def _as_tuple(self) -> engine.Rule:
        self.ensure_one()
        stops = {"deceased", "opted_out"}
        stops |= {"sued"} if self.stop_sued else set()
        stops |= {"insolvent"} if self.stop_insolvent else set()
        return engine.Rule(
            windows=tuple(window._as_tuple() for window in self.window_ids),
            on_holidays=self.on_holidays,
            max_day=self.max_day,
            max_week=self.max_week,
            min_days=self.min_days,
            days_after_talk=self.days_after_talk,
            one_channel=self.one_channel,
            week=self.week,
            counts_all=self.counts_all,
            needs_consent=self.needs_consent,
            stops=frozenset(stops),
            guarantors=self.guarantors_allowed,
        )

    @api.model
    def _lookback(self) -> int:
        """Return how many days of contacts can matter to any rule."""
        rules = self.sudo().search([("active", "=", True)])
        return max((rule._as_tuple().lookback() for rule in rules), default=0)
