from odoo import api, fields, models


class CollectionsReminderBundle(models.AbstractModel):
    """One message for who pays for several customers.

    Each debt keeps its reminder, its case and its way through the outbox. Those that
    would tell the same people the same thing on the same day leave in the message of
    one of them, which carries the others. For contact rules it is one contact: with
    who pays.
    """

    _name = "collections.reminder.bundle"
    _description = "Reminders in One Message"

    carrier_id = fields.Many2one(
        comodel_name="collections.reminder",
        string="In the Message Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Who pays gets one message for all the customers it pays for",
    )
    carried_ids = fields.One2many(
        comodel_name="collections.reminder",
        inverse_name="carrier_id",
        string="Reminders in the Same Message",
    )
    together_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Also About",
        compute="_compute_together_partner_ids",
        help="Customers whose debts the same message is about",
    )

    @api.depends("carrier_id", "carried_ids")
    def _compute_together_partner_ids(self):
        for reminder in self:
            together = (reminder.carrier_id or reminder)._together()
            reminder.together_partner_ids = (together - reminder).partner_id

    def _by_payer(self) -> dict:
        """Group by company and who is written to: the customer, or who pays for it."""

        def payer(reminder):
            customer = reminder.partner_id.sudo()
            return customer.collections_payer_id or customer

        return self.grouped(lambda rem: (rem.company_id, payer(rem)))

    def _bundle_key(self) -> tuple:
        """Return what reminders of one payer share that leave in one message."""
        way = self.env["collections.channel"]._of(self)
        if self.kind != "dunning" or not way._can_bundle:
            return ("alone", self.id)
        people = tuple(sorted(self.recipient_ids.ids))
        return (self.level_id.id, self.level_channel_id.id, self.lang, people)

    def _bundle(self):
        """Put reminders that may go into messages, one for each payer.

        What does not fit into it stays where it is: the gate is asked about it again
        once this message counts.

        :return: the reminders whose messages go
        """
        leaders, carriers = self.browse(), {}
        for own in self._by_payer().values():
            leader, cases = own[:1], own[:1].case_id
            leaders += leader
            for other in own[1:]:
                same = other._bundle_key() == leader._bundle_key()
                if same and other.case_id not in cases:
                    carriers[other] = leader
                    cases |= other.case_id
        for reminder in self | leaders.carried_ids:
            carrier = carriers.get(reminder, self.browse())
            if reminder.carrier_id != carrier:
                reminder.carrier_id = carrier
        return leaders

    def _together(self):
        """Return all reminders that a message is about, the one that carries first."""
        return self | self.carried_ids
