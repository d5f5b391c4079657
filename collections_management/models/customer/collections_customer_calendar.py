from operator import attrgetter

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import customer_days
from .collections_customer_day import KINDS


class CollectionsCustomerCalendar(models.AbstractModel):
    """The days of many customers at once, as `tools.customer_days` wants them."""

    _name = "collections.customer.calendar"
    _description = "Days of Customers"

    @api.model
    def _of_customers(self, kind, partner_ids=None) -> dict:
        """Return ``{commercial partner id: Calendar}`` of those who have such days.

        :param kind: ``payment`` or ``reception``
        :param partner_ids: commercial partners, ``None`` for all
        """
        domain = Domain(True)
        if partner_ids is not None:
            whose = "partner_id.commercial_partner_id"
            domain = Domain(whose, "in", list(partner_ids))
        Day = self.env["collections.customer.day"].sudo()
        days = Day.search(domain & Domain("kind", "=", kind))
        if not days:
            return {}
        customer = attrgetter("partner_id.commercial_partner_id")
        closings = self.env["collections.customer.closing"].sudo().search(domain)
        closed = closings.grouped(customer)
        return {
            partner.id: customer_days.Calendar(
                tuple(day._as_tuple() for day in own),
                tuple(
                    closing._as_tuple() for closing in closed.get(partner, closings[:0])
                ),
            )
            for partner, own in days.grouped(customer).items()
        }

    @api.model
    def _describe(self, partner, today) -> list[dict]:
        """Return what to know of a customer's days, in words.

        :return: ``{'kind', 'label', 'text', 'next', 'is_tomorrow'}`` for each kind that
            there is, and closings without a next day
        """
        partner = partner.commercial_partner_id.with_env(self.env).sudo()
        found = []
        labels = dict(
            self.env["collections.customer.day"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        for kind, _label in KINDS:
            days = partner.collections_day_ids.filtered(
                lambda day, kind=kind: day.kind == kind
            )
            if not days:
                continue
            own = self._of_customers(kind, partner.ids)[partner.id]
            coming = customer_days.next_day(own, today)
            found.append(
                {
                    "kind": kind,
                    "label": labels[kind],
                    "text": "; ".join(days.mapped("display_name")),
                    "next": coming
                    and format_date(self.env, coming, date_format="EEE d MMM"),
                    "is_tomorrow": bool(coming)
                    and today in (coming, customer_days.eve(coming)),
                }
            )
        closings = partner.collections_closing_ids
        if closings:
            found.append(
                {
                    "kind": "closing",
                    "label": self.env._("Closing"),
                    "text": "; ".join(closings.mapped("display_name")),
                    "next": False,
                    "is_tomorrow": False,
                }
            )
        return found
