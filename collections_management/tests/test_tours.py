from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..tools import worklist
from .common import CollectionsCommon

MODULE = "collections_management"


@tagged("post_install", "-at_install")
class TestTours(CollectionsCommon, HttpCase):
    """The screens in a real browser, as the people who use them."""

    browser_size = "3400x900"  # every column is in sight, to drop cards on

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "salesperson")
        cls.today = cls.company._collections_today()

    def _owes(self, name, *specs):
        partner = self._customer(name)
        self._invoices(
            *[
                (partner, self.today - timedelta(days=days), amount)
                for days, amount in specs
            ]
        )
        return partner

    def test_kanban_as_collector(self):
        """R89: a person without any right in accounting works the kanban of stages."""
        late = self._owes("Tour Alpha", (5, 100.0), (-90, 700.0))
        self._owes("Tour Beta", (4, 200.0))
        self._refresh()
        legal = self._stage("legal")
        self.start_tour("/odoo", "collections_kanban", login=self.collector.login)
        case = self._case(late)
        self.assertEqual(
            (case.stage_id, case.manual_stage_reason), (legal, "Sued in June")
        )
        promise = self.env["collections.promise"].search(
            [("partner_id.name", "=", "Tour Beta")]
        )
        self.assertEqual((promise.amount, promise.user_id), (200.0, self.collector))

    def test_r52_r80_a_call_from_the_worklist(self):
        """The day's first customer in a click, a call with its next date in three."""
        self.company.collections_collector_id = self.collector
        first = self._owes("Tour Alpha", (40, 500.0))
        self._owes("Tour Beta", (4, 200.0))
        self._refresh()
        self.start_tour("/odoo", "collections_worklist", login=self.collector.login)
        row = self._case(first).interaction_ids
        self.assertEqual(row.user_id, self.collector)
        self.assertEqual(row.text, "Asks for a copy of the invoice")
        self.assertEqual(
            row.result_id, self.env.ref(f"{MODULE}.interaction_result_callback")
        )
        self.assertEqual(row.next_date, worklist.next_dates(self.today)[1])
        self.assertEqual(self._case(first).activity_ids.date_deadline, row.next_date)

    def test_start_my_day_by_keyboard(self):
        """Case after case without a mouse; a browser that closes loses nothing."""
        self.company.collections_collector_id = self.collector
        first = self._owes("Tour Alpha", (40, 500.0))
        self._owes("Tour Beta", (4, 200.0))
        self._owes("Tour Gamma", (4, 100.0))
        (first | self.env["res.partner"].search([("name", "like", "Tour %")])).write(
            {"phone": "+1 555 010 0100"}
        )
        self._refresh()
        self.env["collections.collector"].search(
            [("user_id", "=", self.collector.id)]
        ).target_amount = 1000.0
        self.start_tour("/odoo", "collections_start_day", login=self.collector.login)
        rows = self._case(first).interaction_ids.sorted("id")
        self.assertEqual(
            rows.mapped("text"),
            [
                "Sends the slip on Friday",
                "Taken back: logged by mistake",
                "Sends the slip on Friday",
            ],
        )
        self.assertEqual(rows[1].corrects_id, rows[0])
        self.assertEqual(rows[0].next_date, worklist.next_dates(self.today)[0])
        self.assertEqual(len(self._case(first).activity_ids), 1)

    def test_hold_statement_and_segment(self):
        """From the list: a factored invoice, a statement, and why this segment."""
        self.company.collections_collector_id = self.collector
        first = self._owes("Tour Alpha", (40, 5000.0), (20, 5000.0))
        self._owes("Tour Beta", (35, 400.0))
        self.segment.copy(
            {
                "name": "Big and late",
                "sequence": 0,
                "domain": "[('amount_overdue', '>', 300), ('days_overdue', '>', 30)]",
            }
        )
        self._refresh()
        self.start_tour("/odoo", "collections_day", login=self.collector.login)
        case = self._case(first)
        hold = case.hold_ids
        self.assertEqual(
            hold.reason_id, self.env.ref(f"{MODULE}.hold_reason_factoring")
        )
        self.assertTrue(hold.is_item and hold.move_line_id)
        self.assertEqual((case.amount_held, case.amount_actionable), (5000.0, 5000.0))
        row = case.interaction_ids
        self.assertEqual((row.channel, row.user_id), ("email", self.collector))

    def test_issue_as_salesperson(self):
        """From the customer's page, in seconds, without any right in accounting."""
        self.company.collections_collector_id = self.collector
        partner = self._owes("Tour Gamma", (5, 400.0))
        partner.user_id = self.salesperson
        self._refresh()
        self.start_tour(
            f"/odoo/res.partner/{partner.id}",
            "collections_issue",
            login=self.salesperson.login,
        )
        dispute = self._case(partner).dispute_ids
        self.assertEqual(
            (dispute.reporter_id, dispute.user_id, dispute.description),
            (self.salesperson, self.collector, "Two boxes were broken"),
        )
