from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_amount

# As the refresh would make them a moment later.
INSERT_CASES = """
    INSERT INTO collections_case (company_id, partner_id, active, manual_policy,
                salesperson_id, collector_id,
                create_uid, create_date, write_uid, write_date)
    SELECT %(company)s, partner.id, true, false,
           coalesce(partner.user_id, newest.invoice_user_id), %(collector)s,
           %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
      FROM res_partner partner
 LEFT JOIN LATERAL (
           SELECT invoice_user_id FROM account_move
            WHERE commercial_partner_id = partner.id AND company_id = %(company)s
              AND state = 'posted' AND move_type = 'out_invoice'
         ORDER BY date DESC, id DESC LIMIT 1) newest ON true
     WHERE partner.id = ANY(%(partners)s)
ON CONFLICT DO NOTHING
"""


class CollectionsCaseDispute(models.AbstractModel):
    """The issues of a customer, and how they are reported."""

    _name = "collections.case.dispute"
    _description = "Issues of a Customer"

    dispute_ids = fields.One2many(
        comodel_name="collections.dispute", inverse_name="case_id", string="Issues"
    )
    open_dispute_count = fields.Integer(
        string="Open Issues",
        compute="_compute_open_dispute_count",
        search="_search_open_dispute_count",
    )

    def _compute_open_dispute_count(self):
        groups = self.env["collections.dispute"]._read_group(
            [("case_id", "in", self.ids), ("is_pausing", "=", True)],
            ["case_id"],
            ["__count"],
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.open_dispute_count = counts.get(case.id, 0)

    @api.model
    def _search_open_dispute_count(self, operator, value):
        """Cases by how many issues are open: a criterion for segments."""
        comparisons = {
            "in": SQL("= ANY(%s)", list(value) if operator == "in" else []),
            "<": SQL("< %s", value),
            "<=": SQL("<= %s", value),
            ">": SQL("> %s", value),
            ">=": SQL(">= %s", value),
        }
        if operator not in comparisons:
            return NotImplemented
        self.env["collections.dispute"].flush_model()
        found = SQL(
            """(SELECT kase.id FROM collections_case kase
             LEFT JOIN collections_dispute dispute ON dispute.case_id = kase.id
                   AND dispute.state IN ('open', 'to_credit')
              GROUP BY kase.id HAVING count(dispute.id) %s)""",
            comparisons[operator],
        )
        return [("id", "in", found)]

    def _facts_to_know(self) -> list[str]:
        """Return what a salesperson should know before selling more, in words."""
        if not self:
            return []
        self.ensure_one()
        facts = []
        if self.amount_overdue > 0:
            amount = format_amount(self.env, self.amount_overdue, self.currency_id)
            facts.append(self.env._("Overdue: %s", amount))
        if self.broken_promise_count:
            facts.append(self.env._("Broken promises: %s", self.broken_promise_count))
        if self.open_dispute_count:
            facts.append(self.env._("Open issues: %s", self.open_dispute_count))
        return facts

    # === REPORTING === #

    def action_report_issue(self):
        """Open the dialog that reports an issue of the customer."""
        self.ensure_one()
        return self.env["collections.case"]._report_issue_action(
            {"default_case_id": self.id}
        )

    @api.model
    def _report_issue_action(self, context):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report an Issue"),
            "res_model": "collections.dispute.report",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_view_disputes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_dispute_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}

    # === A CASE FOR WHO HAS NONE YET === #

    @api.model
    def _of_customers(self, partners):
        """Return the cases of customers in the current company, made where missing.

        For what a person begins: whoever may not see the customer's case gets an
        `AccessError`, also where it had to be made.
        """
        partners = partners.commercial_partner_id
        company = self.env.company
        self.env["collections.case"].flush_model()
        self.env["res.partner"].flush_model()
        self.env["account.move"].flush_model()
        self.env.cr.execute(
            SQL(
                INSERT_CASES,
                company=company.id,
                collector=company.sudo().collections_collector_id.id or None,
                uid=self.env.uid,
                partners=partners.ids,
            )
        )
        cases = (
            self.env["collections.case"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [("company_id", "=", company.id), ("partner_id", "in", partners.ids)]
            )
        )
        cases._touch()
        cases = cases.sudo(self.env.su)
        if not cases.has_access("read"):
            raise AccessError(
                self.env._(
                    "You may only report issues of your own customers. Ask the "
                    "customer's salesperson or a collector."
                )
            )
        return cases
