from odoo import api, models


class CollectionsAgingGlossary(models.AbstractModel):
    """The words of an aging, in the user's language."""

    _name = "collections.aging.glossary"
    _description = "Words of the Aging"

    @api.model
    def _group_labels(self) -> dict[str, str]:
        """Return what an aging can be grouped by, in the user's language."""
        return {
            "partner_id": self.env._("Customer"),
            "salesperson_id": self.env._("Salesperson"),
            "collector_id": self.env._("Collector"),
            "segment_id": self.env._("Segment"),
            "stage_id": self.env._("Stage"),
            "company_id": self.env._("Company"),
            "currency_id": self.env._("Currency"),
            "country_id": self.env._("Country"),
            "state_id": self.env._("State"),
            "product_category_id": self.env._("Product category"),
            "payment_term_id": self.env._("Payment term"),
        }

    @api.model
    def _definitions(self) -> list[tuple[str, str]]:
        """Return what the words of an aging mean."""
        return [
            (
                self.env._("Open item"),
                self.env._(
                    "A posted line of a trade receivable account that was not fully "
                    "reconciled at the end of the date; an instalment counts by itself."
                ),
            ),
            (
                self.env._("At a date"),
                self.env._(
                    "Reconciliations after the date are undone. What the books say "
                    "today about that date; the total is the balance of the posted "
                    "lines up to it."
                ),
            ),
            (
                self.env._("Days"),
                self.env._(
                    "Date of the report less due date. Due today is not overdue; 30 "
                    "days are in 1–30. A line without due date ages from its own date."
                ),
            ),
            (
                self.env._("Unapplied credits"),
                self.env._(
                    "Credit notes and payments that are applied to no document yet: "
                    "negative, a column of their own, part of the total."
                ),
            ),
            *self._definitions_of_groups(),
        ]

    @api.model
    def _definitions_of_groups(self) -> list[tuple[str, str]]:
        return [
            (
                self.env._("Customer"),
                self.env._(
                    "The company that the contact of the line belongs to today; lines "
                    "without a contact are shown as without customer."
                ),
            ),
            (
                self.env._("Salesperson, collector, segment and stage"),
                self.env._("Those of the customer's case today, whatever the date."),
            ),
            (
                self.env._("Product category"),
                self.env._("The one with the greatest part of the document."),
            ),
        ]

    @api.model
    def _unassigned(self) -> dict[str, str]:
        """Return what a group without a value is called."""
        return {
            "partner_id": self.env._("Without customer"),
            "salesperson_id": self.env._("Without salesperson"),
            "collector_id": self.env._("Without collector"),
            "segment_id": self.env._("Without segment"),
            "stage_id": self.env._("Without stage"),
            "company_id": self.env._("Without company"),
            "currency_id": self.env._("Without currency"),
            "country_id": self.env._("Without country"),
            "state_id": self.env._("Without state"),
            "product_category_id": self.env._("Without product category"),
            "payment_term_id": self.env._("Without payment term"),
        }
