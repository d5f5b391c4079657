"""How a demo company collected so far: its past runs, made by the product itself."""

from datetime import datetime, time, timedelta

from odoo.tools import SQL

from . import agreed, habits, handed, issues, partners, paused, people, trial

MODULE = "collections_management"
OTHERS = ("salesperson", "supervisor")
REPLAYED_DAYS = 60
SATURDAY = 5
TIME_ZONES = {"PE": "America/Lima", "CL": "America/Santiago"}
# Days from today, and what for.
CALLS = (
    (-1, "Llamar: quedó en confirmar la fecha de pago"),
    (0, "Llamar a tesorería por la factura vencida"),
    (0, "Pedir el comprobante de la transferencia"),
    (2, "Llamar después de su cierre de caja"),
    (5, "Reunión para revisar el estado de cuenta"),
)
# Days ago, how it ended, and what was said.
TALKS = (
    (21, "no_answer", "No contestan en la central ni en el anexo de pagos."),
    (16, "message", "Dejé mensaje con recepción para cuentas por pagar."),
    (12, "informed", "Reconoce la deuda; revisará con gerencia esta semana."),
    (9, "callback", "Está en cierre de mes, pide que se le llame después."),
    (6, "says_paid", "Dice que ya transfirió; enviará el comprobante."),
    (5, "wrong_person", "Ya no trabaja en pagos; indica a la nueva encargada."),
    (3, "cannot_pay", "Espera el pago de un cliente grande para ponerse al día."),
    (2, "informed", "Pidió el estado de cuenta con el detalle de facturas."),
)
# What a case at the agency (false) or at the lawyer (true) has cost.
COSTS = {
    False: ((12, "agency", 180.0, "Apertura del expediente"),),
    True: (
        (35, "notice", 45.0, "Carta notarial"),
        (20, "lawyer", 950.0, "Recibo por honorarios E001-88"),
        (18, "court", 120.5, "Tasa judicial"),
    ),
}
SMALL = "['&', ('amount_balance', '<', 700), ('item_count', '<=', 3)]"
INSTRUCTIONS = """
<p>Puede pagar por transferencia a nombre de {company}:</p>
<ul>
    <li>Banco Ejemplo, cuenta corriente 000-0000000-0-01</li>
    <li>Banco Modelo, cuenta corriente 000-0000000-0-02</li>
</ul>
<p>Indique el número de factura y envíe el comprobante a cobranzas@example.com.</p>
"""


def set_up(company):
    """Everything but the mode: nothing is proposed before the books are complete."""
    users = {
        name: company.env.ref(f"{MODULE}.demo_user_{name}")
        for name in ("accountant", "collector", "collector_2", *OTHERS)
    }
    if code := partners.language(company.env):
        for user in users.values():
            user.lang = code
        # Translations follow the demo data, and past messages need them now.
        company.env["ir.module.module"]._load_module_terms([MODULE], [code])
    small = company.env.ref(f"{MODULE}.segment_small")
    if company.country_id.code == "PE" and not small.active:
        # As an own amount makes it useful: archived, it waits for one.
        small.write({"active": True, "domain": SMALL, "company_id": company.id})
    company.write(
        {
            "collections_tz": TIME_ZONES[company.country_id.code],
            "collections_sender_email": "cobranzas@example.com",
            "collections_collector_id": users["collector"].id,
            "collections_treasurer_id": users["accountant"].id,
            "collections_payment_instructions": INSTRUCTIONS.format(
                company=company.name
            ),
        }
    )


# === THE PAST === #


def replay(company, today):
    """Run every working day of the last weeks, from the ledger as it was then."""
    company.env["collections.case"].refresh()
    for age in range(REPLAYED_DAYS, 0, -1):
        day = today - timedelta(days=age)
        if day.weekday() < SATURDAY:
            _replay_day(company, day, today)


def _replay_day(company, day, today):
    _close_cycles(company, day)
    run = company.env["collections.run"].create(
        {
            "company_id": company.id,
            "date": day,
            "mode": "propose",
            "is_daily": True,
            "as_of": True,
        }
    )
    run._execute()
    _send(run, day, today)
    # It looked back only because it was made up; to people it was a run as any.
    run.as_of = False


