"""Commands that need Odoo importable: started by the thin ones in setup/."""

import importlib
import sys
from pathlib import Path

COMMANDS = {
    "load": "inside.receivables.load",
    "volume": "inside.volume.build",
    "bench": "inside.bench.run",
    "replica": "inside.replica.run",
    "screenshots": "inside.screenshots",
}


def main() -> int:
    # In place of this folder, so that the code is one package wherever it is run from.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    command = importlib.import_module(COMMANDS[sys.argv[1]])
    return command.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
