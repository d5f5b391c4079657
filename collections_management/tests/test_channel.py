"""Several channels per level: the first that works, and another addon's channel."""

from odoo import api, models
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..models.channel import collections_channel as channel
from .common import NOON, CollectionsCommon, day

SENT = []
ANSWERS = {}


class CollectionsChannelPigeon(models.AbstractModel):
    """All that another addon needs to add a channel: this class, nothing else."""

    _name = "collections.channel.pigeon"
    _description = "Carrier Pigeon"
    _inherit = ["collections.channel"]
    _register = False

    @api.model
    def _reachable_sql(self) -> SQL:
        return SQL("contact.city = 'Loft'")

    @api.model
    def _compose(self, reminder) -> None:
        reminder.write({"subject": "Coo", "body": "<p>Coo</p>", "email_to": "Loft"})

    @api.model
    def _transmit(self, reminder, session):
        outcome = ANSWERS.get(reminder.partner_id.name, channel.SENT)
        if outcome == channel.SENT:
            SENT.append(reminder.uuid)
        return outcome, "Pigeon says so"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestChannel(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As an installed addon would bring it: a model; no field, view or data.
        base = cls.registry["collections.channel"]
        pigeon = type(base)(
            "collections.channel.pigeon",
            (CollectionsChannelPigeon, base),
            {"_register": False},
        )
        cls.registry.models[pigeon._name] = pigeon
        cls.addClassCleanup(cls.registry.models.pop, pigeon._name)
        cls.customer = cls._customer(city="Loft")

    def setUp(self):
        super().setUp()
        SENT.clear()
        ANSWERS.clear()

    def _set_channels(self, *codes, **values):
        """Give every level these channels; values by code."""
        template = self.env.ref("collections_management.mail_template_first")
        for level in self.policy.level_ids:
            level.channel_ids = [
                Command.clear(),
                *[
                    Command.create(
                        {
                            "sequence": sequence,
                            "channel": code,
                            "template_id": template.id,
                            **values.get(code, {}),
                        }
                    )
                    for sequence, code in enumerate(codes)
                ],
            ]

    def _planned(self):
        self._invoices((self.customer, day(-10), 100.0))
        return self._run()

    def _sent(self, run=None):
        """Send what a run planned; return it without what followed a failure."""
        run = run or self._planned()
        run.flush()
        return run.reminder_ids.filtered(lambda rem: not rem.fallback_of_id)

    def _follower(self, reminder):
        return self.Reminder.search([("fallback_of_id", "=", reminder.id)])

    # === ONE FILE OF ANOTHER ADDON === #

    def test_a_channel_of_another_addon(self):
        label = dict(
            self.env["collections.level.channel"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
        self.assertEqual(label["pigeon"], "Carrier Pigeon")
        self._set_channels("pigeon")
        reminder = self._sent()
        self.assertEqual((reminder.state, reminder.channel), ("sent", "pigeon"))
        self.assertEqual(SENT, [reminder.uuid])
        interaction = self.env["collections.interaction"].search(
            [("reminder_id", "=", reminder.id)]
        )
        self.assertEqual(interaction.address, "Loft")

    def test_its_addon_was_uninstalled(self):
        """Nothing breaks; the next channel of the level is used."""
        self._set_channels("pigeon", "email")
        self.policy.level_ids.channel_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE collections_level_channel SET channel = 'gone'"
            " WHERE channel = 'pigeon'"
        )
        self.env.invalidate_all()
        reminder = self._sent()
        self.assertEqual((reminder.state, reminder.channel), ("sent", "email"))

    # === WHICH ONE === #

    def test_the_first_that_reaches_somebody_is_planned(self):
        self._set_channels("email", "pigeon", "activity")
        self.customer.email = False
        run = self._planned()
        self.assertEqual(run.reminder_ids.channel, "pigeon")
        self.assertEqual(run.reminder_ids.recipient_ids, self.customer)
        self.assertEqual(run.no_address_count, 0)

    def test_nobody_can_be_reached(self):
        self._set_channels("email", "pigeon")
        self.customer.write({"email": False, "city": False})
        reminder = self._sent()
        self.assertEqual(
            (reminder.state, reminder.reason, reminder.channel),
            ("deferred", "no_address", "email"),
        )

    def test_the_address_goes_bad_before_it_is_sent(self):
        self._set_channels("email", "pigeon")
        run = self._planned()
        self.env["mail.blacklist"].sudo()._add(self.customer.email_normalized)
        reminder = self._sent(run)
        self.assertEqual((reminder.state, reminder.channel), ("sent", "pigeon"))
        details = " ".join(filter(None, reminder.event_ids.mapped("detail")))
        self.assertIn(self.customer.email_normalized, details)

    def test_the_next_contact_when_the_first_is_blacklisted(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Treasury",
                "parent_id": self.customer.id,
                "type": "invoice",
                "email": "treasury@example.com",
            }
        )
        self.env["mail.blacklist"].sudo()._add("treasury@example.com")
        reminder = self._sent()
        self.assertEqual(reminder.recipient_ids, self.customer)
        self.env["mail.blacklist"].sudo()._remove("treasury@example.com")
        self.assertEqual(reminder._candidates(), self.customer | contact)

    def test_a_reminder_of_a_level_whose_channel_is_not_installed_waits(self):
        self._set_channels("pigeon")
        run = self._planned()
        self.env.cr.execute("UPDATE collections_reminder SET channel = 'gone'")
        run.reminder_ids.invalidate_recordset()
        run.flush()
        self.assertEqual(
            (run.reminder_ids.state, run.reminder_ids.reason),
            ("deferred", "no_channel"),
        )

    # === APPROVAL === #

    def test_a_proposed_channel_waits_for_a_supervisor(self):
        self._set_channels("email", "pigeon", pigeon={"release": "approve"})
        self.customer.email = False
        run = self._planned()
        self.assertEqual(run.reminder_ids.state, "to_approve")
        self.assertEqual(self._sent(run).state, "to_approve")
        run.reminder_ids.action_approve()
        self.assertEqual(self._sent(run).state, "sent")

    def test_it_waits_also_when_it_changes_to_a_proposed_one(self):
        self._set_channels("email", "pigeon", pigeon={"release": "approve"})
        run = self._planned()
        self.customer.email = False
        reminder = self._sent(run)
        self.assertEqual((reminder.state, reminder.channel), ("to_approve", "pigeon"))
        reminder.action_approve()
        self.assertEqual(self._sent(run).state, "sent")

    # === AFTER A FAILURE === #

    def test_another_follows_what_was_refused(self):
        self._set_channels("pigeon", "email")
        ANSWERS[self.customer.name] = channel.REFUSED
        failed = self._sent()
        follower = self._follower(failed)
        self.assertEqual((failed.state, failed.channel), ("failed", "pigeon"))
        self.assertEqual((follower.state, follower.channel), ("sent", "email"))
        self.assertIn("Pigeon says so", follower.event_ids[0].detail)
        failed._go_on()
        self.assertEqual(self._follower(failed), follower)

    def test_another_follows_what_bounced(self):
        self._set_channels("pigeon", "email")
        reminder = self._sent()
        for _twice in range(2):
            reminder._bounced("Wrong loft")
        follower = self._follower(reminder)
        self.assertEqual((reminder.state, follower.channel), ("failed", "email"))
        self._sent(follower.run_id)
        self.assertEqual(follower.state, "sent")

    def test_what_bounced_after_the_payment_goes_no_other_way(self):
        self._set_channels("pigeon", "email")
        reminder = self._sent()
        self._pay(reminder.trigger_move_id)
        reminder._bounced("Wrong loft")
        follower = self._follower(reminder)
        follower.run_id.flush()
        self.assertEqual((follower.state, follower.reason), ("cancelled", "paid"))

    def test_nothing_follows_the_last_channel(self):
        self._set_channels("email", "pigeon")
        self.customer.email = False
        reminder = self._sent()
        reminder._bounced("Wrong loft")
        self.assertFalse(self._follower(reminder))

    # === PAUSE === #

    def test_a_paused_channel_keeps_everything(self):
        self._set_channels("pigeon")
        run = self._planned()
        ANSWERS[self.customer.name] = channel.PAUSE
        reminder = self._sent(run)
        self.assertEqual(
            (reminder.state, reminder.reason), ("deferred", "channel_paused")
        )
        switch = self.env["collections.channel.switch"].search([])
        self.assertEqual((switch.channel, switch.reason), ("pigeon", "Pigeon says so"))
        ANSWERS.clear()
        with freeze_time(f"{day(2)} 12:00:00"):
            self.assertEqual(self._sent(run).state, "deferred")
            switch.unlink()
            self.assertEqual(reminder.state, "queued")
            self.assertEqual(self._sent(run).state, "sent")

    def test_a_trial_goes_nowhere_by_other_channels(self):
        self._set_channels("pigeon")
        self.company.collections_redirect_email = "trial@ours.example.com"
        reminder = self._sent()
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "trial"))
