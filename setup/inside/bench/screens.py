"""What the browser asks the server for when a collector opens the kanban."""

import ast
import json
import statistics

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from .run import Bench, Result, clocked

MODEL = "collections.case"
LOGIN = "bench_collector"
TURNS = 9
CARDS = 40
# What these widgets read beside their field.
ACTIVITY = (
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
)
# The same cards in the same columns, without rights, labels and Odoo.
BY_HAND = """
    SELECT stage_id, sum(amount_actionable), sum(amount_balance), count(*)
      FROM collections_case WHERE company_id = %(company)s AND active GROUP BY stage_id;
    SELECT kase.*, partner.name
      FROM collections_stage AS stage
      CROSS JOIN LATERAL (
          SELECT * FROM collections_case
           WHERE company_id = %(company)s AND active AND stage_id = stage.id
           ORDER BY amount_actionable DESC, id LIMIT 40) AS kase
      JOIN res_partner AS partner ON partner.id = kase.partner_id
     WHERE stage.fold IS NOT TRUE
"""


# As after months of work: every column that is open has its share of the cases.
SPREAD = """
    UPDATE collections_case AS kase
       SET stage_id = stages.ids[1 + mod(kase.id, cardinality(stages.ids))]
      FROM (SELECT array_agg(id ORDER BY id) AS ids FROM collections_stage
             WHERE fold IS NOT TRUE)
           AS stages
"""


def kanban(bench: Bench) -> list[Result]:
    """Each turn on a new cursor: nothing is in Odoo's cache of records."""
    with bench.environment() as env:
        env[MODEL].refresh()
        env.cr.execute(SPREAD)
        uid = collector(env)
        env.cr.commit()
        reference = statistics.median(_by_hand(env) for _turn in range(TURNS))
    with bench.environment(uid=uid) as env:
        screen = _screen(env)
        views = clocked(lambda: _screen(env))
    turns = [_open(bench, uid, screen) for _turn in range(TURNS + 1)][1:]
    total = [sum(turn[:2]) for turn in turns]
    statements, cards = turns[-1][2:]
    return [
        Result(
            what="columns with their cards, and progress bars",
            value=statistics.median(total),
            reference=reference,
            reference_what="by hand",
            limit=200,
            note=f"{cards} cards, {len(screen['specification'])} fields,"
            f" {statements} statements, slowest {max(total):.0f}",
        ),
        Result(what="the views themselves, once a session", value=views),
    ]


def collector(env) -> int:
    """The user as whom the screens are opened."""
    user = env["res.users"].search([("login", "=", LOGIN)])
    if not user:
        groups = [env.ref("collections_management.group_collector").id]
        user = env["res.users"].create(
            {
                "name": "Bench collector",
                "login": LOGIN,
                "email": "collector@example.com",
                "group_ids": [(6, 0, groups)],
            }
        )
    return user.id


def _by_hand(env) -> float:
    def work():
        env.cr.execute(BY_HAND, {"company": env.company.id})
        env.cr.fetchall()

    return clocked(work)


def _screen(env) -> dict:
    """What the views say that the browser has to ask for."""
    action = env.ref("collections_management.collections_case_action").sudo()
    views = env[MODEL].get_views([(False, "kanban"), (False, "search")])["views"]
    kanban_view = etree.fromstring(views["kanban"]["arch"])
    search_view = etree.fromstring(views["search"]["arch"])
    bar = kanban_view.find("progressbar")
    return {
        "domain": _domain(env, action, search_view),
        "groupby": [kanban_view.get("default_group_by")],
        "limit": int(kanban_view.get("limit") or CARDS),
        "specification": _specification(env, kanban_view),
        "aggregates": _aggregates(env, bar),
        "bar": bar is not None
        and {
            "field": bar.get("field"),
            "colors": json.loads(bar.get("colors")),
            "sum_field": bar.get("sum_field"),
        },
    }


def _domain(env, action, search_view) -> list:
    """The action's own domain and the filters it starts with."""
    names = {
        "uid": env.uid,
        "active_id": False,
        "allowed_company_ids": [env.company.id],
    }
    context = safe_eval(action.context or "{}", names)
    domain = safe_eval(action.domain or "[]", names)
    for name, value in context.items():
        found = search_view.xpath(f"//filter[@name='{name[len('search_default_') :]}']")
        if name.startswith("search_default_") and value and found:
            domain += safe_eval(found[0].get("domain") or "[]", names)
    return domain


def _specification(env, view) -> dict[str, dict]:
    """How the browser reads each field of a card."""
    specification = {}
    for node in view.iter("field"):
        name = node.get("name")
        field = env[MODEL]._fields[name]
        specification[name] = {}
        if field.type == "many2one":
            specification[name] = {"fields": {"display_name": {}}}
        elif (node.get("widget") or "").startswith("many2many_tags"):
            specification[name] = {"fields": {"display_name": {}, "color": {}}}
        elif node.get("widget") == "kanban_activity":
            specification.update({name: {} for name in ACTIVITY})
        options = ast.literal_eval(node.get("options") or "{}")
        if options.get("color_field"):
            specification[options["color_field"]] = {}
    return specification


def _aggregates(env, bar) -> list[str]:
    if bar is None:
        return []
    names = [bar.get("sum_field"), bar.get("total_field")]
    fields = [env[MODEL]._fields[name] for name in names if name]
    currencies = [
        f"{field.get_currency_field(env[MODEL])}:array_agg_distinct" for field in fields
    ]
    return [
        *(f"{field.name}:{field.aggregator}" for field in fields),
        *dict.fromkeys(currencies),
        *(f"{field.name}:sum_currency" for field in fields),
    ]


def _open(bench: Bench, uid: int, screen: dict) -> tuple:
    """Milliseconds of the columns and of the bars, statements, and cards shown."""
    with bench.environment(uid=uid) as env:
        cases = env[MODEL].with_context(read_group_expand=True, lang="en_US")
        found = []
        columns = clocked(
            lambda: found.append(
                cases.web_read_group(
                    screen["domain"],
                    screen["groupby"],
                    screen["aggregates"],
                    auto_unfold=True,
                    unfold_read_specification=screen["specification"],
                    unfold_read_default_limit=screen["limit"],
                )
            )
        )
        bars = 0.0
        if screen["bar"]:
            bars = clocked(
                lambda: cases.read_progress_bar(
                    screen["domain"], screen["groupby"][0], screen["bar"]
                )
            )
        cards = sum(len(group.get("__records", ())) for group in found[0]["groups"])
        return columns, bars, env.cr.sql_log_count, cards
