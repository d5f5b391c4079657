"""A private PostgreSQL cluster: one per checkout, on a Unix socket, without TCP.

Tuned for throw-away data: after a power cut it may have to be made again.
It stays up between commands; ``./setup/stop`` ends it.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import system
from .console import step
from .errors import SetupError
from .paths import LOCAL, LOGS, ROOT

ROLE = "odoo"
PORT = "5432"  # only a part of the socket's name
OLDEST = 13  # MIN_PG_VERSION of Odoo 19
LONGEST_SOCKET_FOLDER = 80  # the kernel's limit for the whole name is 107
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "100",
    "shared_buffers": "'512MB'",
    "work_mem": "'32MB'",
    "maintenance_work_mem": "'256MB'",
    "effective_cache_size": "'4GB'",
    "random_page_cost": "1.1",
    "max_wal_size": "'4GB'",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "'UTC'",
}


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lives and who runs it (PostgreSQL refuses to run as root)."""

    binaries: Path
    folder: Path
    user: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        if len(str(self.folder)) <= LONGEST_SOCKET_FOLDER:
            return self.folder
        return Path(tempfile.gettempdir()) / f"collections-{_checkout_key()}"

    def command(self, program: str, *arguments: str | Path) -> list[str]:
        own = pwd.getpwuid(os.geteuid()).pw_name == self.user
        switch = (
            [] if own else ["setpriv", f"--reuid={self.user}", f"--regid={self.user}"]
        )
        if switch:
            switch += ["--init-groups", "--"]
        return [*switch, str(self.binaries / program), *map(str, arguments)]

    def call(self, program: str, *arguments: str | Path) -> int:
        LOGS.mkdir(parents=True, exist_ok=True)
        with (LOGS / "postgres-control.log").open("ab") as log:
            return subprocess.call(
                self.command(program, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                start_new_session=True,  # Ctrl-C on a command leaves the server up
            )


def prepare() -> Cluster:
    """Return this checkout's cluster, installed, created and running."""
    cluster = _locate(_find_binaries() or _install())
    if not (cluster.data / "PG_VERSION").is_file():
        with step("PostgreSQL: creating the private cluster"):
            _create(cluster)
    if not is_running(cluster):
        with step("PostgreSQL: starting"):
            _start(cluster)
    return cluster


def is_running(cluster: Cluster) -> bool:
    return cluster.call("pg_ctl", "-D", cluster.data, "status") == 0


def stop() -> bool:
    """Stop this checkout's server; False when it was not running."""
    binaries = _find_binaries()
    cluster = _locate(binaries) if binaries else None
    if cluster is None or not cluster.data.is_dir() or not is_running(cluster):
        return False
    if cluster.call("pg_ctl", "-D", cluster.data, "-m", "fast", "-w", "stop"):
        raise SetupError(f"PostgreSQL did not stop, see {LOGS}/postgres-control.log")
    return True


def _find_binaries() -> Path | None:
    """The newest PostgreSQL server that Odoo 19 accepts."""
    found = [
        (float(path.parents[1].name), path.parent)
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if path.parents[1].name.replace(".", "", 1).isdigit()
    ]
    on_path = shutil.which("initdb")
    if on_path and not found:
        return Path(on_path).resolve().parent
    usable = [item for item in found if item[0] >= OLDEST]
    if found and not usable:
        raise SetupError(f"Odoo 19 needs PostgreSQL {OLDEST} or newer")
    return max(usable)[1] if usable else None


def _install() -> Path:
    system.check_space(Path("/usr"), 0.5)
    system.install(["postgresql"], needed_for="the database")
    binaries = _find_binaries()
    if binaries is None:
        raise SetupError("PostgreSQL was installed, but its initdb is not to be found")
    return binaries


def _locate(binaries: Path) -> Cluster:
    user = "postgres" if system.is_root() else pwd.getpwuid(os.geteuid()).pw_name
    folder = LOCAL / "pg"
    if system.is_root() and not _can_reach(user, LOCAL):
        folder = Path("/var/tmp") / f"collections-{_checkout_key()}"
    return Cluster(binaries, folder, user)


def _checkout_key() -> str:
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def _can_reach(user: str, path: Path) -> bool:
    """Whether ``user``, who is neither owner nor root, may walk down to ``path``."""
    try:
        pwd.getpwnam(user)
    except KeyError as error:
        raise SetupError(f"there is no user {user} to run PostgreSQL as") from error
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _create(cluster: Cluster) -> None:
    system.check_space(LOCAL, 0.5)
    _make_private_folder(cluster.folder, cluster.user)
    shutil.rmtree(cluster.data, ignore_errors=True)
    options = [
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        f"--username={ROLE}",
    ]
    if cluster.call("initdb", "-D", cluster.data, *options):
        raise SetupError(f"initdb failed, see {LOGS}/postgres-control.log")
    with (cluster.data / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{key} = {value}\n" for key, value in SETTINGS.items())


def _make_private_folder(folder: Path, user: str) -> None:
    """Trust on the socket is safe because only its owner and root get to it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = pwd.getpwnam(user)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), owner.pw_uid):
        raise SetupError(f"{folder} belongs to somebody else")
    with contextlib.suppress(PermissionError):
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o700)


def _start(cluster: Cluster) -> None:
    _make_private_folder(cluster.socket_folder, cluster.user)
    options = f"-k {cluster.socket_folder} -p {PORT}"
    log = cluster.folder / "server.log"
    if cluster.call(
        "pg_ctl", "-D", cluster.data, "-l", log, "-w", "-o", options, "start"
    ):
        lines = log.read_text(errors="replace").splitlines() if log.is_file() else [""]
        raise SetupError(f"PostgreSQL does not start: {lines[-1]} (all of it: {log})")
