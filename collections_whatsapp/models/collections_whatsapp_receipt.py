from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import errors, statuses

KEEP = """
    INSERT INTO collections_whatsapp_status
                (message_id, status, date, code, detail, category, billable)
         SELECT * FROM unnest(%s::int[], %s::varchar[], %s::timestamp[], %s::int[],
                              %s::varchar[], %s::varchar[], %s::bool[])
    ON CONFLICT (message_id, status, date) DO NOTHING
      RETURNING message_id, status, date
"""
MOVE = """
    UPDATE collections_whatsapp_message msg
       SET wamid = coalesce(nullif(msg.wamid, ''), new.wamid), worker = 0,
           state = new.state, write_date = %(now)s,
           code = coalesce(new.code, msg.code), error = coalesce(new.error, msg.error),
           category = coalesce(new.category, msg.category),
           billable = coalesce(new.billable, msg.billable),
           cost = coalesce(new.cost, msg.cost)
      FROM unnest(%(id)s::int[], %(wamid)s::varchar[], %(state)s::varchar[],
                  %(code)s::int[], %(error)s::varchar[], %(category)s::varchar[],
                  %(billable)s::bool[], %(cost)s::numeric[])
        AS new (id, wamid, state, code, error, category, billable, cost)
     WHERE msg.id = new.id
"""


def moment(timestamp):
    """Return a webhook's time; now, where it is none or in the future."""
    now = fields.Datetime.now()
    if not 0 < timestamp < 4_000_000_000:
        return now
    told = datetime.fromtimestamp(timestamp, timezone.utc)
    return min(now, told.replace(tzinfo=None))


class CollectionsWhatsappReceipt(models.AbstractModel):
    """Moves messages, and their reminders, to what their receipts say: in bulk."""

    _name = "collections.whatsapp.receipt"
    _description = "Receipts by WhatsApp"

    @api.model
    def _apply(self, found) -> None:
        """Apply receipts.

        :param found: the message of each
        """
        grouped = {}
        for event in self._keep(found):
            grouped.setdefault(found[event], []).append(event)
        if not grouped:
            return
        rows = {message: self._row(message, own) for message, own in grouped.items()}
        self._move(rows)
        for message, own in grouped.items():
            failure = next((e for e in own[::-1] if e.status == statuses.FAILED), None)
            if failure and rows[message]["state"] == statuses.FAILED:
                self._come_back(message, failure)

    @api.model
    def _keep(self, found) -> list:
        """Store receipts; return those that were not there yet."""
        rows = {}
        for event, message in found.items():
            when = moment(event.timestamp)
            rows.setdefault((message.id, event.status, when), event)
        if not rows:
            return []
        columns = list(zip(*rows, strict=True))
        new = self.env.execute_query(
            SQL(
                KEEP,
                *map(list, columns),
                [event.code for event in rows.values()],
                [event.error or None for event in rows.values()],
                [event.category or None for event in rows.values()],
                [event.billable for event in rows.values()],
            )
        )
        return [rows[key] for key in rows if key in set(new)]

    @api.model
    def _row(self, message, events) -> dict:
        """Return what a message becomes; ``None`` leaves a column as it is."""
        row = {"state": message.state, "wamid": events[0].wamid, "id": message.id}
        row |= dict.fromkeys(("code", "error", "category", "billable", "cost"))
        for event in events:
            row["state"] = statuses.merge(row["state"], event.status)
            if event.status == statuses.FAILED:
                row |= {"code": event.code, "error": event.error}
            if event.category:
                row |= message._bill(event.category, event.billable is not False)
        return row

    @api.model
    def _move(self, rows) -> None:
        messages = self.env["collections.whatsapp.message"].sudo().union(*rows)
        messages.flush_recordset()
        names = (
            "id",
            "wamid",
            "state",
            "code",
            "error",
            "category",
            "billable",
            "cost",
        )
        values = {name: [row[name] for row in rows.values()] for name in names}
        self.env.cr.execute(SQL(MOVE, now=fields.Datetime.now(), **values))
        messages.invalidate_recordset()
        out = messages.filtered(lambda one: one.state in statuses.ORDER)
        for state, own in out.grouped("state").items():
            own.reminder_id._move_to(state)
        out.reminder_id._confirm_out()

    @api.model
    def _come_back(self, message, event) -> None:
        """It was accepted and came back: what the class of its error asks for."""
        reminder = message.reminder_id
        detail = f"{event.code}: {event.error}" if event.code else event.error
        kind = errors.classify(event.code)
        if kind == errors.STOP:
            message.account_id._pause(detail)
        elif kind == errors.BLOCK:
            message.template_id._block(detail)
        elif kind == errors.TEMPLATE_ONLY:
            message.contact_id.last_inbound = False
        if not reminder:
            return
        if reminder.state in ("sending", "uncertain"):
            # It did go out: only what went out comes back.
            reminder._move_to("sent")
        waited = reminder.whatsapp_message_ids.filtered("waited")
        if kind == errors.WAIT and not waited:
            message.waited = True
            until = fields.Datetime.now() + timedelta(days=1)
            reminder._move_to("failed", "came_back", detail)
            reminder._put_back("wait_a_day", detail, until)
        else:
            mark = kind == errors.RECIPIENT
            reminder._bounced(detail, reason="came_back", mark=mark)
        reminder.case_id._touch()
