"""By what an aging can be grouped."""

from dataclasses import dataclass

from odoo.tools import SQL


@dataclass(frozen=True)
class Group:
    """A way to group open items.

    :param key: expression over ``part``, ``contact`` and what is needed
    :param needs: further tables: ``customer``, ``kase`` or ``move``
    :param field: path from an open item of the list on screen, if there is one
    """

    name: str
    model: str
    key: SQL
    needs: tuple[str, ...] = ()
    field: str | None = None


# The category that has the greatest part of the document: amounts stay whole.
_MAIN_CATEGORY = SQL(
    """(SELECT template.categ_id
          FROM account_move_line sold
          JOIN product_product product ON product.id = sold.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE sold.move_id = part.move_id AND sold.display_type = 'product'
      GROUP BY template.categ_id
      ORDER BY sum(abs(sold.balance)) DESC, template.categ_id
         LIMIT 1)"""
)
# Tables a group may need, in the words of its key.
JOINS = {
    "contact": SQL("LEFT JOIN res_partner contact ON contact.id = part.partner_id"),
    "customer": SQL(
        """LEFT JOIN res_partner customer
                  ON customer.id = contact.commercial_partner_id"""
    ),
    "kase": SQL(
        """LEFT JOIN collections_case kase
                  ON kase.partner_id = contact.commercial_partner_id
                 AND kase.company_id = part.company_id"""
    ),
    "move": SQL("JOIN account_move move ON move.id = part.move_id"),
}

GROUPS = {
    group.name: group
    for group in (
        Group(
            "partner_id",
            "res.partner",
            SQL("contact.commercial_partner_id"),
            field="partner_id",
        ),
        Group(
            "salesperson_id",
            "res.users",
            SQL("kase.salesperson_id"),
            ("kase",),
            field="salesperson_id",
        ),
        Group(
            "collector_id",
            "res.users",
            SQL("kase.collector_id"),
            ("kase",),
            field="collector_id",
        ),
        Group(
            "segment_id",
            "collections.segment",
            SQL("kase.segment_id"),
            ("kase",),
            field="segment_id",
        ),
        Group(
            "stage_id",
            "collections.stage",
            SQL("kase.stage_id"),
            ("kase",),
            field="case_id.stage_id",
        ),
        Group("company_id", "res.company", SQL("part.company_id"), field="company_id"),
        Group(
            "currency_id",
            "res.currency",
            SQL("part.currency_id"),
            field="currency_id",
        ),
        Group(
            "country_id",
            "res.country",
            SQL("customer.country_id"),
            ("customer",),
            field="partner_id.country_id",
        ),
        Group(
            "state_id",
            "res.country.state",
            SQL("customer.state_id"),
            ("customer",),
            field="partner_id.state_id",
        ),
        Group("product_category_id", "product.category", _MAIN_CATEGORY),
        Group(
            "payment_term_id",
            "account.payment.term",
            SQL("move.invoice_payment_term_id"),
            ("move",),
            field="move_id.invoice_payment_term_id",
        ),
    )
}
