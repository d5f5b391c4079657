from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context, format_amount, format_date

from ...tools import deposits

TREASURY = "collections_management.mail_activity_type_treasury"


class CollectionsDepositMatch(models.Model):
    """A deposit may be of a customer: how likely, and why. It changes no figure.

    The amount, date and label are copies: the deposit itself is gone from the list
    once it is reconciled, and its suggestions with the next look.
    """

    _name = "collections.deposit.match"
    _description = "Suggested Customer of a Deposit"
    _order = "score desc, id"

    # No table stands behind it, so nothing of ours refers to a line of the ledger.
    deposit_id = fields.Many2one(
        comodel_name="collections.deposit", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    case_id = fields.Many2one(
        comodel_name="collections.case",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    date = fields.Date(readonly=True)
    label = fields.Char(readonly=True)
    score = fields.Integer(readonly=True, help="Points of its reasons, 100 at most")
    likelihood = fields.Selection(
        selection="_selection_likelihood", readonly=True, string="How Likely"
    )
    reasons = fields.Json(readonly=True)
    reason_text = fields.Char(string="Why", compute="_compute_reason_text")
    state = fields.Selection(
        selection=[
            ("suggested", "To confirm"),
            ("asked", "Customer asked"),
            ("treasury", "Treasury asked"),
            ("dismissed", "Not theirs"),
        ],
        default="suggested",
        required=True,
        readonly=True,
    )

    _pair_uniq = models.UniqueIndex("(deposit_id, case_id)")

    @api.model
    def _selection_likelihood(self):
        names = {
            "certain": self.env._("Chosen by a person"),
            "very_likely": self.env._("Very likely"),
            "likely": self.env._("Likely"),
            "possible": self.env._("Possible"),
        }
        return list(names.items())

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for match in self:
            words = [self._words(code, about) for code, about in match.reasons or ()]
            match.reason_text = "; ".join(words)

    @api.model
    def _words(self, code, about) -> str:
        """Return a reason in the user's language."""
        env, what = self.env, ", ".join(about)
        texts = {
            "hand": lambda: env._("%s thinks so", what),
            deposits.KNOWN: lambda: env._("the bank line names this customer"),
            deposits.ACCOUNT: lambda: env._(
                "paid from the customer's account %s", what
            ),
            deposits.TAX: lambda: env._("the label has the tax number %s", what),
            deposits.REFERENCE: lambda: env._("the label names %s", what),
            deposits.TAIL: lambda: env._("the label ends like %s", what),
            deposits.NAME: lambda: env._("%s %% of the name is in the label", what),
            deposits.NOTICE: lambda: env._(
                "the customer said so: paid on %s",
                format_date(env, fields.Date.to_date(what)),
            ),
            deposits.DOCUMENT: lambda: env._("exactly the amount of %s", what),
            deposits.NET: lambda: env._("exactly all that is open"),
            deposits.OVERDUE: lambda: env._("exactly all that is overdue"),
            deposits.COMBINATION: lambda: env._("the sum of %s", what),
        }
        return texts[code]()

    @api.model
    def _by_hand(self, deposit, case):
        """Return the suggestion that a person makes; it stays on the next look."""
        case.check_access("read")
        if case.company_id != deposit.company_id:
            raise UserError(
                self.env._(
                    "The deposit is of %(company)s, the case of another company.",
                    company=deposit.company_id.name,
                )
            )
        own = self.sudo()
        match = own.search([("deposit_id", "=", deposit.id), ("case_id", "=", case.id)])
        values = {
            "score": 100,
            "likelihood": "certain",
            "state": "suggested",
            "reasons": [["hand", [self.env.user.name]]],
        }
        if match:
            match.write(values)
        else:
            match = own.create(
                {
                    **values,
                    "deposit_id": deposit.id,
                    "case_id": case.id,
                    "company_id": deposit.company_id.id,
                    "amount": deposit.amount,
                    "currency_id": deposit.currency_id.id,
                    "date": deposit.date,
                    "label": deposit.label,
                }
            )
        return self.browse(match.id)

    # === WHAT A PERSON DOES WITH IT === #

    def _check(self) -> None:
        self.env["collections.role"]._check_collector(self)

    def action_ask_treasury(self):
        """Put it on treasury's list: reconcile it, if it is theirs."""
        self._check()
        kind = self.env.ref(TREASURY, raise_if_not_found=False)
        for match in self.filtered(lambda one: one.state != "treasury"):
            case = match.case_id
            treasurer = match.company_id.sudo().collections_treasurer_id
            person = treasurer or case._responsibles()[case]
            if kind:
                case._schedule_for(
                    kind, {case: match._ask(person.lang)}, {case: person}
                )
        self.sudo().state = "treasury"

    def _ask(self, lang) -> str:
        self.ensure_one()
        env = self.with_context(lang=lang).env
        return env._(
            "Is the deposit of %(amount)s on %(date)s of this customer? If so, please "
            "reconcile it. %(label)s",
            amount=format_amount(env, self.amount, self.currency_id),
            date=format_date(env, self.date),
            label=self.label or "",
        )

    def action_not_theirs(self):
        """Never suggest this customer for this deposit again."""
        self._check()
        self.sudo().state = "dismissed"

    def action_ask_customer(self):
        """Open an e-mail that asks; it passes the gate when it is sent."""
        self.ensure_one()
        self._check()
        case = self.case_id
        own = self.with_context(lang=case.partner_id.lang or self.env.lang)
        subject, body = own._question()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask the Customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                **clean_context(self.env.context),
                "default_model": case._name,
                "default_res_ids": case.ids,
                "default_subject": subject,
                "default_body": body,
                "default_partner_ids": case.partner_id.ids,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "collections_deposit_match_id": self.id,
            },
        }

    @api.model
    def _note_asked(self) -> None:
        """The e-mail that asks about a deposit was sent."""
        match_id = self.env.context.get("collections_deposit_match_id")
        match = self.browse(match_id).exists()
        if match:
            match._check()
            match.sudo().state = "asked"

    def _question(self):
        """Return subject and text of the e-mail, in the environment's language.

        Neither the payer's name nor account is told: the deposit may be of another.
        """
        env = self.env
        amount = format_amount(env, self.amount, self.currency_id)
        day = format_date(env, self.date)
        lines = [
            env._("Dear %s,", self.case_id.partner_id.name),
            env._(
                "We received a deposit of %(amount)s on %(date)s that does not say who "
                "made it. Is it yours?",
                amount=amount,
                date=day,
            ),
            env._(
                "If so, please reply with the receipt and the documents that you paid, "
                "so that we can apply it. If not, please ignore this message."
            ),
        ]
        body = Markup().join(Markup("<p>%s</p>") % line for line in lines)
        subject = env._("Is this deposit yours? - %s", self.company_id.name)
        return subject, body

    def action_payment_notice(self):
        """The customer says that it is theirs: register it as a payment notice."""
        self.ensure_one()
        self._check()
        action = self.case_id.action_payment_notice()
        action["context"] |= {"default_amount": self.amount, "default_date": self.date}
        return action

    def action_open_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.case",
            "res_id": self.case_id.id,
            "view_mode": "form",
        }
