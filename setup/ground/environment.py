"""Everything a command needs in order to run Odoo, prepared on first use."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import locks, node, odoo_tree, postgres, python, system
from .paths import ADDONS, DATA, LOCAL, ROOT, VENV

CONFIG = LOCAL / "odoo.conf"
FIRST_USE_GIGABYTES = 3.0
LATER_GIGABYTES = 0.3
# Nothing listens there: a library that calls out through HTTP fails at once.
NOWHERE = "http://127.0.0.1:9"
# The same for mail, until a command starts the sink.
NO_SINK = "9"
# What a person's shell may hold that would send our commands elsewhere.
FOREIGN = (
    "PG",
    "ODOO",
    "OPENERP",
    "PYTHON",
    "PYTEST",
    "VIRTUAL_ENV",
    "PIP_",
    "LC_",
    "LANG",
)


@dataclass(frozen=True)
class Environment:
    """Paths and variables of a prepared checkout."""

    python: Path
    odoo_path: Path
    addons_path: tuple[Path, ...]
    env: dict[str, str]
    config_file: Path
    socket_folder: Path


def prepare(tests: bool = False, odoo: str | None = None) -> Environment:
    """Install, create and start what is missing; return how to use it.

    :param tests: also what only the tests need: linters, browser, prettier
    :param odoo: path of an Odoo 19 to use from now on, or ``package``
    """
    LOCAL.mkdir(exist_ok=True)
    with locks.hold("prepare"):  # two commands must not install into the same folders
        installed = python.PYTHON.exists() and odoo_tree.PACKAGE_TREE.exists()
        system.check_space(LOCAL, LATER_GIGABYTES if installed else FIRST_USE_GIGABYTES)
        tree = odoo_tree.prepare(odoo)
        interpreter = python.prepare(tests=tests)
        cluster = postgres.prepare()
        system.prepare_printing()
        if tests:
            system.prepare_browser()
            system.prepare_office()
            node.prepare()
    environment = Environment(
        python=interpreter,
        odoo_path=tree,
        addons_path=(*odoo_tree.addons_folders(tree), *([ROOT] if ADDONS else [])),
        env=_variables(tree, cluster),
        config_file=CONFIG,
        socket_folder=cluster.socket_folder,
    )
    write_config(environment, CONFIG, smtp_port=_sink_port())
    return environment


def _sink_port() -> str:
    """The port of a mail sink that another command may have running."""
    text = CONFIG.read_text() if CONFIG.is_file() else ""
    found = re.search(r"^smtp_port = (\d+)$", text, re.MULTILINE)
    return found[1] if found else NO_SINK


def write_config(environment: Environment, path: Path, **settings: object) -> Path:
    """Write an Odoo configuration; ``settings`` add to or replace the usual ones."""
    values = {
        "addons_path": ",".join(map(str, environment.addons_path)),
        "data_dir": DATA,
        "db_host": environment.socket_folder,
        "db_port": postgres.PORT,
        "db_user": postgres.ROLE,
        "db_maxconn": 32,
        "http_interface": "127.0.0.1",
        "max_cron_threads": 1,
        "list_db": True,
        "smtp_server": "127.0.0.1",
        "smtp_port": NO_SINK,
        **settings,
    }
    lines = ["[options]", *(f"{key} = {value}" for key, value in values.items())]
    # In one step: another command may be reading it.
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text("\n".join(lines) + "\n")
    return fresh.replace(path)


def _variables(tree: Path, cluster: postgres.Cluster) -> dict[str, str]:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)
    }
    path = [str(VENV / "bin"), str(cluster.binaries), kept.get("PATH", os.defpath)]
    return {
        **kept,
        "PATH": os.pathsep.join(path),
        "PYTHONPATH": str(tree),
        "PGHOST": str(cluster.socket_folder),
        "PGPORT": postgres.PORT,
        "PGUSER": postgres.ROLE,
        "ODOO_RC": str(CONFIG),
        "LC_ALL": "C.UTF-8",
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
