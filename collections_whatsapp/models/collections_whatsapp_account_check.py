from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import account_news, errors, graph_client, numbers, payloads


class CollectionsWhatsappAccountCheck(models.AbstractModel):
    """Says what is wrong with a number, and what to do about it."""

    _name = "collections.whatsapp.account.check"
    _description = "Test of a WhatsApp Number"

    def action_check(self):
        """Ask WhatsApp about the number, its account, templates and webhooks."""
        self._check_may_write()
        for account in self:
            rows = account._check_all()
            good = all(ok for ok, _text in rows)
            account.sudo().write(
                {
                    "checked": fields.Datetime.now(),
                    "check_result": self._check_html(rows),
                }
            )
        if len(self) == 1 and good:
            return self._notify(self.env._("Everything works."))
        return True

    def action_send_example(self):
        """Send an approved text, with its examples, to one's own telephone.

        To nobody else: what goes to customers passes the gate.
        """
        self.ensure_one()
        self._check_may_write()
        person = self.env.user.partner_id
        to = numbers.digits(person.sudo().phone_sanitized or "")
        if not to:
            raise UserError(
                self.env._(
                    "Enter your own telephone number, with its country, in your "
                    "contact first: %s.",
                    person.name,
                )
            )
        template = self._example_template()
        message = payloads.template_message(
            to,
            template.name,
            template.language,
            [one.example or one.place for one in template._ordered_variables()],
            # Quick replies without payload: pressing them does nothing here.
            buttons=[
                ("url", "my") if one._kind() == "url" else ("quick_reply", "")
                for one in template.button_ids
            ],
        )
        try:
            self._client().send(message)
        except graph_client.ApiError as error:
            raise UserError(self._explain(error.problem)) from error
        return self._notify(
            self.env._(
                "%(template)s is on its way to +%(number)s.",
                template=template.display_name,
                number=to,
            )
        )

    def _example_template(self):
        """Return a text that goes without a file, in the user's language."""
        approved = self.sudo().template_ids.filtered(
            lambda one: one.state == "approved" and one.header_type in ("none", "text")
        )
        template = approved.filtered(
            lambda one: not one.is_blocked and one._can_be_filled()
        )._nearest(self.env.lang)
        if not template:
            raise UserError(
                self.env._(
                    "No template is approved yet: prepare the shipped ones and submit "
                    "them, then try again."
                )
            )
        return template

    def _check_html(self, rows):
        lines = Markup().join(
            Markup('<li class="%s"><i class="fa %s me-2"></i>%s</li>')
            % (
                "text-success" if ok else "text-danger",
                "fa-check" if ok else "fa-times",
                text,
            )
            for ok, text in rows
        )
        return Markup('<ul class="list-unstyled mb-0">%s</ul>') % lines

    def _check_all(self) -> list[tuple[bool, str]]:
        """Return good and bad findings; later ones need the earlier."""
        self.ensure_one()
        account = self.sudo()
        if not account.token:
            return [
                (False, self.env._("Access token: enter the token of a system user."))
            ]
        rows = []
        client = account._client()
        for check in (self._check_number, self._check_waba, self._check_webhook):
            try:
                rows += check(client)
            except graph_client.ApiError as error:
                return rows + [(False, self._explain(error.problem))]
        return rows

    def _check_number(self, client):
        found = client.phone_number()
        self.sudo().write(
            {
                "display_phone_number": found.get("display_phone_number"),
                "verified_name": found.get("verified_name"),
                "quality": account_news.quality(found.get("quality_rating")),
            }
        )
        text = self.env._(
            "Number: %(number)s, shown to customers as %(name)s.",
            number=found.get("display_phone_number"),
            name=found.get("verified_name"),
        )
        return [(True, text), self._check_limit(client)]

    def _check_limit(self, client):
        """Take over how many people a day WhatsApp allows, where it says so."""
        account = self.sudo()
        account._set_limit(account_news.limit(client.messaging_limit()))
        limits = dict(self._fields["people_limit"]._description_selection(self.env))
        text = self.env._("People a day: %s.", limits[account.people_limit])
        return True, text

    def _check_status(self, row):
        """Return what is wrong with the number as its business account has it."""
        status = row.get("status") or "CONNECTED"
        if status in ("CONNECTED", "LINKED"):
            return []
        text = self.env._(
            "The number's status is %s: register it in WhatsApp Manager.", status
        )
        return [(False, text)]

    def _check_waba(self, client):
        known = {str(row.get("id")): row for row in client.numbers()}
        if self.phone_number_id not in known:
            return [
                (
                    False,
                    self.env._(
                        "The business account does not have this phone number ID. It "
                        "has: %s.",
                        ", ".join(sorted(known)) or self.env._("none"),
                    ),
                )
            ]
        rows = self._check_status(known[self.phone_number_id])
        approved = [
            row for row in client.templates() if row.get("status") == "APPROVED"
        ]
        if not approved:
            return [
                *rows,
                (True, self.env._("Business account: found.")),
                (
                    False,
                    self.env._(
                        "No template is approved: prepare the shipped ones and submit."
                    ),
                ),
            ]
        text = self.env._("Business account: %s approved templates.", len(approved))
        return [*rows, (True, text)]

    def _check_webhook(self, client):
        account = self.sudo()
        rows = []
        if not account.app_secret:
            rows.append(
                (
                    False,
                    self.env._(
                        "App secret: without it no receipt and no answer is believed."
                    ),
                )
            )
        if not client.subscriptions():
            client.subscribe()
            rows.append(
                (True, self.env._("The Meta app now gets the account's webhooks."))
            )
        url = account.webhook_url
        simulated = account.base_url.startswith("http://127.0.0.1:")
        if not simulated and not url.startswith("https://"):
            rows.append(
                (
                    False,
                    self.env._("WhatsApp calls only https addresses, this is %s.", url),
                )
            )
        return [*rows, self._check_heard(url)]

    def _check_heard(self, url):
        """Tell whether a webhook about this number came."""
        if heard := self._last_webhook():
            text = self.env._(
                "Webhooks arrive, the last on %s.",
                format_datetime(self.env, heard.create_date),
            )
            return True, text
        return False, self.env._(
            "No webhook has come yet: enter %s and the verify token in the "
            "Meta app, and subscribe to messages and templates.",
            url,
        )

    def _explain(self, problem) -> str:
        """Return in words what an error of WhatsApp means for who sets it up."""
        code = problem.code
        if code in (0, 190):
            text = self.env._(
                "Access token: it is wrong or has expired. Make a new one."
            )
        elif code in (3, 10, 131005) or 200 <= code < 300:
            text = self.env._(
                "Permission: the token's system user needs whatsapp_business_messaging "
                "and whatsapp_business_management on this account."
            )
        elif code == 100:
            text = self.env._(
                "ID: WhatsApp does not know the phone number ID or business account "
                "ID, or the token may not see it."
            )
        elif code in (131042, 131044):
            text = self.env._(
                "Billing: the business account has no valid means of payment."
            )
        elif code in (368, 131031):
            text = self.env._("Policy: WhatsApp has locked the account.")
        elif problem.kind in (errors.RETRY, errors.UNKNOWN):
            text = self.env._(
                "WhatsApp does not answer: try again, or check the server."
            )
        else:
            text = self.env._("WhatsApp refuses:")
        return f"{text} ({code}: {problem.text})"
