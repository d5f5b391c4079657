import operator as compare
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...tools import promises

# When the first instalment of an agreement is usually due.
FIRST_DAYS = 7
# How SQL and Python compare.
COMPARISONS = {
    ">": (SQL(">"), compare.gt),
    ">=": (SQL(">="), compare.ge),
    "<": (SQL("<"), compare.lt),
    "<=": (SQL("<="), compare.le),
}


# By these customers promise without anybody of ours.
CUSTOMER_CHANNELS = ("portal", "whatsapp")


class CollectionsCasePromises(models.AbstractModel):
    """What the customer of a case promised, and what people do about it."""

    _name = "collections.case.promises"
    _description = "Promises of a Case"

    promise_ids = fields.One2many(
        comodel_name="collections.promise", inverse_name="case_id"
    )
    agreement_ids = fields.One2many(
        comodel_name="collections.agreement", inverse_name="case_id"
    )
    promise_count = fields.Integer(
        compute="_compute_promise_counts", help="Promises that are open"
    )
    broken_promise_count = fields.Integer(
        string="Promises Not Kept",
        compute="_compute_promise_counts",
        search="_search_broken_promise_count",
    )

    def _compute_promise_counts(self):
        groups = self.env["collections.promise"]._read_group(
            [
                ("case_id", "in", self.ids),
                "|",
                ("kind", "!=", promises.CHEQUE),
                ("state", "!=", promises.OPEN),
            ],
            ["case_id", "state"],
            ["__count"],
        )
        counts = {(case.id, state): count for case, state, count in groups}
        for case in self:
            case.promise_count = counts.get((case.id, promises.OPEN), 0)
            case.broken_promise_count = sum(
                counts.get((case.id, state), 0)
                for state in (promises.BROKEN, promises.PARTIAL)
            )

    def _search_broken_promise_count(self, operator, value):
        """By any number, also none: cases without a row count as zero."""
        if operator == "in":
            wanted = [int(number) for number in value]
            fits, has_none = SQL("= ANY(%s)", wanted), 0 in wanted
        elif operator in COMPARISONS:
            sign, holds = COMPARISONS[operator]
            fits, has_none = SQL("%s %s", sign, value), holds(0, value)
        else:
            return NotImplemented
        self.env["collections.promise"].flush_model(["case_id", "state"])
        return [
            (
                "id",
                "in",
                SQL(
                    """(SELECT kase.id FROM collections_case kase
                     LEFT JOIN collections_promise missed ON missed.case_id = kase.id
                           AND missed.state = ANY(%s)
                      GROUP BY kase.id HAVING count(missed.id) %s)"""
                    if has_none
                    else """(SELECT case_id FROM collections_promise
                              WHERE state = ANY(%s)
                           GROUP BY case_id HAVING count(*) %s)""",
                    [promises.BROKEN, promises.PARTIAL],
                    fits,
                ),
            )
        ]

    # === ACTIONS === #

    def action_promise(self):
        """Open the dialog that registers a promise."""
        return self._open_promise_dialog(
            self.env._("Register a Promise"), promises.PROMISE
        )

    def action_payment_notice(self):
        """Open the dialog that registers that the customer says it is paid."""
        return self._open_promise_dialog(
            self.env._("Register a Payment Notice"), promises.REPORTED
        )

    def _open_promise_dialog(self, name, kind):
        self.ensure_one()
        given = {
            key: value
            for key, value in self.env.context.items()
            if key in ("default_contact_id", "default_channel", "default_item_ids")
        }
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "collections.promise.make",
            "view_mode": "form",
            "target": "new",
            "context": {**given, "default_case_id": self.id, "default_kind": kind},
        }

    def action_agreement(self):
        """Open a new agreement over the overdue documents."""
        self.ensure_one()
        currency = self.env["collections.promise.make"].new({"case_id": self.id})
        first = self.company_id._collections_today() + timedelta(days=FIRST_DAYS)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose an Agreement"),
            "res_model": "collections.agreement",
            "view_mode": "form",
            "context": {
                "default_case_id": self.id,
                "default_currency_id": currency.currency_id.id,
                "default_date_first": first,
            },
        }

    def action_view_agreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_agreement_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}

    def action_view_promises(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_promise_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}

    # === ACTIVITIES === #

    def _ask_supervisor_for_promise(self):
        for company, cases in self.grouped("company_id").items():
            cases._schedule_once(
                "collections_management.mail_activity_type_approve",
                self.env._(
                    "A promise is beyond the policy's limits: approve or refuse"
                ),
                user=company._collections_supervisor(),
            )

    def _done_with_approvals(self):
        """Nothing is left to approve: the activity is done."""
        waiting = self.sudo().promise_ids.filtered("to_approve").case_id
        (self.sudo() - waiting).activity_unlink(
            ["collections_management.mail_activity_type_approve"],
            only_automated=False,
        )

    def _customer_promised_enough(self, kind) -> bool:
        """Tell whether a customer entered as many in a row as the policy bears.

        Whatever they are about: whoever promises one document after the other, and
        keeps nothing, pauses for longer than any one promise.
        """
        self.ensure_one()
        if not self.policy_id:
            return True
        number = 0
        for promise in self.promise_ids.sorted("id", reverse=True):
            if promise.kind == kind and promise.channel in CUSTOMER_CHANNELS:
                if promise.state == promises.KEPT:
                    break
                number += 1
        most = self.policy_id.promise_max_count
        return bool(most) and number >= most
