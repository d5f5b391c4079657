"""How some customers of a demo company pay: days, cheques, a payer, a guarantor."""

from datetime import timedelta
from typing import NamedTuple

from odoo.fields import Command

MODULE = "collections_management"
FRIDAY, MONDAY = "4", "0"


class Sheet(NamedTuple):
    """A cheque: in how many days it is money, its share of an open document.

    :param bounced: why it came back, if it did
    """

    number: str
    days: int
    share: float
    bounced: str = ""


# By key of the customer in the story's table.
DAYS = {
    "altiplano": (
        {"kind": "payment", "weekday": FRIDAY},
        {"kind": "reception", "weekday": MONDAY, "hours": "9:00 a 12:00, ventanilla 3"},
    ),
    "textil": (
        {"kind": "payment", "month_day": 15},
        {"kind": "payment", "month_day": 30},
    ),
}
CLOSED = {"altiplano": ("12-20", "01-06", "Cierre de fin de año")}
CHEQUES = {
    "nortena": (Sheet("000417", 9, 0.5), Sheet("000418", 39, 0.5)),
    "chifa": (Sheet("120088", -3, 1.0, "funds"),),
    "cordillera": (Sheet("7731", 12, 1.0),),
}
PAYERS = {"tunqui": "ribera", "brisas": "ribera"}
GUARANTORS = {"mirador": ("Elvira Chuquimia Paz", "Pagaré 118-2024", 25000.0)}


def tell(company, by_key):
    """Enter it as people would have, in their words."""
    today = company._collections_today()
    for key, payer in PAYERS.items():
        if {key, payer} <= by_key.keys():
            by_key[key].collections_payer_id = by_key[payer]
    for key, days in DAYS.items():
        if key in by_key:
            by_key[key].collections_day_ids = [Command.create(day) for day in days]
    for key in CLOSED.keys() & by_key.keys():
        by_key[key].collections_closing_ids = [Command.create(_closing(key, today))]
    found = company.env["collections.case"].search([("company_id", "=", company.id)])
    cases = found.grouped("partner_id")
    own = {key: cases[partner] for key, partner in by_key.items() if partner in cases}
    for key in CHEQUES.keys() & own.keys():
        _hand_in(own[key], CHEQUES[key], today)
    for key in GUARANTORS.keys() & own.keys():
        _guarantee(own[key], *GUARANTORS[key])


def _closing(key, today):
    first, last, note = CLOSED[key]
    return {
        "date_first": f"{today.year - 1}-{first}",
        "date_last": f"{today.year}-{last}",
        "note": note,
    }


def _hand_in(case, sheets, today):
    debits = case.item_ids.filtered(lambda item: not item.is_credit)
    for item in debits.sorted("date_due")[:1]:
        for sheet in sheets:
            amount = item.currency_id.round(item.amount_residual * sheet.share)
            promise = case.env["collections.promise"].create(
                {
                    "case_id": case.id,
                    "kind": "cheque",
                    "currency_id": item.currency_id.id,
                    "amount": amount,
                    "date_made": today - timedelta(days=20),
                    "date": today + timedelta(days=sheet.days),
                    "note": f"{sheet.number}, Banco Ejemplo",
                    "line_ids": item._promise_parts([amount]),
                }
            )
            cheque = case.env["collections.cheque"].create(
                {
                    "promise_id": promise.id,
                    "number": sheet.number,
                    "bank": "Banco Ejemplo",
                }
            )
            if sheet.bounced:
                cheque.action_deposit()
                cheque._bounce(sheet.bounced)


def _guarantee(case, name, document, limit):
    person = case.env["res.partner"].create(
        {
            "name": name,
            "is_company": False,
            "phone": "+51 984 555 118",
            "country_id": case.partner_id.country_id.id,
            "lang": case.partner_id.lang,
        }
    )
    case.env["collections.guarantor"].create(
        {
            "case_id": case.id,
            "guarantor_id": person.id,
            "document": document,
            "amount_limit": limit,
        }
    )
