from odoo.tests import HttpCase, tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestTours(ReportsCommon, HttpCase):
    """The pages in a real browser, without any right in accounting."""

    browser_size = "1366x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector")
        cls._mini_ledger()
        cls.Case.refresh()

    def test_aging(self):
        self.start_tour(
            "/odoo/collections-aging", "collections_aging", login=self.collector.login
        )

    def test_dashboard(self):
        self.start_tour(
            "/odoo/collections-dashboard",
            "collections_dashboard",
            login=self.collector.login,
        )

    def test_figures(self):
        self.start_tour(
            "/odoo/collections-figures",
            "collections_figures",
            login=self.collector.login,
        )
