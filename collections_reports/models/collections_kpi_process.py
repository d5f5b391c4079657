from odoo import api, models
from odoo.tools import SQL

# Reminders that left, as far as is known.
SENT = ("sent", "delivered", "read")


class CollectionsKpiProcess(models.AbstractModel):
    """The one place where figures meet what people do: contacts and promises.

    Contacts are reminders sent and interactions. Promises are read when their model is
    there and provides ``_report_judged(companies, first, last)``: rows of state,
    amount promised, amount paid and commercial partner, of the promises judged in the
    period, as the user may see them. Until then what needs them is not available.
    """

    _name = "collections.kpi.process"
    _description = "Contacts and Promises of a Period"

    @api.model
    def _contacts_sql(self, request) -> SQL:
        """Return the customers that were in contact in the period."""
        contacts = [self._contacts_of_sql("collections.reminder", "date_sent", request)]
        contacts[0] = SQL("%s AND contact.state = ANY(%s)", contacts[0], list(SENT))
        if "collections.interaction" in self.env:
            logged = self._contacts_of_sql("collections.interaction", "date", request)
            contacts.append(SQL("%s AND contact.channel <> 'system'", logged))
        return SQL(" UNION ").join(contacts)

    @api.model
    def _contacts_of_sql(self, model: str, field: str, request) -> SQL:
        """Return the customers of a model's rows, by day in the company's zone."""
        self.env[model].flush_model()
        return SQL(
            """SELECT known.partner_id FROM %s contact
                 JOIN collections_case known ON known.id = contact.case_id
                WHERE contact.company_id = ANY(%s)
                  AND (%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                      BETWEEN %s AND %s""",
            SQL.identifier(self.env[model]._table),
            request["companies"].ids,
            SQL.identifier("contact", field),
            self.env.company.sudo().collections_tz or "UTC",
            request["date_from"],
            request["date_to"],
        )

    @api.model
    def _judged_promises(self, request):
        """Return rows of state, promised, paid, customer; ``None``: not available."""
        if "collections.promise" not in self.env:
            return None
        judged = getattr(self.env["collections.promise"], "_report_judged", None)
        if judged is None:
            return None
        return judged(request["companies"], request["date_from"], request["date_to"])

    @api.model
    def _managed(self, request) -> int:
        """Return how many customers were in contact in the period."""
        own = self.env["collections.reporting"]._own_customers_sql(
            SQL("managed.partner_id"), SQL("managed.company_id")
        )
        [(found,)] = self.env.execute_query(
            SQL(
                """SELECT count(DISTINCT managed.partner_id)
                     FROM collections_case managed
                    WHERE managed.company_id = ANY(%s) AND %s
                      AND managed.partner_id IN (%s)""",
                request["companies"].ids,
                own,
                self._contacts_sql(request),
            )
        )
        return found
