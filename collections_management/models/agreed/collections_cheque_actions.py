from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ...tools import cheques


class CollectionsChequeActions(models.AbstractModel):
    """What people do with the paper, and what follows from it."""

    _name = "collections.cheque.actions"
    _description = "What Becomes of Cheques"

    def action_deposit(self):
        """It was taken to the bank; a cheque that bounced may be taken again."""
        self._become(cheques.DEPOSITED)
        days = self.company_id.sudo()[:1].collections_cheque_days
        today = self.company_id[:1]._collections_today()
        for cheque in self.sudo():
            until = max(cheque.date, today) + timedelta(days=days)
            cheque.promise_id.date_until = until
        return self._refresh_cases()

    def action_undo_deposit(self):
        """It was not deposited after all."""
        self.env["collections.role"]._check_collector(self)
        deposited = self.filtered(lambda cheque: cheque.state == cheques.DEPOSITED)
        deposited._become(cheques.HELD)
        return self._refresh_cases()

    def action_clear(self):
        """The bank paid it: whoever keeps the books registers the payment."""
        self._become(cheques.CLEARED)
        self.sudo()._match_payments()
        self.sudo().filtered(lambda cheque: not cheque.payment_id)._ask_treasury(
            lambda env: env._("A cheque was paid: please register the payment")
        )
        return self._refresh_cases()

    def action_return(self):
        """Give it back: what it covered is asked for again."""
        self._become(cheques.RETURNED)
        self.sudo().promise_id._withdraw()
        return self._refresh_cases()

    def action_bounce(self):
        """Ask why it came back."""
        self.env["collections.role"]._check_collector(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Cheque Bounced"),
            "res_model": "collections.cheque.bounce",
            "view_mode": "form",
            "target": "new",
            "context": {"default_cheque_ids": self.ids},
        }

    def _bounce(self, reason, note=False) -> None:
        """It came back unpaid: the collector calls, treasury undoes the payment.

        The cycle of its documents starts anew when the ledger has them open again.
        """
        self._become(cheques.BOUNCED, note)
        bounced = self.sudo()
        bounced.bounce_reason = reason
        bounced.case_id._schedule_once(
            "collections_management.mail_activity_type_bounced",
            lambda env: env._("A cheque bounced: call the customer"),
        )
        bounced.filtered("payment_id")._ask_treasury(
            lambda env: env._("A cheque bounced: please undo its payment")
        )

    def action_open_payment(self):
        """Open the payment, for who may see it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.payment",
            "res_id": self.sudo().payment_id.id,
            "view_mode": "form",
        }

    def action_open_case(self):
        self.ensure_one()
        return self.case_id.action_open()

    # === HELPERS === #

    def _become(self, state, note=False) -> None:
        """Go to a state, if each may, and say so in the log and on the case."""
        self.env["collections.role"]._check_collector(self)
        labels = dict(self._fields["state"]._description_selection(self.env))
        for cheque in self:
            if not cheques.may_become(cheque.state, state):
                raise UserError(
                    self.env._(
                        "%(cheque)s is %(state)s: it cannot become %(new)s.",
                        cheque=cheque.display_name,
                        state=labels[cheque.state].lower(),
                        new=labels[state].lower(),
                    )
                )
        for cheque in self.sudo():
            today = cheque.company_id._collections_today()
            cheque.write({"state": state, "date_state": today})
            text = self.env._(
                "%(cheque)s, %(amount)s: %(state)s. %(note)s",
                cheque=cheque.display_name,
                amount=cheque.promise_id._amount_text(cheque.amount),
                state=labels[state],
                note=note or "",
            )
            cheque.promise_id._log_event(text.strip())
            cheque.case_id.message_post(body=text.strip())

    def _ask_treasury(self, summary) -> None:
        """One activity for the company's treasurer, else for the collector."""
        for company, own in self.grouped("company_id").items():
            own.case_id._schedule_once(
                "collections_management.mail_activity_type_cheque",
                summary,
                user=company.sudo().collections_treasurer_id or None,
            )

    def _refresh_cases(self):
        self.case_id.action_refresh()
        return True
