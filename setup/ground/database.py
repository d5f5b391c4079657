"""Databases: exists, create, clone, drop, install; and cached templates."""

import ast
import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from . import locks, odoo, odoo_tree, postgres, sources, stamps, system
from .console import step
from .environment import Environment
from .errors import SetupError
from .paths import ADDONS, FILESTORE, LOCAL, LOGS, REQUIREMENTS

TEMPLATE = "collections_template_"
# Not template1: a connection to that would get in the way of createdb.
ADMINISTRATION = "postgres"
COPY = "collections_copy_"
INSTALL_GIGABYTES = 0.5
# The first is everybody's own: Odoo falls back from it to our es.po.
LANGUAGES = ("es_419", "en_US")
_broken: dict[str, str] = {}  # templates that could not be built, and why
_VALID_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


def connect_args(env: Environment) -> dict[str, str]:
    """Keyword arguments for psycopg2.connect, without the database."""
    return {
        "host": str(env.socket_folder),
        "port": postgres.PORT,
        "user": postgres.ROLE,
    }


def query(env: Environment, name: str, statement: str) -> list[list[str]]:
    """Rows of ``statement`` as texts; for what is too small for a script."""
    command = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        [*command, "-d", name, "-c", statement],
        env=env.env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"database {name}: {done.stderr.strip().splitlines()[0]}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def names(env: Environment) -> list[str]:
    """The databases a person may have made or wants to see."""
    rows = query(env, ADMINISTRATION, "SELECT datname FROM pg_database ORDER BY 1")
    hidden = (ADMINISTRATION, "template0", "template1")
    return [
        name for [name] in rows if name not in hidden and not name.startswith(TEMPLATE)
    ]


def exists(env: Environment, name: str) -> bool:
    check_name(name)
    found = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"  # noqa: S608
    return bool(query(env, ADMINISTRATION, found))


def require(env: Environment, name: str) -> None:
    """Refuse a database that is not there, naming those that are."""
    if not exists(env, name):
        known = ", ".join(names(env)) or "none yet, ./setup/run makes one"
        raise SetupError(f"there is no database {name} (there are: {known})")


def check_name(name: str) -> None:
    if not _VALID_NAME.fullmatch(name):
        raise SetupError(
            f"{name!r} is no name for a database: use letters, digits, _ . -"
        )


