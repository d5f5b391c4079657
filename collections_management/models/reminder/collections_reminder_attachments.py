import logging

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

MEGABYTE = 1_000_000


class CollectionsReminderAttachments(models.AbstractModel):
    """What reminders carry: the customer's statement, copies of the invoices."""

    _name = "collections.reminder.attachments"
    _description = "Attachments of Reminders"

    @api.model
    def _prepare(self, reminders) -> dict:
        """Make the statements of many reminders at once.

        :return: by reminder id, what the statement says and its PDF
        """
        wanted = reminders.filtered(lambda rem: rem.level_id.attach_statement)
        cases = wanted.case_id.sudo()
        if not cases:
            return {}
        try:
            pdfs = cases._statement_pdfs()
        except UserError as error:
            # Each is made alone, and says what is wrong.
            _logger.info("Statements not made in a batch: %s", error)
            return {}
        facts = self._facts(cases)
        return {
            reminder.id: (facts[reminder.case_id.id], pdfs[reminder.case_id.id])
            for reminder in wanted
        }

    @api.model
    def _facts(self, cases) -> dict:
        """Return what the ledger says to the statement of each case."""
        statements = self.env["collections.statement"]
        found = {}
        for company, group in cases.grouped("company_id").items():
            rows = statements._rows(company, group.partner_id.ids, None)
            today = company._collections_today()
            for case in group:
                found[case.id] = today, sorted(rows.get(case.partner_id.id, ()))
        return found

    @api.model
    def _files(self, reminder) -> list[dict]:
        """Return name, content and type of what a reminder carries."""
        files = []
        if reminder.level_id.attach_statement:
            files.append(self._statement(reminder))
        if reminder.level_id.attach_invoices:
            files += self._invoices(reminder)
        return files

    @api.model
    def _statement(self, reminder) -> dict:
        case = reminder.case_id.sudo()
        prepared = self.env.context.get("collections_prepared") or {}
        facts, pdf = prepared.get(reminder.id) or (None, None)
        # Money may have come in since it was made.
        if pdf is None or facts != self._facts(case)[case.id]:
            pdf = case._statement_pdfs()[case.id]
        return {
            "name": f"{case._statement_name()}.pdf",
            "raw": pdf,
            "mimetype": "application/pdf",
        }

    @api.model
    def _invoices(self, reminder) -> list[dict]:
        """Return the invoices as they were issued, or nothing over the limits."""
        level = reminder.level_id
        owed = reminder.line_ids.filtered(lambda line: line.amount_residual > 0)
        invoices = owed.move_id.sudo().filtered(lambda move: move.is_invoice())
        if len(invoices) > level.attach_documents_max:
            return []
        files = [
            {
                "name": document["filename"],
                "raw": document["content"],
                "mimetype": document["filetype"],
            }
            for invoice in invoices
            for document in invoice._get_invoice_legal_documents_all() or ()
        ]
        size = sum(len(file["raw"] or b"") for file in files)
        return files if size <= level.attach_megabytes_max * MEGABYTE else []
