"""How every command ends: one clear line and an exit code."""

import sys
from collections.abc import Callable
from typing import NoReturn

from .errors import SetupError

USAGE_ERROR = 2
INTERRUPTED = 130


def main(function: Callable[[], int | None]) -> NoReturn:
    """Run ``function`` and exit with what it returns (None is 0)."""
    sys.stdout.reconfigure(errors="replace")  # a terminal may not know every letter
    try:
        code = function() or 0
    except SetupError as error:
        sys.stdout.flush()
        sys.stderr.write(f"error: {error}\n")
        code = USAGE_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        code = INTERRUPTED
    sys.exit(code)
