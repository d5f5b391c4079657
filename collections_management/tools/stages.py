"""The stage of a case follows facts; a person only chooses the manual ones."""

from typing import NamedTuple

MANUAL = "manual"
DISPUTED = "disputed"
PROMISED = "promised"
LEVEL = "level"
OVERDUE = "overdue"
PREVENTIVE = "preventive"
UP_TO_DATE = "up_to_date"

KINDS = (UP_TO_DATE, PREVENTIVE, OVERDUE, LEVEL, PROMISED, DISPUTED, MANUAL)


class Facts(NamedTuple):
    """Amounts in company currency; ``level_delay`` is the highest level reached."""

    manual: bool = False
    overdue: float = 0.0
    actionable: float = 0.0
    disputed: float = 0.0
    promised: float = 0.0
    due_soon: float = 0.0
    held: float = 0.0
    level_delay: int | None = None
    tolerance: float = 0.0


def stage_kind(facts: Facts) -> str:
    """Return the kind of stage that the facts put a case in.

    Manual, disputed, promised, level reached, overdue without a reminder yet,
    preventive, up to date: the first that holds. *Disputed* and *promised* only
    when nothing is left to act on.
    """
    idle = facts.actionable <= facts.tolerance
    late = facts.overdue > 0 and facts.actionable + facts.held > facts.tolerance
    checks = (
        (MANUAL, facts.manual),
        (DISPUTED, idle and facts.disputed > 0),
        (PROMISED, idle and facts.promised > 0),
        (LEVEL, facts.level_delay is not None and facts.level_delay > 0),
        (OVERDUE, late),
        (PREVENTIVE, facts.due_soon > 0 or facts.level_delay is not None),
    )
    return next((kind for kind, holds in checks if holds), UP_TO_DATE)
