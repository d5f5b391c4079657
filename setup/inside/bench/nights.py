"""A night's scheduled actions on a database where nobody has decided anything yet."""

import contextlib
import smtplib
from unittest import mock

from .run import Bench, Result, clocked

# Calls the publisher's server about updates: not of the night that matters here.
NOT_OURS = {"mail.ir_cron_module_update_notification"}


def night(bench: Bench) -> list[Result]:
    """Run every active scheduled action and count what went out or is about to.

    Odoo sends mails of its own, such as its digest: the same night without us tells
    how many. Then everything is refreshed once more, as if every customer had paid.
    """
    plain, _took = _night(bench, bench.plain)
    ours, took = _night(bench, bench.addons)
    with bench.environment() as env, _no_way_out() as sent:
        before = _waiting(env)
        env["collections.case"].refresh()
        refreshed = len(sent) + sum(_waiting(env).values()) - sum(before.values())
        mode = env.company.collections_mode
    return [
        Result(
            what="messages sent or queued by us",
            value=sum(ours.values()) - sum(plain.values()),
            unit="messages",
            limit=0,
            note=f"mode {mode}; {_in_words(ours)}; without us {_in_words(plain)}",
        ),
        Result(
            what="messages because of a full refresh",
            value=refreshed,
            unit="messages",
            limit=0,
        ),
        Result(what="our scheduled actions", value=took),
    ]


def _night(bench: Bench, database: str) -> tuple[dict[str, int], float]:
    """What was sent or queued, and the milliseconds of our scheduled actions."""
    took = 0.0
    with bench.environment(database) as env, _no_way_out() as sent:
        before = _waiting(env)
        crons = env["ir.cron"].search([])
        external = crons.get_external_id()
        for cron in crons.filtered(lambda cron: external[cron.id] not in NOT_OURS):
            env.cr.commit()
            milliseconds = clocked(cron.method_direct_trigger)
            if external[cron.id].startswith("collections_"):
                took += milliseconds
        env.invalidate_all()
        env.cr.rollback()
        after = _waiting(env)
    found = {name: after[name] - before[name] for name in after}
    return {**found, "connections": len(sent)}, took


def _in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


@contextlib.contextmanager
def _no_way_out():
    """Count connections to a mail server, and refuse them."""
    sent: list[tuple] = []

    def refuse(*arguments, **_named):
        sent.append(arguments)
        raise OSError("no mail leaves the bench")

    with mock.patch.object(smtplib.SMTP, "connect", refuse):
        yield sent


def _waiting(env) -> dict[str, int]:
    """What would leave sooner or later."""
    models = {
        "mails": "mail.mail",
        "text messages": "sms.sms",
        "reminders": "collections.reminder",
    }
    return {
        name: env[model].search_count([])
        for name, model in models.items()
        if model in env
    }
