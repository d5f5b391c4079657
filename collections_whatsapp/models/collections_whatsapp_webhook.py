import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEPT_DAYS = 30


class CollectionsWhatsappWebhook(models.Model):
    """What WhatsApp told us, as it came: stored at once, understood afterwards."""

    _name = "collections.whatsapp.webhook"
    _description = "WhatsApp Webhook"
    _order = "id desc"
    _rec_name = "create_date"

    body = fields.Text(required=True)
    # A repeat has the same bytes.
    digest = fields.Char(string="Fingerprint", required=True)
    is_done = fields.Boolean(string="Processed")
    attempts = fields.Integer()
    error = fields.Char(readonly=True)

    _digest_uniq = models.Constraint("UNIQUE (digest)", "It is here already.")
    _waiting_idx = models.Index("(id) WHERE is_done IS NOT TRUE")

    @api.model
    def _keep(self, body: bytes) -> None:
        """Store a webhook and wake who understands it; a repeat changes nothing."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO collections_whatsapp_webhook
                          (body, digest, is_done, attempts, create_uid, write_uid,
                           create_date, write_date)
                   VALUES (%(body)s, %(digest)s, false, 0, %(uid)s, %(uid)s, %(now)s,
                           %(now)s)
              ON CONFLICT (digest) DO NOTHING
                RETURNING id, NOT EXISTS (
                    SELECT FROM collections_whatsapp_webhook WHERE is_done IS NOT TRUE)
                """,
                body=body.decode("utf-8").replace("\x00", ""),
                digest=hashlib.sha256(body).hexdigest(),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        row = self.env.cr.fetchone()
        # Where others wait already, somebody is awake; the action runs by itself too.
        if row and row[1]:
            cron = self.env.ref("collections_whatsapp.ir_cron_receive")
            cron.sudo()._trigger()

    @api.autovacuum
    def _gc_webhooks(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("is_done", "=", True), ("create_date", "<", limit)]).unlink()
