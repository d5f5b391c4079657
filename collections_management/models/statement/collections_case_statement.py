from odoo import models
from odoo.exceptions import UserError
from odoo.tools import clean_context

# What a browser waits for: more is for several downloads.
MOST = 500


class CollectionsCaseStatement(models.AbstractModel):
    """The customer statement of a case: print, export, send."""

    _name = "collections.case.statement"
    _description = "Customer Statement of a Case"

    # === ACTIONS === #

    def action_print_statement(self):
        self._check_statement()
        report = self.env.ref("collections_management.collections_statement_report")
        return report.sudo().report_action(self, config=False)

    def action_export_statement(self):
        self._check_statement()
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/collections/statement.xlsx?cases={ids}",
            "target": "download",
        }

    def action_send_statement(self):
        """Open an e-mail with the statement, in the customer's language."""
        self.ensure_one()
        self._check_may_send()
        template = self.env.ref("collections_management.mail_template_statement")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Statement"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                **clean_context(self.env.context),
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "collections_statement": True,
            },
        }

    # === MAY I === #

    def _check_statement(self):
        """Who may read a case may have its statement."""
        if not self:
            raise UserError(self.env._("Choose at least one customer."))
        if len(self) > MOST:
            raise UserError(
                self.env._("Choose at most %s customers at a time.", MOST),
            )
        self.check_access("read")

    def _check_may_send(self):
        """Say why a statement may not go out now."""
        self.env["collections.role"]._check_collector()
        self._check_statement()
        for case in self:
            if reason := case._why_not_send():
                raise UserError(
                    self.env._(
                        "A statement cannot be sent to %(customer)s now: %(reason)s",
                        customer=case.partner_id.display_name,
                        reason=reason,
                    )
                )

    def _why_not_send(self) -> str | None:
        """Hook: return why no statement may go to the customer, or ``None``."""
        self.ensure_one()
        if self.company_id.sudo().collections_mode not in ("propose", "automatic"):
            return self.env._(
                "Collections do not send anything in this company yet. A supervisor "
                "sets the mode under Settings."
            )
        if self.stop_flag:
            flags = dict(self._fields["stop_flag"]._description_selection(self.env))
            return self.env._(
                "all messages are stopped (%s). A supervisor may resume them.",
                flags[self.stop_flag],
            )
        if not self.env["collections.channel.email"]._sender(self.company_id):
            return self.env._("nobody is set as the sender. See Settings.")
        return None

    # === CONTENT === #

    def _statement_pdfs(self, date=None) -> dict[int, bytes]:
        """Return the statements as PDF, by case."""
        self._check_statement()
        return self.env["collections.statement.pdf"].sudo()._render(self, date)

    def _statement_pages(self):
        """Return the statements as HTML, where no PDF can be made."""
        self._check_statement()
        pages = self.env["collections.statement.pdf"].sudo()._pages(self)
        return [("", page) for page in pages.values()]

    def _statement_xlsx(self, date=None) -> bytes:
        self._check_statement()
        return self.env["collections.statement.xlsx"].sudo()._render(self, date)

    def _statement_name(self) -> str:
        """Return the name of the file, in the customer's language."""
        case = self.sudo()
        lang = self.env["collections.statement"]._lang(case)
        case = case.with_context(lang=lang)
        return case.env._("Statement - %s", case.partner_id.name)

    def _statement_lang(self) -> str:
        return self.env["collections.statement"]._lang(self.sudo())

    def _statement_recipients(self) -> str:
        """Return who gets it, for the template: the trial address if there is one."""
        company = self.company_id.sudo()
        partners = self.env["res.partner"].sudo()
        if company.collections_redirect_email:
            return str(partners.find_or_create(company.collections_redirect_email).id)
        contacts = self.partner_id.sudo().child_ids.filtered(
            lambda contact: contact.collections_contact and contact.email
        )
        invoice = self.partner_id.sudo().address_get(["invoice"])["invoice"]
        return ",".join(map(str, contacts.ids or [invoice or self.partner_id.id]))

    def _statement_sender(self) -> str:
        return self.env["collections.channel.email"]._sender(self.company_id)
