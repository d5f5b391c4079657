"""The simulated WhatsApp beside ./setup/run: a number, templates, a telephone."""

import contextlib
import subprocess
from collections.abc import Iterator

from . import database
from .environment import Environment
from .errors import SetupError
from .paths import ROOT

# In the words of tests/whatsapp_simulator.
NUMBER, WABA = "106540352242922", "102290129340398"
TOKEN, SECRET = "simulated-token", "simulated-secret"
WEBHOOK = "/collections/whatsapp/webhook"
# For `odoo shell`: connect the company on which the administrator opens. What is asked
# of customers first goes by WhatsApp from then on, unless a person changes it.
CONNECT = """
company = env.ref("base.user_admin").company_id
env = env(context=dict(env.context, allowed_company_ids=company.ids))
account = env["collections.whatsapp.account"].search(
    [("company_id", "=", company.id)], limit=1
)
if not account:
    account = account.create({{
        "name": "Simulated", "phone_number_id": "{number}", "waba_id": "{waba}",
        "token": "{token}", "app_secret": "{secret}", "base_url": "{url}",
        "company_id": company.id, "currency_id": env.ref("base.USD").id,
        "rate_ids": [(0, 0, {{"category": name, "price": price}})
                     for name, price in (("utility", 0.02), ("service", 0.01))],
    }})
    stage = env.ref("collections_management.stage_first")
    first = [("stage_id", "=", stage.id), ("policy_id.active", "=", True)]
    for level in env["collections.dunning.level"].search(first):
        if "whatsapp" not in level.channel_ids.mapped("channel"):
            level.write({{"channel_ids": [(0, 0, {{
                "channel": "whatsapp",
                "sequence": min(level.channel_ids.mapped("sequence"), default=1) - 1,
                "whatsapp_template_id":
                    env.ref("collections_whatsapp.template_first_es").id,
            }})]}})
account.write({{"base_url": "{url}", "is_paused": False}})
templates = env["collections.whatsapp.template"]
templates._copy_library(account)
own = templates.search([("account_id", "=", account.id)])
own.filtered(lambda one: one.state != "draft").write({{"state": "draft"}})
own.action_submit()
env.cr.commit()
"""


@contextlib.contextmanager
def simulator(env: Environment, odoo: str) -> Iterator[str]:
    """Run the simulator while the block runs; gives the address of its page.

    :param odoo: where it tells what happens
    """
    process = subprocess.Popen(
        [
            str(env.python),
            "-m",
            "tests.whatsapp_simulator",
            *("--webhook", odoo + WEBHOOK, "--review", "2"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for Odoo, which may still send
    )
    try:
        url = process.stdout.readline().strip()
        if not url.startswith("http://127.0.0.1"):
            raise SetupError("the simulated WhatsApp does not start")
        yield url
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
        process.stdin.close()


def is_installed(env: Environment, name: str) -> bool:
    [[table]] = database.query(
        env, name, "SELECT to_regclass('collections_whatsapp_account')"
    )
    return bool(table)


def refuse_real_numbers(env: Environment, name: str) -> None:
    """A number with a token would write to real people: stop before it."""
    if not is_installed(env, name):
        return
    rows = database.query(
        env,
        name,
        "SELECT name FROM collections_whatsapp_account WHERE active AND token <> ''"
        " AND base_url NOT LIKE 'http://127.0.0.1:%'"
        " AND base_url <> 'http://invalid.invalid'",
    )
    if rows:
        raise SetupError(
            f"database {name} has a WhatsApp number ({rows[0][0]}): "
            f"run './setup/odoo neutralize -d {name}' or archive it first"
        )


def connect(env: Environment, name: str, url: str) -> None:
    """Point the database's number to the simulator; make one where there is none."""
    code = CONNECT.format(number=NUMBER, waba=WABA, token=TOKEN, secret=SECRET, url=url)
    command = ["-m", "odoo", "shell", "-d", name, "--no-http", "--log-level=error"]
    done = subprocess.run(
        [str(env.python), *command, "--shell-interface=python"],
        env=env.env,
        input=code + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"WhatsApp is not connected: {done.stderr[-500:]}")
