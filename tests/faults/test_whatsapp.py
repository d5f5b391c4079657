"""Whatever happens to workers, lines and webhooks, nobody is written to twice.

Real servers send to the simulated WhatsApp, which loses answers, limits the rate,
repeats and disorders its webhooks, while workers are killed. Quick by default; the
long one: ``WHATSAPP_REMINDERS=5000 WHATSAPP_KILLS=10 ./setup/test
tests/faults/test_whatsapp.py``.
"""

import os
import random
import sys
import time
from collections import Counter

import pytest

from ..database_tools import LEDGER, own_database, shell
from ..meta_description import complaints_about
from ..whatsapp_simulator import Behaviour, running
from ..whatsapp_simulator.server import SECRET
from ..whatsapp_world import CONNECT, REMIND, Workers

REMINDERS = int(os.environ.get("WHATSAPP_REMINDERS", "60"))
KILLS = int(os.environ.get("WHATSAPP_KILLS", "2"))
# Taken by a worker and not settled yet, at most: see collections_whatsapp_sender.
TAKEN = 80
PATIENCE = 120 + REMINDERS / 4
BAD = {
    # Accepted, and no answer: one in twenty in all, some of them by silence.
    "lost_answers": 0.045,
    "hung_answers": 0.005,
    "rate_limited": 0.05,
    "duplicated": 0.1,
    "disordered": 0.1,
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """What is left after a bad day."""
    folder = tmp_path_factory.mktemp("whatsapp")
    behaviour = Behaviour(delay=0.05, receipts=(0.1, 0.3, None), **BAD)
    with own_database() as (env, name), running(behaviour) as simulator:
        values = f"URL = {simulator.url!r}\nCOUNT = {REMINDERS}\n"
        shell(env, name, LEDGER, values, CONNECT, REMIND)
        workers = Workers(env, name, folder)
        workers.simulator = simulator
        simulator.postman.point(f"{workers.url}/collections/whatsapp/webhook", SECRET)
        try:
            _bad_day(workers)
            yield workers
        finally:
            workers.stop()


def _bad_day(workers):
    dice, start = random.Random(7), time.monotonic()
    for number in range(2):
        workers.start(number)
    workers.until(workers.answers, 60)
    for kill in range(1, KILLS + 1):
        # All through the day, while something is on its way.
        enough = kill * REMINDERS // (KILLS + 1)
        workers.until(
            lambda enough=enough: len(workers.simulator.world.outgoing()) >= enough,
            PATIENCE,
        )
        time.sleep(dice.uniform(0, 1))
        number = dice.randrange(2)
        workers.kill(number)
        workers.start(number)
    workers.until(lambda: _settled(workers), PATIENCE)
    _report(workers, time.monotonic() - start)


def _report(workers, seconds):
    """Say what happened; pytest shows it with ``-s``."""
    simulator = workers.simulator
    states = workers.rows(
        "SELECT state, count(*) FROM collections_reminder GROUP BY 1 ORDER BY 1"
    )
    sys.stdout.write(
        f"\n{REMINDERS} reminders, {KILLS} kills, {seconds:.0f} s: {dict(states)}; "
        f"accepted {len(simulator.world.outgoing())}, busiest second "
        f"{simulator.behaviour.busiest}, webhooks told {simulator.postman.told}, "
        f"again {simulator.postman.failed}\n"
    )


def _settled(workers):
    """All is handed over, told and understood."""
    simulator = workers.simulator
    open_ones = workers.rows(
        """SELECT 1 FROM collections_reminder
            WHERE state IN ('queued', 'sending')
               OR state = 'deferred' AND reason = 'delivery_failed'
        UNION ALL
           SELECT 1 FROM collections_whatsapp_webhook WHERE is_done IS NOT TRUE
        LIMIT 1"""
    )
    return not open_ones and simulator.postman.settle(1)


def _accepted(workers):
    return Counter(row.callback for row in workers.simulator.world.outgoing())


def test_nobody_gets_a_level_twice(world):
    people = Counter(row.person for row in world.simulator.world.outgoing())
    assert {person: n for person, n in people.items() if n > 1} == {}
    assert max(_accepted(world).values()) == 1


def test_all_that_was_accepted_is_known_to_be_out(world):
    """Also what was uncertain: its webhook carried our own id."""
    accepted = set(_accepted(world))
    out = {
        uuid
        for (uuid,) in world.rows(
            """SELECT uuid FROM collections_reminder
                WHERE state IN ('sent', 'delivered', 'read')"""
        )
    }
    assert accepted == out
    states = dict(
        world.rows(
            "SELECT state, count(*) FROM collections_whatsapp_message GROUP BY 1"
        )
    )
    # Cancelled: the number was limited for long, and another message went instead.
    ended = {"sent", "delivered", "read", "uncertain", "failed", "cancelled"}
    assert states.keys() <= ended
    [(alone,)] = world.rows(
        """SELECT count(*) FROM collections_whatsapp_message old
            WHERE state = 'cancelled' AND (wamid <> '' OR NOT EXISTS (
                  SELECT FROM collections_whatsapp_message new
                   WHERE new.reminder_id = old.reminder_id AND new.id > old.id))"""
    )
    assert alone == 0


def test_the_rest_has_a_reason(world):
    """Uncertain, and never accepted: only what a killed worker had just taken."""
    rows = world.rows(
        """SELECT state, reason, count(*) FROM collections_reminder
            WHERE state NOT IN ('sent', 'delivered', 'read') GROUP BY 1, 2"""
    )
    assert all(reason for _state, reason, _count in rows)
    assert {state for state, _reason, _count in rows} <= {"uncertain", "failed"}
    uncertain = sum(count for state, _reason, count in rows if state == "uncertain")
    assert uncertain <= KILLS * TAKEN


def test_all_that_was_asked_is_as_meta_describes_it(world):
    assert complaints_about(world.simulator.world.requests) == []


def test_each_is_logged_once(world):
    [(twice,)] = world.rows(
        """SELECT count(*) FROM (
               SELECT 1 FROM collections_interaction WHERE reminder_id IS NOT NULL
             GROUP BY reminder_id HAVING count(*) > 1) twice"""
    )
    [(logged,)] = world.rows(
        """SELECT count(DISTINCT reminder_id) FROM collections_interaction"""
    )
    assert (twice, logged) == (0, len(_accepted(world)))
