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
        [token] = self._issue_many([(case, partner, reminder)], purpose, days)
        return token

    @api.model
    def _issue_many(self, wishes, purpose, days) -> list[str]:
        """Return a new signed token for each case, person and reminder."""
        end = fields.Datetime.now() + timedelta(days=days)
        tokens = self.sudo().create(
            [
                {
                    "case_id": case.id,
                    "partner_id": partner.id,
                    "purpose": purpose,
                    "reminder_id": reminder and reminder.id,
                    "nonce": secrets.token_urlsafe(16),
                    "date_end": end,
                }
                for case, partner, reminder in wishes
            ]
        )
        return [
            hash_sign(tokens.env, SCOPE, token._signed(), expiration=timedelta(days))
            for token in tokens
        ]

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
        return own.search([("nonce", "=", values[-1]), *self._valid(purpose)])

    @api.model
    def _valid(self, purpose) -> list:
        return [
            ("purpose", "=", purpose),
            ("is_revoked", "=", False),
            ("date_end", ">", fields.Datetime.now()),
        ]

    @api.model
    def _of_case(self, case, purpose):
        """Return the tokens of a case that still open something."""
        return self.sudo().search([("case_id", "=", case.id), *self._valid(purpose)])

    @api.autovacuum
    def _gc_expired(self):
        self.search([("date_end", "<", fields.Datetime.now())]).unlink()
