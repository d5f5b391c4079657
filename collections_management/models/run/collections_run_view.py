from odoo import api, fields, models


class CollectionsRunView(models.AbstractModel):
    """What the screens of a run show beside its counters; nothing is stored."""

    _name = "collections.run.view"
    _description = "Collections Run on Screen"

    summary = fields.Html(
        string="By Level, Segment and Channel",
        compute="_compute_summary",
        sanitize=False,
        help="Customers, messages and money by dunning level, segment and channel",
    )
    customer_count = fields.Integer(compute="_compute_summary", string="Customers")
    total_seconds = fields.Float(
        compute="_compute_total_seconds", digits=(10, 2), string="Seconds"
    )

    @api.depends(
        "refresh_seconds", "classify_seconds", "plan_seconds", "follow_seconds"
    )
    def _compute_total_seconds(self):
        for run in self:
            run.total_seconds = (
                run.refresh_seconds
                + run.classify_seconds
                + run.plan_seconds
                + run.follow_seconds
            )

    @api.depends("reminder_ids.state", "reminder_ids.amount_net")
    def _compute_summary(self):
        for run in self:
            tables = run._summary_tables()
            run.customer_count = self.env["collections.reminder"]._read_group(
                [("run_id", "=", run.id)], [], ["partner_id:count_distinct"]
            )[0][0]
            run.summary = any(table["rows"] for table in tables) and self.env[
                "ir.qweb"
            ]._render(
                "collections_management.collections_run_summary",
                {"run": run, "tables": tables},
                minimal_qcontext=True,
            )

    def _summary_tables(self) -> list[dict]:
        """Return customers, messages and money by level, by segment, by channel."""
        channels = dict(self.env["collections.channel"]._selection())
        return [
            {
                "title": self.env._("Level"),
                "rows": [
                    self._summary_row(
                        level.name or self.env._("Deleted level"),
                        sums,
                        note=level.when,
                    )
                    for level, _delay, *sums in self._summary_groups(
                        ["level_id", "level_delay"], "level_delay"
                    )
                ],
            },
            {
                "title": self.env._("Segment"),
                "rows": [
                    self._summary_row(
                        segment.name or self.env._("Without segment"), sums
                    )
                    for segment, *sums in self._summary_groups(
                        ["segment_id"], "amount_net:sum desc"
                    )
                ],
            },
            {
                "title": self.env._("Channel"),
                "rows": [
                    self._summary_row(channels.get(code, code), sums)
                    for code, *sums in self._summary_groups(
                        ["channel"], "amount_net:sum desc"
                    )
                ],
            },
        ]

    def _summary_groups(self, names, order):
        self.ensure_one()
        return self.env["collections.reminder"]._read_group(
            [("run_id", "=", self.id)],
            names,
            ["partner_id:count_distinct", "__count", "amount_net:sum"],
            order=order,
        )

    @api.model
    def _summary_row(self, name, sums, note="") -> dict:
        customers, messages, amount = sums
        return {
            "name": name,
            "note": note,
            "customers": customers,
            "messages": messages,
            "amount": amount,
        }

    # === ACTIONS === #

    def _action_cases(self, name, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_case_action"
        )
        return {
            **action,
            "name": name,
            "domain": [("company_id", "=", self.company_id.id), *domain],
            "context": {},
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
        }

    def action_view_without_address(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collections_management.collections_reminder_action"
        )
        return {
            **action,
            "name": self.env._("Customers Without Address"),
            "domain": [("run_id", "=", self.id), ("recipient_ids", "=", False)],
            "context": {},
        }

    def action_view_credits(self):
        self.ensure_one()
        return self._action_cases(
            self.env._("Customers With Unapplied Credits"),
            [("amount_credit", ">", 0), ("amount_overdue", ">", 0)],
        )

    def action_view_excluded(self):
        self.ensure_one()
        return self._action_cases(
            self.env._("Overdue Debits Without Follow-up"),
            [("amount_excluded", ">", 0)],
        )
