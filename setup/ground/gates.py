"""The gates: what a change must satisfy before its behaviour is tested.

Each gate is a function that returns complaints, one a line; none is a pass.
"""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import database, node, pytest_runs
from .console import say, step
from .environment import Environment
from .errors import SetupError
from .paths import ADDONS, LOGS, ROOT

SCRIPTS = ROOT / "setup" / "ground"
FORMATTED = {".css", ".js", ".scss", ".xml"}
NOT_FORMATTED = {"lib", "description", "files"}
_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (WARNING|ERROR|CRITICAL) ")
# Lines of an installation log that are Odoo's own: (pattern, why it is not ours).
NOT_OURS: tuple[tuple[re.Pattern, str], ...] = ()
# Odoo's own lint tests that say something about an addon of others. Left out are
# those that read Odoo's whole tree or the venv, and those that need ESLint.
ODOO_LINT = (
    "docstring",
    "dunderinit",
    "i18n",
    "index",
    "jstranslate",
    "manifests",
    "naming",
    "onchange_domains",
    "orm_import",
    "override_signatures",
    "pofile",
    "routes",
    "test_holes",
)

Gate = Callable[[Environment], list[str]]


@dataclass
class Result:
    """How many checks passed and failed."""

    passed: int = 0
    failed: int = 0

    def __add__(self, other: "Result") -> "Result":
        return Result(self.passed + other.passed, self.failed + other.failed)


def run_all(env: Environment) -> Result:
    """Run every gate, whatever the others say."""
    result = Result()
    for name, gate in _gates().items():
        result += _run_gate(env, name, gate)
    if not ADDONS:
        return result
    result += _run_gate(env, "installation without a warning", check_install_log)
    result += _run_gate(env, "the same with demo data", check_demo_log)
    try:
        database.addons_template(env)
    except SetupError:
        say("    what needs the installed addons was not checked")
        return result + Result(failed=2)
    result += _run_gate(env, "translations complete", check_translations)
    return result + run_odoo_lint(env)


def _run_gate(env: Environment, name: str, gate: Gate) -> Result:
    with step(f"gate {name}"):
        try:
            complaints = gate(env)
        except SetupError as error:
            complaints = [str(error)]
    for line in complaints:
        say(f"    {line}")
    return Result(failed=1) if complaints else Result(passed=1)


def _gates() -> dict[str, Gate]:
    gates = {"ruff check": check_ruff, "ruff format": check_format}
    if ADDONS:
        gates |= {
            "pylint-odoo": check_pylint,
            "oca-checks-odoo-module": check_oca,
            "prettier": check_prettier,
        }
    return gates


def check_ruff(env: Environment) -> list[str]:
    return _complaints(env, [*_ruff(env, "check"), ROOT])


def check_format(env: Environment) -> list[str]:
    return _complaints(env, [*_ruff(env, "format"), "--check", ROOT])


def _ruff(env: Environment, command: str) -> list[str | Path]:
    return [env.python, "-m", "ruff", command, "--quiet", "--output-format=concise"]


def check_pylint(env: Environment) -> list[str]:
    return _complaints(env, [env.python, "-m", "pylint", "--rcfile=.pylintrc", *ADDONS])


def check_oca(env: Environment) -> list[str]:
    manifests = [addon / "__manifest__.py" for addon in ADDONS]
    return _complaints(
        env, [env.python.with_name("oca-checks-odoo-module"), *manifests]
    )


def check_prettier(env: Environment) -> list[str]:
    files = _formatted_files()
    if not files:
        return []
    done = node.run_prettier("--list-different", *files)
    lines = [line for line in done.stdout.splitlines() if line]
    lines = [f"{line}: not as prettier formats it" for line in lines]
    return lines + done.stderr.splitlines() if done.returncode else []


def _formatted_files() -> list[Path]:
    files = (path for addon in ADDONS for path in sorted(addon.rglob("*")))
    return [
        path.relative_to(ROOT)
        for path in files
        if path.suffix in FORMATTED and not NOT_FORMATTED.intersection(path.parts)
    ]


def fix(env: Environment) -> None:
    """Let the formatters put right what they can."""
    _complaints(env, [*_ruff(env, "check"), "--fix", ROOT])
    _complaints(env, [env.python, "-m", "ruff", "format", "--quiet", ROOT])
    if files := _formatted_files():
        node.run_prettier("--write", *files)


def check_install_log(env: Environment) -> list[str]:
    _, log = database.addons_template(env)
    return find_warnings(log.read_text(errors="replace"))


def check_demo_log(env: Environment) -> list[str]:
    """Odoo only logs it when the demo data of an addon fails to load."""
    _, log = database.demo_template(env)
    return find_warnings(log.read_text(errors="replace"))


def find_warnings(log: str) -> list[str]:
    """Lines of an Odoo log at WARNING or above that are not known to be Odoo's own."""
    return [
        line
        for line in log.splitlines()
        if _LOG_LINE.match(line)
        and not any(pattern.search(line) for pattern, _why in NOT_OURS)
    ]


def check_translations(env: Environment) -> list[str]:
    with database.temporary_copy(env, database.addons_template(env)[0]) as name:
        script = SCRIPTS / "check_translations.py"
        return _complaints(env, [env.python, script, name, *ADDONS])


def run_odoo_lint(env: Environment) -> Result:
    """Odoo's test_lint addon, which needs a registry with our addons in it."""
    template = database.addons_template(env)[0]
    with database.temporary_copy(env, template) as name:
        with step("gate test_lint of Odoo: installing it"):
            database.install(env, name, ["test_lint"])
        folder = env.odoo_path / "odoo" / "addons" / "test_lint" / "tests"
        if not folder.is_dir():
            folder = env.odoo_path / "addons" / "test_lint" / "tests"
        files = [folder / f"test_{part}.py" for part in ODOO_LINT]
        run = pytest_runs.run_odoo(
            env, name, ["-q", "--tb=short", *map(str, files)], "lint"
        )
    return Result(run.passed, run.failed)


def _complaints(env: Environment, command: list[str | Path]) -> list[str]:
    """Output of a linter that is not content, else nothing."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not done.returncode:
        return []
    LOGS.mkdir(exist_ok=True)
    return list(filter(None, done.stdout.splitlines())) or [
        f"{command[0]} ended with {done.returncode}"
    ]
