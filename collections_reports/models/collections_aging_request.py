from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import buckets as aging_buckets
from .collections_aging_groups import GROUPS, JOINS

CREDITS = "credits"
BASES = ("due", "invoice")


class CollectionsAgingRequest(models.AbstractModel):
    """What an aging is asked, checked, and the open items that answer it."""

    _name = "collections.aging.request"
    _inherit = ["collections.reporting"]
    _description = "Question to the Aging"

    # === ARGUMENTS === #

    @api.model
    def _aging_request(
        self, date, company_ids, group_by, buckets, date_basis, domain=None
    ) -> dict:
        """Return checked arguments, the same for every method of the aging."""
        group = GROUPS.get(group_by) or GROUPS.get(f"{group_by}_id")
        if not group:
            raise UserError(
                self.env._("Aging cannot be grouped by “%(group)s”.", group=group_by)
            )
        if date_basis not in BASES:
            raise UserError(
                self.env._("The basis of an aging is its due or its invoice date.")
            )
        companies = self._report_companies(company_ids)
        date = self._to_date(date)
        self._prepare()
        limits = self._aging_limits(buckets)
        return {
            "date": date,
            "companies": companies,
            "factors": self._factors(companies, date),
            "group": group,
            "limits": limits,
            "columns": self._aging_columns(limits, date_basis),
            "basis": date_basis,
            "domain": self._aging_domain(domain),
        }

    @api.model
    def _aging_domain(self, domain) -> Domain:
        try:
            found = Domain(domain or Domain.TRUE)
            found.validate(self.env["collections.item"])
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("This is no filter of open items: %s", domain)
            ) from error
        return found

    @api.model
    def _request_parts_sql(self, request) -> SQL:
        """Return the parts of the open items that the request is about."""
        parts = self._parts_sql(request["companies"], request["date"])
        if request["domain"].is_true():
            return parts
        items = (
            self.env["collections.item"]
            .with_context(
                collections_date=str(request["date"]),
                allowed_company_ids=request["companies"].ids,
            )
            ._search(request["domain"])
        )
        return SQL(
            "SELECT part.* FROM (%s) part WHERE part.id IN %s",
            parts,
            items.subselect(),
        )

    @api.model
    def _aging_limits(self, limits) -> tuple[int, ...]:
        try:
            return aging_buckets.check_limits(limits)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "Buckets end on whole days that grow, such as 30, 60, 90, 120."
                )
            ) from error

    @api.model
    def _aging_columns(self, limits, date_basis) -> list[dict]:
        """Return the buckets and, last, unapplied credits."""
        first = (
            self.env._("Not due")
            if date_basis == "due"
            else self.env._("Not dated yet")
        )
        columns = []
        for bucket in aging_buckets.make_buckets(limits):
            label = f"{bucket.first}–{bucket.last}"
            if bucket.first is None:
                label = first
            elif bucket.last is None:
                label = f"> {limits[-1]}"
            columns.append(
                {
                    "key": bucket.key,
                    "label": label,
                    "from": bucket.first,
                    "to": bucket.last,
                }
            )
        credit = {"key": CREDITS, "label": self.env._("Unapplied credits")}
        return [*columns, {**credit, "from": None, "to": None}]

    @api.model
    def _aging_rates(self, request) -> list[dict]:
        """Return the rates at which other companies' amounts were converted."""
        target = self.env.company.currency_id
        return [
            {
                "company": company.name,
                "currency": company.currency_id.name,
                "rate": request["factors"][company.id],
                "date": request["date"],
            }
            for company in request["companies"].sudo()
            if company.currency_id != target
        ]

    @api.model
    def _aging_joins_sql(self, group) -> SQL:
        return SQL(" ").join([JOINS["contact"], *(JOINS[need] for need in group.needs)])
