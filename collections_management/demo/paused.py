"""What a demo company does not ask for now: documents on hold, and who is stopped."""

from odoo.fields import Command

MODULE = "collections_management"
# By flag of the story's table: the reason of a hold, and what was noted.
REASONS = {
    "factored": ("factoring", "Contrato 118 con Factoring Ejemplo."),
    "certificate": ("withholding", "Enviará el comprobante esta semana."),
    "closing": ("closing", "Cierre de caja; paga después."),
}
# These are about one document, the last one; the others about all.
OF_A_DOCUMENT = ("factoring", "withholding")


def hold(cases, reason):
    name, note = reason
    for case in cases:
        debits = case.item_ids.filtered(lambda item: not item.is_credit)
        items = debits.sorted("date_due")[-1:] if name in OF_A_DOCUMENT else []
        case.env["collections.case.hold"].create(
            {
                "case_ids": [Command.set(case.ids)],
                "item_ids": [Command.set([item.id for item in items])],
                "reason_id": case.env.ref(f"{MODULE}.hold_reason_{name}").id,
                "note": note,
            }
        ).action_hold()


def stop(cases):
    for case in cases:
        case.env["collections.case.stop"].create(
            {
                "case_id": case.id,
                "stop_flag": "insolvent",
                "note": "Procedimiento concursal, expediente 0231.",
            }
        ).action_stop()
