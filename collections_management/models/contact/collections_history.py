from collections import defaultdict
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date

from ...tools import history_rows
from ...tools.payer_text import squeezed

# Rows written at a time.
BATCH = 500
# By what a customer may be named, the surest first.
CUSTOMERS = """
    SELECT commercial_partner_id, lower(trim(coalesce(ref, ''))),
           coalesce(vat, ''), lower(trim(coalesce(email, ''))),
           lower(trim(coalesce(name, '')))
      FROM res_partner
     WHERE active AND (company_id IS NULL OR company_id = %(company)s)
       AND (lower(trim(ref)) = ANY(%(names)s)
            OR regexp_replace(lower(vat), '[^a-z0-9]', '', 'g') = ANY(%(numbers)s)
            OR lower(trim(email)) = ANY(%(names)s)
            OR lower(trim(name)) = ANY(%(names)s))
"""


class Checked(NamedTuple):
    """A file after the check: what would be written, and what is wrong."""

    ready: list
    known: int
    faults: list


class CollectionsHistory(models.AbstractModel):
    """Takes contact history of a former system over into the log.

    Calls, messages, visits and notes keep their date, author and text. A promise
    becomes an entry that says what was promised: whether it was kept, the ledger
    of that time would have to say. Nothing is planned, paused or sent by it.
    """

    _name = "collections.history"
    _description = "History of a Former System"

    # === CHECKING === #

    @api.model
    def _check(self, company, source, rows, order) -> Checked:
        """Say what an import would write; it writes nothing.

        :param source: name of the former system
        :param rows: of the file, headings first
        :param order: which comes first in a date, see `tools.history_rows`
        :raise FileError: columns are missing
        """
        today = company._collections_today()
        digits = company.currency_id.decimal_places
        entries, faults = history_rows.check(rows, today, order, digits)
        known = self._known(company, source, [entry.key for entry in entries])
        fresh = [entry for entry in entries if entry.key not in known]
        customers = self._customers(company, {entry.customer for entry in fresh})
        results = self._results()
        channels = dict(self.env["collections.interaction"]._contact_channels())
        ready = []
        for entry in fresh:
            partner, wrong = self._find(entry, customers, results, channels)
            faults += wrong
            if not wrong:
                ready.append((entry, partner))
        return Checked(ready, len(entries) - len(fresh), sorted(faults))

    @api.model
    def _find(self, entry, customers, results, channels):
        """Return the customer of an entry, and what is not known here."""
        found = customers.get(entry.customer.strip().lower(), ())
        faults = []
        if len(found) != 1:
            code = "many" if found else "unknown"
            faults.append(
                history_rows.Fault(entry.row, "customer", code, entry.customer)
            )
        if entry.result and entry.result.strip().lower() not in results:
            faults.append(
                history_rows.Fault(entry.row, "result", "unknown", entry.result)
            )
        if entry.kind == "whatsapp" and entry.kind not in channels:
            faults.append(history_rows.Fault(entry.row, "kind", "channel", entry.kind))
        return next(iter(found), None), faults

    @api.model
    def _known(self, company, source, keys) -> set:
        rows = self.env.execute_query(
            SQL(
                """SELECT import_key FROM collections_interaction
                    WHERE company_id = %s AND imported_from = %s
                      AND import_key = ANY(%s)""",
                company.id,
                source,
                keys,
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _customers(self, company, names) -> dict[str, set]:
        """Return the customers that each name may mean, by the surest of its kinds."""
        self.env["res.partner"].flush_model()
        wanted = {name.strip().lower() for name in names}
        rows = self.env.execute_query(
            SQL(
                CUSTOMERS,
                company=company.id,
                names=list(wanted - {""}),
                numbers=[number for name in wanted if (number := squeezed(name))],
            )
        )
        kinds = [defaultdict(set) for _kind in range(4)]
        for partner, ref, vat, email, name in rows:
            for kind, value in zip(
                kinds, (ref, squeezed(vat), email, name), strict=True
            ):
                kind[value].add(partner)
        found = {}
        for name in wanted:
            texts = (name, squeezed(name), name, name)
            answers = [kind.get(text) for kind, text in zip(kinds, texts, strict=True)]
            found[name] = next(filter(None, answers), set())
        return found

    @api.model
    def _results(self) -> dict:
        """Return the results of contacts by their name, in every language."""
        results = self.env["collections.interaction.result"].search(
            [("active", "=", True)]
        )
        names = {}
        for code, _name in self.env["res.lang"].get_installed():
            for result in results.with_context(lang=code):
                names[result.name.strip().lower()] = result.id
        return names

    # === WRITING === #

    @api.model
    def _take_over(self, company, source, ready) -> int:
        """Append checked entries to the log.

        :param ready: entries with their customers, of `_check`
        :return: number of rows written
        """
        self.env["collections.role"]._check_supervisor()
        partners = self.env["res.partner"].browse({partner for _e, partner in ready})
        cases = self.env["collections.case"].with_company(company)
        by_customer = {
            case.partner_id.id: case for case in cases._of_customers(partners)
        }
        results = self._results()
        zone = ZoneInfo(company.sudo().collections_tz or "UTC")
        # In the order in which they happened, so that the log reads well.
        ordered = sorted(ready, key=lambda one: (one[0].moment, one[0].row))
        values = [
            {
                "case_id": by_customer[partner].id,
                "imported_from": source,
                "import_key": entry.key,
                "date": self._utc(entry.moment, zone),
                "author_name": entry.author,
                "address": entry.address,
                "direction": entry.direction,
                "channel": self._channel(entry.kind),
                "result_id": results.get(entry.result.strip().lower()),
                "text": self._text(company, entry),
                "next_date": entry.until,
            }
            for entry, partner in ordered
        ]
        log = self.env["collections.interaction"].sudo()
        for start in range(0, len(values), BATCH):
            log.create(values[start : start + BATCH])
        return len(values)

    @api.model
    def _utc(self, moment, zone):
        local = moment.replace(tzinfo=zone)
        return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None, microsecond=0)

    @api.model
    def _channel(self, kind) -> str:
        """A note was no contact; of a promise nobody says how it was given."""
        return {history_rows.NOTE: "system", history_rows.PROMISE: "other"}.get(
            kind, kind
        )

    @api.model
    def _text(self, company, entry) -> str:
        """Return what was said, with what the log has no column for."""
        env = self.env
        lines = []
        if entry.amount or entry.kind == history_rows.PROMISE:
            amount = format_amount(env, entry.amount or 0.0, company.currency_id)
            until = entry.until and format_date(env, fields.Date.to_date(entry.until))
            lines.append(
                env._(
                    "Promised then: %(amount)s until %(date)s.",
                    amount=amount if entry.amount else "?",
                    date=until or "?",
                )
            )
        if entry.contact:
            lines.append(env._("Contact: %s", entry.contact))
        return "\n".join([*lines, entry.text]).strip()
