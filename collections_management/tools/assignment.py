"""Who works which case: rules in their order, room, and as few moves as possible."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple


class Portfolio(NamedTuple):
    """A case to be assigned.

    :param amount: what the customer owes, in company currency
    :param collector: who has it now, ``None`` for nobody
    :param rules: the rules that match, in their order
    """

    case_id: int
    amount: float
    collector: int | None
    rules: tuple[int, ...]


class Load(NamedTuple):
    """What a collector has: cases and their amount.

    :param capacity: most cases, 0 for no limit
    """

    count: int = 0
    amount: float = 0.0
    capacity: int = 0

    def plus(self, amount: float) -> "Load":
        return self._replace(count=self.count + 1, amount=self.amount + amount)

    @property
    def has_room(self) -> bool:
        return not self.capacity or self.count < self.capacity


def assign(
    cases: Iterable[Portfolio],
    rules: Mapping[int, tuple[int, ...]],
    loads: Mapping[int, Load],
    away: Collection[int] = (),
) -> dict[int, tuple[int, int]]:
    """Return the collector and the rule of each case that a rule can place.

    Who has a case keeps it while the first rule that matches allows it: customers
    like to hear a voice they know. The others go, the largest first, to whoever of
    the first rule with room has the fewest cases. Who is away gets nothing new.
    A case for which nobody has room is left as it is.

    :param rules: the collectors of each rule
    :param loads: what each collector has beside these cases
    :return: ``{case id: (collector, rule)}``

    >>> cases = [Portfolio(1, 9.0, None, (7,)), Portfolio(2, 5.0, None, (7,))]
    >>> assign(cases, {7: (31, 32)}, {})
    {1: (31, 7), 2: (32, 7)}
    """
    loads = dict(loads)
    found: dict[int, tuple[int, int]] = {}
    open_cases = []
    for case in cases:
        first = case.rules[0] if case.rules else None
        if first is not None and case.collector in rules[first]:
            _give(found, loads, case, case.collector, first)
        elif case.rules:
            open_cases.append(case)
    for case in sorted(open_cases, key=lambda one: (-one.amount, one.case_id)):
        for rule in case.rules:
            collector = _choose(case, rules[rule], loads, away)
            if collector is not None:
                _give(found, loads, case, collector, rule)
                break
    return found


def _give(found, loads, case, collector, rule) -> None:
    found[case.case_id] = (collector, rule)
    loads[collector] = loads.get(collector, Load()).plus(case.amount)


def _choose(case, collectors, loads, away) -> int | None:
    present = [one for one in collectors if one not in away or one == case.collector]
    free = [one for one in present if loads.get(one, Load()).has_room]
    if case.collector in free:
        return case.collector
    return min(
        free,
        key=lambda one: (loads.get(one, Load()).count, loads.get(one, Load()).amount),
        default=None,
    )


def covered_by(collector: int, substitutes: Mapping[int, int]) -> set[int]:
    """Return the absent collectors whose cases somebody works today.

    A substitute who is away too is substituted in turn.

    :param substitutes: who is away, and who stands in

    >>> sorted(covered_by(3, {1: 2, 2: 3}))
    [1, 2]
    >>> covered_by(2, {1: 2, 2: 3})
    set()
    """
    return {one for one in substitutes if _stands_in(one, substitutes) == collector}


def _stands_in(collector: int, substitutes: Mapping[int, int]) -> int | None:
    """Return who is there in the end; ``None`` where they all wait for each other."""
    seen = set()
    while collector in substitutes:
        if collector in seen:
            return None
        seen.add(collector)
        collector = substitutes[collector]
    return collector
