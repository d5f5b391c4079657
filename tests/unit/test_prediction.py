"""Predictions of payments: curves, what is usual, marks, the choice of a method."""

import json
import random

import pytest

from collections_tools.prediction import curves, judge, model
from collections_tools.prediction.curves import EDGES, PERIODS
from collections_tools.prediction.documents import BROKEN, DISPUTE, Document, Event
from collections_tools.prediction.features import NAMES, snapshots
from collections_tools.prediction.history import Exposure, Question
from collections_tools.prediction.judge import Marks
from collections_tools.prediction.learned import Learned
from collections_tools.prediction.model import DUE, LEARNED, MEAN, PLAIN, USUAL
from collections_tools.prediction.prior import STRONGEST, learn_prior, strength
from collections_tools.prediction.reasons import reasons

DAY = 735000


def ledger(customers=40, each=20, seed=7, *, large_later=0):
    """Customers with a habit each; some of the newest documents are still open.

    :param large_later: days by which large amounts are paid later than small ones
    """
    chance = random.Random(seed)
    rows = []
    for customer in range(customers):
        habit = chance.gauss(0, 12)
        for n in range(each):
            issued = DAY - 600 + n * 30 + chance.randrange(20)
            amount = chance.randrange(10, 900)
            delay = habit + large_later * (amount > 450)
            closed = issued + 30 + round(chance.gauss(delay, 6))
            rows.append(
                Document(
                    customer * 1000 + n,
                    customer,
                    issued,
                    issued + 30,
                    amount,
                    max(closed, issued) if closed <= DAY else None,
                )
            )
    return [row for row in rows if row.issued <= DAY]


def pays(delay, count=10, customer=1, terms=30):
    """Documents of one customer, all paid so many days after their due date."""
    return [
        Document(n, customer, 100 * n, 100 * n + terms, 50.0, 100 * n + terms + delay)
        for n in range(1, count + 1)
    ]


# === CURVES === #


def test_open_share_falls_and_starts_after_today():
    shares = curves.curve([0.3] * PERIODS, age=4)
    assert shares == sorted(shares, reverse=True)
    assert all(
        share == 1.0 for end, share in zip(EDGES, shares, strict=True) if end <= 4
    )
    # The day after the fourth to the sixth: two of the three days of the period.
    assert shares[EDGES.index(6)] == pytest.approx(0.7 ** (2 / 3))


def test_what_is_overdue_is_late():
    shares = curves.curve([0.5] * PERIODS, age=10)
    assert curves.share_at(shares, 10, 0) == 1.0
    assert curves.share_at(shares, 10, 30) < 0.1


def test_days_until_a_share_is_open_is_the_inverse():
    shares = curves.curve([0.2] * PERIODS, age=-20)
    for share in (0.9, 0.5, 0.1):
        delay = curves.delay_at(shares, -20, share)
        assert curves.share_at(shares, -20, delay) == pytest.approx(share)


def test_never_paid_is_out_of_reach():
    shares = curves.curve([0.0] * PERIODS, age=0)
    assert curves.delay_at(shares, 0, 0.5) == EDGES[-1]


def test_given_that_it_is_still_open():
    whole = curves.curve([0.2] * PERIODS, age=-30)
    later = curves.given(whole, -30, 10)
    assert later[EDGES.index(10)] == 1.0
    end = EDGES.index(30)
    assert later[end] == pytest.approx(whole[end] / whole[EDGES.index(10)])


# === WHAT IS USUAL === #


def test_open_documents_count_as_not_paid_so_far():
    exposure = Exposure()
    exposure.wait(Document(1, 1, issued=70, due=100, amount=1.0), day=112)
    at_risk = exposure.at_risk()
    # Three days from the tenth to the fifteenth are no whole period.
    assert at_risk[EDGES.index(10)] == 1
    assert at_risk[EDGES.index(15)] == 0
    assert at_risk[EDGES.index(-30)] == 0
    assert sum(exposure.paid) == 0


def test_many_documents_speak_for_the_customer_few_for_what_is_usual():
    rows = pays(25, count=60, customer=1) + pays(-5, count=60, customer=2)
    few = pays(25, count=1, customer=3)
    rows += [*few, *(Document(900 + c, c, 7000, 7030, 50.0) for c in (1, 2, 3, 4))]
    prior = learn_prior(rows, 7000)
    asked = [Question(row, 7000) for row in rows if row.closed is None]
    found = {
        answer.snapshot.question.document.customer: answer.chance_over(0)
        for answer in model.Model(prior).answer(rows, [], asked)
    }
    assert found[1] > 0.9
    assert found[2] < 0.1
    assert found[4] < found[3] < found[1]


