"""Odoo in the foreground: port, start, readiness, and an orderly end."""

import errno
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .environment import Environment
from .errors import SetupError
from .paths import LOGS
from .process import reason

HOST = "127.0.0.1"
START_SECONDS = 120
LOG = LOGS / "odoo.log"


def check_port(port: int) -> None:
    """Refuse a port that is impossible or taken, before minutes are spent."""
    if not 1 <= port <= 65535:
        raise SetupError(f"{port} is no port: 1 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise SetupError(
                    f"only root may use port {port}: give --port"
                ) from error
            raise SetupError(f"port {port} is taken: give --port") from error


def start(env: Environment, config: Path, url: str) -> subprocess.Popen:
    """Start Odoo and wait until it answers."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as log:
        process = subprocess.Popen(
            [str(env.python), "-m", "odoo", "server", "-c", str(config)],
            env=env.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches it once, through wait()
        )
    deadline = time.monotonic() + START_SECONDS
    try:
        while not _answers(f"{url}/web/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SetupError(f"Odoo did not start: {reason(LOG)} (see {LOG})")
            time.sleep(0.3)
        _answers(f"{url}/web/login")  # builds the page's assets for the first visitor
    except BaseException:
        stop(process)
        raise
    return process


def wait(process: subprocess.Popen) -> int:
    """Wait for Odoo's end; Ctrl-C and SIGTERM end it in order."""

    def end(number: int, frame: object) -> None:
        process.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    code = process.wait()
    if code:
        raise SetupError(f"Odoo ended: {reason(LOG)} (see {LOG})")
    return 0


def stop(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=60) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
