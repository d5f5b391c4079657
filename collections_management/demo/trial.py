"""A strategy experiment that a demo company has been running for some weeks."""

from datetime import timedelta

STARTED, LENGTH, WINDOW = 45, 75, 30
QUESTION = (
    "Esperamos que, con la otra política, los clientes paguen una parte mayor de lo "
    "adeudado en 30 días, sin más reclamos."
)


def begin(company):
    """Split the segment with most cases; who was there then is counted from then."""
    env = company.env
    today = company._collections_today()
    [(segment, _count)] = env["collections.case"]._read_group(
        [("company_id", "=", company.id), ("segment_id", "!=", False)],
        ["segment_id"],
        ["__count"],
        order="__count desc",
        limit=1,
    )
    other = env["collections.policy"].search(
        [("id", "!=", segment.policy_id.id), ("company_id", "in", (False, company.id))],
        order="id",
        limit=1,
    )
    start = today - timedelta(days=STARTED)
    experiment = env["collections.experiment"].create(
        {
            "name": "Otra política en el mismo segmento",
            "company_id": company.id,
            "segment_id": segment.id,
            "challenger_id": other.id,
            "window": WINDOW,
            "question": QUESTION,
            "date_end": start + timedelta(days=LENGTH),
        }
    )
    experiment.write({"state": "running", "date_start": start})
    env["collections.experiment.member"]._enrol(
        company, start, experiment._running(company.id), as_of=start
    )
    env["collections.segment"]._classify(company)
