"""Chance that is the same every time."""

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import experiments

ids = st.integers(1, 10**9)


def test_shares_are_even():
    count = 4000
    shares = [experiments.share_of(7, number) for number in range(count)]
    for part in range(10):
        inside = sum(part / 10 <= share < (part + 1) / 10 for share in shares)
        assert abs(inside - count / 10) < 80


def test_two_experiments_are_unrelated():
    arms = [
        [experiments.arm_of(key, number, 50) for number in range(2000)]
        for key in (1, 2)
    ]
    same = sum(one == other for one, other in zip(*arms, strict=True))
    assert 900 < same < 1100


@given(ids, ids, st.integers(5, 94))
def test_a_larger_share_takes_nobody_out(experiment, customer, percent):
    if experiments.arm_of(experiment, customer, percent) == experiments.CHALLENGER:
        more = experiments.arm_of(experiment, customer, percent + 1)
        assert more == experiments.CHALLENGER
