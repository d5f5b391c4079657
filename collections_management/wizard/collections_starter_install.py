from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionsStarterInstall(models.TransientModel):
    """Choose a starter: what it would create and who would follow it, then do it."""

    _name = "collections.starter.install"
    _description = "Install a Starter"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    mode = fields.Selection(related="company_id.collections_mode")
    starter_id = fields.Many2one(comodel_name="collections.starter", string="Business")
    summary = fields.Text(related="starter_id.summary")
    in_use = fields.Boolean(
        string="Use Its Segments Right Away",
        compute="_compute_in_use",
        store=True,
        readonly=False,
        help="Otherwise they are archived: look at each, then unarchive it.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    new_count = fields.Integer(compute="_compute_preview")

    @api.depends("company_id")
    def _compute_in_use(self):
        """Where reminders go out by themselves, a person looks first."""
        for wizard in self:
            wizard.in_use = wizard.mode != "automatic"

    @api.depends("starter_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            values = wizard._preview_values() if wizard.starter_id else {}
            wizard.new_count = values.get("new_count", 0)
            wizard.preview = bool(values) and self.env["ir.qweb"]._render(
                "collections_management.starter_preview",
                values,
                minimal_qcontext=True,
            )

    # === PREVIEW === #

    def _preview_values(self) -> dict:
        """Return segments and policies in words, and how many customers each takes."""
        company = self._company()
        document = self.env["collections.policy.document"]
        originals = self.starter_id._segments()
        have = self._have(company, originals)
        counts, before, after = self._counts(company, originals - have)
        policies = originals.policy_id.filtered("starter_id")
        return {
            "segments": [
                {
                    **document._segment(segment, company),
                    "is_new": segment not in have,
                    "count": counts.get(segment.id, 0),
                }
                for segment in originals
            ],
            "policies": [
                {**document._policy(policy, company), "description": policy.description}
                for policy in policies
            ],
            "before": before.mapped("name"),
            "after": after.mapped("name"),
            "new_count": len(originals - have),
        }

    def _company(self):
        company = self.company_id
        if company not in self.env.companies:
            raise UserError(self.env._("Choose the company in the menu first."))
        return company

    @api.model
    def _have(self, company, originals):
        """Return the originals of which the company has a copy, archived or not."""
        copies = originals.with_context(active_test=False).search(
            [("company_id", "=", company.id), ("origin_id", "in", originals.ids)]
        )
        return copies.origin_id

    def _counts(self, company, originals):
        """Return how many cases each segment would take, and what it stands between.

        :return: ``{original id: cases}``, the segments of today that go first, and
            those that nobody reaches any more
        """
        Case = self.env["collections.case"].with_company(company)
        present = self.env["collections.segment"]._of_company(company)
        own = Domain("company_id", "=", company.id)
        counts, taken, before = {}, Domain.FALSE, present.browse()
        for original in originals:
            ahead = present.filtered(lambda s, o=original: s.sequence <= o.sequence)
            for segment in ahead - before:
                taken |= self._cases(segment, company)
            before |= ahead
            matches = self._cases(original, company)
            counts[original.id] = Case.search_count(own & matches & ~taken)
            taken |= matches
        takes_all = any(self._is_all(original) for original in originals)
        after = present - before if takes_all else present.browse()
        return counts, before, after

    @api.model
    def _cases(self, segment, company) -> Domain:
        return Domain("id", "in", segment.with_company(company)._case_query())

    @api.model
    def _is_all(self, segment) -> bool:
        return (segment.domain or "[]").replace(" ", "") == "[]"

    # === DOING IT === #

    def action_install(self):
        """Create what is missing, and show the company's segments."""
        self.ensure_one()
        self.env["collections.role"]._check_supervisor()
        company = self._company()
        if not self.starter_id:
            raise UserError(self.env._("Choose the business that is nearest to yours."))
        self.starter_id._install(company, active=self.in_use)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_segment_action"
        )
        return {
            **action,
            "target": "main",
            "domain": [
                ("starter_id", "=", False),
                ("company_id", "in", [False, company.id]),
                ("active", "in", [True, False]),
            ],
            "context": {},
        }
