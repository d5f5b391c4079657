from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.misc import formatLang

from ...tools import priority


class CollectionsCasePriority(models.AbstractModel):
    """What acting on a customer today is worth. Written by `collections.prioritizer`.

    It orders the day of people and says why; it decides nothing by itself.
    """

    _name = "collections.case.priority"
    _description = "Priority of a Case"
    _inherit = ["collections.case.figures"]

    priority_value = fields.Monetary(
        string="Priority",
        readonly=True,
        default=0.0,
        help="What acting today is expected to bring: what there is to ask for × the "
        "chance that a contact changes it × urgency ÷ work",
    )
    priority_parts = fields.Json(readonly=True)
    priority_text = fields.Text(
        string="Why This Priority", compute="_compute_priority_text"
    )
    is_high_priority = fields.Boolean(
        string="High Priority",
        compute="_compute_is_high_priority",
        search="_search_is_high_priority",
        help="Among the tenth of the customers where acting today brings most",
    )

    # === SEARCH === #

    @api.depends("priority_value")
    def _compute_is_high_priority(self):
        found = self.search([("id", "in", self.ids), ("is_high_priority", "=", True)])
        for case in self:
            case.is_high_priority = case in found

    def _search_is_high_priority(self, operator, value):
        return self._search_top_tenth("priority_value", operator, value)

    # === IN WORDS === #

    @api.depends("priority_parts", "priority_value")
    @api.depends_context("lang")
    def _compute_priority_text(self):
        for case in self:
            parts = case.priority_parts
            case.priority_text = (
                "\n".join(case._priority_lines(parts)) if parts else False
            )

    def _priority_lines(self, parts) -> list[str]:
        """Return the formula, a line for each of its components."""
        self.ensure_one()
        soon = (
            self.env._("predicted")
            if parts["is_predicted"]
            else self.env._("by how it paid so far and the age of the debt")
        )
        response = (1 - parts["soon"]) * parts["answer"] * parts["still"]
        return [
            self.env._(
                "%s to ask for", format_amount(self.env, parts["amount"], self._unit())
            ),
            self.env._(
                "× %s: chance that a contact changes something",
                self._percent(response),
            ),
            self.env._(
                "   %(chance)s not to be paid within two weeks by itself, %(how)s",
                chance=self._percent(1 - parts["soon"]),
                how=soon,
            ),
            self.env._("   × %s that somebody answers", self._percent(parts["answer"])),
            self.env._(
                "   × %s that can still be had at this age",
                self._percent(parts["still"]),
            ),
            self.env._(
                "× %(urgency)s: urgency%(reasons)s",
                urgency=self._number(parts["urgency"]),
                reasons="".join(f", {text}" for text in self._priority_urgent(parts)),
            ),
            self.env._(
                "÷ %(effort)s: work of %(way)s",
                effort=self._number(parts["effort"]),
                way=self._priority_way(parts["way"]),
            ),
        ]

    def _unit(self):
        return self.currency_id or self.env.company.currency_id

    @api.model
    def _percent(self, share) -> str:
        return f"{formatLang(self.env, 100 * share, digits=0)} %"

    @api.model
    def _number(self, value) -> str:
        return formatLang(self.env, value, digits=2)

    @api.model
    def _priority_way(self, way) -> str:
        words = {
            priority.CALL: self.env._("a call"),
            priority.WRITE: self.env._("a message"),
            priority.ADDRESS: self.env._("finding an address first"),
        }
        return words[way]

    def _priority_urgent(self, parts) -> list[str]:
        """Return what makes it urgent, each in a few words."""
        return [
            self._priority_reason(code, days)
            for code, _points, days in parts["reasons"]
        ]

    def _priority_reason(self, code, days) -> str:
        if code == priority.BROKEN:
            return self.env._("a promise was not kept")
        if code == priority.EDGE:
            edge = self.days_overdue + days - 1
            if days == 1:
                return self.env._("over %s days old tomorrow", edge)
            return self.env._(
                "over %(edge)s days old in %(days)s days", edge=edge, days=days
            )
        if days > 1:
            return self.env._("a promise is due in %s days", days)
        if days == 1:
            return self.env._("a promise is due tomorrow")
        return self.env._("a promise is due")

    def _priority_reasons_short(self) -> str:
        """Return in one line what a collector has to know of the priority."""
        self.ensure_one()
        parts = self.priority_parts
        if not parts:
            return ""
        words = [
            *self._priority_urgent(parts),
            self.env._("%s likely to pay by itself", self._percent(parts["soon"])),
            self.env._("%s likely to answer", self._percent(parts["answer"])),
        ]
        if parts["way"] != priority.CALL:
            words.append(self._priority_way(parts["way"]))
        return " · ".join(words)
