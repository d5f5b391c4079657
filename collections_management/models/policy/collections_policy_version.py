import hashlib
import json
from bisect import bisect_right

from odoo import api, fields, models
from odoo.tools import format_datetime

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

CHANGED = "collections_policy_changed"


class CollectionsPolicyVersion(models.Model):
    """What the collection policy of a company said from a moment on.

    A row is added when policies, levels or segments change, and when a run finds
    that something else did. Rows are never edited.
    """

    _name = "collections.policy.version"
    _description = "Version of the Collection Policy"
    _order = "company_id, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    number = fields.Integer(string="Version", required=True, readonly=True)
    date = fields.Datetime(string="In Force Since", required=True, readonly=True)
    date_end = fields.Datetime(string="Until", compute="_compute_date_end")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Changed By",
        readonly=True,
        ondelete="set null",
    )
    content = fields.Json(required=True, readonly=True, help="By language")
    digest = fields.Char(required=True, readonly=True, help="Of the content")
    document = fields.Html(compute="_compute_document", sanitize=False)

    @api.depends("number", "company_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for version in self:
            version.name = self.env._(
                "Collection policy of %(company)s, version %(number)s",
                company=version.company_id.name,
                number=version.number,
            )

    @api.depends("name")
    def _compute_display_name(self):
        for version in self:
            version.display_name = version.name

    @api.depends("company_id")
    def _compute_date_end(self):
        ends, following = {}, {}
        for version in self.search([("company_id", "in", self.company_id.ids)]):
            # Newest first within a company.
            ends[version] = following.get(version.company_id)
            following[version.company_id] = version.date
        for version in self:
            version.date_end = ends.get(version)

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_document(self):
        for version in self:
            version.document = self.env["ir.qweb"]._render(
                "collections_management.policy_document",
                version._values(),
                minimal_qcontext=True,
            )

    def _values(self) -> dict:
        """Return what the document shows, in the user's language where it has it."""
        self.ensure_one()
        content = self.content or {}
        own = content.get(self.env.lang) or content.get("en_US")
        return {
            "version": self,
            "content": own or next(iter(content.values()), {}),
            "since": format_datetime(
                self.env,
                self.date,
                tz=self.company_id.sudo().collections_tz,
                dt_format="d MMM y HH:mm",
            ),
        }

    # === KEEPING THEM === #

    @api.model
    def _current(self, company):
        """Return the version in force now; a new one where something changed."""
        content = {
            code: self.with_context(lang=code)
            .env["collections.policy.document"]
            ._content(company)
            for code, _name in self.env["res.lang"].get_installed()
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        versions = self.sudo()
        last = versions.search([("company_id", "=", company.id)], limit=1)
        if last.digest == digest:
            return last.with_env(self.env)
        made = versions.create(
            {
                "company_id": company.id,
                "number": last.number + 1,
                "date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "content": content,
                "digest": digest,
            }
        )
        return made.with_env(self.env)

    @api.model
    def _note_change(self) -> None:
        """Policies, levels or segments change: look before the transaction ends."""
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        precommit = self.env.cr.precommit
        if not precommit.data.get(CHANGED):
            precommit.data[CHANGED] = True
            precommit.add(self._follow_change)

    @api.model
    def _follow_change(self) -> None:
        """Companies that never ran have nothing to keep yet."""
        self.env.cr.precommit.data.pop(CHANGED, None)
        for [company] in self.sudo()._read_group([], ["company_id"]):
            self._current(company.with_env(self.env))

    @api.model
    def _in_force(self, company, moments) -> dict:
        """Return the version in force at each moment; empty before the first one."""
        versions = self.search([("company_id", "=", company.id)], order="id")
        dates = versions.mapped("date")
        return {
            moment: versions[position - 1 : position]
            for moment in moments
            for position in [bisect_right(dates, moment)]
        }

    # === ACTIONS === #

    @api.model
    def action_print_current(self):
        """Print what is in force now."""
        self.env["collections.role"]._check_supervisor()
        return self._current(self.env.company).action_print()

    def action_print(self):
        """Print versions as they were."""
        self.check_access("read")
        report = "collections_management.collections_policy_report"
        return self.env.ref(report).report_action(self)
