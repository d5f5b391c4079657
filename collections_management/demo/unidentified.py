"""Deposits that the bank shows without saying well whose they are."""

from datetime import timedelta

from ..tools import payer_text

# Days ago, and how little the bank says of who paid.
NAME, NUMBER, SUM, NOBODY = 9, 4, 2, 1


def receive(company):
    """Import bank lines: by a name, by a number, for two invoices, and of nobody."""
    cases = company.env["collections.case"].search(
        [
            ("company_id", "=", company.id),
            ("overdue_item_count", ">", 0),
            ("manual_stage_id", "=", False),
        ],
        order="id",
    )
    lines = [(NOBODY, 350.0, "DEPOSITO EN EFECTIVO AG. 191", "")]
    several = cases.filtered(lambda case: case.overdue_item_count > 1)[:1]
    lines += [line for case in several for line in _by_sum(case)]
    for case, make in zip(cases - several, (_by_name, _by_number), strict=False):
        lines += make(case)
    today = company._collections_today()
    bank = company.env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
    )
    company.env["account.bank.statement.line"].create(
        [
            {
                "journal_id": bank.id,
                "date": today - timedelta(days=days),
                "amount": company.currency_id.round(amount),
                "payment_ref": label,
                "partner_name": payer,
            }
            for days, amount, label, payer in lines
            if amount > 0
        ]
    )
    company.env["collections.deposit.finder"]._find(company)


def _debits(case):
    debits = case.item_ids.filtered(
        lambda item: not item.is_credit and item.currency_id == case.currency_id
    )
    return debits.sorted(lambda item: (item.date_due, item.id))


def _by_name(case):
    name = payer_text.plain(case.partner_id.name).upper()
    for item in _debits(case)[:1]:
        yield NAME, item.amount_residual, "TRANSF. DE TERCEROS", name


def _by_number(case):
    for item in _debits(case)[:1]:
        yield NUMBER, item.amount_residual * 0.6, f"ABONO A CUENTA {item.number}", ""


def _by_sum(case):
    items = _debits(case)[:2]
    name = payer_text.plain(case.partner_id.name).upper()
    yield SUM, sum(items.mapped("amount_residual")), f"PAGO FACTURAS {name}", ""
