from base64 import b64encode
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import agency_file, promises

CASE_REF = "CASE-"
COSTS = {agency_file.COST: "agency", agency_file.COMMISSION: "commission"}
PROMISES = {
    agency_file.PROMISE: promises.PROMISE,
    agency_file.PAYMENT: promises.REPORTED,
}


class Planned(NamedTuple):
    """What a file would do.

    :param rows: of `agency_file.Result` to take in, each with its escalation and
        currency
    :param known: number of rows that were taken in before
    :param problems: of `agency_file.Problem`
    """

    rows: list[tuple]
    known: int
    problems: list[agency_file.Problem]


class CollectionsAgencyImporter(models.AbstractModel):
    """Takes in what an agency did: looked at first, then once and never again."""

    _name = "collections.agency.importer"
    _description = "Results of an Agency"

    # === LOOKING === #

    @api.model
    def _plan(self, agency, content: bytes) -> Planned:
        """Return what a file would do; changes nothing.

        :raise UserError: when the file as a whole cannot be taken
        """
        self._check_new(agency, content)
        try:
            found, problems = agency_file.parse(
                agency_file.read(content), agency.company_id._collections_today()
            )
        except agency_file.UnreadableError as error:
            raise UserError(self._unreadable(*error.args)) from error
        known = self._known(agency, found)
        escalations = self._escalations(agency, found)
        currencies = self._currencies(found)
        rows, old = [], 0
        for row in found:
            if row.key in known:
                old += known[row.key] == row.digest()
                if known[row.key] != row.digest():
                    problems.append(self._problem(row, "row_key", "changed", row.key))
                continue
            escalation = escalations.get(row.case_ref)
            if not escalation:
                problems.append(
                    self._problem(row, "case_ref", "not_there", row.case_ref)
                )
                continue
            currency = (
                currencies.get(row.currency)
                if row.currency
                else agency.company_id.currency_id
            )
            if not currency:
                problems.append(self._problem(row, "currency", "unknown", row.currency))
                continue
            rows.append((row, escalation, currency))
        return Planned(rows, old, sorted(problems))

    @api.model
    def _check_new(self, agency, content):
        files = self.env["collections.agency.file"]
        earlier = files.search(
            [
                ("agency_id", "=", agency.id),
                ("direction", "=", "in"),
                ("error_count", "=", 0),
                ("checksum", "=", files._checksum(content)),
            ],
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._(
                    "This file was imported on %(date)s by %(user)s, as %(name)s. "
                    "Nothing of it is taken in twice.",
                    date=earlier.company_id._collections_local(earlier.date).date(),
                    user=earlier.user_id.name,
                    name=earlier.name,
                )
            )

    @api.model
    def _problem(self, row, column, code, value):
        return agency_file.Problem(row.line, column, code, value)

    @api.model
    def _known(self, agency, rows) -> dict[str, str]:
        found = self.env["collections.agency.result"].search_fetch(
            [("agency_id", "=", agency.id), ("row_key", "in", [r.key for r in rows])],
            ["row_key", "digest"],
        )
        return {result.row_key: result.digest for result in found}

    @api.model
    def _escalations(self, agency, rows) -> dict:
        """Return the newest hand-over of each case to this agency, by reference."""
        numbers = {row.case_ref.removeprefix(CASE_REF) for row in rows}
        found = self.env["collections.escalation"].search(
            [
                ("agency_id", "=", agency.id),
                ("date_start", "!=", False),
                ("case_id", "in", [int(n) for n in numbers if n.isdecimal()]),
            ],
            order="id",
        )
        return {f"{CASE_REF}{row.case_id.id}": row for row in found}

    @api.model
    def _currencies(self, rows) -> dict:
        found = self.env["res.currency"].search(
            [("name", "in", [row.currency for row in rows])]
        )
        return {currency.name: currency for currency in found}

    # === TAKING IN === #

    @api.model
    def _take_in(self, agency, content: bytes, name: str, planned: Planned):
        """Make of each row what it says; return the file's record."""
        file = self._keep(agency, content, name, planned)
        made = []
        for row, escalation, currency in planned.rows:
            made.append(
                {
                    "agency_id": agency.id,
                    "file_id": file.id,
                    "row_key": row.key,
                    "digest": row.digest(),
                    "escalation_id": escalation.id,
                    "case_id": escalation.case_id.id,
                    "kind": row.kind,
                    "date": row.date,
                    "currency_id": currency.id,
                    "amount": row.amount,
                    "amount_company": currency._convert(
                        row.amount, agency.currency_id, agency.company_id, row.date
                    ),
                    "text": row.text,
                    **self._made_of(agency, row, escalation, currency),
                }
            )
        self.env["collections.agency.result"].sudo().create(made)
        return file

    @api.model
    def _keep(self, agency, content, name, planned):
        files = self.env["collections.agency.file"].sudo()
        return files.create(
            {
                "agency_id": agency.id,
                "direction": "in",
                "name": name,
                "content": b64encode(content),
                "checksum": files._checksum(content),
                "row_count": len(planned.rows),
                "case_count": len({row[1].case_id for row in planned.rows}),
                "error_count": len({problem.line for problem in planned.problems}),
                "user_id": self.env.uid,
            }
        )

    @api.model
    def _made_of(self, agency, row, escalation, currency) -> dict:
        """Make the records of one row, and return them as values of the result."""
        if row.kind in COSTS:
            return {"cost_id": self._cost(agency, row, escalation, currency).id}
        if row.kind in PROMISES:
            return {"promise_id": self._promise(agency, row, escalation, currency).id}
        said = self._contact(agency, row, escalation, currency)
        return {"interaction_id": said.id}

    @api.model
    def _cost(self, agency, row, escalation, currency):
        company = agency.company_id
        return (
            self.env["collections.cost"]
            .sudo()
            .create(
                {
                    "case_id": escalation.case_id.id,
                    "escalation_id": escalation.id,
                    "date": row.date,
                    "kind": COSTS[row.kind],
                    "amount": currency._convert(
                        row.amount, company.currency_id, company, row.date
                    ),
                    "note": f"{agency.name} {row.key}: {row.text}".strip(": "),
                    "user_id": self.env.uid,
                }
            )
        )

    @api.model
    def _promise(self, agency, row, escalation, currency):
        return (
            self.env["collections.promise"]
            .sudo()
            .create(
                {
                    "case_id": escalation.case_id.id,
                    "kind": PROMISES[row.kind],
                    "amount": row.amount,
                    "currency_id": currency.id,
                    "date": row.promise_date
                    if row.kind == agency_file.PROMISE
                    else row.date,
                    "date_made": row.date,
                    "channel": self._channel(row),
                    "note": f"{agency.name} {row.key}: {row.text}".strip(": "),
                    "user_id": self.env.uid,
                }
            )
        )

    @api.model
    def _contact(self, agency, row, escalation, currency):
        text = f"{agency.name}: {row.text}".strip(": ")
        channel = self._channel(row)
        if row.kind == agency_file.RECOVERY:
            channel = "system"
            text = self.env._(
                "%(agency)s says it recovered %(amount)s. %(text)s",
                agency=agency.name,
                amount=currency.format(row.amount),
                text=row.text,
            )
        company = agency.company_id
        noon = datetime.combine(
            row.date, time(12), ZoneInfo(company._collections_settings().tz)
        )
        return (
            self.env["collections.interaction"]
            .sudo()
            .create(
                {
                    "case_id": escalation.case_id.id,
                    "channel": channel,
                    "user_id": self.env.uid,
                    "date": noon.astimezone(ZoneInfo("UTC")).replace(tzinfo=None),
                    "text": text,
                }
            )
        )

    @api.model
    def _channel(self, row) -> str:
        channels = dict(self.env["collections.interaction"]._contact_channels())
        return row.channel if row.channel in channels else "other"

    # === IN WORDS === #

    @api.model
    def _unreadable(self, code, detail="") -> str:
        texts = {
            "empty": self.env._("The file is empty."),
            "headings": self.env._(
                "The first line has to name the columns; missing: %s. See the sheet "
                "of columns in the file for the agency.",
                detail,
            ),
            "long": self.env._("A file has at most %s rows: split it.", detail),
            "format": self.env._(
                "The file is neither an Excel workbook (xlsx) nor CSV. Save it again "
                "as one of them."
            ),
        }
        return texts[code]

    @api.model
    def _problem_words(self, problem) -> str:
        """Return what is wrong in a row, and how to mend it."""
        texts = {
            agency_file.MISSING: self.env._("is empty"),
            agency_file.UNKNOWN: self._allowed(problem.column),
            agency_file.NOT_A_DATE: self.env._("is no date: write 2024-12-31"),
            agency_file.NOT_AN_AMOUNT: self.env._("is no amount: write 1234.50"),
            agency_file.AMBIGUOUS: self.env._(
                "may mean thousands or decimals: write 1234.00"
            ),
            agency_file.IN_FUTURE: self.env._("is after today"),
            agency_file.NOT_POSITIVE: self.env._("has to be above zero"),
            agency_file.TWICE: self.env._("stands in row %s already", problem.value),
            agency_file.TOO_EARLY: self.env._("is before the day of the promise"),
            "changed": self.env._(
                "was imported before with other values: give what is new a new key"
            ),
            "not_there": self.env._("is no case that was handed to this agency"),
        }
        return texts[problem.code]

    @api.model
    def _allowed(self, column) -> str:
        currencies = self.env["res.currency"].search([("active", "=", True)])
        allowed = {
            "kind": agency_file.KINDS,
            "channel": agency_file.CHANNELS,
            "currency": currencies.mapped("name"),
        }
        return self.env._("has to be one of: %s", ", ".join(allowed.get(column, ())))
