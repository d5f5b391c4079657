from ast import literal_eval

from lxml import etree, html

from odoo import api, models
from odoo.tools import format_amount, html2plaintext, is_html_empty

from ...tools import conditions

ROLES = ("salesperson", "collector", "supervisor")


class CollectionsPolicyDocument(models.AbstractModel):
    """The collection policy of a company in words: segments, policies, roles.

    Plain texts and numbers, nothing that points to a record: what is kept says what
    was in force, whatever happens to the records later.
    """

    _name = "collections.policy.document"
    _description = "Text of the Collection Policy"

    @api.model
    def _content(self, company) -> dict:
        """Return the document in the language of the environment."""
        company = self.env["res.company"].browse(company.id).sudo()
        segments = self.env["collections.segment"].with_company(company)
        segments = segments._of_company(company)
        policies = segments.policy_id | self._chosen_policies(company)
        return {
            "company": company.name,
            "segments": [self._segment(segment, company) for segment in segments],
            "policies": [self._policy(policy, company) for policy in policies],
            "roles": [self._role(name, company) for name in ROLES],
        }

    @api.model
    def _chosen_policies(self, company):
        """Policies that a person chose for a case."""
        groups = self.env["collections.case"]._read_group(
            [("company_id", "=", company.id), ("manual_policy", "=", True)],
            ["policy_id"],
        )
        return self.env["collections.policy"].sudo().union(*(row[0] for row in groups))

    # === SEGMENTS === #

    @api.model
    def _segment(self, segment, company) -> dict:
        tree = conditions.parse(literal_eval(segment.domain or "[]"))
        lines = list(self._lines(tree, company))
        return {
            "name": segment.name,
            "description": segment.description or "",
            "policy": segment.policy_id.name,
            "conditions": lines or [self.env._("All other customers")],
        }

    @api.model
    def _lines(self, node, company, depth=0):
        """Yield the conditions of a tree in words, indented."""
        words = self.env["collections.case.why"]
        indent = "\u2003" * depth
        if isinstance(node, conditions.Leaf):
            path = node.field.split(".")
            case = self.env["collections.case"].new({"company_id": company.id})
            operator = words._operators().get(node.operator, node.operator)
            value = words._operand(case, words._field(path), node.value)
            yield f"{indent}{words._label(path)} {operator} {value}"
            return
        if len(node.parts) > 1 or node.join == "none":
            yield indent + words._joins()[node.join]
            depth += 1
        for part in node.parts:
            yield from self._lines(part, company, depth)

    # === POLICIES === #

    @api.model
    def _plain(self, text) -> str:
        """Return the words of a formatted text, without marks for bold and italics."""
        if is_html_empty(text):
            return ""
        tree = html.fragment_fromstring(text, create_parent="div")
        etree.strip_tags(tree, "b", "strong", "i", "em")
        return html2plaintext(html.tostring(tree, encoding="unicode")).strip()

    @api.model
    def _policy(self, policy, company) -> dict:
        return {
            "name": policy.name,
            "description": self._plain(policy.description),
            "rules": self._rules(policy, company.currency_id),
            "levels": [self._level(level) for level in policy.level_ids],
        }

    @api.model
    def _rules(self, policy, currency) -> list[str]:
        """Return the pace of a policy, a sentence each."""
        entry = (
            policy.entry_level_id
            or policy.level_ids.filtered(lambda level: level.delay > 0).sorted("delay")[
                :1
            ]
        )
        late = dict(policy._fields["late_start"]._description_selection(self.env))
        env = self.env
        rules = [
            env._("At least %s days between two reminders.", max(policy.min_days, 1)),
            env._(
                "Nothing is asked up to %s, net of credits.",
                format_amount(env, policy.tolerance, currency),
            ),
            env._(
                "Who is late already begins: %(where)s (%(level)s).",
                where=late[policy.late_start],
                level=entry.name or "",
            ),
        ]
        return rules + self._optional_rules(policy, currency)

    @api.model
    def _optional_rules(self, policy, currency) -> list[str]:
        """Return what only some policies say."""
        env = self.env
        rules = []
        if policy.payment_day_wait:
            rules.append(
                env._(
                    "Where the customer pays on fixed days, a reminder waits up to %s "
                    "days for the day before.",
                    policy.payment_day_wait,
                )
            )
        if policy.minimum_amount:
            amount = format_amount(env, policy.minimum_amount, currency)
            rules.append(env._("No reminder below %s overdue.", amount))
        if policy.repeat_days:
            rules.append(
                env._(
                    "The last level is repeated every %(days)s days, at most "
                    "%(times)s times.",
                    days=policy.repeat_days,
                    times=policy.max_repeats,
                )
            )
        return rules

    @api.model
    def _level(self, level) -> dict:
        return {
            "delay": level.delay,
            "when": level.when,
            "name": level.name,
            "channels": [self._channel(way) for way in level.channel_ids.sorted()],
            "formal": bool(level.formal),
            "statement": bool(level.attach_statement),
            "stage": level.stage_id.name or "",
            "script": self._plain(level.script),
        }

    @api.model
    def _channel(self, way) -> dict:
        words = {
            name: dict(way._fields[name]._description_selection(self.env))
            for name in ("channel", "release", "tone")
        }
        values = {name: label.get(way[name], "") for name, label in words.items()}
        return {**values, "template": way.template_id.name or ""}

    # === ROLES === #

    @api.model
    def _role(self, name, company) -> dict:
        """Who has a role by name, and not a higher one."""
        group = self.env.ref(f"collections_management.group_{name}").sudo()
        position = ROLES.index(name) + 1
        higher = self.env["res.users"].sudo()
        for other in ROLES[position:]:
            group_above = self.env.ref(f"collections_management.group_{other}")
            higher |= group_above.sudo().all_user_ids
        people = (group.all_user_ids - higher).filtered(
            lambda user: user.active and company in user.company_ids
        )
        return {
            "name": group.name,
            "may": group.comment or "",
            "people": sorted(people.mapped("name")),
        }
