"""Running pytest in its two modes, and counting.

*Pure* tests run without Odoo on the path, which also proves that what they test
does not need it. *Odoo* tests run against a copy of a database with our addons.
"""

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import database, environment
from .console import say
from .environment import Environment
from .paths import ADDONS, LOCAL, LOGS, ROOT

PURE = ("unit", "properties", "architecture", "setup")
WITH_ODOO = ("scenarios", "browser", "faults")
NO_TESTS = 5  # pytest's exit code


@dataclass(frozen=True)
class Run:
    """What one pytest run came to."""

    code: int
    passed: int = 0
    failed: int = 0


def pure_folders() -> list[str]:
    return [str(path) for name in PURE if (path := ROOT / "tests" / name).is_dir()]


def odoo_folders() -> list[str]:
    candidates = [addon / "tests" for addon in ADDONS]
    candidates += [ROOT / "tests" / name for name in WITH_ODOO]
    return [str(path) for path in candidates if path.is_dir()]


def is_pure(argument: str) -> bool:
    """Whether a pytest argument names tests that must run without Odoo."""
    path = Path(argument.partition("::")[0])
    path = (path if path.is_absolute() else Path.cwd() / path).resolve()
    return any(path.is_relative_to(ROOT / "tests" / name) for name in PURE)


def run_pure(env: Environment, arguments: Sequence[str]) -> Run:
    variables = {**env.env, "PYTHONPATH": str(ROOT / "setup")}
    for name in ("ODOO_RC", "PGHOST", "PGPORT", "PGUSER"):
        variables.pop(name, None)
    return _run(env, ["-p", "no:odoo", *arguments], variables, "pure")


def run_odoo(
    env: Environment, name: str, arguments: Sequence[str], label: str = "odoo"
) -> Run:
    """Run tests that need Odoo in the database ``name``, with an HTTP server."""
    config = LOCAL / f"odoo-{name}.conf"
    environment.write_config(env, config, db_name=name, dbfilter=f"^{name}$")
    variables = {
        **env.env,
        "ODOO_RC": str(config),
        "PYTHONPATH": f"{env.odoo_path}:{ROOT / 'setup'}",
    }
    try:
        return _run(env, ["--odoo-http", *arguments], variables, label)
    finally:
        config.unlink(missing_ok=True)


def run_addons(env: Environment, arguments: Sequence[str]) -> Run:
    """Run Odoo tests in a fresh copy of the database with our addons."""
    template = database.addons_template(env)[0]
    with database.temporary_copy(env, template) as name:
        return run_odoo(env, name, arguments)


def _run(
    env: Environment, arguments: Sequence[str], variables: dict[str, str], label: str
) -> Run:
    LOGS.mkdir(parents=True, exist_ok=True)
    report = LOGS / f"junit-{label}-{os.getpid()}.xml"
    options = [
        "-p",
        "ground.no_skips",
        f"--junitxml={report}",
        "-o",
        "junit_family=xunit2",
    ]
    say()
    code = subprocess.call(
        [str(env.python), "-m", "pytest", *options, *arguments], env=variables
    )
    try:
        return Run(0) if code == NO_TESTS else _count(report, code)
    finally:
        report.unlink(missing_ok=True)


def _count(report: Path, code: int) -> Run:
    """Counts of the JUnit report; a run that broke off counts as one failure.

    A test counts once, however many subtests it has.
    """
    if not report.is_file():
        return Run(code, failed=1)
    failed: dict[tuple[str | None, str | None], bool] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        key = (case.get("classname"), case.get("name"))
        bad = case.find("failure") is not None or case.find("error") is not None
        failed[key] = failed.get(key, False) or bad
    bad = sum(failed.values())
    return Run(code, len(failed) - bad, bad if bad or not code else 1)
