"""Which customers of an experiment get which policy: at random, and always the same."""

from hashlib import sha256

CONTROL, CHALLENGER = "control", "challenger"
PARTS = 2**32


def share_of(experiment: int, customer: int) -> float:
    """Return a number from 0 to 1 for a customer of an experiment.

    The first eight hexadecimal digits of the SHA-256 of ``experiment:customer``: evenly
    spread, the same every time, and unrelated between experiments. `sql` says the same
    to PostgreSQL.

    >>> share_of(1, 1) == share_of(1, 1), share_of(1, 1) == share_of(2, 1)
    (True, False)
    """
    digest = sha256(f"{experiment}:{customer}".encode()).hexdigest()
    return int(digest[:8], 16) / PARTS


def arm_of(experiment: int, customer: int, percent: int) -> str:
    """Return the arm of a customer.

    :param percent: of the customers that get the challenger
    """
    return CHALLENGER if share_of(experiment, customer) * 100 < percent else CONTROL
