"""Who collects at a demo company, by which rules, and who is away this week."""

from datetime import timedelta

from odoo.fields import Command

MODULE = "collections_management"
# Login of the demo user, how many cases there is room for, and what is to be collected
# each month.
PEOPLE = {
    "andina": {
        "collector": (45, 120000.0),
        "collector_2": (25, 90000.0),
        "supervisor": (10, 0.0),
    },
    "chile": {"collector": (20, 15000000.0)},
}
HANDED_OVER = "El Nopal y Quitumbe esperan el estado de cuenta; lo demás puede esperar."
ALERTS = (
    ("first_late", {"days": 3}),
    ("silent", {"days": 30}),
    ("big_due", {"days": 3, "amount": 15000.0, "to": "salesperson"}),
)


def employ(company, key):
    """Make collectors, rules and an absence; give out the cases as the rules say."""
    env = company.env
    collectors = {
        name: _collector(company, env.ref(f"{MODULE}.demo_user_{name}"), *wanted)
        for name, wanted in PEOPLE[key].items()
    }
    if key == "andina":
        _rules(company, collectors)
    env["collections.assigner"]._assign(company)
    if key == "andina":
        # Afterwards: who is away is given no more cases, and keeps the own.
        _absence(company, collectors)


def _collector(company, user, capacity, target):
    """The first refresh made one of whoever has cases by default."""
    values = {"user_id": user.id, "company_id": company.id}
    collectors = company.env["collections.collector"]
    found = collectors.search([(name, "=", value) for name, value in values.items()])
    collector = found or collectors.create(values)
    collector.write({"capacity": capacity, "target_amount": target})
    return collector


def _rules(company, collectors):
    env = company.env
    abroad = env["res.country"].search(
        [("code", "in", ("AR", "BO", "CO", "EC", "MX", "PA", "PY", "UY"))]
    )
    env["collections.assignment.rule"].create(
        [
            {
                "name": name,
                "sequence": sequence,
                "company_id": company.id,
                "collector_ids": [Command.set(collectors[who].ids)],
                **values,
            }
            for sequence, (name, who, values) in enumerate(
                (
                    ("Saldos grandes", "supervisor", {"amount_from": 40000.0}),
                    (
                        "Clientes del exterior",
                        "collector_2",
                        {"country_ids": [Command.set(abroad.ids)]},
                    ),
                    ("Los demás", "collector", {}),
                )
            )
        ]
    )


def _absence(company, collectors):
    today = company._collections_today()
    company.env["collections.absence"].create(
        {
            "collector_id": collectors["collector_2"].id,
            "substitute_id": collectors["collector"].id,
            "date_from": today - timedelta(days=1),
            "date_to": today + timedelta(days=5),
            "note": HANDED_OVER,
        }
    )


def watch(company):
    """Turn some alerts on, and look once: activities of our own people."""
    env = company.env
    for kind, values in ALERTS:
        rule = env.ref(f"{MODULE}.alert_rule_{kind}")
        rule.copy({"company_id": company.id, "active": True, **values})
    env["collections.alert"]._raise(company)
