from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestTours(ReportsCommon, HttpCase):
    """The pages in a real browser; but for the invoice, without accounting rights."""

    browser_size = "1440x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "accountant")
        cls._mini_ledger()
        cls.Case.refresh()

    def test_aging(self):
        self.start_tour(
            "/odoo/collections-aging", "collections_aging", login=self.collector.login
        )

    def test_down_to_the_invoice(self):
        self.start_tour(
            "/odoo/collections-aging",
            "collections_aging_invoice",
            login=self.accountant.login,
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

    def test_dashboard_on_a_phone(self):
        with (
            patch.object(type(self), "browser_size", "390x844"),
            patch.object(type(self), "touch_enabled", True),
        ):
            self.start_tour(
                "/odoo/collections-dashboard",
                "collections_dashboard_phone",
                login=self.collector.login,
            )
