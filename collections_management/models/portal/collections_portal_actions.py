from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import portal_forms, promises

# What one customer may enter in a day: a person needs less, a script wants more.
MOST_A_DAY = 20
REPLY = "collections_management.mail_activity_type_reply"


class CollectionsPortalActions(models.AbstractModel):
    """What a customer may do. All of it is asked again here, whatever the page showed.

    What is entered pauses no longer than the policy allows without a person: what is
    beyond waits for a supervisor, a dispute for its owner.

    Each takes a visit and the texts of a form, and raises `UserError` with what the
    customer should correct.
    """

    _name = "collections.portal.actions"
    _description = "What Customers Do in the Portal"

    # === PROMISE, PAYMENT NOTICE === #

    @api.model
    def _promise(self, visit, form, kind=promises.PROMISE):
        """Register a promise, or that it is paid; return it.

        :param form: ``currency``, ``amount``, ``date``, ``lines``, ``note``, ``bank``
            and ``slip`` (bytes)
        """
        table = self._table_of(visit, form)
        amount = self._amount_of(form.get("amount"), table["currency"])
        when = portal_forms.day(form.get("date"))
        if not when:
            raise UserError(self.env._("Please enter the date."))
        items = self._items_of(table, form)
        self._check_not_more(amount, items or table, table["currency"], kind)
        slip = form.get("slip")
        if slip:
            self.env["collections.promise"]._check_slip(slip)
        self._check_busy(visit)
        promise = self._model("collections.promise", visit).create(
            {
                "case_id": visit.case.id,
                "kind": kind,
                "currency_id": table["currency"].id,
                "amount": amount,
                "date": when,
                "contact_id": visit.person.id,
                "channel": "portal",
                "bank": portal_forms.text(form.get("bank"), 100) or False,
                "note": portal_forms.text(form.get("note"), 500) or False,
                "to_approve": visit.case._customer_promised_enough(kind),
                "line_ids": items._promise_lines(amount) if items else [],
            }
        )
        if slip:
            promise._attach_slip(slip)
        return promise

    @api.model
    def _check_not_more(self, amount, wanted, currency, kind):
        """A promise is about what is owed; who paid may have paid more."""
        if kind == promises.REPORTED:
            return
        if isinstance(wanted, dict):
            total = wanted["debit"]
        else:
            total = sum(wanted.mapped("amount_residual"))
        if currency.compare_amounts(amount, total) > 0:
            raise UserError(
                self.env._(
                    "These documents are open by %s: please promise no more than that.",
                    currency.format(total),
                )
            )

    # === DISPUTE === #

    @api.model
    def _dispute(self, visit, form):
        """Open a dispute about documents; return it.

        :param form: ``currency``, ``lines``, ``reason``, ``note``, ``amount`` (of one
            document; empty: all of it)
        """
        table = self._table_of(visit, form)
        items = self._items_of(table, form)
        reason = self._reasons().filtered(
            lambda one: one.id == portal_forms.identifier(form.get("reason"))
        )
        note = portal_forms.text(form.get("note"))
        if not items or not reason or not note:
            raise UserError(
                self.env._(
                    "Please choose the documents and the reason, and tell us what is "
                    "wrong."
                )
            )
        amount = None
        if portal_forms.text(form.get("amount")):
            amount = self._amount_of(form["amount"], table["currency"])
            if len(items) > 1:
                raise UserError(
                    self.env._(
                        "A part can be disputed of one document at a time: choose one."
                    )
                )
        self._check_not_disputed(visit, items)
        self._check_busy(visit)
        [dispute] = self._model("collections.dispute", visit)._open(
            [
                {
                    "case": visit.case,
                    "reason_id": reason.id,
                    "items": dict.fromkeys(items.ids, amount),
                    "description": note,
                    "date_pause_end": self._dispute_pause_end(visit, items),
                    "channel": "portal",
                }
            ]
        )
        return dispute

    @api.model
    def _check_not_disputed(self, visit, items):
        lines = visit.case.dispute_ids.filtered("is_pausing").line_ids
        again = lines.filtered(lambda line: line.move_line_id.id in items.ids)
        if again:
            raise UserError(
                self.env._(
                    "%s is already being reviewed. We will answer you.", again[0].number
                )
            )

    @api.model
    def _dispute_pause_end(self, visit, items):
        """Return the last day that it pauses unless somebody takes it on.

        What a customer disputes a second time pauses nothing by itself.
        """
        today = visit.case.company_id._collections_today()
        before = visit.case.dispute_ids.filtered(
            lambda dispute: dispute.reporter_id.share
        ).line_ids
        if not visit.case.policy_id or before.filtered(
            lambda line: line.move_line_id.id in items.ids
        ):
            return today - timedelta(days=1)
        return today + timedelta(days=visit.case.policy_id.notice_days)

    # === AGREEMENT === #

    @api.model
    def _ask_agreement(self, visit, form):
        """Draft an agreement over what is overdue, for the collector to look at.

        :param form: ``currency``, ``count``, ``date``, ``note``
        """
        table = self._table_of(visit, form)
        if table["currency"].compare_amounts(table["overdue"], 0) <= 0:
            raise UserError(self.env._("Nothing is overdue in this currency."))
        count, when = self._wish(visit, form)
        self._check_busy(visit)
        agreement = self._model("collections.agreement", visit).create(
            {
                "case_id": visit.case.id,
                "currency_id": table["currency"].id,
                "count": count,
                "date_first": when,
                "is_requested": True,
            }
        )
        note = portal_forms.text(form.get("note"), 500)
        self._log(
            visit,
            self.env._(
                "Asks for %(count)s instalments of %(amount)s from %(date)s on. "
                "%(note)s",
                count=count,
                amount=agreement.currency_id.format(agreement.amount),
                date=when.isoformat(),
                note=note,
            ),
        )
        self._ask_collector(visit, self.env._("The customer asks for instalments"))
        return agreement

    @api.model
    def _wish(self, visit, form):
        """Return number and first date of the instalments that are asked for."""
        when = portal_forms.day(form.get("date"))
        count = portal_forms.identifier(form.get("count"))
        most = visit.case.policy_id.agreement_max_count or 12
        today = visit.case.company_id._collections_today()
        if not when or not today <= when <= today + timedelta(days=60):
            raise UserError(
                self.env._("Please choose a first date within the next 60 days.")
            )
        if not count or not 2 <= count <= most:
            raise UserError(
                self.env._("Please choose between 2 and %s instalments.", most)
            )
        asked = visit.case.agreement_ids.filtered(
            lambda one: one.state == "draft" and one.is_requested
        )
        if asked:
            raise UserError(
                self.env._("You already asked for instalments. We will answer you.")
            )
        return count, when

    @api.model
    def _accept_agreement(self, visit, form):
        """Accept what was offered, if it is still what the customer saw.

        :param form: ``agreement`` (id), ``seal``
        """
        wanted = portal_forms.identifier(form.get("agreement"))
        agreement = visit.case.agreement_ids.filtered(
            lambda one: one.id == wanted and one.is_offered
        )
        if not agreement or form.get("seal") != agreement.offer_key:
            raise UserError(
                self.env._("This proposal changed. Please look at it again.")
            )
        self._check_busy(visit)
        agreement._check_complete()
        agreement._accept(self.env.user)
        visit.case._touch()
        self._ask_collector(visit, self.env._("The customer accepted an agreement"))
        return agreement

    # === MESSAGES === #

    @api.model
    def _set_channel(self, visit, form):
        """Refuse or allow a channel.

        :param form: ``channel``, ``wanted`` (``yes`` or ``no``)
        """
        known = [one["code"] for one in self._channels(visit)]
        channel = form.get("channel")
        if channel not in known or form.get("wanted") not in ("yes", "no"):
            raise UserError(self.env._("Please choose one of the channels."))
        self._check_busy(visit)
        case = visit.case
        change = case._opt_in if form["wanted"] == "yes" else case._opt_out
        return change(visit.person, channel, "portal")

    # === SHARED === #

    @api.model
    def _model(self, model, visit):
        """Return a model in the company of the case."""
        return self.env[model].with_context(
            allowed_company_ids=visit.case.company_id.ids
        )

    @api.model
    def _table_of(self, visit, form) -> dict:
        table = self._debts(visit, form.get("currency"))
        if not table or not portal_forms.identifier(form.get("currency")):
            raise UserError(self.env._("Nothing is open in this currency."))
        return table

    @api.model
    def _items_of(self, table, form):
        """Return the chosen documents that are open in the currency."""
        chosen = portal_forms.identifiers(form.get("lines") or ())
        own = {row.line for row in table["debits"]}
        if chosen - own or (form.get("lines") and not chosen):
            raise UserError(
                self.env._("A document is not open any more. Please look again.")
            )
        return self.env["collections.item"].browse(sorted(chosen))

    @api.model
    def _amount_of(self, text, currency) -> float:
        amount = portal_forms.amount(text, currency.decimal_places)
        if amount is None:
            raise UserError(
                self.env._("Please enter an amount such as %s.", currency.format(150))
            )
        return amount

    @api.model
    def _check_busy(self, visit):
        """Refuse more than a person could mean on one day."""
        self.env["collections.interaction"].flush_model()
        [(number,)] = self.env.execute_query(
            SQL(
                """SELECT (SELECT count(*) FROM collections_interaction
                            WHERE case_id = %(case)s AND channel = 'portal'
                              AND date > %(since)s)
                        + (SELECT count(*) FROM collections_consent
                            WHERE case_id = %(case)s AND origin = 'portal'
                              AND date > %(since)s)
                """,
                case=visit.case.id,
                since=fields.Datetime.now() - timedelta(days=1),
            )
        )
        if number >= MOST_A_DAY:
            raise UserError(
                self.env._(
                    "You entered a lot today. Please write to us or call us instead."
                )
            )

    @api.model
    def _log(self, visit, text):
        self.env["collections.interaction"].create(
            {
                "case_id": visit.case.id,
                "contact_id": visit.person.id,
                "direction": "in",
                "channel": "portal",
                "text": text.strip(),
            }
        )

    @api.model
    def _ask_collector(self, visit, summary):
        visit.case._schedule_once(REPLY, summary)
