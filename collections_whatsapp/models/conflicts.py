"""Two workers wrote the same row: the second tries again with what the first wrote."""

import random
import time

import psycopg2

TRIES = 10


def retrying(env, work) -> None:
    """Do work and commit it; once more where another transaction came in between.

    :param work: called without arguments; reads what it needs anew each time
    """
    for attempt in range(1, TRIES + 1):
        try:
            with env.cr.savepoint():
                work()
            env["collections.outbox"]._commit()
            return
        except psycopg2.errors.SerializationFailure:
            if attempt == TRIES:
                raise
            env.cr.rollback()
            env.invalidate_all(flush=False)
            time.sleep(random.uniform(0.01, 0.1))
