"""The local mail sink: what Odoo sends ends as a file that a person can read."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import database
from .environment import Environment
from .errors import SetupError
from .paths import MAIL, ROOT

SCRIPT = ROOT / "setup" / "ground" / "mail_sink.py"


@contextlib.contextmanager
def sink(env: Environment, folder: Path = MAIL) -> Iterator[int]:
    """Run the sink while the block runs; gives the port it listens on."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [str(env.python), str(SCRIPT), str(folder)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        env=env.env,
        start_new_session=True,  # Ctrl-C is for Odoo, which may still send
    )
    try:
        line = process.stdout.readline().strip()
        if not line.isdigit():
            raise SetupError("the local mail sink does not start")
        yield int(line)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
        process.stdin.close()


def refuse_other_servers(env: Environment, name: str) -> None:
    """A mail server stored in a database would win over the sink: stop before it."""
    hosts = database.query(
        env,
        name,
        "SELECT DISTINCT smtp_host FROM ir_mail_server WHERE active"
        # What './setup/odoo neutralize' leaves is called invalid, and is.
        " AND COALESCE(smtp_host, '') NOT IN ('127.0.0.1', 'localhost', 'invalid')",
    )
    if hosts:
        raise SetupError(
            f"database {name} has an outgoing mail server ({hosts[0][0]}): "
            f"run './setup/odoo neutralize -d {name}' or archive it first"
        )
