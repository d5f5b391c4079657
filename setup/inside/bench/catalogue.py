"""What is timed, in this order, and where the limits are. Standard library only."""

import dataclasses

PLAIN, ADDONS, DEMO = "plain", "addons", "demo"


@dataclasses.dataclass(frozen=True)
class Operation:
    """One line of the table.

    :param function: ``module.function`` in this package, called with the bench
    :param databases: the copies it works on
    """

    name: str
    what: str
    function: str
    databases: frozenset[str] = frozenset({ADDONS})


BOTH = frozenset({PLAIN, ADDONS})

# The night comes first: it must find the database as the installation left it.
OPERATIONS = (
    Operation(
        "night", "all scheduled actions right after install", "nights.night", BOTH
    ),
    Operation("refresh_first", "refresh, no case yet", "cases.refresh_first"),
    Operation("refresh_all", "refresh, nothing changed", "cases.refresh_all"),
    Operation("refresh_one", "refresh of one customer", "cases.refresh_one"),
    Operation("classify", "every case into ten segments", "segments.classify"),
    Operation("plan_all", "plan of all reminders", "plans.plan_all"),
    Operation("plan_again", "plan with nothing to do", "plans.plan_again"),
    Operation(
        "promises", "promises judged, documents paused", "promises.judge_and_pause"
    ),
    Operation("kanban", "kanban, first screen, as a collector", "screens.kanban"),
    Operation(
        "worklist", "a collector's day: first page, outcome", "worklists.worklist"
    ),
    Operation("priority", "what acting on each case is worth", "worklists.priority"),
    Operation(
        "prediction",
        "late payments of the IBM ledger",
        "predictions.accuracy",
        frozenset(),
    ),
    Operation(
        "prediction_demo",
        "late payments of the demo company",
        "predictions.demo_card",
        frozenset({DEMO}),
    ),
    Operation(
        "predictions", "every open item predicted, cash", "predictions.everything"
    ),
    Operation("statements", "customer statements in PDF", "statements.render"),
    Operation("mails", "reminders by e-mail", "mails.send"),
    Operation("aging", "aging of all customers", "reports.aging"),
    Operation("figures", "key figures", "reports.figures"),
    Operation("workbook", "detailed workbook", "reports.workbook"),
    Operation("dashboard", "dashboard", "reports.dashboard"),
    Operation("whatsapp_out", "messages out of one number", "whatsapp.send"),
    Operation("whatsapp_in", "webhooks of WhatsApp in", "whatsapp.receive"),
    Operation("post", "posting and paying invoices", "postings.post_and_pay", BOTH),
    Operation("two_sessions", "two sessions, one customer", "postings.sessions", BOTH),
)
