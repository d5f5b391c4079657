"""What the SQL of the volume database needs to know: one row, found with the ORM."""

import datetime

from odoo.tools import SQL

SALESPEOPLE = 5
FOREIGN_RATE = 0.9
COUNTRIES = ("CL", "CO", "MX", "PE", "EC")


def prepare(env, today: datetime.date, customers: int, invoices: int) -> dict:
    """Chart, currencies, people and terms; return the row of bench.setting."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
    return {
        "today": today,
        "customers": customers,
        "invoices": invoices,
        "company_id": company.id,
        "rate": FOREIGN_RATE,
        "instalment_term_id": _instalment_term(env).id,
        "salesperson_ids": _salespeople(env).ids,
        "country_ids": env["res.country"].search([("code", "in", COUNTRIES)]).ids,
        **_currencies(env, company, today),
        **_accounts(env, company),
        **_journals(env, company),
        **_tax(env, company),
        **_first_ids(env),
    }


def _currencies(env, company, today):
    foreign = env.ref("base.EUR" if company.currency_id.name != "EUR" else "base.USD")
    foreign.active = True
    env["res.currency.rate"].create(
        {
            "currency_id": foreign.id,
            "company_id": company.id,
            "name": today.replace(year=today.year - 6, day=1),
            "rate": FOREIGN_RATE,
        }
    )
    return {"currency_id": company.currency_id.id, "foreign_currency_id": foreign.id}


def _account(env, company, account_type):
    domain = [("company_ids", "in", company.ids), ("account_type", "=", account_type)]
    return env["account.account"].search(domain, limit=1, order="code").id


def _accounts(env, company):
    partner = env["res.partner"].with_company(company).new({})
    return {
        "receivable_account_id": partner.property_account_receivable_id.id,
        "income_account_id": _account(env, company, "income"),
        "expense_account_id": _account(env, company, "expense"),
    }


def _journal(env, company, journal_type):
    domain = [("company_id", "=", company.id), ("type", "=", journal_type)]
    return env["account.journal"].search(domain, limit=1)


def _journals(env, company):
    bank = _journal(env, company, "bank")
    method = bank.inbound_payment_method_line_ids[:1]
    # Payments go straight to the bank account, so that they are matched and done.
    method.payment_account_id = bank.default_account_id
    return {
        "sale_journal_id": _journal(env, company, "sale").id,
        "bank_journal_id": bank.id,
        "general_journal_id": _journal(env, company, "general").id,
        "bank_account_id": bank.default_account_id.id,
        "payment_method_line_id": method.id,
        "payment_method_id": method.payment_method_id.id,
    }


def _tax(env, company):
    tax = company.account_sale_tax_id
    lines = tax.invoice_repartition_line_ids.filtered(
        lambda line: line.repartition_type == "tax"
    )
    refund_lines = tax.refund_repartition_line_ids.filtered(
        lambda line: line.repartition_type == "tax"
    )
    return {
        "tax_id": tax.id,
        "tax_group_id": tax.tax_group_id.id,
        "tax_account_id": lines[:1].account_id.id,
        "invoice_repartition_id": lines[:1].id,
        "refund_repartition_id": refund_lines[:1].id,
    }


def _instalment_term(env):
    halves = [
        (0, 0, {"value": "percent", "value_amount": 50, "nb_days": days})
        for days in (30, 60)
    ]
    return env["account.payment.term"].create(
        {"name": "Two halves", "line_ids": halves}
    )


def _salespeople(env):
    return env["res.users"].create(
        [
            {
                "name": f"Bench salesperson {number}",
                "login": f"bench_salesperson_{number}",
                "email": f"salesperson{number}@example.com",
                "group_ids": [(6, 0, env.ref("sales_team.group_sale_salesman").ids)],
            }
            for number in range(1, SALESPEOPLE + 1)
        ]
    )


def _first_ids(env):
    """The highest id of each table so far; the SQL counts on from there."""
    tables = {
        "first_partner_id": "res_partner",
        "first_move_id": "account_move",
        "first_line_id": "account_move_line",
        "first_payment_id": "account_payment",
        "first_partial_id": "account_partial_reconcile",
        "first_full_id": "account_full_reconcile",
    }
    env.flush_all()
    highest = "SELECT coalesce(max(id), 0) FROM %s"
    return {
        name: env.execute_query(SQL(highest, SQL.identifier(table)))[0][0]
        for name, table in tables.items()
    }