def _close_cycles(company, day):
    """What was paid by then had ended its cycle."""
    env = company.env
    items = env["collections.ledger"]._open_lines_sql(company.ids, day)
    env["collections.reminder"].search(
        [
            ("company_id", "=", company.id),
            ("cycle_closed", "=", False),
            ("trigger_line_id", "not in", SQL("SELECT id FROM (%s) item", items)),
        ]
    ).cycle_closed = True


def _send(run, day, today):
    """Past reminders as they would be after they went out; nothing leaves here."""
    moment = datetime.combine(day, time(14, 5))
    tomorrow = datetime.combine(today + timedelta(days=1), time(14, 5))
    log = run.env["collections.interaction"].with_context(default_date=moment)
    for reminder in run.reminder_ids:
        way = run.env["collections.channel"]._of(reminder)
        if refusal := way._check_recipient(reminder):
            _verdict, reason, detail = refusal
            values = {"reason": reason, "reason_detail": detail}
            reminder.write({"state": "deferred", "date_deferred": tomorrow, **values})
            continue
        way._compose(reminder)
        reminder.write({"state": "sent", "date_sent": moment, "attempts": 1})
        reminder.mail_id.state = "sent"
        reminder.mail_id.mail_message_id.date = moment
        if way._is_contact:
            log._log_reminder(reminder)


# === TODAY === #


def finish(company, by_key, customers):
    """What people did with the cases, and the proposals that wait for them."""
    env = company.env
    env["collections.case"].refresh()
    found = env["collections.case"].search([("company_id", "=", company.id)])
    cases = found.grouped("partner_id")

    def flagged(flag):
        partners_of = [by_key[row.key] for row in customers if flag in row.flags]
        return found.browse().union(*(cases[p] for p in partners_of if p in cases))

    people.employ(company, customers[0].company)
    handed.hand_over(company, flagged("legal"), flagged("agency"))
    handed.charge(company)
    flagged("noemail")._ask_for_address()
    for flag, reason in paused.REASONS.items():
        paused.hold(flagged(flag), reason)
    paused.stop(flagged("insolvent"))
    _log_talks(company, found)
    _plan_calls(company, found)
    issues.report(company, found)
    agreed.make(company, found)
    habits.tell(company, by_key)
    people.watch(company)
    _note_costs(flagged("legal") | flagged("agency"), company)
    if customers[0].company == "andina":
        trial.begin(company)
    company.collections_mode = "propose"
    env["collections.run"].run()


def _log_talks(company, cases):
    """Who was reminded was also called: two talks each, oldest first."""
    reminded = cases.filtered("level_id").sorted("days_overdue", reverse=True)
    today = company._collections_today()
    rows = []
    for number, case in enumerate(reminded):
        for turn in sorted({number % len(TALKS), (number + 3) % len(TALKS)}):
            days, result, text = TALKS[turn]
            # Nobody calls before there is something to ask for.
            if days >= case.days_overdue:
                continue
            moment = datetime.combine(today - timedelta(days=days), time(15, 40))
            result = company.env.ref(f"{MODULE}.interaction_result_{result}")
            contact = case.partner_id.child_ids[:1] or case.partner_id
            rows.append(
                {
                    "case_id": case.id,
                    "contact_id": contact.id,
                    "address": contact.phone,
                    "user_id": case.collector_id.id,
                    "channel": "call",
                    "date": moment,
                    "result_id": result.id,
                    "text": text,
                }
            )
    rows.sort(key=lambda row: row["date"])
    company.env["collections.interaction"].create(rows)


def _note_costs(cases, company):
    """What the lawyer and the agency have charged so far."""
    legal = company.env.ref(f"{MODULE}.stage_legal")
    today = company._collections_today()
    company.env["collections.cost"].create(
        [
            {
                "case_id": case.id,
                "date": today - timedelta(days=days),
                "kind": kind,
                "amount": amount,
                "note": note,
                "user_id": case.collector_id.id,
            }
            for case in cases
            for days, kind, amount, note in COSTS[case.manual_stage_id == legal]
        ]
    )


def _plan_calls(company, cases):
    """The biggest debts are called, one of them since yesterday."""
    today = company._collections_today()
    biggest = cases.filtered(lambda case: not case.manual_stage_id)
    biggest = biggest.sorted("amount_actionable", reverse=True)[: len(CALLS)]
    for case, (days, summary) in zip(biggest, CALLS, strict=False):
        case.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=today + timedelta(days=days),
            summary=summary,
            user_id=case.collector_id.id,
        )
