"""The books of a demo company: documents and payments as Odoo would post them."""

from datetime import timedelta

from odoo.fields import Command

from . import story

MODULE = "collections_management"
TAX = {"PE": ("IGV 18%", 18.0), "CL": ("IVA 19%", 19.0)}
# Soles for a dollar, from today back, in steps of a month.
DOLLAR = (3.76, 3.74, 3.71, 3.75, 3.79, 3.81, 3.78, 3.72, 3.69, 3.73)
MOVE_TYPES = {"invoice": "out_invoice", "refund": "out_refund"}


# === SET-UP === #


def set_up(company):
    """Make a company of the chart's country one of its own country."""
    # The generic chart of accounts comes from the United States.
    country = company.country_id
    company.account_fiscal_country_id = country
    company.currency_id = country.currency_id
    domain = [("company_id", "=", company.id)]
    company.env["account.tax"].search(domain).country_id = country
    company.env["account.tax.group"].search(domain).country_id = country
    name, amount = TAX[country.code]
    company.account_sale_tax_id.write(
        {"name": name, "amount": amount, "invoice_label": name}
    )
    company.account_sale_tax_id.tax_group_id.name = name
    company.collections_withholding_journal_ids = company.env["account.journal"].create(
        {
            "name": "Retenciones",
            "code": "RET",
            "type": "general",
            "company_id": company.id,
        }
    )


def _set_rates(company, today):
    """Rates of the dollar, so that its invoices gain and lose on the way."""
    days = range(0, story.MONTHS_18 + 30, 30)
    own = company.currency_id
    dollar = company.env.ref("base.USD")
    dollar.active = True
    company.env["res.currency.rate"].create(
        [
            {
                "name": today - timedelta(days=day),
                "rate": rate,
                "currency_id": currency.id,
                "company_id": company.id,
            }
            for turn, day in enumerate(days)
            for currency, rate in (
                (own, 1.0),
                (dollar, 1 / DOLLAR[turn % len(DOLLAR)]),
            )
        ]
    )


# === DOCUMENTS === #


def keep(company, documents, partners, today):
    """Post documents and what was paid of them.

    :param partners: ``{customer's key: partner}``
    :return: payments that are going to bounce
    """
    if any(document.customer.currency for document in documents):
        _set_rates(company, today)
    posted = _post_documents(company, documents, partners)
    _mark_unfollowed(documents, posted)
    _analyze(company)
    paid = _collect(company, documents, posted)
    _analyze(company)
    _apply_to(company, documents, posted)
    _receive_on_account(company, documents, partners)
    _receive_unidentified(company, today)
    return paid


def _post_documents(company, documents, partners):
    """Create all in one batch, by date so that numbers rise with it."""
    rest = [document for document in documents if document.kind != "on_account"]
    journal = _journal(company, "sale")
    moves = company.env["account.move"].create(
        [
            _opening_values(company, document, partners)
            if document.kind == "opening"
            else _document_values(company, document, partners, journal)
            for document in rest
        ]
    )
    moves.action_post()
    return dict(zip(rest, moves, strict=True))


def _document_values(company, document, partners, journal):
    partner = partners[document.customer.key]
    currency = company.currency_id
    if document.customer.currency:
        currency = company.env.ref(f"base.{document.customer.currency}")
    values = _invoice_values(
        partner, document.date, currency, journal, (document.label, document.amount)
    )
    values["move_type"] = MOVE_TYPES[document.kind]
    if document.kind == "refund":
        values["invoice_payment_term_id"] = False
    return values


def _invoice_values(partner, date, currency, journal, line):
    """What Odoo would look up for every invoice is given here, for speed."""
    label, amount = line
    tax = journal.company_id.account_sale_tax_id
    return {
        "partner_id": partner.id,
        "journal_id": journal.id,
        "invoice_date": date,
        "date": date,
        "currency_id": currency.id,
        "fiscal_position_id": False,
        "invoice_user_id": partner.user_id.id,
        "invoice_line_ids": [
            Command.create(
                {
                    "name": label,
                    "account_id": journal.default_account_id.id,
                    "price_unit": amount,
                    "tax_ids": [Command.set(tax.ids)],
                }
            )
        ],
    }


def _opening_values(company, document, partners):
    """A balance brought over from another system, in a general journal."""
    partner = partners[document.customer.key]
    return _entry_values(
        company,
        _journal(company, "general"),
        document.date,
        f"Saldo inicial F001-{document.date:%y%m%d}",
        (partner, document.amount, document.due),
        _account(company, "equity"),
    )


def _entry_values(company, journal, date, label, receivable, counterpart):
    """An entry of two lines.

    :param receivable: partner, amount (negative: a credit), due date
    """
    partner, amount, due = receivable
    account = partner.property_account_receivable_id or _account(
        company, "asset_receivable"
    )
    return {
        "journal_id": journal.id,
        "date": date,
        "ref": label,
        "line_ids": [
            Command.create(
                {
                    "name": label,
                    "account_id": account.id,
                    "partner_id": partner.id,
                    "debit": max(amount, 0),
                    "credit": max(-amount, 0),
                    "date_maturity": due,
                }
            ),
            Command.create(
                {
                    "name": label,
                    "account_id": counterpart.id,
                    "debit": max(-amount, 0),
                    "credit": max(amount, 0),
                }
            ),
        ],
    }


