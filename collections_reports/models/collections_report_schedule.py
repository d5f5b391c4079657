import ast
import base64
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools import series
from .collections_aging_groups import GROUPS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
}


class CollectionsReportSchedule(models.Model):
    """A report that goes out by itself: which, of what, to whom, how often.

    Nothing is sent until a person turns it on. The figures are those that its owner
    may see.
    """

    _name = "collections.report.schedule"
    _description = "Scheduled Report"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    is_on = fields.Boolean(string="Turned On", copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="The report shows what this person may see, in this person's language.",
    )
    kind = fields.Selection(
        selection=[("summary", "Portfolio summary"), ("aging", "Aging")],
        required=True,
        default="summary",
    )
    file_format = fields.Selection(
        selection=[("xlsx", "Excel"), ("pdf", "PDF")],
        string="Format",
        required=True,
        default="xlsx",
    )
    group_by = fields.Selection(
        selection="_selection_group_by", required=True, default="partner_id"
    )
    domain = fields.Char(
        string="Filter", help="Of the open items; empty: all of them", default="[]"
    )
    as_of = fields.Selection(
        selection=[("today", "The day it is sent"), ("month", "End of last month")],
        required=True,
        default="today",
    )
    recipient_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="collections_report_schedule_recipient_rel",
        string="Recipients",
    )
    interval = fields.Selection(
        selection=[
            ("day", "Every day"),
            ("week", "Every week"),
            ("month", "Every month"),
        ],
        required=True,
        default="week",
    )
    date_next = fields.Date(
        string="Next Sending",
        required=True,
        default=lambda self: self.env.company._collections_today() + timedelta(days=1),
    )
    delivery_ids = fields.One2many(
        comodel_name="collections.report.delivery",
        inverse_name="schedule_id",
        string="Sendings",
        readonly=True,
    )
    last_state = fields.Selection(
        selection=[("sent", "Sent"), ("failed", "Failed")],
        string="Last Sending",
        readonly=True,
        copy=False,
    )

    @api.model
    def _selection_group_by(self):
        labels = self.env["collections.aging.glossary"]._group_labels()
        return [(name, labels[name]) for name in GROUPS]

    @api.constrains("is_on", "recipient_ids", "domain")
    def _check_can_be_sent(self):
        for schedule in self:
            schedule._checked_domain()
            if not schedule.is_on:
                continue
            without = schedule.recipient_ids.filtered(lambda p: not p.email)
            if not schedule.recipient_ids or without:
                raise ValidationError(
                    self.env._(
                        "“%(report)s” needs recipients with an e-mail address%(names)s",
                        report=schedule.name,
                        names=": " + ", ".join(without.mapped("name"))
                        if without
                        else ".",
                    )
                )

    def _checked_domain(self) -> list:
        try:
            domain = ast.literal_eval(self.domain or "[]")
        except (SyntaxError, ValueError):
            domain = self.domain
        self.env["collections.aging"]._aging_domain(domain)
        return domain

    # === CONTENT === #

    def _as_owner(self):
        """Whatever is read for a report is read with its owner's rights."""
        return self.with_user(self.user_id).with_context(
            allowed_company_ids=self.company_id.ids,
            lang=self.user_id.lang,
            tz=self.company_id.collections_tz,
        )

    def _report_date(self):
        today = self.company_id.sudo()._collections_today()
        if self.as_of == "month":
            return series.month_start(today) - timedelta(days=1)
        return today

    def _aging_arguments(self) -> dict:
        return {
            "date": self._report_date(),
            "company_ids": self.company_id.ids,
            "group_by": self.group_by,
            "domain": self._checked_domain(),
        }

    def _make(self) -> tuple[str, str, list[tuple[str, bytes, str]]]:
        """Return subject, body and attachments, as the owner may see them."""
        self.ensure_one()
        owner = self._as_owner()
        date = self._report_date()
        subject = f"{owner.name} · {format_date(owner.env, date)}"
        body = owner.env["collections.report.summary"]._html(date, owner.name)
        if self.kind == "summary":
            return subject, body, []
        aging = owner.env["collections.aging"]
        method = getattr(aging, f"export_{self.file_format}")
        mimetype = XLSX if self.file_format == "xlsx" else "application/pdf"
        content = method(**owner._aging_arguments())
        return subject, body, [(f"aging_{date}.{self.file_format}", content, mimetype)]

    # === SENDING === #

    def action_preview(self):
        """Show what would be sent, and send nothing."""
        self.ensure_one()
        self.check_access("read")
        subject, body, attachments = self._make()
        values = {"schedule_id": self.id, "subject": subject, "body": body}
        for name, content, _mimetype in attachments:
            values |= {"file": base64.b64encode(content), "file_name": name}
        preview = self.env["collections.report.preview"].create(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_send_now(self):
        """Send once, now; what fails is kept and shown."""
        self.check_access("write")
        for schedule in self:
            if not schedule.recipient_ids.filtered("email"):
                raise UserError(self.env._("Nobody would receive this report."))
            schedule._send()

    def action_turn_on(self):
        self.check_access("write")
        self.is_on = True

    def action_turn_off(self):
        self.check_access("write")
        self.is_on = False

    def _send(self) -> None:
        """Make and send; a failure becomes a row that people see."""
        self.ensure_one()
        values = {"schedule_id": self.id, "recipients": self._recipient_names()}
        try:
            with self.env.cr.savepoint():
                self._mail()
            values["state"] = "sent"
        except Exception as error:  # noqa: BLE001 - whatever it is, a person must see it
            values |= {"state": "failed", "error": str(error) or repr(error)}
        # Rows are only ever added, by the system.
        self.env["collections.report.delivery"].sudo().create(values)
        self.sudo().last_state = values["state"]

    def _recipient_names(self) -> str:
        return ", ".join(self.recipient_ids.sudo().mapped("email_formatted"))

    def _mail(self) -> None:
        subject, body, attachments = self._make()
        company = self.company_id.sudo()
        # People of collections may not write mails of their own making.
        mail = (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "subject": subject,
                    "body_html": body,
                    "email_from": company.collections_sender_email
                    or company.email_formatted
                    or self.user_id.sudo().email_formatted,
                    "recipient_ids": [fields.Command.set(self.recipient_ids.ids)],
                    "attachment_ids": [
                        fields.Command.create(
                            {"name": name, "raw": content, "mimetype": mimetype}
                        )
                        for name, content, mimetype in attachments
                    ],
                    "auto_delete": False,
                }
            )
        )
        mail.send(raise_exception=True)
        if mail.state != "sent":
            raise UserError(mail.failure_reason or self.env._("It could not be sent."))

    @api.model
    def _cron_send(self):
        """Send what is due; each one by itself, so that none stops another."""
        due = self.search([("is_on", "=", True)]).filtered(
            lambda s: s.date_next <= s.company_id._collections_today()
        )
        cron = self.env["ir.cron"]
        for position, schedule in enumerate(due):
            if schedule.try_lock_for_update():
                # First the next day: a broken report is not sent every hour.
                schedule._plan_next()
                schedule._send()
            cron._commit_progress(1, remaining=len(due) - position - 1)

    def _plan_next(self) -> None:
        today = self.company_id._collections_today()
        while self.date_next <= today:
            self.date_next += STEPS[self.interval]
