from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...tools import pauses


class Known(NamedTuple):
    """What figures and next steps ask of customers besides their open items.

    :param present: names of the sources, and of reminders, that there is any of
    :param paused: the pauses in force
    :param to_confirm: payments under way, ``{partner id: {currency id: amount}}``
    """

    present: set[str]
    paused: list[pauses.Pause]
    to_confirm: dict[int, dict[int, float]]


class CollectionsPause(models.AbstractModel):
    """What takes documents, or parts of them, out of dunning.

    Everything that is agreed with a customer pauses exactly what it covers, and stops
    doing so without anyone remembering: nothing of it is stored.
    """

    _name = "collections.pause"
    _description = "What Is Paused"

    @api.model
    def _sources(self):
        """Hook: models with ``_pauses(company, today, partner_ids)``.

        It returns the `tools.pauses.Pause` in force on the day, of all customers of the
        company or of these commercial partners, with a constant number of statements.
        """
        return [
            self.env["collections.dispute"],
            self.env["collections.promise"],
            self.env["collections.hold"],
        ]

    @api.model
    def _known(self, company, today, partner_ids=None, present=None) -> Known:
        """Read once what both figures and next steps need.

        :param present: see `_present`, where that is known
        """
        if present is None:
            present = self._present(company, partner_ids)
        return Known(
            present,
            self._rows(company, today, partner_ids, present),
            self.env["collections.ledger"]._to_confirm(company, partner_ids),
        )

    @api.model
    def _rows(
        self, company, today, partner_ids=None, present=None
    ) -> list[pauses.Pause]:
        """Return all pauses in force on a day.

        :param present: names of the sources to ask, where that is known; see `_present`
        """
        return [
            pause
            for source in self._sources()
            if present is None or source._name in present
            for pause in source.sudo()._pauses(company, today, partner_ids)
        ]

    @api.model
    def _present(self, company, partner_ids) -> set[str]:
        """Return which of sources and reminders customers have any of, ever.

        Most have none: asked first, in one statement, before looking any closer.
        """
        models_kept = [self.env["collections.reminder"], *self._sources()]
        names = [model._name for model in models_kept]
        if partner_ids is None:
            return set(names)
        for model in models_kept:
            model.flush_model(["company_id", "partner_id"])
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join(
                    SQL(
                        """EXISTS (SELECT 1 FROM %s
                                    WHERE company_id = %s AND partner_id = ANY(%s))""",
                        SQL.identifier(model._table),
                        company.id,
                        list(partner_ids),
                    )
                    for model in models_kept
                ),
            )
        )
        return {name for name, exists in zip(names, found, strict=True) if exists}

    @api.model
    def _open_debits(self, company, partner_ids) -> dict[int, list[pauses.OpenLine]]:
        """Return the open debits of customers, to spread amounts over them."""
        found = defaultdict(list)
        for partner_id, *values in self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, item.id, item.due,
                          item.currency_id, item.amount_currency::float8
                     FROM (%s) item
                     JOIN res_partner partner ON partner.id = item.partner_id
                    WHERE item.amount_currency > 0 AND NOT item.no_followup""",
                self.env["collections.ledger"]._open_lines_sql(
                    company.ids, partner_ids=partner_ids
                ),
            )
        ):
            found[partner_id].append(pauses.OpenLine(*values))
        return found

    @api.model
    def _covered_sql(self, items: SQL, rows) -> SQL:
        """Add to open items what each kind of pause covers, in company currency.

        :param items: a query as of `collections.ledger`
        :param rows: pauses, see `_rows`
        :return: the same query with one more column per kind
        """
        lines = [row for row in rows if row.line_id]
        whole = {(row.partner_id, row.kind) for row in rows if not row.line_id}
        if not lines and not whole:
            none = SQL(", ").join(
                SQL("0.0 AS %s", SQL.identifier(kind)) for kind in pauses.KINDS
            )
            return SQL("SELECT item.*, %s FROM (%s) item", none, items)
        return SQL(
            """SELECT item.*, %(parts)s
                 FROM (%(items)s) item
            LEFT JOIN (SELECT pause.line_id, %(line_sums)s
                         FROM unnest(%(lines)s::int[], %(kinds)s::text[],
                                     %(amounts)s::float8[])
                              AS pause (line_id, kind, amount)
                     GROUP BY pause.line_id) own ON own.line_id = item.id
            LEFT JOIN (SELECT contact.id, %(customer_sums)s
                         FROM unnest(%(customers)s::int[], %(customer_kinds)s::text[])
                              AS pause (partner_id, kind)
                         JOIN res_partner contact
                           ON contact.commercial_partner_id = pause.partner_id
                     GROUP BY contact.id) every ON every.id = item.partner_id""",
            parts=self._parts_sql(),
            items=items,
            line_sums=self._kind_sums_sql(SQL("pause.amount")),
            lines=[row.line_id for row in lines],
            kinds=[row.kind for row in lines],
            amounts=[row.amount for row in lines],
            customer_sums=self._kind_sums_sql(SQL("%s::float8", pauses.WHOLE)),
            customers=[partner_id for partner_id, _kind in whole],
            customer_kinds=[kind for _partner_id, kind in whole],
        )

    @api.model
    def _asked_sql(self, items: SQL, company, today, partner_ids=None) -> SQL:
        """Return open items with what may be asked of them on a day.

        :param items: a query as of `collections.ledger`
        :return: the same columns, where pauses are taken off ``amount`` and
            ``amount_currency``, and ``paused``, in the document's currency
        """
        covered = SQL(" + ").join(
            SQL("item.%s", SQL.identifier(kind)) for kind in pauses.KINDS
        )
        return SQL(
            """SELECT item.id, item.move_id, item.company_id, item.account_id,
                      item.partner_id, item.currency_id, item.date, item.due,
                      item.no_followup, item.amount - part.amount AS amount,
                      item.amount_currency - part.paused AS amount_currency,
                      part.paused
                 FROM (%(items)s) item
                 JOIN res_currency currency ON currency.id = item.currency_id
                 JOIN res_currency own ON own.id = %(own)s
           CROSS JOIN LATERAL (SELECT (%(covered)s)::numeric AS total) all_parts
           CROSS JOIN LATERAL (
                      SELECT round(all_parts.total, own.decimal_places) AS amount,
                             CASE WHEN all_parts.total > 0
                                  THEN round(item.amount_currency * all_parts.total
                                             / item.amount, currency.decimal_places)
                                  ELSE 0 END AS paused) part""",
            items=self._covered_sql(items, self._rows(company, today, partner_ids)),
            covered=covered,
            own=company.currency_id.id,
        )

    @api.model
    def _kind_sums_sql(self, amount: SQL) -> SQL:
        return SQL(", ").join(
            SQL(
                "coalesce(sum(%s) FILTER (WHERE pause.kind = %s), 0) AS %s",
                amount,
                kind,
                SQL.identifier(kind),
            )
            for kind in pauses.KINDS
        )

    @api.model
    def _parts_sql(self) -> SQL:
        """Each kind covers what the ones before it leave of the document."""
        share = [SQL("0.0::float8")]
        covered = []
        for kind in map(SQL.identifier, pauses.KINDS):
            covered += [
                SQL("coalesce(%s.%s, 0)", source, kind)
                for source in (SQL("own"), SQL("every"))
            ]
            share.append(
                SQL(
                    "least(1, (%s) / greatest(item.amount_currency, 0.001)::float8)",
                    SQL(" + ").join(covered),
                )
            )
        return SQL(", ").join(
            SQL(
                "(greatest(item.amount, 0) * (%s - %s)::numeric) AS %s",
                upper,
                lower,
                SQL.identifier(kind),
            )
            for lower, upper, kind in zip(
                share[:-1], share[1:], pauses.KINDS, strict=True
            )
        )