def _mark_unfollowed(documents, posted):
    for document in documents:
        if document.situation == story.UNFOLLOWED:
            _receivables(posted[document]).no_followup = True


# === MONEY === #


def _collect(company, documents, posted):
    """Pay invoices and reconcile, all in one batch."""
    rows = [
        (posted[document], part, amount)
        for document in documents
        for part, amount in _amounts(document, posted.get(document))
    ]
    payments = _receive(
        company,
        [
            _received(
                move.partner_id,
                part.date,
                amount,
                move.currency_id,
                f"Transferencia {move.name}",
            )
            for move, part, amount in rows
        ],
    )
    _reconcile([row[0] for row in rows], payments.move_id)
    kinds = zip(payments, (part.kind for _move, part, _amount in rows), strict=True)
    return payments.browse(pay.id for pay, kind in kinds if kind == "bounced")


def _amounts(document, move):
    """Return parts with their amounts: shares that add up leave no cents open."""
    done = 0.0
    for part in document.payments:
        if part.kind in ("paid", "bounced"):
            before, done = done, done + part.share
            total, rounded = move.amount_total, move.currency_id.round
            yield part, rounded(rounded(total * done) - rounded(total * before))


def _received(partner, date, amount, currency, memo):
    """Values of a payment, without those that all of a batch share."""
    return {
        "partner_id": partner.id,
        "amount": amount,
        "currency_id": currency.id,
        "date": date,
        "memo": memo,
    }


def _receive(company, rows):
    """Create and post payments from their own values."""
    outstanding = (
        company.env["account.chart.template"]
        .with_company(company)
        .ref("account_journal_payment_debit_account_id")
    )
    shared = {
        "payment_type": "inbound",
        "partner_type": "customer",
        "journal_id": _journal(company, "bank").id,
        "outstanding_account_id": outstanding.id,
    }
    payments = company.env["account.payment"].create(
        [{**shared, **row} for row in rows]
    )
    payments.action_post()
    return payments


def _apply_to(company, documents, posted):
    """Credit notes and withholdings that are applied to their invoice."""
    applied = {"credited": _credit_note_values, "withheld": _withholding_values}
    rows = [
        (posted[document], part)
        for document in documents
        for part in document.payments
        if part.kind in applied
    ]
    moves = company.env["account.move"].create(
        [applied[part.kind](company, move, part) for move, part in rows]
    )
    moves.action_post()
    _reconcile([move for move, _part in rows], moves)


def _credit_note_values(company, move, part):
    amount = move.currency_id.round(move.amount_untaxed * part.share)
    return {
        **_invoice_values(
            move.partner_id,
            part.date,
            move.currency_id,
            move.journal_id,
            ("Bonificación por volumen", amount),
        ),
        "move_type": "out_refund",
        "invoice_payment_term_id": False,
        "ref": f"Descuento sobre {move.name}",
    }


def _withholding_values(company, move, part):
    amount = move.currency_id.round(move.amount_total * part.share)
    return _entry_values(
        company,
        company.collections_withholding_journal_ids,
        part.date,
        f"Retención {move.name}",
        (move.partner_id, -amount, part.date),
        _account(company, "asset_current"),
    )


def _receive_on_account(company, documents, partners):
    _receive(
        company,
        [
            _received(
                partners[document.customer.key],
                document.date,
                document.amount,
                company.currency_id,
                document.label,
            )
            for document in documents
            if document.kind == "on_account"
        ],
    )


def _receive_unidentified(company, today):
    """A deposit of nobody knows whom: in every total, in no case."""
    journal = _journal(company, "bank")
    nobody = company.env["res.partner"]
    day = today - timedelta(days=12)
    company.env["account.move"].create(
        _entry_values(
            company,
            journal,
            day,
            "Depósito sin identificar",
            (nobody, -company.currency_id.round(1840.5), day),
            journal.default_account_id,
        )
    ).action_post()


def bounce(payments, today):
    """The bank takes the money back: the invoice is open again."""
    day = today - timedelta(days=story.BOUNCED_DAYS_AGO)
    for payment in payments:
        payment.move_id.line_ids.remove_move_reconcile()
        payment.move_id._reverse_moves(
            [{"date": day, "ref": f"Cheque devuelto: {payment.memo}"}], cancel=True
        )


# === SMALL THINGS === #


def _analyze(company):
    """Tell PostgreSQL that the tables are no longer empty.

    It learns that by itself after a commit only. Until then it may read each table
    once per row of another, which takes from seconds to minutes.
    """
    company.env.flush_all()
    company.env.cr.execute(
        """ANALYZE account_move, account_move_line, account_payment,
                   account_partial_reconcile, account_full_reconcile"""
    )


def _reconcile(invoices, credits):
    """Apply each entry to its invoice, oldest instalment first."""
    plan = {}
    for invoice, credit in zip(invoices, credits, strict=True):
        lines = plan.get(invoice, _receivables(invoice).sorted("date_maturity"))
        plan[invoice] = lines + _receivables(credit)
    credits.line_ids.browse()._reconcile_plan(list(plan.values()))


def _receivables(move):
    return move.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )


def _journal(company, kind):
    return company.env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", kind)], limit=1
    )


def _account(company, kind):
    return company.env["account.account"].search(
        [
            ("company_ids", "in", company.ids),
            ("account_type", "=", kind),
            ("non_trade", "=", False),
        ],
        limit=1,
    )
