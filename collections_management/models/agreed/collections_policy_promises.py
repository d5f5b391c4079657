from odoo import fields, models


class CollectionsPolicyPromises(models.AbstractModel):
    """How far a policy trusts what customers say."""

    _name = "collections.policy.promises"
    _description = "Promises in a Policy"

    promise_max_days = fields.Integer(
        string="Promise Within",
        default=30,
        help="Days ahead that a promise may be for; beyond, a supervisor approves. "
        "0: no limit.",
    )
    promise_max_count = fields.Integer(
        string="Promises in a Row",
        default=2,
        help="How many in a row on the same debt without keeping one; beyond, a "
        "supervisor approves. 0: no limit.",
    )
    notice_days = fields.Integer(
        string="Payment Notice Pauses",
        default=5,
        help="Days that a payment notice pauses while the payment is looked for.",
    )

    agreement_max_count = fields.Integer(
        string="Instalments of an Agreement",
        default=12,
        help="How many a collector may agree; more, a supervisor accepts. 0: no limit.",
    )
    agreement_max_misses = fields.Integer(
        string="Broken After",
        default=1,
        help="So many missed instalments break an agreement.",
    )
    instalment_reminder_days = fields.Integer(
        string="Remind Before an Instalment",
        default=3,
        help="Days before each instalment. 0: no reminder.",
    )

    _promises_not_negative = models.Constraint(
        "CHECK (promise_max_days >= 0 AND promise_max_count >= 0 AND notice_days >= 1"
        " AND agreement_max_count >= 0 AND agreement_max_misses >= 1"
        " AND instalment_reminder_days >= 0)",
        "Days and numbers of promises and instalments cannot be negative; a payment "
        "notice pauses for a day, and an agreement bears a miss at least.",
    )
