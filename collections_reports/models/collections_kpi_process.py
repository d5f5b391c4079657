from odoo import api, models
from odoo.tools import SQL

# Reminders that left, as far as is known.
SENT = ("sent", "delivered", "read")
# Ways by which one speaks with a person. A message that was read or answered reached
# its person; what nobody answers of the other ways says nothing about who got it.
SPOKEN = ("call", "visit")
MESSAGES = ("whatsapp",)
DAYS_TO_ANSWER = 15


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
            undone = self.env["collections.interaction"]._undone_sql("contact")
            contacts.append(
                SQL("%s AND contact.channel <> 'system' AND NOT %s", logged, undone)
            )
        return SQL(" UNION ").join(contacts)

    @api.model
    def _contacts_of_sql(self, model: str, field: str, request) -> SQL:
        """Return the customers of a model's rows, by day in the company's zone."""
        self.env[model].flush_model()
        return SQL(
            """SELECT known.partner_id FROM %s contact
                 JOIN collections_case known ON known.id = contact.case_id
                WHERE contact.company_id = ANY(%s) AND %s""",
            SQL.identifier(self.env[model]._table),
            request["companies"].ids,
            self._period_sql(SQL.identifier("contact", field), request),
        )

    @api.model
    def _period_sql(self, moment: SQL, request) -> SQL:
        """A moment lies in the period, by day in the company's zone."""
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date BETWEEN %s AND %s",
            moment,
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

    # === RIGHT-PARTY CONTACT === #

    @api.model
    def _contacts(self, request) -> dict:
        """Return attempts, those that reached somebody, and the right person.

        Attempts are calls, visits, instant messages, and whatever else was logged with
        a result. A correction takes the place of what it corrects.
        """
        self.env["collections.interaction"].flush_model()
        self.env["collections.reminder"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """SELECT count(*), count(*) FILTER (WHERE reached OR spoke),
                          count(*) FILTER (WHERE right_party OR spoke)
                     FROM (SELECT result.is_reached AS reached,
                                  result.is_right_party AS right_party,
                                  %(spoke)s AS spoke
                             FROM collections_interaction said
                        LEFT JOIN collections_interaction_result result
                               ON result.id = said.result_id
                             JOIN collections_case known ON known.id = said.case_id
                            WHERE said.company_id = ANY(%(companies)s)
                              AND said.direction = 'out'
                              AND (said.result_id IS NOT NULL
                                   OR said.channel = ANY(%(ways)s))
                              AND %(period)s AND %(own)s AND NOT %(corrected)s) attempt
                """,
                spoke=self._spoke_sql(),
                companies=request["companies"].ids,
                ways=[*SPOKEN, *MESSAGES],
                period=self._period_sql(SQL("said.date"), request),
                own=self.env["collections.reporting"]._own_customers_sql(
                    SQL("known.partner_id"), SQL("known.company_id")
                ),
                corrected=SQL(
                    """EXISTS (SELECT 1 FROM collections_interaction later
                                WHERE later.corrects_id = said.id)"""
                ),
            )
        )
        return dict(zip(("attempts", "reached", "right_party"), row, strict=True))

    @api.model
    def _spoke_sql(self) -> SQL:
        """A message that its person read, or answered within some days."""
        return SQL(
            """(said.channel = ANY(%(messages)s) AND (
                EXISTS (SELECT 1 FROM collections_reminder rem
                         WHERE rem.id = said.reminder_id AND rem.state = 'read')
                OR EXISTS (SELECT 1 FROM collections_interaction answer
                            WHERE answer.case_id = said.case_id
                              AND answer.direction = 'in'
                              AND answer.channel = said.channel
                              AND answer.date BETWEEN said.date
                                  AND said.date + %(days)s * interval '1 day')))""",
            messages=list(MESSAGES),
            days=DAYS_TO_ANSWER,
        )

    @api.model
    def _promises_made(self, request) -> dict:
        """Return how many promises were made in the period, and kept of those."""
        companies, first = request["companies"], request["date_from"]
        groups = self.env["collections.promise"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("kind", "=", "promise"),
                ("date_made", ">=", first),
                ("date_made", "<=", request["date_to"]),
            ],
            ["state"],
            ["__count"],
        )
        found = dict(groups)
        return {"promises": sum(found.values()), "promises_kept": found.get("kept", 0)}
