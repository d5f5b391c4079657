import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import errors, graph_client

_logger = logging.getLogger(__name__)

LARGEST = 10 * 1024 * 1024
# What a slip, a photo or a document is; nothing that runs.
ALLOWED = {
    "image/jpeg": (".jpg", (b"\xff\xd8\xff",)),
    "image/png": (".png", (b"\x89PNG",)),
    "image/webp": (".webp", (b"RIFF",)),
    "application/pdf": (".pdf", (b"%PDF",)),
}
BATCH = 20


class CollectionsWhatsappMedia(models.AbstractModel):
    """Fetches what customers sent: after the webhook, limited in size and kind."""

    _name = "collections.whatsapp.media"
    _description = "Files by WhatsApp"

    @api.model
    def _cron_fetch(self) -> None:
        cron = self.env["ir.cron"]
        while messages := self._waiting():
            for message in messages:
                self._fetch(message)
                if not cron._commit_progress(1):
                    return

    @api.model
    def _waiting(self):
        messages = self.env["collections.whatsapp.message"].sudo()
        return messages.search([("media_state", "=", "wait")], order="id", limit=BATCH)

    @api.model
    def _drain(self) -> None:
        """Fetch all, for scripts and tests."""
        for message in self._waiting():
            self._fetch(message)

    @api.model
    def _fetch(self, message) -> None:
        """Fetch one file; what fails for now is tried a few times."""
        mime = (message.mime or "").partition(";")[0].strip().lower()
        if mime not in ALLOWED:
            self._refuse(message, self.env._("Files of this kind are not kept."))
            return
        try:
            media = message.account_id._client().download(message.media_id, LARGEST)
        except graph_client.ApiError as error:
            passing = error.problem.kind in (errors.RETRY, errors.UNKNOWN)
            if passing and message.attempts < errors.MAX_TRIES:
                message.attempts += 1
            else:
                self._refuse(message, str(error))
            return
        ending, heads = ALLOWED[mime]
        if not media.content.startswith(heads):
            self._refuse(message, self.env._("The file is not what it says."))
            return
        name = message.file_name or f"whatsapp-{message.id}{ending}"
        attachment = self.env["ir.attachment"].sudo()
        message.write(
            {
                "media_state": "done",
                "attachment_id": attachment.create(
                    {
                        "name": name,
                        "raw": media.content,
                        "mimetype": mime,
                        "res_model": "collections.case" if message.case_id else False,
                        "res_id": message.case_id.id,
                    }
                ).id,
            }
        )
        if message.is_slip:
            self._on_slip(message)

    @api.model
    def _on_slip(self, message) -> None:
        """The slip goes with the payment notice: treasury looks for the money."""
        notices = self.env["collections.whatsapp.reply"]._notices(message.case_id)
        notice = notices.filtered(lambda one: not one.slip_id)[:1]
        try:
            with self.env.cr.savepoint():
                if notice:
                    notice._attach_slip(message.attachment_id.raw)
        except UserError as error:
            # It stays in the conversation, where a person sees it.
            _logger.info("Slip by WhatsApp not attached: %s", error)

    @api.model
    def _refuse(self, message, why) -> None:
        message.write({"media_state": "refused", "error": why})
        _logger.info("WhatsApp file of message %s not kept: %s", message.id, why)
