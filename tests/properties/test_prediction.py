"""No prediction knows what came after its day."""

from hypothesis import given, settings
from hypothesis import strategies as st

from collections_tools.prediction import model
from collections_tools.prediction.documents import (
    BROKEN,
    DISPUTE,
    Document,
    Event,
    known,
)
from collections_tools.prediction.history import Question

DAY = 1000


@st.composite
def documents(draw):
    """Documents of a few customers, before and after the day, paid or not."""
    count = draw(st.integers(1, 40))
    rows = []
    for number in range(count):
        issued = draw(st.integers(DAY - 400, DAY + 60))
        due = issued + draw(st.integers(0, 60))
        closed = draw(st.none() | st.integers(issued, DAY + 200))
        customer, group = draw(st.integers(1, 5)), draw(st.none() | st.integers(1, 2))
        amount = draw(st.integers(1, 900))
        rows.append(Document(number, customer, issued, due, amount, closed, group))
    return rows


events = st.lists(
    st.builds(
        Event,
        st.integers(1, 5),
        st.integers(DAY - 400, DAY + 200),
        st.sampled_from([BROKEN, DISPUTE]),
    ),
    max_size=20,
)


def another_future(rows, happened, random):
    """The same past; all that is dated after the day gets other dates and amounts."""
    other = []
    for row in rows:
        changed = row
        if row.issued > DAY:
            changed = row._replace(
                issued=DAY + random.randint(1, 300),
                due=DAY + random.randint(301, 400),
                amount=random.randint(1, 10**6),
                closed=None,
            )
        elif row.closed is None or row.closed > DAY:
            changed = row._replace(
                closed=random.choice([None, DAY + random.randint(1, 500)])
            )
        other.append(changed)
    past = [event for event in happened if event.day <= DAY]
    future = [
        event._replace(day=DAY + random.randint(1, 99), customer=random.randint(1, 5))
        for event in happened
        if event.day > DAY
    ]
    return other, past + future


def predict(rows, happened):
    """All predictions of a day, and what was learned for them."""
    trained, card = model.train(rows, happened, DAY)
    fitted = trained or model.fit(rows, happened, DAY, method=model.USUAL)
    asked = [Question(row, DAY) for row in known(rows, DAY) if row.closed is None]
    return card, [
        (answer.snapshot.values, answer.shares)
        for answer in fitted.answer(rows, happened, asked)
    ]


@settings(max_examples=60, deadline=None)
@given(documents(), events, st.randoms())
def test_another_future_changes_no_prediction(rows, happened, random):
    assert predict(rows, happened) == predict(*another_future(rows, happened, random))


@settings(max_examples=40, deadline=None)
@given(documents(), events)
def test_shares_are_shares_and_fall(rows, happened):
    for _values, shares in predict(rows, happened)[1]:
        assert all(0.0 <= share <= 1.0 for share in shares)
        assert shares == sorted(shares, reverse=True)
