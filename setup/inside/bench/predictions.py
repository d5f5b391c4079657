"""How well payments are predicted, on receivables that no one here made."""

import datetime
import math

from odoo.addons.collections_management.tools.prediction import model
from odoo.addons.collections_management.tools.prediction.documents import (
    DISPUTE,
    Document,
    Event,
)

from ground.paths import ROOT
from inside.receivables import presets, rows

from .run import Bench, Result, clocked, timed

PRESET = "ibm"
# Learned from what was known on the evening before, judged on what was issued since.
SINCE = datetime.date(2013, 1, 1)
NAMES = {
    model.MEAN: "customer's mean",
    model.DUE: "due date",
    model.PLAIN: "plain logistic",
    model.USUAL: "what is usual",
}


def accuracy(bench: Bench) -> list[Result]:
    """Each mark of the learned weights is held to the best of the others."""
    documents, events = _read()
    day = SINCE.toordinal() - 1
    later = [document for document in documents if document.issued > day]
    found = []
    took = clocked(
        lambda: found.append(
            model.judge_on(documents, events, later, day, with_learned=True)[0]
        )
    )
    marks = found[0]
    own = marks.pop(model.LEARNED)
    learning = Result(
        what="learning and judging", value=took, note=f"{len(later)} invoices"
    )
    return [*_against(own, marks), learning]


def _against(own, marks) -> list[Result]:
    """Hold the marks of one method to the best of the others."""
    return [
        _result("AUC short of 1", {n: _miss(m.auc) for n, m in marks.items()}, own.auc),
        _result(
            "Brier score", {name: mark.brier for name, mark in marks.items()}, own.brier
        ),
        _result(
            "error of the date, days",
            {name: mark.error for name, mark in marks.items() if mark.error},
            own.error,
        ),
    ]


def demo_card(bench: Bench) -> list[Result]:
    """Learn for the demo company as the scheduled action does; read its card."""
    with bench.environment(bench.demo) as env:
        company = env.ref("collections_management.demo_company_andina")
        scorer = env["collections.scorer"].with_company(company)
        card = env["collections.prediction.model"].create({"company_id": company.id})
        took = clocked(lambda: scorer._score(company, card))
        marks, method = dict(card.marks), card.method
        note = f"{card.held_out_count} held out, {method or 'nothing'} used"
    own = model.judge.Marks(**marks.pop(method)) if method else None
    others = {
        name: model.judge.Marks(**mark)
        for name, mark in marks.items()
        if name in (model.MEAN, model.DUE, model.PLAIN)
    }
    learning = Result(what="learning, judging, predicting", value=took, note=note)
    return [*(_against(own, others) if own else ()), learning]


def _miss(auc: float | None) -> float:
    return math.nan if auc is None else 1 - auc


def _result(what: str, others: dict[str, float], own: float) -> Result:
    """A figure of which less is better, in thousandths, and those of the others."""
    value = 1 - own if what.startswith("AUC") else own
    return Result(
        what=what,
        value=1000 * value,
        unit="/ 1000",
        limit=1000 * min(others.values()),
        note=", ".join(f"{NAMES[n]} {1000 * v:.1f}" for n, v in others.items()),
    )


def _read() -> tuple[list[Document], list[Event]]:
    """The file as documents; an issue is known when its invoice is settled."""
    path = presets.default_path(ROOT, PRESET)
    with path.open(newline="") as lines:
        invoices = [
            row
            for row in rows.read(lines, presets.PRESETS[PRESET].form)
            if isinstance(row, rows.Invoice)
        ]
    customers = {}
    documents, events = [], []
    for number, invoice in enumerate(invoices):
        customer = customers.setdefault(invoice.customer, len(customers))
        closed = invoice.settled.toordinal()
        documents.append(
            Document(
                number,
                customer,
                invoice.date.toordinal(),
                invoice.due.toordinal(),
                float(invoice.amount),
                closed,
            )
        )
        if invoice.disputed:
            events.append(Event(customer, closed, DISPUTE))
    return documents, events


# === AT VOLUME === #


def everything(bench: Bench) -> list[Result]:
    """Predict every open item and grade every customer, as each night does.

    Payments of this ledger are dated at random, so that no method beats the plain
    ones and none would be used: each is learned by force, for its speed alone.
    """
    with bench.environment() as env:
        company = env.company
        company.collections_scoring = "all"
        env["collections.case"].refresh()
        env.cr.commit()
        learning = clocked(lambda: env["collections.scorer"]._score(company))
        card = env["collections.prediction.model"]._current(company)
        learned = f"{card.paid_count:,} paid documents, {card.method or 'none'} used"
        scored = [_score_with(env, card, name) for name in (model.USUAL, model.LEARNED)]
        pages = env["collections.cash.screen"]
        page = timed(pages.get_page, 3)
        kept = clocked(lambda: env["collections.cash.forecast"]._keep_weekly(company))
    return [
        *scored,
        Result(what="learning, judging, grading", value=learning, note=learned),
        Result(what="page of the cash forecast", value=page, limit=5_000),
        Result(what="half a year of forecasts rebuilt", value=kept),
    ]


def _score_with(env, card, method: str) -> Result:
    """Time a night with a method that is given to the card."""
    scorer, day = env["collections.scorer"], card.date
    documents, _amounts = scorer._documents(card.company_id, day)
    events = scorer._events(card.company_id, day)
    given = model.fit(documents, events, day.toordinal(), method=method)
    card.write({"method": method, "parameters": given.to_json()})
    env.cr.commit()
    before, counts = env.cr.sql_log_count, []
    took = clocked(lambda: counts.append(scorer._score(card.company_id)))
    statements = env.cr.sql_log_count - before
    return Result(
        what=f"prediction and grades, method {method}",
        value=took,
        limit=20_000,
        note=f"{counts[0]:,} open items, {statements} statements",
    )
