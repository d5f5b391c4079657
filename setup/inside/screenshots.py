"""Screenshots of pages in a headless browser, after clicks if wanted.

Each page is NAME=PATH, followed by CSS selectors to click, each after a "~":

    ./setup/screenshots --user collector kanban=/odoo/collections \\
        "call=/odoo/collections/7~button[name=action_log_call]"
"""

import argparse
import sys
from pathlib import Path

from .browser import Browser

DESKTOP = (1440, 900)
PHONE = (390, 844)
READY = "!!document.querySelector('.o_view_controller, .o_dialog, .o_action')"
PROBLEMS = """[...document.querySelectorAll('.o_error_dialog, .o_notification')]
    .map((node) => node.innerText).join(' | ')"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="screenshots",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", default="http://127.0.0.1:8069")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", help="default: the same as the user")
    parser.add_argument("--phone", action="store_true", help="as wide as a phone")
    parser.add_argument("--folder", type=Path, default=Path("screenshots"))
    parser.add_argument("pages", nargs="+", metavar="NAME=PATH[~CLICK]…")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Take them all; the exit code tells whether a page showed an error."""
    chosen = parse(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    size = PHONE if chosen.phone else DESKTOP
    wrong = 0
    with Browser(chosen.url, *size, phone=chosen.phone) as browser:
        if not log_in(browser, chosen.user, chosen.password or chosen.user):
            sys.stderr.write(f"error: {chosen.user} cannot log in at {chosen.url}\n")
            return 2
        for page in chosen.pages:
            name, _, path = page.partition("=")
            problems = take(browser, path, chosen.folder / f"{name}.png")
            sys.stdout.write(f"{name}: {problems or 'ok'}\n")
            wrong += bool(problems)
    return 1 if wrong else 0


def log_in(browser: Browser, user: str, password: str) -> bool:
    browser.open("/web/login")
    browser.run(
        f"""document.querySelector('[name=login]').value = {user!r};
            document.querySelector('[name=password]').value = {password!r};
            document.querySelector('form.oe_login_form').submit()"""
    )
    return browser.wait_for("!!document.querySelector('.o_main_navbar')", seconds=60)


def take(browser: Browser, path: str, file: Path) -> str:
    """Open a page, click, and keep what it looks like; return what went wrong."""
    path, *clicks = path.split("~")
    browser.open(path)
    problems = [] if browser.wait_for(READY) else ["nothing appeared"]
    browser.settle()
    for selector in clicks:
        node = f"document.querySelector({selector!r})"
        if browser.wait_for(f"!!{node}", seconds=10):
            browser.run(f"{node}.click()")
            browser.settle()
        else:
            problems.append(f"nothing to click at {selector}")
    file.write_bytes(browser.picture())
    return "; ".join(filter(None, [*problems, browser.run(PROBLEMS)]))
