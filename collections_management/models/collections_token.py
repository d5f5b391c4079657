import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import hash_sign, verify_hash_signed

SCOPE = "collections-token"


class CollectionsToken(models.Model):
    """A link that a customer gets: for one purpose, until a day, or until revoked.

    The link is signed over case, person, purpose and nonce. Reading one never changes
    anything.
    """

    _name = "collections.token"
    _description = "Customer Link"

    case_id = fields.Many2one(
        comodel_name="collections.case", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        string="Person",
    )
    reminder_id = fields.Many2one(
        comodel_name="collections.reminder",
        ondelete="set null",
        index="btree_not_null",
    )
    purpose = fields.Selection(
        selection=[("opt_out", "Opt out"), ("portal", "Customer's page")], required=True
    )
    nonce = fields.Char(required=True)
    date_end = fields.Datetime(string="Valid Until", required=True)
    is_revoked = fields.Boolean()

    _nonce_uniq = models.UniqueIndex("(nonce)")

    @api.model
    def _issue(self, case, partner, purpose, days, reminder=None) -> str:
        """Return a new signed token, to put into a link."""
        token = self.sudo().create(
            {
                "case_id": case.id,
                "partner_id": partner.id,
                "purpose": purpose,
                "reminder_id": reminder and reminder.id,
                "nonce": secrets.token_urlsafe(16),
                "date_end": fields.Datetime.now() + timedelta(days=days),
            }
        )
        return hash_sign(
            self.sudo().env,
            SCOPE,
            token._signed(),
            expiration=timedelta(days=days),
        )

    def _signed(self) -> list:
        self.ensure_one()
        return [self.case_id.id, self.partner_id.id, self.purpose, self.nonce]

    @api.model
    def _redeem(self, payload, purpose):
        """Return the token of a link, empty if it is not valid (any more)."""
        own = self.sudo()
        try:
            values = verify_hash_signed(own.env, SCOPE, payload)
        except (ValueError, IndexError):
            values = None
        if not values:
            return own.browse()
        # Customers may have been merged since: the signature covers what was, the
        # nonce says which row it is.
        return own.search(
            [
                ("nonce", "=", values[-1]),
                ("purpose", "=", purpose),
                ("is_revoked", "=", False),
                ("date_end", ">", fields.Datetime.now()),
            ]
        )

    @api.autovacuum
    def _gc_expired(self):
        self.search([("date_end", "<", fields.Datetime.now())]).unlink()
