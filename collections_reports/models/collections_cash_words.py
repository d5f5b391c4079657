from odoo import api, models
from odoo.tools import formatLang


class CollectionsCashWords(models.AbstractModel):
    """What the cash forecast says in words."""

    _name = "collections.cash.words"
    _description = "Words of the Cash Forecast"

    @api.model
    def _verdicts(self, backtest) -> list[str]:
        """Say how good forecasts were, in sentences a treasurer can use."""
        weeks, months = backtest["of_weeks"], backtest["of_months"]
        if not weeks["count"]:
            return [
                self.env._(
                    "Nothing to compare yet: a forecast is kept every week, and shown "
                    "here beside what came once its weeks are over."
                )
            ]
        texts = [self._error_text(weeks, months, backtest["error_due"])]
        texts.append(
            self.env._(
                "%(inside)s of %(count)s weeks fell into the range, which is meant to "
                "hold eight of ten.",
                inside=round(weeks["coverage"] * weeks["count"] / 100),
                count=weeks["count"],
            )
        )
        if backtest["is_rebuilt"]:
            texts.append(
                self.env._(
                    "The rows marked as rebuilt were made afterwards, from what was "
                    "known on their day: documents only, no promises or cheques."
                )
            )
        return texts

    @api.model
    def _error_text(self, weeks, months, error_due) -> str:
        if weeks["error"] is None:
            return self.env._("Nothing came in during the weeks looked back on.")
        numbers = {
            "weeks": self._number(weeks["error"]),
            "months": self._number(months["error"]),
            "due": self._number(error_due),
        }
        if not months["count"]:
            return self.env._(
                "Off by %(weeks)s %% a week; the due dates alone by %(due)s %%.",
                **numbers,
            )
        return self.env._(
            "Off by %(months)s %% in four weeks and by %(weeks)s %% a week; the due "
            "dates alone by %(due)s %% a week.",
            **numbers,
        )

    @api.model
    def _number(self, value) -> str:
        if value is None:
            return self.env._("n/a")
        return formatLang(self.env, value, digits=1)

    # === WORKBOOK === #

    @api.model
    def _words(self) -> dict:
        from_to = (self.env._("From"), self.env._("To"))
        ranges = (
            self.env._("Expected"),
            self.env._("At least"),
            self.env._("At most"),
        )
        past = (
            self.env._("Said on"),
            *from_to,
            *ranges,
            self.env._("Came in"),
            self.env._("Difference"),
            self.env._("Error, %"),
            self.env._("Within the range"),
        )
        return {
            "sheets": (
                self.env._("Forecast"),
                self.env._("Four weeks, looked back"),
                self.env._("Weeks, looked back"),
                self.env._("Definitions"),
            ),
            "weeks": (
                *from_to,
                *ranges,
                self.env._("Predicted"),
                self.env._("Promised"),
                self.env._("In agreement"),
                self.env._("Cheques held"),
                self.env._("Sum so far"),
                self.env._("Sum at least"),
                self.env._("Sum at most"),
                self.env._("By due date"),
            ),
            "past": past,
            "total": self.env._("Total"),
            "yes": self.env._("Yes"),
            "no": self.env._("No"),
            "not_available": self.env._("n/a"),
        }

    @api.model
    def _notes(self, page) -> list[tuple[str, str]]:
        notes = [
            (self.env._("Companies"), ", ".join(page["companies"])),
            (self.env._("Currency"), self.env.company.currency_id.name),
        ]
        return [*notes, *self._definitions()]

    @api.model
    def _definitions(self) -> list[tuple[str, str]]:
        """Return what each word means, as the page and the workbook say it."""
        return [
            *self._definitions_ahead(),
            (
                self.env._("Error"),
                self.env._(
                    "Weighted absolute percentage error: the sum of the differences "
                    "over the sum of what came in."
                ),
            ),
            (
                self.env._("Came in"),
                self.env._(
                    "Paid or withheld in the weeks on documents that were open on the "
                    "day of the forecast, as the books say today."
                ),
            ),
        ]

    @api.model
    def _definitions_ahead(self) -> list[tuple[str, str]]:
        return [
            (
                self.env._("Expected"),
                self.env._(
                    "The sum of what is open times its probability of being paid in "
                    "the week, plus promises, agreements and cheques held. What will "
                    "be invoiced later is not in it."
                ),
            ),
            (
                self.env._("Range"),
                self.env._(
                    "Eight of ten weeks fall between the two. From 1,000 draws: each "
                    "customer pays or not by the probabilities of its documents, all "
                    "of them together; and by how far earlier forecasts were off."
                ),
            ),
            (
                self.env._("Promised, in agreement"),
                self.env._(
                    "On the day promised, times how often such promises were kept in "
                    "the last 12 months; the rest as predicted for the documents."
                ),
            ),
            (
                self.env._("Not in it"),
                self.env._(
                    "What is in dispute, and what unapplied credits of the customer "
                    "cover."
                ),
            ),
        ]
