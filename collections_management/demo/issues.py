"""What customers of a demo company dispute: one issue of each kind."""

from datetime import timedelta
from typing import NamedTuple

MODULE = "collections_management"


class Issue(NamedTuple):
    """
    :param days: reported so many days ago
    :param share: disputed part of the oldest overdue document, 0: the whole account
    :param answer: how it ended, nothing: it is open
    """

    days: int
    reason: str
    share: float
    text: str
    by: str = "salesperson"
    answer: str = ""


ISSUES = (
    Issue(4, "quality", 0.3, "Llegaron 12 sacos rotos; envió fotos por correo."),
    Issue(
        11,
        "not_delivered",
        1.0,
        "Faltó un pallet según su almacén.",
        answer="La guía de remisión está firmada por su almacén; se le envió copia.",
    ),
    Issue(2, "billing", 1.0, "La factura tiene el RUC de otra razón social."),
    Issue(16, "price", 0.15, "El descuento por volumen no se aplicó."),
    Issue(6, "payment", 1.0, "Dice que pagó por ventanilla y no figura.", "collector"),
    Issue(1, "other", 0.0, "Pide revisar toda la cuenta con gerencia.", "collector"),
)


def report(company, cases):
    """Report an issue of every kind, by who would have, on the day they did."""
    env = company.env
    today = company._collections_today()
    late = [case for case in cases if case.amount_actionable and not case.stop_flag]
    late.sort(key=lambda case: case.amount_actionable)
    for issue, case in zip(ISSUES, late[2::2], strict=False):
        item = case.item_ids.filtered(lambda item: item.state == "overdue")[:1]
        part = issue.share < 1 and item.currency_id.round(
            item.amount_residual * issue.share
        )
        dispute = (
            env["collections.dispute"]
            # As superuser: people get their companies after the books.
            .with_user(env.ref(f"{MODULE}.demo_user_{issue.by}"))
            .sudo()
            ._open(
                [
                    {
                        "case": case,
                        "reason_id": env.ref(
                            f"{MODULE}.dispute_reason_{issue.reason}"
                        ).id,
                        "items": {item.id: part or None} if issue.share else None,
                        "description": issue.text,
                        "date_opened": today - timedelta(days=issue.days),
                    }
                ]
            )
        )
        if issue.answer:
            collector = env.ref(f"{MODULE}.demo_user_collector")
            dispute.with_user(collector).sudo()._resolve("rejected", issue.answer)
            # Who follows it knew in the past: nothing leaves here.
            told = env["mail.mail"].search(
                [("mail_message_id", "in", dispute.message_ids.ids)]
            )
            told.state = "sent"
    env["collections.dispute"]._escalate(company, today)
