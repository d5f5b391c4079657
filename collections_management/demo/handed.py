"""Who has a demo company's hard cases: a lawyer, an agency; and what it charges."""

from datetime import timedelta

from odoo.fields import Command

from ..tools import agency_file

MODULE = "collections_management"
AGENCY = {
    "name": "Recuperaciones del Pacífico S.A.C.",
    "is_company": True,
    "email": "casos@recuperaciones.example.com",
    "phone": "+51 1 555 0188",
    "city": "Lima",
    "country_id": "PE",
}
TERMS = "Contrato 2231: rinde lo cobrado cada viernes, con su comisión descontada."
# Days ago that each came into force, and why.
LEGAL = (38, "Demanda presentada, exp. 00412")
TO_AGENCY = (26, "No responde desde la carta notarial")
ASKED = "Cuatro avisos sin respuesta; el cliente cambió de local"
# What the agency reported: its key, days ago, and the rest.
REPORTED = (
    (
        "RP-118-1",
        20,
        agency_file.CONTACT,
        "visit",
        0.0,
        "Local cerrado, sin aviso",
    ),
    ("RP-118-2", 11, agency_file.CONTACT, "call", 0.0, "Ofrece pagar una parte"),
    ("RP-118-3", 6, agency_file.COST, "visit", 60.0, "Visita domiciliaria"),
)
RATE = 12.0


def hand_over(company, legal, to_agency):
    """Hand cases to a lawyer and to an agency, and ask for one more."""
    if not legal and not to_agency:
        return
    env = company.env
    agency = _agency(company)
    _in_force(legal, "legal", LEGAL)
    _in_force(to_agency, "agency", TO_AGENCY, agency)
    _report(company, agency, to_agency)
    waiting = env["collections.case"].search(
        [
            ("company_id", "=", company.id),
            ("manual_stage_id", "=", False),
            ("stop_flag", "=", False),
            ("partner_id.country_id", "in", agency.country_ids.ids),
            ("days_overdue", ">", 60),
        ],
        order="days_overdue desc, id",
        limit=1,
    )
    _ask(waiting, agency)


def _ask(cases, agency):
    """What the collector asked for this morning: the supervisor decides."""
    env = agency.env
    stage = env.ref(f"{MODULE}.stage_agency")
    checked = env["collections.escalation.facts"]._checked(cases, stage, agency)
    rows = env["collections.escalation"].create(
        [
            {
                "case_id": case.id,
                "stage_id": stage.id,
                "agency_id": agency.id,
                "reason": ASKED,
                "user_id": case.collector_id.id,
                "requirements": checked[case.id],
                "is_complete": all(one["fulfilled"] for one in checked[case.id]),
            }
            for case in cases
        ]
    )
    rows._log(lambda row: row._text_requested())
    rows._ask_supervisor()


def _agency(company):
    env = company.env
    country = env["res.country"].search([("code", "=", AGENCY["country_id"])])
    partner = env["res.partner"].create({**AGENCY, "country_id": country.id})
    return env["collections.agency"].create(
        {
            "partner_id": partner.id,
            "company_id": company.id,
            "commission": 12.0,
            "country_ids": [Command.set(country.ids)],
            "note": TERMS,
        }
    )


def _in_force(cases, stage, story, agency=None):
    days, reason = story
    if not cases:
        return
    env = cases.env
    rows = env["collections.escalation"]._request(
        cases, env.ref(f"{MODULE}.stage_{stage}"), reason, agency
    )
    asked = rows.sudo().filtered(lambda row: row.state == "requested")
    if asked:
        asked._start()
    for row in rows.sudo():
        began = row.company_id._collections_today() - timedelta(days=days)
        row.write(
            {
                "date_requested": began,
                "date_start": began,
                "user_id": row.case_id.collector_id.id,
                "approver_id": env.ref(f"{MODULE}.demo_user_supervisor").id,
            }
        )


def _report(company, agency, cases):
    """Take in the agency's file, as a supervisor would."""
    today = company._collections_today()
    importer = company.env["collections.agency.importer"]
    lines = [
        (key, f"CASE-{case.id}", today - timedelta(days=days), kind, channel)
        + (amount or None, "", None, text)
        for case in cases[:1]
        for key, days, kind, channel, amount, text in REPORTED
    ]
    content = agency_file.to_csv(agency_file.RESULT_COLUMNS, lines)
    planned = importer._plan(agency, content)
    if planned.rows:
        name = f"Resultados {today.isoformat()}.csv"
        importer._take_in(agency, content, name, planned)


def charge(company):
    """A rule by contract, shown to nobody, and the product it is booked with."""
    env = company.env
    product = env["product.product"].create(
        {"name": "Intereses por mora", "type": "service", "company_id": company.id}
    )
    env["collections.interest.rule"].create(
        {
            "name": f"Interés por contrato, {RATE:.0f} % anual",
            "company_id": company.id,
            "method": "yearly",
            "free_days": 15,
            "source": "Cláusula 7 de las condiciones de venta",
            "product_id": product.id,
            "rate_ids": [Command.create({"date_from": "2015-01-01", "rate": RATE})],
        }
    )
