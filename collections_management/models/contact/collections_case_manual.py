from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

SUPERVISOR = "collections_management.group_supervisor"


class CollectionsCaseManual(models.AbstractModel):
    """What a person writes to a customer from a case passes the gate too."""

    _name = "collections.case.manual"
    _description = "Messages Written by Hand"

    def message_post(self, **kwargs):
        """A message that leaves the company is let out, or refused, and logged.

        :raise UserError: when it may not go now, saying why
        """
        partners = self._outsiders(kwargs)
        if self.env.su or not (partners or kwargs.get("sms_numbers")):
            return super().message_post(**kwargs)
        way = "sms" if kwargs.get("message_type") == "sms" else "email"
        is_reply = self.sudo()._waits_for_answer()
        refusal = self._why_not_send() if is_reply else self._why_not_now(way, partners)
        override = refusal and self._override(refusal)
        message = super().message_post(**kwargs)
        self._log_written(message, way, partners, is_reply, override)
        return message

    def _outsiders(self, values):
        """Return who outside the company gets a message."""
        if values.get("message_type", "notification") in ("email", "email_outgoing"):
            return self.env["res.partner"]
        partners = self.env["res.partner"].browse(values.get("partner_ids") or ())
        if values.get("subtype_xmlid") == "mail.mt_comment":
            partners |= self.message_partner_ids
        return partners.filtered(
            lambda partner: (
                not any(user._is_internal() for user in partner.sudo().user_ids)
            )
        )

    def _why_not_now(self, way, partners=None) -> str | None:
        """Return why nothing may go to the customer now, or ``None``.

        :param way: code of a channel
        :param partners: who would get it; the customer if nobody is named
        """
        self.ensure_one()
        if reason := self._why_not_send():
            return reason
        contact = self.env["collections.contact"].sudo()
        _rule, answer = contact._of_case(self.sudo(), way, partners)
        if answer.allowed:
            return None
        words = self.env["collections.contact.words"]
        return words._text([[code, dict(values)] for code, values in answer.reasons])

    def _override(self, refusal) -> str:
        """Let a supervisor send it anyway, with a reason."""
        reason = self.env.context.get("collections_override")
        if reason and self.env.user.has_group(SUPERVISOR):
            return self.env._(
                "Sent by a supervisor although: %(refusal)s Because: %(reason)s",
                refusal=refusal,
                reason=reason,
            )
        raise UserError(
            self.env._(
                "Not allowed now, because: %(reason)s\nNothing was sent to "
                "%(customer)s. A supervisor may send it anyway from the full "
                "composer.",
                reason=refusal,
                customer=self.partner_id.display_name,
            )
        )

    def _check_may_write(self, way):
        """Refuse messages to many customers when one of them may not get it."""
        for case in self:
            if refusal := case._why_not_now(way):
                case._override(refusal)

    def _log_written(self, message, way, partners, is_reply, override):
        contact = partners[:1]
        text = html2plaintext(message.body or "")
        self.env["collections.interaction"].sudo().create(
            {
                "case_id": self.id,
                "contact_id": contact.id,
                "user_id": self.env.uid,
                "address": contact.phone if way == "sms" else contact.email,
                "channel": way,
                "is_reply": is_reply,
                "text": "\n".join(filter(None, [override, message.subject, text])),
            }
        )
