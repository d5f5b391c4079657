import re
from collections import Counter
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang

from ...tools import evidence_workbook

# A seal that people can compare: its first characters.
SEAL = 16
# Whoever reads a file of ours gets no way into the customer's portal with it.
KEYS = re.compile(r"(access_token=)[^\s&\])>\"']+")


class CollectionsEvidence(models.AbstractModel):
    """What was done to contact a customer in a period, for an inspector.

    Every contact, attempt, deferral and rule applied, in the company's time, with
    the check of the chain that proves the log complete.
    """

    _name = "collections.evidence"
    _description = "Evidence of Contacts"

    # === FACTS === #

    @api.model
    def _collect(self, case, date_from, date_to) -> dict:
        """Return facts and tables about a case, both days included."""
        case = case.sudo()
        period = self._period(case.company_id, date_from, date_to)
        own = [("case_id", "=", case.id)]
        contacts = self._found("collections.interaction", own, "date", period)
        steps = [
            ("reminder_id.case_id", "=", case.id),
            ("reminder_id.state", "!=", "simulated"),
        ]
        events = self._found("collections.reminder.event", steps, "create_date", period)
        said = [
            ("company_id", "=", case.company_id.id),
            ("partner_id", "child_of", case.partner_id.id),
        ]
        consents = self._found("collections.consent", said, "date", period)
        rules = events.contact_rule_id.with_context(active_test=False)
        return {
            "title": self.env._("Evidence of Contacts"),
            "facts": self._facts(case, date_from, date_to, contacts),
            "tables": [
                self._frequency(case, contacts),
                self._contacts(case, contacts),
                self._steps(case, events),
                *self._guarantors(case),
                self._consents(case, consents),
                self._rules(rules),
            ],
            "company": case.company_id,
        }

    @api.model
    def _period(self, company, date_from, date_to):
        """Return the UTC moments at which the first day begins and the last ends."""
        zone = ZoneInfo(company.collections_tz or "UTC")
        days = (date_from, date_to + timedelta(days=1))
        return [
            datetime.combine(day, time(), zone)
            .astimezone(ZoneInfo("UTC"))
            .replace(tzinfo=None)
            for day in days
        ]

    @api.model
    def _found(self, model, domain, field, period):
        return (
            self.env[model]
            .sudo()
            .search(
                [*domain, (field, ">=", period[0]), (field, "<", period[1])],
                order=f"{field}, id",
            )
        )

    @api.model
    def _facts(self, case, date_from, date_to, contacts):
        company = case.company_id
        check = self.env["collections.interaction.check"].sudo()._check(company)
        days = [format_date(self.env, day) for day in (date_from, date_to)]
        broken = check["broken_id"]
        number = self.env["collections.interaction"].sudo().browse(broken).number
        return [
            (self.env._("Customer"), case.partner_id.display_name),
            (self.env._("Company"), company.name),
            (self.env._("Period Covered"), " - ".join(days)),
            (self.env._("Time Zone"), company.collections_tz or "UTC"),
            (
                self.env._("Made On"),
                format_datetime(self.env, fields.Datetime.now(), tz=self._zone(case)),
            ),
            (
                self.env._("Contacts in the Period"),
                str(len(self._counting(contacts))),
            ),
            (
                self.env._("Check of the Log"),
                self.env._("Entry %s does not fit: the log was changed.", number)
                if broken
                else self.env._(
                    "All %(sealed)s sealed entries of the company fit; "
                    "%(unsealed)s are not sealed yet.",
                    sealed=check["sealed_count"],
                    unsealed=check["unsealed_count"],
                ),
            ),
            (self.env._("Last Seal"), check["last_seal"] or ""),
        ]

    @api.model
    def _zone(self, case):
        return case.company_id.collections_tz or "UTC"

    @api.model
    def _local(self, case, moment):
        local = case.company_id._collections_local(moment)
        return local.replace(tzinfo=None, microsecond=0)

    @api.model
    def _by(self, row) -> str:
        """Who logged it; of what was taken over: who then, and from where."""
        if not row.imported_from:
            return row.user_name
        return self.env._(
            "%(author)s (taken over from %(system)s on %(date)s by %(user)s)",
            author=row.author_name or "?",
            system=row.imported_from,
            date=format_date(self.env, row.create_date.date()),
            user=row.user_name,
        )

    @api.model
    def _labels(self, model, field):
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    @api.model
    def _counting(self, contacts):
        """Return what counts as a contact with the customer, as for contact rules.

        No answers to the customer, no corrections, nothing that the system noted, and
        nothing that was taken back.
        """
        return contacts.filtered(
            lambda row: (
                row.direction == "out"
                and row.channel != "system"
                and not row.is_reply
                and not row.corrects_id
                and "system" not in row.correction_ids.mapped("channel")
            )
        )

    # === TABLES === #

    @api.model
    def _frequency(self, case, contacts):
        """Type and frequency: how many a week by channel."""
        channels = self._labels("collections.interaction", "channel")
        counted = Counter(
            (
                self._local(case, row.date).date().isocalendar()[:2],
                channels.get(row.channel, row.channel),
            )
            for row in self._counting(contacts)
        )
        return evidence_workbook.Table(
            self.env._("Type and Frequency"),
            [self.env._("Week"), self.env._("Channel"), self.env._("Contacts")],
            [
                (f"{year}-W{week:02}", channel, count)
                for ((year, week), channel), count in sorted(counted.items())
            ],
        )

    @api.model
    def _contacts(self, case, contacts):
        channels = self._labels("collections.interaction", "channel")
        directions = self._labels("collections.interaction", "direction")
        return evidence_workbook.Table(
            self.env._("Contacts"),
            [
                self.env._("When"),
                self.env._("Direction"),
                self.env._("Channel"),
                self.env._("Person"),
                self.env._("Address"),
                self.env._("By"),
                self.env._("Result"),
                self.env._("Text"),
                self.env._("Entry No."),
                self.env._("Seal"),
            ],
            [
                (
                    self._local(case, row.date),
                    self._direction(row, directions),
                    channels.get(row.channel, row.channel),
                    row.contact_name or row.partner_name,
                    row.address,
                    self._by(row),
                    row.result_id.name,
                    KEYS.sub(r"\1…", row.text or ""),
                    str(row.number or ""),
                    (row.seal or "")[:SEAL],
                )
                for row in contacts
            ],
        )

    @api.model
    def _direction(self, row, directions):
        parts = [
            directions[row.direction],
            row.is_reply and self.env._("answer to the customer"),
            row.corrects_id and self.env._("correction"),
        ]
        return ", ".join(filter(None, parts))

    @api.model
    def _steps(self, case, events):
        states = self._labels("collections.reminder", "state")
        channels = self._labels("collections.reminder", "channel")
        return evidence_workbook.Table(
            self.env._("Attempts and Deferrals"),
            [
                self.env._("When"),
                self.env._("Reminder"),
                self.env._("Channel"),
                self.env._("State"),
                self.env._("What Happened"),
                self.env._("Contact Rule"),
            ],
            [
                (
                    self._local(case, event.create_date),
                    event.reminder_id.level_id.name or event.reminder_id.uuid,
                    channels.get(event.reminder_id.channel, ""),
                    states.get(event.state, event.state),
                    " ".join(filter(None, [event.detail, event.rule_words])),
                    event.contact_rule_id.name,
                )
                for event in events
            ],
        )

    @api.model
    def _consents(self, case, consents):
        channels = self._labels("collections.consent", "channel")
        states = self._labels("collections.consent", "state")
        origins = self._labels("collections.consent", "origin")
        return evidence_workbook.Table(
            self.env._("Consents"),
            [
                self.env._("When"),
                self.env._("Person"),
                self.env._("Channel"),
                self.env._("State"),
                self.env._("Where"),
                self.env._("Text Shown"),
                self.env._("Evidence"),
            ],
            [
                (
                    self._local(case, row.date),
                    row.partner_name,
                    channels[row.channel],
                    states[row.state],
                    origins[row.origin],
                    row.shown_text,
                    row.evidence,
                )
                for row in consents
            ],
        )

    @api.model
    def _guarantors(self, case):
        """Who answers for the debts, also in the past."""
        rows = case.with_context(active_test=False).guarantor_ids
        if not rows:
            return []
        kinds = self._labels("collections.guarantor", "kind")
        table = evidence_workbook.Table(
            self.env._("Guarantors"),
            [
                self.env._("Person"),
                self.env._("As"),
                self.env._("Up To"),
                self.env._("Document"),
                self.env._("Since"),
                self.env._("Valid Until"),
                self.env._("May Be Contacted"),
            ],
            [
                (
                    row.guarantor_id.display_name,
                    kinds[row.kind],
                    formatLang(self.env, row.amount_limit, currency_obj=row.currency_id)
                    if row.amount_limit
                    else self.env._("all"),
                    row.document or "",
                    str(row.date_from or ""),
                    str(row.date_until or ""),
                    row.contact_text or "",
                )
                for row in rows
            ],
        )
        return [table]

    @api.model
    def _rules(self, rules):
        return evidence_workbook.Table(
            self.env._("Rules Applied"),
            [
                self.env._("Contact Rule"),
                self.env._("Hours"),
                self.env._("Limits"),
                self.env._("Source"),
                self.env._("Interpretation"),
                self.env._("Checked On"),
            ],
            [
                (
                    rule.name,
                    rule.hours_summary,
                    rule.limits_summary,
                    rule.source,
                    rule.interpretation,
                    str(rule.date_checked or ""),
                )
                for rule in rules
            ],
        )

    # === FILES === #

    @api.model
    def _xlsx(self, case, date_from, date_to) -> bytes:
        found = self._collect(case, date_from, date_to)
        return evidence_workbook.build(found["title"], found["facts"], found["tables"])

    @api.model
    def _pdf(self, case, date_from, date_to) -> bytes:
        found = self._collect(case, date_from, date_to)
        page = self.env["ir.qweb"]._render(
            "collections_management.evidence_page",
            {**found, "shown": self._shown},
            lang=self.env.lang,
            minimal_qcontext=True,
        )
        renderer = self.env["collections.statement.pdf"].sudo()
        renderer._check_renderer()
        return renderer._to_pdf([("", page)])

    @api.model
    def _shown(self, value) -> str:
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        return str(value or "")