def create(env: Environment, name: str, template: str | None = None) -> None:
    """Create ``name``, empty or as a copy of ``template`` with its files."""
    check_name(name)
    if template is None:
        query(env, ADMINISTRATION, f'CREATE DATABASE "{name}" TEMPLATE template0')
        return
    _disconnect(env, template)
    query(env, ADMINISTRATION, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _copy_files(FILESTORE / template, FILESTORE / name)


def drop(env: Environment, name: str) -> None:
    """Drop ``name`` and its files, whoever is connected; quiet when it is not there."""
    check_name(name)
    query(env, ADMINISTRATION, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def install(
    env: Environment,
    name: str,
    modules: Iterable[str],
    demo: bool = False,
    languages: Iterable[str] = (),
    update: bool = False,
    log: str = "",
) -> Path:
    """Install ``modules`` (or update them), making the database when missing.

    :return: the log of the installation
    """
    system.check_space(LOCAL, INSTALL_GIGABYTES)
    arguments = [
        *("--database", name),
        *("--update" if update else "--init", ",".join(modules)),
        *(["--with-demo"] if demo else []),
        *([f"--load-language={','.join(languages)}"] if languages else []),
        "--no-http",
        "--stop-after-init",
    ]
    what = "update" if update else "installation"
    failure = f"{what} into {log or name} failed"
    log = f"install-{log or name}"
    return odoo.run_quietly(env, *arguments, log=log, failure=failure)


def base_template(env: Environment) -> str:
    """A cached database with all that our addons depend on, without demo data."""
    modules = dependencies()
    key = stamps.digest(odoo_tree.version(env.odoo_path), *modules)
    name = f"{TEMPLATE}base_{key}"
    with locks.hold("database"):
        if exists(env, name):
            return name
        with step(f"Database: installing {len(modules)} Odoo modules into a template"):
            _drop_old(env, f"{TEMPLATE}base_")
            build(env, name, modules)
    return name


def addons_template(env: Environment) -> tuple[str, Path]:
    """A cached copy of the base template with our addons; and its install log."""
    base = base_template(env)
    return _ours(env, "ours", base, "our addons", base=base)


def demo_template(env: Environment) -> tuple[str, Path]:
    """A cached database with our addons and all demo data; and its install log.

    For one day: demo data tells what was due when it was installed.
    """
    today = datetime.now(timezone.utc).date().isoformat()
    key = stamps.digest(odoo_tree.version(env.odoo_path), *dependencies(), today)
    what = "everything with demo data, takes a minute or two"
    return _ours(env, "demo", key, what, demo=True, languages=LANGUAGES)


def _ours(
    env: Environment, kind: str, given: str, what: str, **options: object
) -> tuple[str, Path]:
    """A template with our addons as they are in the tree, built when they changed.

    A failure is not tried again in the same command.
    """
    requirements = (REQUIREMENTS / "odoo.txt").read_text()
    key = stamps.digest(given, sources.digest(ADDONS), requirements)
    name = f"{TEMPLATE}{kind}_{key}"
    log = LOGS / f"install-{name}.log"
    if name in _broken:
        raise SetupError(_broken[name])
    with locks.hold("database"):
        if exists(env, name) and log.is_file():
            return name, log
        _drop_old(env, f"{TEMPLATE}{kind}_")
        modules = [path.name for path in ADDONS] or dependencies()
        try:
            with step(f"Database: installing {what}"):
                build(env, name, modules, **options)
        except SetupError as error:
            _broken[name] = str(error)
            raise
    return name, log


def dependencies() -> list[str]:
    """The modules our addons depend on that are not ours."""
    ours = {path.name for path in ADDONS}
    found = {"account_payment", "sales_team", "sms", "phone_validation"}
    for path in ADDONS:
        found.update(
            ast.literal_eval((path / "__manifest__.py").read_text())["depends"]
        )
    return sorted(found - ours)


def build(
    env: Environment,
    name: str,
    modules: Iterable[str],
    base: str | None = None,
    demo: bool = False,
    languages: Iterable[str] = (),
) -> Path:
    """Make ``name`` with ``modules``; return the log of the installation.

    Under another name first: an interrupted build must not look complete.
    """
    building = f"{TEMPLATE}building"
    drop(env, building)
    if base:
        create(env, building, base)
    log = install(env, building, modules, demo=demo, languages=languages, log=name)
    drop(env, name)
    _disconnect(env, building)
    query(env, ADMINISTRATION, f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    if (FILESTORE / building).is_dir():
        (FILESTORE / building).rename(FILESTORE / name)
    return log


def _drop_old(env: Environment, prefix: str) -> None:
    """Drop all but the newest: another command may be about to copy that one."""
    rows = query(
        env,
        ADMINISTRATION,
        f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')"  # noqa: S608
        " ORDER BY oid DESC OFFSET 1",
    )
    for [name] in rows:
        drop(env, name)


def _disconnect(env: Environment, name: str) -> None:
    query(
        env,
        ADMINISTRATION,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"  # noqa: S608
        f" WHERE datname = '{name}'",
    )


def _copy_files(source: Path, target: Path) -> None:
    """Hard links: Odoo names files by their content and never changes one."""
    shutil.rmtree(target, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


@contextlib.contextmanager
def temporary_copy(env: Environment, template: str) -> Iterator[str]:
    """A copy of ``template`` for one command, dropped at its end."""
    _drop_abandoned(env)
    name = f"{COPY}{os.getpid()}"
    drop(env, name)
    create(env, name, template)
    try:
        yield name
    finally:
        drop(env, name)


def _drop_abandoned(env: Environment) -> None:
    """Copies whose command was killed before it could drop them."""
    for [name] in query(env, ADMINISTRATION, "SELECT datname FROM pg_database"):
        process = name.removeprefix(COPY)
        if name.startswith(COPY) and not Path(f"/proc/{process}").exists():
            drop(env, name)
