from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

POSTED_SALES = SQL(
    """move.state = 'posted' AND move.move_type = 'out_invoice'
       AND move.company_id = kase.company_id"""
)


class CollectionsCaseProfile(models.AbstractModel):
    """What kind of customer it is: criteria for segments, none of them stored.

    Every field answers a search with one SQL query, so that a segment of any of
    them stays one condition of the classifying statement.
    """

    _name = "collections.case.profile"
    _description = "Profile of a Customer"
    _inherit = ["collections.case.figures"]

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    category_ids = fields.Many2many(related="partner_id.category_id", string="Tags")
    country_id = fields.Many2one(related="partner_id.country_id")
    state_id = fields.Many2one(related="partner_id.state_id", string="Region")
    city = fields.Char(related="partner_id.city")
    payment_term_id = fields.Many2one(
        related="partner_id.property_payment_term_id", string="Payment Terms"
    )
    pricelist_id = fields.Many2one(
        related="partner_id.specific_property_product_pricelist",
        string="Own Pricelist",
        help="The pricelist that this customer was given",
    )
    trust = fields.Selection(related="partner_id.trust", string="Trust")
    first_invoice_date = fields.Date(
        string="Customer Since",
        compute="_compute_sales",
        search="_search_first_invoice_date",
        help="Date of the first invoice",
    )
    average_invoice_amount = fields.Monetary(
        string="Average Invoice",
        compute="_compute_sales",
        search="_search_average_invoice_amount",
        help="Average of all invoices, in company currency, taxes included",
    )
    product_category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        compute="_compute_product_category_ids",
        search="_search_product_category_ids",
        help="Categories of the products on open invoices",
    )

    # === COMPUTE === #

    @api.depends("partner_id", "company_id")
    def _compute_sales(self):
        found = {
            case_id: values
            for case_id, *values in self.env.execute_query(
                SQL(
                    "%s WHERE kase.id = ANY(%s) GROUP BY kase.id",
                    self._sales_sql(
                        SQL("min(move.invoice_date), avg(move.amount_total_signed)")
                    ),
                    self.ids,
                )
            )
        }
        for case in self:
            first, average = found.get(case.id, (False, 0.0))
            case.first_invoice_date = first
            case.average_invoice_amount = average or 0.0

    @api.depends("partner_id", "company_id")
    def _compute_product_category_ids(self):
        found = {}
        for case_id, category_id in self.env.execute_query(
            SQL("%s AND kase.id = ANY(%s)", self._categories_sql(), self.ids)
        ):
            found.setdefault(case_id, set()).add(category_id)
        for case in self:
            case.product_category_ids = [fields.Command.set(found.get(case.id, ()))]

    # === SEARCH === #

    @api.model
    def _search_first_invoice_date(self, operator, value):
        return self._search_sales(SQL("min(move.invoice_date)"), operator, value)

    @api.model
    def _search_average_invoice_amount(self, operator, value):
        return self._search_sales(SQL("avg(move.amount_total_signed)"), operator, value)

    @api.model
    def _search_sales(self, aggregate: SQL, operator, value):
        comparison = self._comparison(operator)
        if comparison is None:
            return NotImplemented
        return [
            (
                "id",
                "in",
                SQL(
                    "(%s GROUP BY kase.id HAVING %s %s %s)",
                    self._sales_sql(),
                    aggregate,
                    comparison,
                    value,
                ),
            )
        ]

    @api.model
    def _comparison(self, operator) -> SQL | None:
        known = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}
        return known.get(operator)

    @api.model
    def _search_product_category_ids(self, operator, value):
        """Cases with an open invoice of one of the categories, or of a child."""
        if operator not in ("in", "any"):
            return NotImplemented
        domain = value if operator == "any" else [("id", "child_of", list(value))]
        categories = self.env["product.category"]._search(domain)
        return [
            (
                "id",
                "in",
                SQL(
                    """(SELECT case_id FROM (%s) found
                         WHERE category_id IN %s)""",
                    self._categories_sql(),
                    categories.subselect(),
                ),
            )
        ]

    # === SQL === #

    @api.model
    def _conditions_sql(self, domains) -> tuple[SQL, list[SQL]]:
        """Return a FROM clause of ``collections_case``, and domains on its rows.

        Archived cases included. What several domains ask of a customer is joined
        once: cheaper than a search of its own for each.
        """
        cases = self.sudo()
        query = Query(self.env, self._table, self._table_sql)
        conditions = [
            Domain(domain).optimize_full(cases)._to_sql(cases, self._table, query)
            for domain in domains
        ]
        return query.from_clause, conditions

    @api.model
    def _sales_sql(self, columns: SQL | None = None) -> SQL:
        """Invoices of the customers of cases, to group by case."""
        self.env["account.move"].flush_model()
        return SQL(
            """SELECT kase.id%s
                 FROM collections_case kase
                 JOIN account_move move ON move.commercial_partner_id = kase.partner_id
                  AND %s""",
            SQL(", %s", columns) if columns else SQL(),
            POSTED_SALES,
        )

    @api.model
    def _categories_sql(self) -> SQL:
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        return SQL(
            """SELECT DISTINCT kase.id AS case_id, template.categ_id AS category_id
                 FROM collections_case kase
                 JOIN account_move move ON move.commercial_partner_id = kase.partner_id
                  AND %s
                 JOIN account_move_line line ON line.move_id = move.id
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE move.amount_residual <> 0
                  AND template.categ_id IS NOT NULL""",
            POSTED_SALES,
        )
