"""Virtual netting: what a customer's unapplied credits leave to be asked for.

Nothing is written to the ledger. Credits are used up in this order, so that a
customer is never asked for money that is already on account:

1. same currency, overdue debits, oldest first;
2. other currencies at the day's rate, overdue debits, oldest first;
3. the same two passes over the debits that are not due yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Debit(NamedTuple):
    """An open debit.

    ``amount`` is in company currency, ``amount_currency`` in ``currency_id``;
    both are positive.
    """

    currency_id: int
    amount: float
    amount_currency: float
    overdue: bool


def uncovered_amounts(
    debits: Sequence[Debit],
    credits: Mapping[int, float],
    rates: Mapping[int, float],
) -> list[float]:
    """Return what credits leave of each debit, in company currency.

    :param debits: oldest first
    :param credits: unapplied credit by currency id, positive, in that currency
    :param rates: company currency for one unit of a currency, on the day
    :return: one amount per debit, in the same order
    """
    if not any(credits.values()):
        return [debit.amount for debit in debits]
    pool = defaultdict(float, credits)
    left = [debit.amount_currency for debit in debits]
    for overdue in (True, False):
        turn = [i for i, debit in enumerate(debits) if debit.overdue is overdue]
        _use_same_currency(turn, debits, left, pool)
        _use_other_currencies(turn, debits, left, pool, rates)
    return [
        debit.amount * remaining / debit.amount_currency
        if debit.amount_currency
        else debit.amount
        for debit, remaining in zip(debits, left, strict=True)
    ]


def _use_same_currency(
    turn: Iterable[int],
    debits: Sequence[Debit],
    left: list[float],
    pool: dict[int, float],
) -> None:
    for i in turn:
        currency = debits[i].currency_id
        used = min(left[i], pool[currency])
        left[i] -= used
        pool[currency] -= used


def _use_other_currencies(
    turn: Iterable[int],
    debits: Sequence[Debit],
    left: list[float],
    pool: dict[int, float],
    rates: Mapping[int, float],
) -> None:
    """Convert at the day's rate; a currency without rate covers nothing else."""
    for i in turn:
        debit_rate = rates.get(debits[i].currency_id)
        if not debit_rate:
            continue
        for currency in sorted(c for c, amount in pool.items() if amount > 0):
            if left[i] <= 0:
                break
            worth = pool[currency] * rates.get(currency, 0.0) / debit_rate
            if worth <= 0:
                continue
            used = min(left[i], worth)
            left[i] -= used
            pool[currency] *= 1 - used / worth
