"""Random histories of many customers at once, through the real models.

Policies change, segments change back and forth, the server is down for ten days:
nobody gets a level twice, nobody jumps a formal level. The pure rules have their
own property tests; here the classifying and planning statements are tried.
"""

import random
from collections import Counter
from datetime import date
from typing import NamedTuple

from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day

CUSTOMERS = 40
SEEDS = (3, 17)


class Sent(NamedTuple):
    """A reminder, and the highest level of the customer before it."""

    date: date
    line: object
    reminder: object
    before: int


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestHistories(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collections_mode = "propose"
        cls.other_policy = cls._make_policy(
            "Other", delays=(-1, 5, 10, 18, 25), late_start="age"
        )
        cls.vip = cls.env["res.partner.category"].create({"name": "Key account"})
        cls.env["collections.segment"].create(
            {
                "name": "Key accounts",
                "sequence": 0,
                "policy_id": cls.other_policy.id,
                "domain": f"[('category_ids', 'in', {cls.vip.ids})]",
            }
        )

    def _live(self, seed):
        """Let two months pass; return what was sent, with what was sent before."""
        chance = random.Random(seed)
        customers = self._customers(CUSTOMERS)
        moves = self._invoices(
            *[
                (customer, day(chance.randint(-30, 3)), 100.0)
                for customer in customers
                for _document in range(chance.randint(1, 2))
            ]
        )
        today, sent, reached = 0, [], {}
        while today < 60:
            with freeze_time(f"{day(today)} 12:00:00"):
                self._disturb(chance, customers, moves)
                sent += self._send(self._run(), reached)
            today += 11 if chance.random() < 0.2 else chance.randint(1, 3)
        return sent

    def _disturb(self, chance, customers, moves):
        for customer in customers:
            what = chance.random()
            case = self._case(customer)
            if what < 0.10:
                customer.category_id = chance.choice([self.vip, self.vip.browse()])
            elif what < 0.15 and case:
                case.policy_id = chance.choice([self.policy, self.other_policy])
            elif what < 0.18 and case.manual_policy:
                case.action_follow_segment()
            elif what < 0.20:
                own = moves.filtered(
                    lambda move, own=customer: (
                        move.partner_id == own and move.amount_residual
                    )
                )
                if own:
                    self._pay(own[0], when=self.company._collections_today())

    def _send(self, run, reached):
        """Take the run's reminders as sent; return them as facts.

        :param reached: highest level by document, kept up to date
        """
        reminders = run.sudo().reminder_ids
        reminders.write({"state": "sent", "date_sent": f"{run.date} 12:00:00"})
        facts = []
        for reminder in reminders:
            line, delay = reminder.trigger_line_id, reminder.level_delay
            before = [
                level
                for document, level in reached.items()
                if document.partner_id == reminder.partner_id
                and document.amount_residual
            ]
            facts.append(Sent(run.date, line, reminder, max(before, default=0)))
            reached[line] = max(delay, reached.get(line, 0))
        return facts

    def test_random_histories(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                sent = self._live(seed)
                self.assertGreater(len(sent), CUSTOMERS)
                formal = [row for row in sent if row.reminder.level_id.formal]
                self.assertTrue(formal, "no formal level was reached")
                self._assert_once(sent)
                self._assert_climbing(sent)
                savepoint.rollback()
                self.env.invalidate_all()

    def _assert_once(self, sent):
        levels = Counter((row.line, row.reminder.level_delay) for row in sent)
        self.assertEqual(set(levels.values()), {1}, "a level twice for one document")
        days = Counter((row.date, row.reminder.partner_id) for row in sent)
        self.assertEqual(set(days.values()), {1})

    def _assert_climbing(self, sent):
        for row in sent:
            level, before = row.reminder.level_id, row.before
            ladder = row.reminder.policy_id.level_ids.filtered(
                lambda step: step.delay > 0
            )
            lower = ladder.filtered(lambda step, own=level: step.delay < own.delay)
            if level.delay <= 0:
                continue
            if level.formal:
                self.assertGreaterEqual(before, max(lower.mapped("delay")))
            if before:
                above = [delay for delay in ladder.mapped("delay") if delay > before]
                self.assertLessEqual(level.delay, min(above, default=before))
