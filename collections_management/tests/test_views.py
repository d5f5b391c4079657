from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CollectionsCommon, day

ACTIONS = {
    "collector": (
        "collections_case_action",
        "collections_case_action_without_followup",
        "collections_dispute_action",
        "collections_item_action",
        "collections_reminder_action",
        "collections_reminder_action_to_approve",
        "collections_run_action",
    ),
    "salesperson": (
        "collections_case_action",
        "collections_case_action_without_followup",
        "collections_item_action",
        "collections_reminder_action",
    ),
    "supervisor": (
        "collections_run_action",
        "collections_run_start_action",
        "collections_settings_action",
        "collections_segment_action",
        "collections_policy_action",
        "collections_stage_action",
    ),
}


@tagged("post_install", "-at_install")
class TestViews(CollectionsCommon):
    """Every screen opens for who has its menu, and every filter of it works."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "salesperson", "supervisor")
        cls.partner = cls._customer(user_id=cls.salesperson.id)
        cls._invoices((cls.partner, day(-5), 100.0), (cls.partner, day(-95), 50.0))
        cls.env["collections.case"].refresh()
        cls.env["collections.run"].run()

    def _open(self, action, user):
        """Return the views of an action, and records as its list reads them."""
        action = self.env.ref(f"collections_management.{action}").with_user(user).sudo()
        views = [(False, mode) for mode in action.view_mode.split(",")]
        model = self.env[action.res_model].with_user(user)
        return model, model.get_views([*views, (False, "search")])["views"]

    def _specification(self, arch):
        names = etree.fromstring(arch).xpath("//field[not(ancestor::field)]/@name")
        return {name: {} for name in names}

    def test_screens_open(self):
        for role, actions in ACTIONS.items():
            for action in actions:
                with self.subTest(role=role, action=action):
                    model, views = self._open(action, getattr(self, role))
                    arch = views.get("form", views.get("list"))["arch"]
                    if not model._transient:
                        model.web_search_read([], self._specification(arch), limit=5)

    def test_filters_work(self):
        for action in ACTIONS["collector"]:
            model, views = self._open(action, self.collector)
            search = etree.fromstring(views["search"]["arch"])
            for node in search.xpath("//filter[@domain]"):
                with self.subTest(action=action, filter=node.get("name")):
                    domain = safe_eval(node.get("domain"), {"uid": self.collector.id})
                    model.web_search_read(domain, {"id": {}}, limit=1)

    def test_groups_work(self):
        for action in ACTIONS["collector"]:
            model, views = self._open(action, self.collector)
            search = etree.fromstring(views["search"]["arch"])
            for node in search.xpath("//filter[@context]"):
                with self.subTest(action=action, group=node.get("name")):
                    group = safe_eval(node.get("context"))["group_by"]
                    model.formatted_read_group([], [group], ["__count"])

    def test_age_is_a_group_and_a_filter(self):
        """Ages are told by one column: group, filter and value agree."""
        Case = self.Case.with_user(self.collector)
        case = Case.search([("partner_id", "=", self.partner.id)])
        grouped = dict(Case._read_group([], ["age"], ["id:recordset"]))
        self.assertIn(case, grouped[case.age])
        self.assertIn(case, Case.search([("age", "=", case.age)]))
        self.assertNotIn(case, Case.search([("age", "!=", case.age)]))

    def test_invoice_shows_level_and_next_step(self):
        move = self._invoices((self.partner, day(-4), 70.0))
        self.Case.refresh()
        case = self._case(self.partner)
        self.assertEqual(move.collections_case_id, case)
        self.assertTrue(move.collections_next_step)
        self.assertFalse(move.copy().collections_next_step, "a draft has none")
        Move = self.env["account.move"]
        self.assertIn(move, Move.search([("collections_case_id", "=", case.id)]))
        self.assertNotIn(move, Move.search([("collections_case_id", "=", False)]))
        self.assertIn(move, Move.search([("collections_level_id", "=", False)]))
        self.assertNotIn(move, Move.search([("collections_level_id", "!=", False)]))
