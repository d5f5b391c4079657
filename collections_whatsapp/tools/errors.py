"""What each error of WhatsApp means for us.

Decided by ``error.code`` alone, never by the title. Unknown codes are judged by the
HTTP status: 5xx may pass by itself, 4xx is ours to mend.
"""

from typing import NamedTuple

# Same message again, later, a limited number of times.
RETRY = "retry"
# It may have gone out: a status webhook or a person will tell.
UNKNOWN = "unknown"
# Nothing of this number goes out until an administrator mended it.
STOP = "stop"
# This person cannot be reached here: another channel.
RECIPIENT = "recipient"
# Not today: once more after a day.
WAIT = "wait"
# The 24-hour window is closed: only a template goes out.
TEMPLATE_ONLY = "template_only"
# The template, or what fills it, is wrong: it is not used until mended.
BLOCK = "block"

BY_CODE = {
    RETRY: (1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004),
    STOP: (
        *(0, 3, 10, 190, *range(200, 300), 368),
        *(130497, 131005, 131031, 131037, 131042, 131044, 131045, 131048, 131064),
    ),
    RECIPIENT: (130472, 131021, 131026, 131030, 131050, 131062, 137000),
    WAIT: (131049,),
    TEMPLATE_ONLY: (131047,),
    BLOCK: (
        *(100, 131008, 131009, 131051, 131052, 131053, 131063),
        *(132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016),
        *(132068, 132069),
    ),
}
CLASSES = {code: name for name, codes in BY_CODE.items() for code in codes}
PAIR_RATE = 131056
# Of these nobody knows the cause: two tries, then a person looks.
_FEW_TRIES = {131000: 2}
MAX_TRIES = 5
_LONGEST_WAIT = 3600.0  # seconds


class Problem(NamedTuple):
    """An error as the other side told it."""

    kind: str
    code: int
    text: str


def classify(code: int | None, status: int = 400) -> str:
    """Return the class of an error.

    :param code: ``error.code``, ``None`` where the answer had none
    :param status: the HTTP status it came with

    >>> classify(131026), classify(190), classify(None, 502), classify(999999)
    ('recipient', 'stop', 'retry', 'block')
    """
    if code in CLASSES:
        return CLASSES[code]
    return RETRY if status >= 500 or status == 429 else BLOCK


def tries(code: int) -> int:
    """Return how often a message may be handed over in all."""
    return _FEW_TRIES.get(code, MAX_TRIES)


def delay(code: int, attempt: int, chance: float) -> float:
    """Return the seconds to wait before the next try.

    Exponential, with jitter so that workers do not come back together; the limit of
    one person asks for four to the power of the try.

    :param attempt: tries made, from 1
    :param chance: from 0 to 1, of the caller's dice

    >>> delay(130429, 1, 0.0), delay(130429, 3, 1.0), delay(131056, 2, 0.0)
    (5.0, 30.0, 16.0)
    """
    base = 4.0**attempt if code == PAIR_RATE else 5.0 * 2 ** (attempt - 1)
    return min(base * (1 + chance / 2), _LONGEST_WAIT)
