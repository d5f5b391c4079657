"""A refresh of all cases decides again where something changed, and only there."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestProgress(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(5)
        cls._invoices(*((customer, day(-5), 100.0) for customer in cls.customers))
        cls.Case.refresh()
        cls.first = cls.customers[0]

    def _decided(self) -> set[int]:
        """Refresh everything; return the customers that were decided anew."""
        asked = set()
        planner = self.env.registry["collections.planner"]
        evaluate = planner._evaluate

        def spy(this, *args, **kwargs):
            decisions, history = evaluate(this, *args, **kwargs)
            asked.update(decisions)
            return decisions, history

        with patch.object(planner, "_evaluate", spy):
            self.Case.refresh()
        return asked & set(self.customers.ids)

    def test_nothing_changed(self):
        self.assertEqual(self._decided(), set())

    def test_a_payment(self):
        self._on_account(self.first, 10.0)
        self.assertEqual(self._decided(), set(self.first.ids))

    def test_a_due_date_that_leaves_every_figure_alone(self):
        self._invoices((self.first, day(-2), 1.0), (self.first, day(-3), 1.0))
        self.Case.refresh()
        lines = self.env["account.move.line"].search(
            [("partner_id", "=", self.first.id), ("amount_residual", "=", 1.0)]
        )
        for line, due in zip(lines, (day(-3), day(-2)), strict=True):
            line.date_maturity = due
        self.assertEqual(self._decided(), set(self.first.ids))

    def test_what_a_person_sets(self):
        case = self._case(self.first)
        case.stop_flag = "sued"
        self.assertEqual(self._decided(), set(self.first.ids))
        self.assertEqual(case.idle_reason, "stopped")

    def test_a_reminder_that_is_sent(self):
        self.company.collections_mode = "propose"
        run = self._run()
        self.Case.refresh()
        reminder = run.reminder_ids.filtered(lambda r: r.partner_id == self.first)
        reminder.action_cancel()
        self.assertEqual(self._decided(), set(self.first.ids))

    def test_the_rules_of_everybody(self):
        everybody = set(self.customers.ids)
        self._case(self.first).policy_id.min_days += 1
        self.assertEqual(self._decided(), everybody)
        self.env["res.currency.rate"].create(
            {"currency_id": self.eur.id, "name": day(-1), "rate": 3.0}
        )
        self.assertEqual(self._decided(), everybody)
        self.assertEqual(self._decided(), set())
        with freeze_time(f"{day(1)} 12:00:00"):
            self.assertEqual(self._decided(), everybody)

    def test_a_jump_lasts_for_its_run_only(self):
        self._run(jump=True)
        self.assertEqual(self._decided(), set(self.customers.ids))
