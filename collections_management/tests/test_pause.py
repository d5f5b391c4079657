"""What is agreed takes out of dunning exactly what it covers."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..tools.pauses import DISPUTED, PROMISED, Pause
from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPause(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        cls.moves = cls._invoices(
            (cls.customer, day(-20), 1000.0),
            (cls.customer, day(-10), 300.0, {"currency_id": cls.eur.id}),
            (cls.customer, day(5), 500.0),
        )
        cls.lines = cls._receivable_lines(cls.moves)
        cls.first, cls.second, cls.third = cls.lines.sorted("date_maturity")

    def _paused(self, *rows):
        """Refresh with these pauses and those of the holds; return the case."""
        pauses = [
            Pause(kind, self.customer.id, line.id or None, *amount)
            for kind, line, *amount in rows
        ]
        hold = type(self.env["collections.hold"])
        original = hold._pauses

        def _pauses(model, *args):
            return pauses + original(model, *args)

        with patch.object(hold, "_pauses", _pauses):
            self._refresh()
            run = self._run(simulate=True)
        return self._case(self.customer), run.reminder_ids

    def _amounts(self, case):
        names = ("overdue", "disputed", "promised", "held", "actionable")
        return [case[f"amount_{name}"] for name in names]

    def test_parts_of_documents(self):
        case, planned = self._paused(
            (PROMISED, self.first, 700.0), (DISPUTED, self.second, 100.0)
        )
        # 300 euros were booked at 0.5: 600 dollars, a third of it disputed.
        self.assertEqual(self._amounts(case), [1600.0, 200.0, 700.0, 0.0, 700.0])
        self.assertEqual(planned.trigger_line_id, self.first)

    def test_they_never_cover_more_than_is_open(self):
        case, planned = self._paused(
            (PROMISED, self.first, 700.0),
            (DISPUTED, self.first, 800.0),
            (PROMISED, self.third, 500.0),
        )
        self.assertEqual(self._amounts(case), [1600.0, 800.0, 200.0, 0.0, 600.0])
        self.assertEqual(planned.trigger_line_id, self.second)

    def test_a_hold_takes_the_rest(self):
        reason = self.env["collections.hold.reason"].search([], limit=1)
        self._refresh()
        self.env["collections.hold"].create(
            {
                "case_id": self._case(self.customer).id,
                "reason_id": reason.id,
                "date_end": day(1),
            }
        )
        case, planned = self._paused((DISPUTED, self.first, 200.0))
        self.assertEqual(self._amounts(case), [1600.0, 200.0, 0.0, 1400.0, 0.0])
        self.assertFalse(planned)

    def test_all_that_a_customer_owes(self):
        case, planned = self._paused((DISPUTED, self.first.browse()))
        self.assertEqual(self._amounts(case), [1600.0, 1600.0, 0.0, 0.0, 0.0])
        self.assertFalse(planned)
        self.assertEqual(case.stage_id.kind, "disputed")
