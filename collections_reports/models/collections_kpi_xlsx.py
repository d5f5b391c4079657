from odoo import api, fields, models
from odoo.tools import format_date

from ..tools import figures_book as book

MONTH_FIELDS = (
    "date",
    "receivables",
    "not_due",
    "sales",
    "sales_quarter",
    "dso",
    "dso_countback",
    "average_days_delinquent",
    "cei",
    "cei_quarter",
)


class CollectionsKpiXlsx(models.AbstractModel):
    """The key figures as a workbook."""

    _name = "collections.kpi.xlsx"
    _description = "Workbook of the Key Figures"

    @api.model
    def _workbook(self, page, parts) -> bytes:
        figures = {
            figure["code"]: figure
            for section in page["sections"]
            for figure in section["figures"]
        }
        countback = figures["dso_countback"]
        return book.write(
            book.Book(
                words=self._words(),
                sections=[
                    (
                        section["name"],
                        [self._figure(found, page) for found in section["figures"]],
                    )
                    for section in page["sections"]
                ],
                receivables=countback["inputs"]["receivables"],
                steps=countback.get("months") or [],
                months=[
                    [point[name] for name in MONTH_FIELDS] for point in page["series"]
                ],
                rolls=self._rolls(parts),
                provision=self._provision(parts),
                notes=self._notes(page, parts),
            ),
            digits=self.env.company.currency_id.decimal_places,
        )

    @api.model
    def _words(self) -> dict:
        days = self.env._("Days")
        return {
            "sheets": (
                self.env._("Key figures"),
                self.env._("Countback"),
                self.env._("Months"),
                self.env._("Roll rates"),
                self.env._("Provision"),
                self.env._("Definitions"),
            ),
            "headings": (
                self.env._("Figure"),
                self.env._("Value"),
                self.env._("Period before"),
                self.env._("Target"),
                self.env._("How it is made"),
                self.env._("Left out"),
            ),
            "countback": (
                self.env._("Days of the month"),
                self.env._("Sales with tax"),
                self.env._("Receivables left"),
                days,
            ),
            "months": (
                self.env._("Month to"),
                self.env._("Receivables, net"),
                self.env._("Of these, not due"),
                self.env._("Sales with tax"),
                self.env._("Sales of 3 months"),
                self.env._("DSO"),
                self.env._("DSO by countback"),
                self.env._("Average days delinquent"),
                self.env._("CEI of the month, %"),
                self.env._("CEI of 3 months, %"),
            ),
            "not_available": self.env._("n/a"),
        }

    @api.model
    def _figure(self, found, page) -> book.Figure:
        words = page["input_words"]
        inputs = [
            (name, words[name]["label"], value)
            for name, value in found["inputs"].items()
            if name in words
        ]
        formula = [found["formula"], found.get("reason")]
        return book.Figure(
            code=found["code"],
            name=f"{found['name']} ({self._unit(found['unit'])})",
            unit=found["unit"],
            value=found["value"],
            before=found["before"],
            target=found["target"],
            formula="\n".join(filter(None, formula)),
            exclusions=found["exclusions"],
            inputs=inputs,
        )

    @api.model
    def _unit(self, unit) -> str:
        if unit == "money":
            return self.env.company.currency_id.name
        return self.env._("days") if unit == "days" else unit

    @api.model
    def _rolls(self, parts) -> book.Matrix:
        rolls = parts["rolls"]
        places = [column["label"] for column in rolls["columns"]]
        return book.Matrix(
            title=self.env._(
                "Roll rates from %(first)s to %(last)s",
                first=format_date(self.env, parts["since"]),
                last=format_date(self.env, parts["date"]),
            ),
            headings=[self.env._("Bucket then"), self.env._("Balance then"), *places],
            rows=[
                (row["label"], row["opening"], row["amounts"]) for row in rolls["rows"]
            ],
        )

    @api.model
    def _provision(self, parts) -> book.Provision:
        reached = {row["key"]: row["reached"] for row in parts["history"]["rows"]}
        return book.Provision(
            title=self.env._(
                "Expected credit losses at %s", format_date(self.env, parts["date"])
            ),
            headings=[
                self.env._("Bucket"),
                self.env._("Ever reached it"),
                self.env._("Balance"),
                self.env._("Loss rate"),
                self.env._("Expected loss"),
            ],
            rows=[
                (row["label"], reached[row["key"]], row["balance"], row["rate"])
                for row in parts["provision"]["rows"]
            ],
            total_label=self.env._("Total"),
        )

    @api.model
    def _notes(self, page, parts) -> list[tuple[str, str]]:
        history, provision = parts["history"], parts["provision"]
        made = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        currency = self.env.company.currency_id

        def day(name, source=page):
            return format_date(self.env, source[name])

        return [
            (self.env._("Period"), f"{day('date_from')} – {day('date_to')}"),
            (self.env._("Period before"), f"{day('before_from')} – {day('before_to')}"),
            (self.env._("Company"), ", ".join(page["companies"])),
            (self.env._("Currency"), currency.name),
            (
                self.env._("Customers"),
                self.env["collections.aging.xlsx"]._scope_label(),
            ),
            (self.env._("Made by"), f"{self.env.user.name}, {made:%Y-%m-%d %H:%M}"),
            (
                self.env._("Loss rates"),
                self.env._(
                    "%(origin)s History: documents due from %(first)s to %(last)s; "
                    "lost is what is still open or was written off: %(lost).2f. "
                    "Forward-looking adjustment: %(adjustment).1f %%.",
                    origin=self._sources()[provision["source"]],
                    first=day("date_from", history),
                    last=day("date_to", history),
                    lost=history["lost"],
                    adjustment=provision["adjustment"],
                ),
            ),
        ]

    @api.model
    def _sources(self) -> dict[str, str]:
        return {
            "given": self.env._("Typed by a person."),
            "kept": self.env._("Kept for the company."),
            "history": self.env._("From the company's own history."),
        }
