"""Customer statements in PDF, as reminders attach them: in batches."""

import statistics

from .run import Bench, Result, clocked

BATCH = 50
TURNS = 3


def render(bench: Bench) -> list[Result]:
    """Each turn other customers: those in the middle, who owe as most do."""
    with bench.environment() as env:
        env["collections.case"].refresh()
        env.cr.commit()
        cases = env["collections.case"].search(
            [("amount_balance", ">", 0)], order="id", limit=BATCH * (TURNS + 1)
        )
        sizes, speeds = [], []
        for start in range(0, len(cases), BATCH):
            batch = cases[start : start + BATCH]
            env.invalidate_all()
            pages = []
            took = clocked(lambda batch=batch, pages=pages: pages.append(_pdfs(batch)))
            sizes.append(sum(map(len, pages[0].values())) / len(batch))
            speeds.append(1000 * len(batch) / took)
        items = sum(cases.mapped("item_count")) / len(cases)
    return [
        Result(
            what="seconds for a hundred statements",
            value=100 / statistics.median(speeds[1:]),
            unit="s",
            limit=20,
            note=f"{statistics.median(speeds[1:]):.1f} a second, {items:.1f} items and"
            f" {statistics.median(sizes) / 1024:.0f} kB each, slowest batch"
            f" {min(speeds):.1f} a second",
        )
    ]


def _pdfs(cases) -> dict[int, bytes]:
    renderer = cases.env["collections.statement.pdf"]
    return renderer.with_context(force_report_rendering=True)._render(cases)
