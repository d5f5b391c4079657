from odoo import api, models

from ...tools import history_rows


class CollectionsHistoryWords(models.AbstractModel):
    """The columns of an import of contact history, and what may be wrong with them."""

    _name = "collections.history.words"
    _description = "Words of an Import of Contact History"

    @api.model
    def _headings(self) -> dict[str, str]:
        """Return the headings of the columns, as the template has them."""
        env = self.env
        return {
            "key": env._("Row Key"),
            "customer": env._("Customer"),
            "date": env._("Date"),
            "kind": env._("Kind"),
            "direction": env._("Direction"),
            "author": env._("Author"),
            "contact": env._("Contact"),
            "address": env._("Phone or E-mail"),
            "result": env._("Result"),
            "text": env._("Text"),
            "amount": env._("Promised Amount"),
            "until": env._("Promised Date"),
        }

    @api.model
    def _kinds(self) -> dict[str, str]:
        env = self.env
        return {
            "call": env._("Call"),
            "email": env._("E-mail"),
            "sms": env._("SMS"),
            "letter": env._("Letter"),
            "visit": env._("Visit"),
            "whatsapp": "WhatsApp",
            "other": env._("Other"),
            history_rows.NOTE: env._("Note"),
            history_rows.PROMISE: env._("Promise"),
        }

    @api.model
    def _of_fault(self, fault) -> str:
        """Say what is wrong with a cell, and how it is mended."""
        env, value = self.env, fault.value
        if fault.code == "unknown" and fault.column == "result":
            return env._(
                "“%(value)s” is no result here: write one of %(results)s, or leave it "
                "empty.",
                value=value,
                results=self._results(),
            )
        if fault.code == "kind":
            kinds = ", ".join(self._kinds().values())
            return env._(
                "“%(value)s”: write one of %(kinds)s.", value=value, kinds=kinds
            )
        return self._fault_texts(value)[fault.code]()

    @api.model
    def _fault_texts(self, value) -> dict:
        env = self.env
        return {
            "missing": lambda: env._("It is empty: fill it in."),
            "long": lambda: env._("It is too long: %s characters at most.", value),
            "date": lambda: env._(
                "“%s” is not a date: write it as 2024-12-31, with 14:30 after it if "
                "the hour is known.",
                value,
            ),
            "future": lambda: env._(
                "“%s” is in the future or before 1990: correct the year.", value
            ),
            "channel": lambda: env._("WhatsApp is not installed here: write “Other”."),
            "direction": lambda: env._("“%s”: write “out” or “in”.", value),
            "amount": lambda: env._("“%s” is not an amount: write 1234.50.", value),
            "twice": lambda: env._(
                "Row %s has the same key: give every row one of its own.", value
            ),
            "many": lambda: env._(
                "Several customers are called “%s”: write the internal reference or "
                "the tax number.",
                value,
            ),
            "unknown": lambda: env._(
                "No customer is called “%s”: write the internal reference, tax number, "
                "e-mail or full name.",
                value,
            ),
        }

    @api.model
    def _results(self) -> str:
        results = self.env["collections.interaction.result"].search(
            [("active", "=", True)]
        )
        return ", ".join(results.mapped("name"))

    @api.model
    def _of_file(self, error) -> str:
        env, value = self.env, error.value
        headings = self._headings()
        texts = {
            "empty": lambda: env._("The file has no rows below its headings."),
            "too_big": lambda: env._("The file is too big: %s MB at most.", value),
            "too_many": lambda: env._(
                "The file has too many rows: split it into files of %s.", value
            ),
            "unreadable": lambda: env._(
                "The file cannot be read: save it as CSV or XLSX and try again."
            ),
            "headings": lambda: env._(
                "These columns are missing in the first row: %s. Start from the "
                "template.",
                ", ".join(headings[code] for code in value.split(",")),
            ),
        }
        return texts[error.code]()

    @api.model
    def _template(self) -> tuple:
        """Return title, explanations, headings and example rows of the template."""
        env = self.env
        headings = self._headings()
        meanings = self._meanings()
        example = {
            "key": "1001",
            "customer": env._("Example Customer"),
            "date": "2024-12-31 14:30",
            "kind": self._kinds()["call"],
            "direction": "out",
            "author": "Ana",
            "text": env._("Will pay on Friday."),
        }
        return (
            env._("Contact History"),
            [(headings[code], meaning) for code, meaning in meanings.items()],
            list(headings.values()),
            [[example.get(code, "") for code in headings]],
        )

    @api.model
    def _meanings(self) -> dict[str, str]:
        env = self.env
        kinds = ", ".join(self._kinds().values())
        return {
            "key": env._("Required. What makes the row unique in the former system."),
            "customer": env._(
                "Required. Internal reference, tax number, e-mail or full name."
            ),
            "date": env._(
                "Required. As 2024-12-31, with the hour if it is known: 14:30."
            ),
            "kind": env._("Required. One of: %s", kinds),
            "direction": env._(
                "“out” to the customer, “in” from the customer; empty: out, and in for "
                "a promise."
            ),
            "author": env._("Who logged it then."),
            "contact": env._("The person at the customer."),
            "address": env._("The phone number or address that was used."),
            "result": env._("Empty, or one of: %s", self._results()),
            "text": env._("What was said. Required for a note."),
            "amount": env._("Of a promise, in the company's currency."),
            "until": env._("Of a promise: until when."),
        }
