"""Run the chosen operations and print what they took."""

import argparse
import dataclasses
import datetime
import importlib
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from inside import session

from . import catalogue


@dataclasses.dataclass(frozen=True)
class Result:
    """A measured figure, its reference in the same run, and the limit it is held to.

    :param limit: in ``unit``, or times the reference where ``is_ratio``
    """

    what: str
    value: float
    unit: str = "ms"
    reference: float | None = None
    reference_what: str = ""
    limit: float | None = None
    is_ratio: bool = False
    note: str = ""

    @property
    def measured(self) -> float:
        """What the limit is compared with."""
        return self.value / self.reference if self.is_ratio else self.value

    @property
    def is_kept(self) -> bool:
        return self.limit is None or self.measured <= self.limit


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What an operation measured, or why it could not."""

    results: list[Result]
    error: str = ""

    @property
    def is_kept(self) -> bool:
        return not self.error and all(result.is_kept for result in self.results)


@dataclasses.dataclass
class Bench:
    """What operations work with."""

    plain: str
    addons: str
    demo: str
    rounds: int

    def environment(self, database: str | None = None, **arguments):
        return session.environment(database or self.addons, **arguments)


def timed(work: Callable, times: int = 5) -> float:
    """Median of milliseconds over ``times`` calls, after one that warms up."""
    work()
    return statistics.median(clocked(work) for _turn in range(times))


def clocked(work: Callable) -> float:
    """Milliseconds that one call takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--plain", required=True)
    parser.add_argument("--addons", required=True)
    parser.add_argument("--demo", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--results", type=Path, required=True)
    options = parser.parse_args(arguments)
    session.configure()
    bench = Bench(options.plain, options.addons, options.demo, options.rounds)
    chosen = [one for one in catalogue.OPERATIONS if one.name in options.names]
    outcomes = {operation.name: _outcome(operation, bench) for operation in chosen}
    options.results.write_text(json.dumps(_as_json(outcomes), indent=2) + "\n")
    return 0 if all(outcome.is_kept for outcome in outcomes.values()) else 1


def _outcome(operation: catalogue.Operation, bench: Bench) -> Outcome:
    """Run an operation and print it; one that fails must not hide the others."""
    sys.stdout.write(f"{operation.what}\n")
    try:
        outcome = Outcome(_run(operation, bench))
    except Exception as error:  # noqa: BLE001
        outcome = Outcome([], f"{type(error).__name__}: {error}")
        sys.stdout.write(f"  FAILED: {outcome.error}\n")
    for result in outcome.results:
        sys.stdout.write(f"  {_text(result)}\n")
    sys.stdout.flush()
    return outcome


def _run(operation: catalogue.Operation, bench: Bench) -> list[Result]:
    module, _dot, function = operation.function.rpartition(".")
    return getattr(importlib.import_module(f"{__package__}.{module}"), function)(bench)


def _text(result: Result) -> str:
    parts = [f"{result.what:<44} {result.value:>9,.1f} {result.unit:<10}"]
    if result.reference is not None:
        ratio = f" x {result.value / result.reference:.3f}" if result.reference else ""
        parts.append(f"{result.reference_what} {result.reference:,.1f}{ratio}")
    if result.limit is not None:
        sign = "x " if result.is_ratio else ""
        verdict = "ok" if result.is_kept else "OVER"
        parts.append(f"limit {sign}{result.limit:,g}: {verdict}")
    if result.note:
        parts.append(result.note)
    return "; ".join(parts)


def _as_json(outcomes: dict[str, Outcome]) -> dict:
    return {
        "when": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "python": platform.python_version(),
        "operations": {
            name: {
                "error": outcome.error,
                "is_kept": outcome.is_kept,
                "results": [
                    {
                        **dataclasses.asdict(result),
                        "measured": result.measured,
                        "is_kept": result.is_kept,
                    }
                    for result in outcome.results
                ],
            }
            for name, outcome in outcomes.items()
        },
    }
