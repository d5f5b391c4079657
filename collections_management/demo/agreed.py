"""What customers of a demo company promised, say they paid, or pay in instalments."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

# So many days before the payment that came, the customer named it.
AHEAD = 3


class Word(NamedTuple):
    """
    :param days: given so many days ago
    :param until: the day it names, so many days ago; negative: ahead
    :param share: of what is overdue
    """

    days: int
    until: int
    share: float
    text: str
    kind: str = "promise"


# Of customers who paid something: what they named, as a part of what came.
PAID = ((1.0, "Paga la factura más antigua."), (1.6, "Pagará dos facturas juntas."))
# Of customers from whom nothing came.
WORDS = (
    Word(8, 2, 0.5, "Ofrece la mitad esta semana; espera un desembolso."),
    Word(4, -2, 1.0, "Programado en su pago quincenal."),
    Word(2, -5, 0.4, "Paga el saldo menor; el resto a fin de mes."),
    Word(1, 2, 0.6, "Transferencia hecha el lunes.", "reported"),
    Word(9, 10, 1.0, "Depósito en ventanilla; enviará el comprobante.", "reported"),
)
INSTALMENTS = 3


def make(company, cases):
    """Register it on the days it was said, and judge it as the ledger did."""
    today = company._collections_today()
    free = cases.filtered(
        lambda case: (
            case.amount_overdue > 0
            and not case.manual_stage_id
            and not case.open_dispute_count
            and not case.amount_credit
            and not case.amount_excluded
            and set(case.item_ids.currency_id) == {case.currency_id}
        )
    ).sorted(lambda case: case.partner_id.name)
    recent = today - timedelta(days=30)
    paying = free.filtered(
        lambda case: case.last_payment_date and case.last_payment_date >= recent
    )
    for case, (share, text) in zip(paying, PAID, strict=False):
        amount = case.last_payment_amount * share
        made = case.last_payment_date - timedelta(days=AHEAD)
        _say(case, made, case.last_payment_date, amount, text)
    own = company.collections_collector_id
    # Those of the company's collector first: the day begins with a broken promise.
    silent = (free - paying).sorted(
        lambda case: (case.collector_id != own, -case.days_overdue)
    )
    for case, word in zip(silent[1:], WORDS, strict=False):
        made, until = (today - timedelta(days=n) for n in (word.days, word.until))
        _say(case, made, until, case.amount_overdue * word.share, word.text, word.kind)
    _agree(silent[:1], today)
    # Each was judged on its day, and the last ones yesterday.
    for age in range(30, -1, -1):
        day = today - timedelta(days=age)
        promises = _told_on(company, day, time(7, 0))["collections.promise"]
        promises._judge(company, day)


def _told_on(company, day, hour):
    """An environment in which what is logged has happened on a day."""
    moment = datetime.combine(day, hour)
    return company.with_context(default_date=moment).env


def _say(case, made, until, amount, text, kind="promise"):
    _told_on(case.company_id, made, time(16, 10))["collections.promise"].create(
        {
            "case_id": case.id,
            "kind": kind,
            "amount": case.currency_id.round(amount),
            "date_made": made,
            "date": until,
            "bank": "Banco Ejemplo" if kind == "reported" else False,
            "user_id": case.collector_id.id,
            "note": text,
        }
    )


def _agree(case, today):
    """The oldest debt, in instalments of two weeks; the first is ahead."""
    if case:
        agreement = case.env["collections.agreement"].create(
            {
                "case_id": case.id,
                "currency_id": case.currency_id.id,
                "count": INSTALMENTS,
                "period": "fortnight",
                "date_first": today + timedelta(days=8),
                "note": "Acordado por teléfono; firma el gerente.",
            }
        )
        agreement._accept(case.collector_id)
