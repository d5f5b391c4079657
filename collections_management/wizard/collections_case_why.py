from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_amount, format_date
from odoo.tools.misc import formatLang

from ..tools import conditions

EMPTY = "–"
RELATIONS = ("many2one", "many2many", "one2many")


class CollectionsCaseWhy(models.TransientModel):
    """Why a case is in its segment, condition by condition."""

    _name = "collections.case.why"
    _description = "Why This Segment"

    case_id = fields.Many2one(comodel_name="collections.case", required=True)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("case_id")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for wizard in self:
            case = wizard.case_id._origin
            case.check_access("read")
            wizard.explanation = self.env["ir.qweb"]._render(
                "collections_management.case_why",
                {"case": case, "segments": self._segments(case)},
                minimal_qcontext=True,
            )

    @api.model
    def _segments(self, case) -> list[dict]:
        """Return the segments in their order, each with its verdict and conditions.

        One statement tells for all segments and conditions whether they hold.
        """
        company = case.company_id
        # Names in the user's language; who may read the case may know its rules.
        segments = self.env["collections.segment"].with_company(company)
        segments = segments._of_company(company)
        trees = [
            conditions.parse(literal_eval(segment.domain or "[]"))
            for segment in segments
        ]
        leaves = [leaf for tree in trees for leaf in conditions.leaves(tree)]
        tables, tests = case.with_company(company)._conditions_sql(
            [
                *(literal_eval(segment.domain or "[]") for segment in segments),
                *([tuple(leaf)] for leaf in leaves),
            ]
        )
        [holds] = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE collections_case.id = %s",
                SQL(", ").join(SQL("(%s) IS TRUE", test) for test in tests),
                tables,
                case.id,
            )
        )
        # By identity: the same condition may stand in two segments.
        verdicts = iter(holds[len(segments) :])
        rows = []
        matched = False
        for segment, tree, fits in zip(segments, trees, holds, strict=False):
            rows.append(
                {
                    "segment": segment,
                    "fits": fits,
                    "wins": fits and not matched,
                    "late": matched,
                    "lines": list(self._lines(case, tree, verdicts)),
                }
            )
            matched = matched or fits
        return rows

    # === IN WORDS === #

    @api.model
    def _lines(self, case, node, verdicts, depth=0):
        """Yield the lines of a tree: what joins the next ones, or a condition."""
        if isinstance(node, conditions.Leaf):
            yield self._line(case, node, depth, next(verdicts))
            return
        if len(node.parts) > 1 or node.join == "none":
            yield {"join": self._joins()[node.join], "depth": depth}
            depth += 1
        for part in node.parts:
            yield from self._lines(case, part, verdicts, depth)

    @api.model
    def _line(self, case, leaf, depth, holds) -> dict:
        path = leaf.field.split(".")
        field = self._field(path)
        return {
            "join": None,
            "depth": depth,
            "label": self._label(path),
            "operator": self._operators().get(leaf.operator, leaf.operator),
            "value": self._operand(case, field, leaf.value),
            "own": self._own_value(case, path, field),
            "holds": holds,
        }

    @api.model
    def _joins(self) -> dict:
        return {
            "all": self.env._("All of these:"),
            "any": self.env._("At least one of these:"),
            "none": self.env._("Not:"),
        }

    @api.model
    def _operators(self) -> dict:
        return {
            "=": self.env._("is"),
            "!=": self.env._("is not"),
            ">": self.env._("is more than"),
            ">=": self.env._("is at least"),
            "<": self.env._("is less than"),
            "<=": self.env._("is at most"),
            "in": self.env._("is one of"),
            "not in": self.env._("is none of"),
            "like": self.env._("contains"),
            "ilike": self.env._("contains"),
            "not like": self.env._("does not contain"),
            "not ilike": self.env._("does not contain"),
            "=like": self.env._("looks like"),
            "=ilike": self.env._("looks like"),
            "child_of": self.env._("is or belongs to"),
            "parent_of": self.env._("is or is above"),
        }

    @api.model
    def _field(self, path):
        model = self.env["collections.case"]
        for name in path[:-1]:
            model = self.env[model._fields[name].comodel_name]
        return model._fields[path[-1]]

    @api.model
    def _label(self, path) -> str:
        labels = []
        model = self.env["collections.case"]
        for name in path:
            field = model._fields[name]
            labels.append(field._description_string(self.env))
            if field.relational:
                model = self.env[field.comodel_name]
        return " → ".join(labels)

    @api.model
    def _operand(self, case, field, value) -> str:
        """Return what a condition compares with, as a person would write it."""
        values = value if isinstance(value, list | tuple | set) else [value]
        if field.type in RELATIONS and all(
            isinstance(one, int) and not isinstance(one, bool) for one in values
        ):
            records = self.env[field.comodel_name].sudo().browse(values).exists()
            return ", ".join(records.mapped("display_name")) or EMPTY
        return ", ".join(self._text(case, field, one) for one in values) or EMPTY

    @api.model
    def _own_value(self, case, path, field) -> str:
        try:
            found = case.mapped(".".join(path))
        except AccessError:
            return self.env._("(you may not see it)")
        if path == ["average_days_late"] and not case.has_paid:
            return EMPTY
        if field.type in RELATIONS:
            return ", ".join(found.sudo().mapped("display_name")) or EMPTY
        return ", ".join(self._text(case, field, one) for one in found) or EMPTY

    @api.model
    def _text(self, case, field, value) -> str:
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, str) or value is False or value is None:
            return self._word(field, value)
        if field.type == "monetary":
            return format_amount(self.env, value, case.currency_id)
        if field.type in ("date", "datetime"):
            return format_date(self.env, value)
        if field.type == "float":
            return formatLang(self.env, value, digits=1)
        return str(value)

    @api.model
    def _word(self, field, value) -> str:
        if field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value, value)
        return value or EMPTY
