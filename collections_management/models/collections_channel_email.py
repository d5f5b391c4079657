import smtplib

import psycopg2

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.mail import email_domain_extract, formataddr

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from . import collections_channel as channel
from . import collections_gate as gate


class CollectionsChannelEmail(models.AbstractModel):
    """E-mail: one message per reminder, handed to SMTP by itself.

    Odoo's own queue sends again after a kill or a connection dropped after DATA.
    Here a mail is never *outgoing* in a committed transaction, so that the queue
    cannot see it; what became of it is decided once, by `collections.outbox`.
    """

    _name = "collections.channel.email"
    _description = "E-mail"
    _inherit = ["collections.channel"]

    _sequence = 10
    _icon = "fa-envelope-o"
    _can_redirect = True

    @api.model
    def _reachable_sql(self) -> SQL:
        return SQL(
            """contact.email_normalized <> ''
               AND coalesce(contact.message_bounce, 0) = 0
               AND NOT EXISTS (SELECT FROM mail_blacklist blocked
                                WHERE blocked.email = contact.email_normalized
                                  AND blocked.active)"""
        )

    @api.model
    def _blocked(self, contacts) -> list[str]:
        return self._blacklisted(contacts).mapped("email_normalized")

    @api.model
    def _check_recipient(self, reminder):
        if not self._sender(reminder.company_id):
            return gate.DEFER, "no_sender", None
        return super()._check_recipient(reminder)

    @api.model
    def _mark_bad(self, reminder) -> None:
        """Tell Odoo that the addresses bounce."""
        for partner in reminder.recipient_ids.sudo():
            partner._message_receive_bounce(partner.email_normalized, partner)

    @api.model
    def _compose(self, reminder) -> None:
        """Render the reminder and keep subject, body and addresses as they go out."""
        recipients = reminder.recipient_ids
        # What an earlier try left: it never went out.
        reminder.mail_id.sudo().unlink()
        values = self._texts(reminder)
        to = [
            formataddr((partner.name or "", partner.email_normalized))
            for partner in recipients
        ]
        redirect = reminder.company_id.sudo().collections_redirect_email
        sender = self._sender(reminder.company_id)
        mail = (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "subject": values["subject"],
                    "body_html": values["body"],
                    "body": values["body"],
                    "email_from": sender,
                    "email_to": redirect or ", ".join(to),
                    "model": "collections.case",
                    "res_id": reminder.case_id.id,
                    "message_type": "email_outgoing",
                    "message_id": self._message_id(reminder, sender),
                    "headers": repr(self._headers(reminder)),
                    "auto_delete": False,
                    "state": "cancel",
                }
            )
        )
        self._attach(reminder, mail)
        reminder.write(
            {
                "subject": values["subject"],
                "body": values["body"],
                "email_to": mail.email_to,
                "mail_id": mail.id,
            }
        )

    @api.model
    def _texts(self, reminder) -> dict:
        """Return subject and body with the link that only who gets it has."""
        links = self.env["collections.portal"]._urls(reminder)
        reminder = reminder.with_context(collections_links=links)
        return self._render(reminder, reminder._template())

    @api.model
    def _headers(self, reminder) -> dict:
        """Nobody is to answer by robot; one click ends it (RFC 8058)."""
        headers = {"Auto-Submitted": "auto-generated"}
        if reminder.company_id.sudo().collections_redirect_email:
            # Who tries it out must not speak for the customer.
            return headers
        return headers | {
            "List-Unsubscribe": f"<{reminder.case_id._opt_out_url(reminder)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    @api.model
    def _preview(self, reminder, way=None) -> dict:
        template = way.template_id._origin if way else reminder._template()
        return self._render(reminder, template) if template else {}

    @api.model
    def _prepare(self, reminders) -> dict:
        return self.env["collections.reminder.attachments"]._prepare(reminders)

    @api.model
    def _attach(self, reminder, mail) -> None:
        """Attach what the level says, readable for who reads the message."""
        files = self.env["collections.reminder.attachments"]._files(reminder)
        mail.attachment_ids = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        **values,
                        "res_model": "mail.message",
                        "res_id": mail.mail_message_id.id,
                    }
                    for values in files
                ]
            )
        )

    @api.model
    def _render(self, reminder, template) -> dict:
        """Return subject and body in the recipient's language."""
        template = template.sudo().with_context(
            lang=reminder.lang, tpl_partners_only=True
        )
        return {
            "subject": template._render_field("subject", reminder.ids)[reminder.id],
            "body": template._render_field(
                "body_html", reminder.ids, options={"post_process": True}
            )[reminder.id],
        }

    @api.model
    def _sender(self, company) -> str:
        """Return the sender, or an empty text where nobody said who writes."""
        company = company.sudo()
        robot = self.env.ref("base.user_root")
        return (
            company.collections_sender_email
            or (company.email and company.email_formatted)
            or self.env["ir.mail_server"]._get_default_from_address()
            or (robot.email and robot.email_formatted)
            or ""
        )

    @api.model
    def _message_id(self, reminder, sender) -> str:
        domain = email_domain_extract(sender) or "collections.invalid"
        return f"<{reminder.uuid}@{domain}>"

    @api.model
    def _blacklisted(self, partners):
        blocked = (
            self.env["mail.blacklist"]
            .sudo()
            .search([("email", "in", partners.mapped("email_normalized"))])
        )
        emails = set(blocked.mapped("email"))
        return partners.filtered(lambda partner: partner.email_normalized in emails)

    @api.model
    def _connect(self, reminder):
        """Open a session before anything is handed over: a failure here is safe."""
        return self.env["ir.mail_server"]._connect__(
            smtp_from=reminder.mail_id.sudo().email_from
        )

    @api.model
    def _transmit(self, reminder, session) -> tuple[str, str | None]:
        """Hand one mail to the server.

        :return: what is known about it, and the server's words
        """
        mail = reminder.mail_id.sudo()
        mail.state = "outgoing"
        try:
            mail._send(smtp_session=session, raise_exception=True)
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001 whatever it is, it may be out
            return self._classify(error)
        if mail.state == "exception":
            return channel.REFUSED, mail.failure_reason
        return channel.SENT, None

    @api.model
    def _classify(self, error) -> tuple[str, str]:
        """A refusal with a code is certain; silence or a broken line is not.

        Only a refused recipient says something about the customer's address.
        """
        cause = error
        if isinstance(error, MailDeliveryException):
            cause = error.__cause__ or error.__context__ or error
        if isinstance(cause, smtplib.SMTPRecipientsRefused):
            codes = [code for code, _text in cause.recipients.values()]
            outcome = channel.LATER if min(codes) < 500 else channel.REFUSED
        elif isinstance(cause, smtplib.SMTPResponseException):
            outcome = channel.LATER if cause.smtp_code < 500 else channel.FAILED
        elif isinstance(
            # Odoo asserts sender and recipients before it hands anything over.
            cause,
            AssertionError | MailDeliveryException | smtplib.SMTPNotSupportedError,
        ):
            outcome = channel.FAILED
        else:
            outcome = channel.UNKNOWN
        return outcome, str(cause)
