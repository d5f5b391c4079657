from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.mail import email_normalize

from ...tools import opt_out

LINK_DAYS = 365
# So long what the customer wrote counts as a question that may be answered.
ANSWER_DAYS = 7


class CollectionsCaseConsent(models.AbstractModel):
    """What the people of a case agree to or refuse, by whichever way they say it."""

    _name = "collections.case.consent"
    _description = "Consent of a Case"

    def _opt_out(self, partners, channel, origin, **values):
        """Note that people refuse a channel; who did already is left alone.

        :param partners: the persons; each gets a line of the ledger
        :param channel: a channel of `collections.consent`, or ``all``
        :param origin: where they said it: ``portal``, ``one_click``, ``reply``…
        :param values: further values of the lines: ``address``, ``evidence``…
        :return: the new lines
        """
        return self._consent(partners, channel, "revoked", origin, **values)

    def _opt_in(self, partners, channel, origin, **values):
        """Note that people agree to a channel; see :meth:`_opt_out`."""
        return self._consent(partners, channel, "given", origin, **values)

    def _consent(self, partners, channel, state, origin, **values):
        self.ensure_one()
        Consent = self.env["collections.consent"].sudo()
        latest = Consent._latest(self.company_id.ids, partners.ids)
        wanted = state == "given"
        rows = Consent.create(
            [
                {
                    "company_id": self.company_id.id,
                    "partner_id": partner.id,
                    "channel": channel,
                    "state": state,
                    "origin": origin,
                    "address": partner.sudo().email if channel == "email" else None,
                    "shown_text": None if wanted else self._opt_out_text(channel),
                    **values,
                }
                for partner in partners
                if Consent._of_person(latest, self.company_id.id, partner.id, channel)
                is not wanted
            ]
        )
        for row in rows:
            self.sudo().message_post(body=row.display_name)
        return rows

    def _opt_out_text(self, channel) -> str:
        """Return what a person is told: which channel ends, and that the debt stays."""
        self.ensure_one()
        channels = dict(
            self.env["collections.consent"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
        return self.env._(
            "You will get no more payment reminders from %(company)s by this channel: "
            "%(channel)s. This does not change what is owed: open invoices stay due, "
            "and we may still contact you by other means that the law allows.",
            company=self.company_id.sudo().name,
            channel=channels[channel],
        )

    def _waits_for_answer(self) -> bool:
        """Tell whether the customer wrote or called in the last days, unanswered."""
        if not self:
            return False
        since = fields.Datetime.now() - timedelta(days=ANSWER_DAYS)
        log = self.env["collections.interaction"]
        last = log.search(
            log._standing()
            & Domain("case_id", "=", self.id)
            & Domain("date", ">=", since)
            & Domain("corrects_id", "=", False)
            & Domain("imported_from", "=", False),
            limit=1,
        )
        return last.direction == "in"

    # === BY A WORD IN AN ANSWER === #

    def _opt_out_by_words(self, partner, channel, text, **values) -> bool:
        """Note a refusal if that is what an answer says.

        :param partner: who answered; nobody else's wishes change
        :return: whether it does
        """
        self.ensure_one()
        if not partner or not opt_out.wants_out(text):
            return False
        words = (text or "").strip()[:200]
        return bool(self._opt_out(partner, channel, "reply", evidence=words, **values))

    def _heed_reply(self, message) -> None:
        """A word in an e-mail ends e-mails to its author, who is told that it did."""
        self.ensure_one()
        author = message.author_id
        sender = email_normalize(message.email_from)
        if author.commercial_partner_id not in self.sudo()._parties():
            author = (
                self.sudo()
                ._people()
                .filtered(lambda person: person.email_normalized == sender)[:1]
            )
        text = html2plaintext(message.body or "")
        if self._opt_out_by_words(author, "email", text, address=message.email_from):
            self._confirm_opt_out(author)

    def _people(self):
        """Return who may answer: the customer, who pays for it, who answers for it."""
        parties = self._parties()
        return parties | parties.child_ids

    def _confirm_opt_out(self, partner) -> None:
        """Tell the author once; nothing goes out where collections send nothing."""
        if self._why_not_send():
            return
        case = self.with_context(lang=partner.lang or self.env.lang).sudo()
        company = case.company_id
        if company.collections_redirect_email:
            return
        text = case._opt_out_text("email")
        case.message_post(
            body=Markup("<p>%s</p>") % text,
            subject=case.env._("No more reminders by e-mail"),
            partner_ids=partner.ids,
            email_from=case._statement_sender(),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.env["collections.interaction"].sudo().create(
            {
                "case_id": self.id,
                "contact_id": partner.id,
                "address": partner.email,
                "channel": "email",
                "is_reply": True,
                "text": text,
            }
        )

    # === BY A LINK === #

    @api.model
    def _opt_out_urls(self, reminders) -> dict[int, str]:
        """Return links that end e-mails to who gets reminders, by reminder id."""
        wishes = [
            (rem.case_id, rem.recipient_ids[:1] or rem.partner_id, rem)
            for rem in reminders
        ]
        tokens = self.env["collections.token"]._issue_many(wishes, "opt_out", LINK_DAYS)
        return {
            rem.id: f"{rem.case_id.get_base_url()}/collections/opt-out/{token}"
            for rem, token in zip(reminders, tokens, strict=True)
        }
