"""Run the simulator by itself: ``python -m tests.whatsapp_simulator``.

Prints its address, then serves until its standard input closes: it must not
survive the command that started it.
"""

import argparse
import sys

from .behaviour import Behaviour
from .server import SECRET, running


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook", default="", help="where it tells what happens")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds per request")
    parser.add_argument("--no-receipts", action="store_true")
    parser.add_argument(
        "--review", type=float, help="seconds until a template is approved"
    )
    options = parser.parse_args()
    receipts = () if options.no_receipts else (0.2, 1.0, None)
    behaviour = Behaviour(
        delay=options.delay, receipts=receipts, reviewed_after=options.review
    )
    with running(behaviour, port=options.port) as simulator:
        simulator.postman.point(options.webhook, SECRET)
        sys.stdout.write(f"{simulator.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