def test_a_new_customer_is_like_its_segment():
    late, early = pays(25, count=99, customer=1), pays(-5, count=99, customer=2)
    rows = [row._replace(group=10) for row in late]
    rows += [row._replace(group=20) for row in early]
    new = [
        Document(901 + n, 5 + n, 9990, 10020, 1.0, group=10 + 10 * n) for n in (0, 1)
    ]
    prior = learn_prior(rows, 9990)
    answers = model.Model(prior).answer(
        rows + new, [], [Question(r, 9990) for r in new]
    )
    chances = [answer.chance_over(0) for answer in answers]
    assert chances[0] > 0.6
    assert chances[1] < 0.4


def test_strength_is_weak_where_customers_differ():
    same = [row for c in range(9) for row in pays(1 if c % 2 else -1, 6, c)]
    mixed = [
        row
        for c in range(9)
        for row in pays(1, 3, c) + [r._replace(id=50 + r.id) for r in pays(-1, 3, c)]
    ]
    assert strength(same) < strength(mixed)
    assert strength([]) == STRONGEST


def test_nothing_known_at_all():
    trained, card = model.train([], [], DAY)
    new = Document(1, 1, DAY, DAY + 30, 10.0)
    [answer] = trained.answer([new], [], [Question(new, DAY)])
    assert 0.2 < answer.chance_over(0) < 0.8
    assert (card.method, card.judged, card.documents) == (USUAL, False, 0)


# === WHAT IS KNOWN ON THE DAY === #


def test_values():
    rows = [
        *pays(10, count=2),
        Document(8, 1, 500, 530, 100.0),
        Document(9, 1, 560, 590, 200.0),
    ]
    events = [Event(1, 540, BROKEN), Event(1, 545, DISPUTE), Event(1, 570, DISPUTE)]
    asked = [Question(rows[-1], 560)]
    [one] = snapshots(rows, events, asked, learn_prior(rows, 560))
    assert len(one.values) == len(NAMES)
    assert one.value("overdue_count") == 1
    assert one.value("oldest") == 30
    assert one.value("terms") == 30
    assert one.value("broken") == one.value("disputes") == 0.25
    assert one.age == -30


# === JUDGING === #


def test_marks_by_hand():
    assert judge.auc([0.2, 0.3], [True, True]) is None
    assert judge.auc([0.9, 0.1, 0.5], [True, False, True]) == 1.0
    assert judge.brier([0.0, 0.5], [False, True]) == pytest.approx(0.125)
    assert judge.error([3, 5], [1, 8]) == 2.5


GOOD, FAIR = Marks(0.9, 0.1, 5.0), Marks(0.8, 0.2, 6.0)
POOR = Marks(0.5, 0.3, 9.0)


@pytest.mark.parametrize(
    ("learned", "usual", "mean", "plain", "count", "method"),
    [
        (GOOD, FAIR, POOR, FAIR, 100, LEARNED),
        # A hair behind is equal, but not in what the plain ones say of being late.
        (GOOD, FAIR, POOR, Marks(0.99, 0.099, None), 100, LEARNED),
        (GOOD, FAIR, POOR, Marks(0.9, 0.09, None), 100, USUAL),
        (GOOD, FAIR, Marks(0.901, 0.2, 4.8), FAIR, 100, LEARNED),
        (GOOD, FAIR, Marks(0.91, 0.2, 6.0), FAIR, 100, USUAL),
        (GOOD, FAIR, Marks(0.9, 0.2, 4.7), FAIR, 100, None),
        (GOOD, FAIR, Marks(0.9, 0.099, 5.0), FAIR, 100, None),
        (FAIR, GOOD, POOR, POOR, 100, USUAL),
        (FAIR, FAIR, GOOD, POOR, 100, None),
        (FAIR, FAIR, GOOD, POOR, 49, USUAL),
        (None, FAIR, Marks(0.99, 0.2, 6.0), None, 100, USUAL),
    ],
)
def test_choice(learned, usual, mean, plain, count, method):
    marks = {LEARNED: learned, USUAL: usual, MEAN: mean, DUE: POOR, PLAIN: plain}
    marks = {name: mark for name, mark in marks.items() if mark}
    assert model.choose(marks, count) == method


