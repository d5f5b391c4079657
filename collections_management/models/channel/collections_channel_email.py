import smtplib

import psycopg2

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.mail import email_domain_extract, formataddr

from odoo.addons.base.models.ir_mail_server import (
    IrMail_Server,
    MailDeliveryException,
)

from ..run import collections_gate as gate
from . import collections_channel as channel


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
    _can_bundle = True

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
        self._compose_all(reminder)

    @api.model
    def _compose_all(self, reminders) -> dict:
        """Render reminders, keep subject, body and addresses as they go out."""
        # What earlier tries left: it never went out.
        reminders._together().mail_id.sudo().unlink()
        texts, headers = self._texts(reminders), self._headers(reminders)
        senders = self._senders(reminders.company_id)
        replies = self._reply_addresses(reminders, senders)
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    {
                        **self._mail_values(reminder, senders[reminder.company_id]),
                        "subject": texts[reminder.id]["subject"],
                        "body_html": texts[reminder.id]["body"],
                        "body": texts[reminder.id]["body"],
                        "headers": repr(headers[reminder.id]),
                        "reply_to": replies[reminder.case_id.id],
                    }
                    for reminder in reminders
                ]
            )
        )
        for reminder, mail in zip(reminders, mails, strict=True):
            self._attach(reminder, mail)
            reminder._together().write(
                {
                    **texts[reminder.id],
                    "email_to": mail.email_to,
                    "mail_id": mail.id,
                }
            )
        return {
            reminder.id: self._pack(mail)
            for reminder, mail in zip(reminders, mails, strict=True)
        }

    @api.model
    def _senders(self, companies) -> dict:
        return {company: self._sender(company) for company in companies}

    @api.model
    def _reply_addresses(self, reminders, senders) -> dict[int, str]:
        """Return where answers go, by case: as Odoo says, asked once for all."""
        cases = reminders.case_id.sudo()
        return cases._notify_get_reply_to_batch(
            defaults={case.id: senders[case.company_id] for case in cases}
        )

    @api.model
    def _mail_values(self, reminder, sender) -> dict:
        """Return who writes to whom about what, and how to find it again."""
        company = reminder.company_id.sudo()
        to = [
            formataddr((partner.name or "", partner.email_normalized))
            for partner in reminder.recipient_ids
        ]
        return {
            "email_from": sender,
            "email_to": company.collections_redirect_email or ", ".join(to),
            "model": "collections.case",
            "res_id": reminder.case_id.id,
            "message_type": "email_outgoing",
            "message_id": self._message_id(reminder, sender),
            "auto_delete": False,
            # Never *outgoing*: the queue of Odoo must not see it.
            "state": "cancel",
        }

    @api.model
    def _pack(self, mail) -> list:
        """Return the messages of a mail, ready for SMTP, and the context of each.

        Who gets it and the company's addresses: nothing is read while it is sent.
        """
        servers = self.env["ir.mail_server"]
        bounces = servers._get_default_bounce_address()
        # Nothing given would be looked up again for each; a blank is no address.
        robot = servers._get_default_from_address() or " "
        packed = []
        for email in mail._prepare_outgoing_list():
            message = servers._build_email__(
                email_from=mail.email_from,
                email_to=email["email_to"],
                subject=email["subject"],
                body=email["body"],
                body_alternative=email["body_alternative"],
                email_cc=email["email_cc"],
                reply_to=email["reply_to"],
                attachments=email["attachments"],
                message_id=email["message_id"],
                references=email["references"],
                object_id=email["object_id"],
                subtype="html",
                subtype_alternative="plain",
                headers=email["headers"],
            )
            context = {
                "send_validated_to": email["email_to_normalized"],
                "domain_bounce_address": message["Return-Path"]
                or bounces
                or mail.email_from,
                "domain_notifications_email": robot,
            }
            packed.append((message, context))
        return packed

    @api.model
    def _texts(self, reminders) -> dict[int, dict]:
        """Return subjects and bodies with the links that only who gets them has."""
        links = self.env["collections.portal"]._urls(reminders._together())
        linked = reminders._read_together().with_context(collections_links=links)
        found = {}
        for template, own in linked.grouped(lambda rem: rem._template()).items():
            for same in own.grouped("lang").values():
                found |= self._render(same, template)
        return found

    @api.model
    def _headers(self, reminders) -> dict[int, dict]:
        """Nobody is to answer by robot; one click ends it (RFC 8058)."""
        # Who tries it out must not speak for the customer.
        real = reminders.filtered(
            lambda rem: not rem.company_id.sudo().collections_redirect_email
        )
        urls = self.env["collections.case"]._opt_out_urls(real)
        found = {}
        for reminder in reminders:
            headers = found[reminder.id] = {"Auto-Submitted": "auto-generated"}
            if url := urls.get(reminder.id):
                headers["List-Unsubscribe"] = f"<{url}>"
                headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return found

    @api.model
    def _preview(self, reminder, way=None) -> dict:
        template = way.template_id._origin if way else reminder._template()
        return self._render(reminder, template)[reminder.id] if template else {}

    @api.model
    def _prepare(self, reminders) -> dict:
        return self.env["collections.reminder.attachments"]._prepare(reminders)

    @api.model
    def _attach(self, reminder, mail) -> None:
        """Attach what the level says, readable for who reads the message."""
        attachments = self.env["collections.reminder.attachments"]
        files = [
            file for one in reminder._together() for file in attachments._files(one)
        ]
        if not files:
            return
        owner = {"res_model": "mail.message", "res_id": mail.mail_message_id.id}
        mail.attachment_ids = (
            self.env["ir.attachment"]
            .sudo()
            .create([{**values, **owner} for values in files])
        )

    @api.model
    def _render(self, reminders, template) -> dict[int, dict]:
        """Return subject and body of each, whose recipients read one language."""
        template = template.sudo().with_context(
            lang=reminders[:1].lang, tpl_partners_only=True, collections_compiled={}
        )
        subjects = template._render_field("subject", reminders.ids)
        bodies = template._render_field(
            "body_html", reminders.ids, options={"post_process": True}
        )
        return {
            key: {"subject": subjects[key], "body": bodies[key]}
            for key in reminders.ids
        }

    @api.model
    def _sender(self, company) -> str:
        """Return the sender, or an empty text where nobody said who writes."""
        company = company.sudo()
        return (
            company.collections_sender_email
            or (company.email and company.email_formatted)
            or self.env["ir.mail_server"]._get_default_from_address()
            or self._robot_address()
        )

    @api.model
    def _robot_address(self) -> str:
        robot = self.env.ref("base.user_root")
        return (robot.email and robot.email_formatted) or ""

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
        parcel = self.env.context.get("collections_parcel")
        if parcel is None:
            parcel = self._pack(reminder.mail_id.sudo())
        servers = self.env["ir.mail_server"]
        outcome, words = channel.SENT, None
        try:
            for message, context in parcel:
                servers.with_context(**context).send_email(
                    message, smtp_session=session
                )
        except psycopg2.Error:
            raise
        except Exception as error:  # noqa: BLE001 whatever it is, it may be out
            outcome, words = self._classify(error)
        if outcome != channel.SENT:
            mail = reminder.mail_id.sudo()
            mail.write({"state": "exception", "failure_reason": words})
        return outcome, words

    @api.model
    def _conclude(self, reminders) -> None:
        reminders.mail_id.sudo().write({"state": "sent", "failure_reason": False})

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
        elif str(cause) == IrMail_Server.NO_VALID_RECIPIENT:
            outcome = channel.REFUSED
        elif isinstance(
            # Odoo asserts sender and recipients before it hands anything over.
            cause,
            AssertionError | MailDeliveryException | smtplib.SMTPNotSupportedError,
        ):
            outcome = channel.FAILED
        else:
            outcome = channel.UNKNOWN
        return outcome, str(cause)
