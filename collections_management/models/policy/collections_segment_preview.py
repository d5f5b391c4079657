from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Names shown of the cases that move; the rest is a number.
NAMES = 12


class CollectionsSegmentPreview(models.AbstractModel):
    """Who a segment would take while it is edited; nothing is saved."""

    _name = "collections.segment.preview"
    _description = "Segment While It Is Edited"

    preview_html = fields.Html(
        string="Who Would Belong Here",
        compute="_compute_preview_html",
        sanitize=False,
    )

    @api.depends("domain", "sequence", "company_id", "active")
    @api.depends_context("company", "lang", "uid")
    def _compute_preview_html(self):
        for segment in self:
            segment.preview_html = self.env["ir.qweb"]._render(
                "collections_management.segment_preview",
                segment._preview_values(),
                minimal_qcontext=True,
            )

    def _preview_values(self) -> dict:
        """Return figures and names, or what is wrong with the condition."""
        self.ensure_one()
        company = self.company_id._origin or self.env.company
        Case = self.env["collections.case"].with_company(company)
        try:
            inside = self._preview_domain(company)
        except ValidationError as error:
            return {"error": error.args[0]}
        own = Domain("company_id", "=", company.id)
        current = Domain("segment_id", "=", self._origin.id or False)
        if not self._origin.id:
            current = Domain.FALSE
        inside &= own
        [(count, actionable, overdue)] = Case._read_group(
            inside, [], ["__count", "amount_actionable:sum", "amount_overdue:sum"]
        )
        return {
            "error": None,
            "company": company,
            "count": count,
            "actionable": actionable or 0.0,
            "overdue": overdue or 0.0,
            "moves_in": self._preview_moves(Case, inside & ~current),
            "moves_out": self._preview_moves(Case, own & current & ~inside),
        }

    def _preview_moves(self, Case, domain) -> dict:
        """Return how many cases move, how much they owe, and the biggest of them."""
        [(count, actionable)] = Case._read_group(
            domain, [], ["__count", "amount_actionable:sum"]
        )
        cases = Case.search(domain, limit=NAMES) if count else Case
        return {
            "count": count,
            "actionable": actionable or 0.0,
            "cases": cases,
            "more": count - len(cases),
        }

    def _preview_domain(self, company) -> Domain:
        """What matches here and in no segment before it, as one condition."""
        if not self.active:
            return Domain.FALSE
        scoped = self.with_company(company)
        domain = Domain("id", "in", scoped._case_query())
        place = (self.sequence, self._origin.id or float("inf"))
        for other in scoped._of_company(company) - self._origin:
            if (other.sequence, other.id) < place:
                domain &= Domain("id", "not in", other._case_query())
        return domain
