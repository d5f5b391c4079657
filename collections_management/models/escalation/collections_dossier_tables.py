from datetime import date

from odoo import api, models
from odoo.tools import format_amount, format_date

from ...tools import evidence_workbook

BEGINNING = date(2000, 1, 1)


class CollectionsDossierTables(models.AbstractModel):
    """What is in a dossier, as tables: the same on paper and in the workbook."""

    _name = "collections.dossier.tables"
    _description = "Tables of a Dossier"

    @api.model
    def _collect(self, case) -> dict:
        """Return title, facts and tables of a case, from its beginning to today."""
        case = case.sudo()
        today = case.company_id._collections_today()
        evidence = self.env["collections.evidence"]._collect(case, BEGINNING, today)
        # Guarantors are a table only where there are some.
        _frequency, contacts, steps, *guarantors, consents, _rules = evidence["tables"]
        return {
            "title": self.env._("Dossier"),
            "company": case.company_id,
            "facts": [*self._facts(case), *self._chain(evidence["facts"])],
            "tables": [
                self._documents(case),
                *guarantors,
                contacts,
                steps,
                self._promises(case),
                self._agreements(case),
                self._disputes(case),
                self._holds(case),
                self._escalations(case),
                self._costs(case),
                consents,
            ],
        }

    @api.model
    def _facts(self, case):
        partner = case.partner_id
        current = case.escalation_id
        return [
            (self.env._("Customer"), partner.display_name),
            (self.env._("Tax ID"), partner.vat or ""),
            (
                self.env._("Address"),
                ", ".join(
                    line.strip(" ,")
                    for line in partner._display_address(
                        without_company=True
                    ).splitlines()
                    if line.strip(" ,")
                ),
            ),
            (self.env._("Our Reference"), f"CASE-{case.id}"),
            (self.env._("Balance"), self._money(case.amount_balance, case.currency_id)),
            (
                self.env._("Overdue"),
                self._money(case.amount_overdue_net, case.currency_id),
            ),
            (self.env._("Days Overdue"), str(case.days_overdue or 0)),
            (
                self.env._("Handed To"),
                current.agency_id.name or current.stage_id.name or "",
            ),
            (
                self.env._("Costs So Far"),
                self._money(case.amount_costs, case.currency_id),
            ),
        ]

    @api.model
    def _chain(self, facts):
        """Return when it was made, and whether the log is whole: the last facts."""
        return facts[3:]

    @api.model
    def _money(self, amount, currency) -> str:
        return format_amount(self.env, amount, currency)

    @api.model
    def _day(self, value) -> str:
        return format_date(self.env, value) if value else ""

    @api.model
    def _label(self, record, field) -> str:
        """Return a selection's value in words."""
        labels = dict(record._fields[field]._description_selection(self.env))
        return labels.get(record[field], "")

    # === TABLES === #

    @api.model
    def _documents(self, case):
        items = self.env["collections.item"].sudo()
        items = items.search([("case_id", "=", case.id)], order="date_due, id")
        _count, missing = self.env["collections.escalation.facts"]._documents(case)[
            case.id
        ]
        return evidence_workbook.Table(
            self.env._("Open Documents"),
            [
                self.env._("Document"),
                self.env._("Date"),
                self.env._("Due Date"),
                self.env._("Days Overdue"),
                self.env._("Original Amount"),
                self.env._("Open Amount"),
                self.env._("Copy"),
            ],
            [
                (
                    item.number,
                    self._day(item.date),
                    self._day(item.date_due),
                    max(item.days_overdue, 0),
                    self._money(item.amount_total, item.currency_id),
                    self._money(item.amount_residual, item.currency_id),
                    self.env._("missing")
                    if item.number in missing
                    else self.env._("enclosed")
                    if item.move_id.invoice_pdf_report_id
                    else "",
                )
                for item in items
            ],
        )

    @api.model
    def _promises(self, case):
        return evidence_workbook.Table(
            self.env._("Promises and Payment Notices"),
            [
                self.env._("Made On"),
                self.env._("Kind"),
                self.env._("Amount"),
                self.env._("For"),
                self.env._("State"),
                self.env._("Paid"),
                self.env._("Documents"),
            ],
            [
                (
                    self._day(row.date_made),
                    self._label(row, "kind"),
                    self._money(row.amount, row.currency_id),
                    self._day(row.date),
                    self._label(row, "state"),
                    self._money(row.amount_paid + row.amount_late, row.currency_id),
                    row.document_names,
                )
                for row in case.promise_ids.sorted("id")
            ],
        )

    @api.model
    def _agreements(self, case):
        return evidence_workbook.Table(
            self.env._("Payment Agreements"),
            [
                self.env._("Agreed On"),
                self.env._("State"),
                self.env._("Amount"),
                self.env._("Instalments"),
                self.env._("Paid"),
                self.env._("Terms"),
            ],
            [
                (
                    self._day(row.date_accepted),
                    self._label(row, "state"),
                    self._money(row.amount, row.currency_id),
                    str(len(row.line_ids)),
                    self._money(row.amount_paid, row.currency_id),
                    row.note,
                )
                for row in case.agreement_ids.sorted("id")
            ],
        )

    @api.model
    def _disputes(self, case):
        return evidence_workbook.Table(
            self.env._("Issues"),
            [
                self.env._("Opened On"),
                self.env._("Reason"),
                self.env._("Amount"),
                self.env._("Documents"),
                self.env._("State"),
                self.env._("What the Customer Says"),
                self.env._("Answer"),
            ],
            [
                (
                    self._day(row.date_opened),
                    row.reason_id.name,
                    self._money(row.amount, row.currency_id),
                    row.document_names,
                    self._label(row, "state"),
                    row.description,
                    row.note,
                )
                for row in case.dispute_ids.sorted("id")
            ],
        )

    @api.model
    def _holds(self, case):
        return evidence_workbook.Table(
            self.env._("Holds"),
            [
                self.env._("From"),
                self.env._("Until"),
                self.env._("Reason"),
                self.env._("Document"),
            ],
            [
                (
                    self._day(row.date_start),
                    self._day(row.date_released or row.date_end),
                    row.reason_id.name,
                    row.number or "",
                )
                for row in case.hold_ids.sorted("id")
            ],
        )

    @api.model
    def _escalations(self, case):
        return evidence_workbook.Table(
            self.env._("Handed Over"),
            [
                self.env._("To"),
                self.env._("State"),
                self.env._("From"),
                self.env._("Until"),
                self.env._("Approved By"),
                self.env._("Reason"),
                self.env._("Recovered"),
            ],
            [
                (
                    row._whom(),
                    self._label(row, "state"),
                    self._day(row.date_start),
                    self._day(row.date_end),
                    row.approver_id.name,
                    row.reason,
                    self._money(row.amount_recovered, row.currency_id),
                )
                for row in case.escalation_ids.sorted("id")
            ],
        )

    @api.model
    def _costs(self, case):
        return evidence_workbook.Table(
            self.env._("Costs"),
            [
                self.env._("Date"),
                self.env._("For"),
                self.env._("Amount"),
                self.env._("Note"),
            ],
            [
                (
                    self._day(row.date),
                    self._label(row, "kind"),
                    self._money(row.amount, row.currency_id),
                    row.note,
                )
                for row in case.cost_ids.sorted("id")
            ],
        )