def test_learned_beats_the_plain_ones_and_is_kept_as_numbers():
    rows = ledger(large_later=20)
    trained, card = model.train(rows, [], DAY)
    assert card.method == LEARNED
    assert card.held_out >= 50
    assert all(card.marks[LEARNED].brier <= card.marks[n].brier for n in (MEAN, DUE))
    assert sum(count for _mean, _share, count in card.calibration) == card.held_out
    assert 0.6 < card.coverage < 0.98
    again = model.Model.from_json(json.loads(json.dumps(trained.to_json())))
    assert isinstance(again.learned, Learned)
    asked = [Question(row, DAY) for row in rows if row.closed is None]
    one, other = (list(m.answer(rows, [], asked)) for m in (trained, again))
    assert [a.shares for a in one] == [a.shares for a in other]
    for answer in one:
        assert answer.shares == sorted(answer.shares, reverse=True)
        assert 0.0 <= answer.chance_over(90) <= answer.chance_over(0) <= 1.0


def test_what_is_usual_beats_the_plain_ones_on_few_regular_customers():
    """Too few to learn weights from: habits of days alone, as in a small company."""
    rows = ledger(customers=20, each=12, seed=2)
    trained, card = model.train(rows, [], DAY)
    assert (card.method, trained.learned) == (USUAL, None)
    own = card.marks[USUAL]
    for name in (MEAN, DUE, PLAIN):
        assert own.auc >= card.marks[name].auc
        assert own.brier <= card.marks[name].brier
    assert own.error <= min(card.marks[MEAN].error, card.marks[DUE].error) * 1.05


def test_days_around_a_mean():
    shares = curves.around(10, 3, age=-30)
    assert shares == sorted(shares, reverse=True)
    assert curves.delay_at(shares, -30, 0.5) == pytest.approx(10, abs=1)
    assert curves.share_at(shares, -30, 0) > 0.95
    assert curves.around(10, 0, age=365)[-1] == 1.0


def test_long_overdue_is_left_to_the_periods():
    """Nobody expects tomorrow what its customer should have paid months ago."""
    rows = pays(5) + [Document(99, 1, 1500, 1530, 50.0)]
    fitted = model.fit(rows + pays(5, customer=2), [], 1700, method=USUAL)
    [answer] = fitted.answer(rows, [], [Question(rows[-1], 1700)])
    hazards = curves.curve(answer.snapshot.hazards, 170)
    assert answer.shares == pytest.approx(hazards, abs=0.05)


def test_chances_by_week_are_those_of_the_curve():
    fitted = model.fit(pays(5), [], 1700, method=USUAL)
    open_one = Document(99, 1, 1690, 1720, 50.0)
    [answer] = fitted.answer([*pays(5), open_one], [], [Question(open_one, 1700)])
    weeks = answer.paid_by_week(1700)
    assert len(weeks) == model.WEEKS
    for number, chance in enumerate(weeks, 1):
        due = 1700 - 1720 + 7 * number
        assert chance == pytest.approx(1 - answer.chance_over(due))
    assert answer.paid_by_week(1600)[0] == 0.0


def test_the_same_data_learn_the_same():
    first, second = (model.train(ledger(large_later=20), [], DAY) for _turn in range(2))
    assert first[0].to_json() == second[0].to_json()
    assert first[1] == second[1]


def test_without_scikit_learn_what_is_usual_is_used(monkeypatch):
    monkeypatch.setattr(model, "is_available", lambda: False)
    trained, card = model.train(ledger(), [], DAY)
    assert (card.method, trained.learned) == (USUAL, None)
    assert set(card.marks) == {USUAL, MEAN, DUE}


# === REASONS === #


def test_reasons_name_the_habit_and_the_age():
    rows = ledger()
    late = [
        *pays(25, count=20, customer=99),
        Document(9_999, 99, DAY - 50, DAY - 20, 50.0),
    ]
    for method in (USUAL, LEARNED):
        trained = model.fit(rows + late, [], DAY, method=method)
        [answer] = trained.answer(rows + late, [], [Question(late[-1], DAY)])
        found = {one.code: one for one in reasons(answer.snapshot, trained.learned)}
        assert len(found) <= 3
        assert found["habit"].later
        assert found["habit"].value > 15
        assert found["age"] == ("age", True, 20.0)


def test_nothing_known_is_a_reason_too():
    rows = ledger()
    new = Document(9_999, 999, DAY, DAY + 30, 50.0)
    trained = model.fit(rows, [], DAY, method=USUAL)
    [answer] = trained.answer([*rows, new], [], [Question(new, DAY)])
    assert [one.code for one in reasons(answer.snapshot)] == ["history"]
