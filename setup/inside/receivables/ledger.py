"""What the loader asks of Odoo: chart, customers, invoices and their payments.

An invoice is known by its customer's reference and by its number, kept in ``ref``; its
payment by the same number as memo.
"""

from collections import defaultdict

from odoo import Command

from .rows import Invoice

CREDIT_NOTE, INVOICE = "out_refund", "out_invoice"
# Nobody follows what a loader writes, and no message is sent about it.
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


def ensure_chart(env) -> None:
    """A company that has no accounts yet gets the generic chart."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )


def currencies(env, wanted: list[Invoice]) -> tuple[dict, set[str]]:
    """Currencies by code, active from now on; and the codes that Odoo does not know.

    Rows without a currency are in the company's.
    """
    codes = {row.currency for row in wanted}
    all_currencies = env["res.currency"].with_context(active_test=False)
    found = all_currencies.search([("name", "in", sorted(codes - {""}))])
    found.active = True
    by_code = {currency.name: currency for currency in found}
    by_code[""] = env.company.currency_id
    return by_code, codes - set(by_code)


def without_rate(env, currencies: dict) -> list[str]:
    """Currencies that Odoo would count as one unit of the company's."""
    own = env.company.currency_id
    used = [currency for currency in currencies.values() if currency != own]
    return [currency.name for currency in used if not currency.rate_ids]


def partners(env, wanted: list[Invoice]) -> dict:
    """Customers by reference; those that are missing are created in one go."""
    first = {}
    for row in wanted:
        first.setdefault(row.customer, row)
    domain = [("ref", "in", list(first)), ("parent_id", "=", False)]
    found = {partner.ref: partner for partner in env["res.partner"].search(domain)}
    codes = sorted({row.country for row in wanted if row.country})
    countries = {
        country.code: country.id
        for country in env["res.country"].search([("code", "in", codes)])
    }
    values = [
        {
            "name": row.name or reference,
            "ref": reference,
            "is_company": True,
            "customer_rank": 1,
            "email": row.email or False,
            "country_id": countries.get(row.country),
        }
        for reference, row in first.items()
        if reference not in found
    ]
    created = env["res.partner"].with_context(**QUIET).create(values)
    return found | {partner.ref: partner for partner in created}


def without_move(env, wanted: list[Invoice], partners: dict) -> list[Invoice]:
    """The rows that are not in the ledger yet."""
    known = {
        (partner.id, reference)
        for partner, reference in env["account.move"]._read_group(
            [
                ("company_id", "=", env.company.id),
                ("move_type", "in", (INVOICE, CREDIT_NOTE)),
                ("state", "!=", "cancel"),
                ("commercial_partner_id", "in", [p.id for p in partners.values()]),
            ],
            ["commercial_partner_id", "ref"],
        )
    }
    return [
        row for row in wanted if (partners[row.customer].id, row.number) not in known
    ]


def create_moves(env, batch: list[Invoice], partners: dict, currencies: dict):
    """Post an invoice or a credit note for each row, without taxes."""
    moves = (
        env["account.move"]
        .with_context(**QUIET)
        .create(
            [
                {
                    "move_type": INVOICE if row.amount > 0 else CREDIT_NOTE,
                    "partner_id": partners[row.customer].id,
                    "ref": row.number,
                    "currency_id": currencies[row.currency].id,
                    "invoice_date": row.date,
                    "date": row.date,
                    "invoice_date_due": row.due or row.date,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": row.number,
                                "quantity": 1,
                                "price_unit": float(abs(row.amount)),
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
                for row in batch
            ]
        )
    )
    moves.action_post()
    return moves


def without_payment(env, wanted: list[Invoice], partners: dict) -> list[tuple]:
    """Settled rows whose invoice is open and has no payment of this file: (row, id)."""
    settled = {
        (partners[row.customer].id, row.number): row for row in wanted if row.settled
    }
    customers = [partner.id for partner in partners.values()]
    company = ("company_id", "=", env.company.id)
    paid = {
        (partner.id, memo)
        for partner, memo in env["account.payment"]._read_group(
            [company, ("partner_id", "in", customers), ("state", "!=", "canceled")],
            ["partner_id", "memo"],
        )
    }
    moves = env["account.move"].search_fetch(
        [
            company,
            ("move_type", "in", (INVOICE, CREDIT_NOTE)),
            ("state", "=", "posted"),
            ("commercial_partner_id", "in", customers),
            ("amount_residual", ">", 0),
        ],
        ["commercial_partner_id", "ref"],
    )
    keys = ((move.commercial_partner_id.id, move.ref, move.id) for move in moves)
    found = {
        (partner, number): move_id
        for partner, number, move_id in keys
        if (partner, number) in settled and (partner, number) not in paid
    }
    pairs = [(settled[key], move_id) for key, move_id in found.items()]
    return sorted(pairs, key=lambda pair: (pair[0].settled, pair[0].line))


def pay(env, batch: list[tuple]) -> None:
    """Pay each invoice in full on the day it was settled, and reconcile.

    Not linked through ``invoice_ids``: reconciling says the same, and the link makes
    Odoo search the invoices again for every single payment.
    """
    moves = env["account.move"].browse([move_id for _row, move_id in batch])
    journal = env["account.journal"].search(
        [("company_id", "=", env.company.id), ("type", "=", "bank")], limit=1
    )
    payments = (
        env["account.payment"]
        .with_context(**QUIET)
        .create(
            [
                {
                    "payment_type": "inbound" if move.is_inbound() else "outbound",
                    "partner_type": "customer",
                    "partner_id": move.commercial_partner_id.id,
                    "journal_id": journal.id,
                    "currency_id": move.currency_id.id,
                    "amount": move.amount_residual,
                    "date": row.settled,
                    "memo": row.number,
                }
                for (row, _id), move in zip(batch, moves, strict=True)
            ]
        )
    )
    payments.action_post()
    _reconcile(moves, payments)


def _reconcile(moves, payments) -> None:
    """One plan for all pairs: Odoo then creates their partials together."""
    lines = (moves | payments.move_id).line_ids.filtered(
        lambda line: (
            line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
    )
    by_move = defaultdict(lines.browse)
    for line in lines:
        by_move[line.move_id] |= line
    lines._reconcile_plan(
        [
            by_move[move] | by_move[payment.move_id]
            for move, payment in zip(moves, payments, strict=True)
        ]
    )


def mark_disputed(env, moves) -> None:
    """Where disputes exist, open one on each of these invoices, on its date.

    The file does not say why, nor how a dispute ended: the ledger closes it when the
    invoice is paid. Nobody gets an activity about the past.
    """
    debits = moves.filtered(lambda move: move.move_type == INVOICE)
    if not debits or "collections.dispute" not in env:
        return
    cases = env["collections.case"]._of_customers(debits.commercial_partner_id)
    of_customer = {case.partner_id: case for case in cases}
    reason = env.ref("collections_management.dispute_reason_other")
    items = env["collections.item"].search([("move_id", "in", debits.ids)])
    env["collections.dispute"]._open(
        [
            {
                "case": of_customer[item.partner_id],
                "reason_id": reason.id,
                "items": {item.id: None},
                "date_opened": item.date,
            }
            for item in items
        ],
        quiet=True,
    )
