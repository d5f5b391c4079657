from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestTours(CollectionsCommon, HttpCase):
    """The screens in a real browser, as the people who use them."""

    browser_size = "3400x900"  # every column is in sight, to drop cards on

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector")
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
        """A person without any right in accounting works the kanban."""
        late = self._owes("Tour Alpha", (5, 100.0), (-90, 700.0))
        self._owes("Tour Beta", (4, 200.0))
        self._refresh()
        legal = self.env.ref("collections_management.stage_legal")
        self.start_tour("/odoo", "collections_kanban", login=self.collector.login)
        case = self._case(late)
        self.assertEqual(
            (case.stage_id, case.manual_stage_reason), (legal, "Sued in June")
        )
        promise = self.env["collections.promise"].search(
            [("partner_id.name", "=", "Tour Beta")]
        )
        self.assertEqual((promise.amount, promise.user_id), (200.0, self.collector))
