"""Who may read and write what, and call what."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.collections_management.tests.common import NOON

from .common import SaleCommon

RIGHTS = {
    "portal": "",
    "internal": "",
    "seller": "r",
    "collector": "cr",
    "supervisor": "cru",
}
OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAccess(SaleCommon):
    def test_rights(self):
        for role, rights in RIGHTS.items():
            user = getattr(self, role)
            records = self.env["collections.credit.hold"].with_user(user)
            found = "".join(
                letter
                for letter, operation in OPERATIONS.items()
                if records.has_access(operation)
            )
            with self.subTest(role=role):
                self.assertEqual(sorted(found), sorted(rights))

    def test_decisions_are_a_supervisor_s(self):
        hold = self._hold(approve=False)
        for method in ("action_approve", "action_decline", "action_release"):
            for role in ("portal", "internal", "seller", "collector"):
                with (
                    self.subTest(method=method, role=role),
                    self.assertRaises(AccessError),
                ):
                    getattr(hold.with_user(getattr(self, role)), method)()

    def test_rows(self):
        hold = self._hold()
        Hold = self.env["collections.credit.hold"]
        self.assertEqual(Hold.with_user(self.seller).search([]), hold)
        self.assertFalse(Hold.with_user(self.other_seller).search([]))
        stranger = new_test_user(
            self.env,
            "test_stranger",
            groups="collections_management.group_supervisor",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        self.assertFalse(Hold.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            hold.with_user(stranger).action_release()

    def test_case_shows_it(self):
        hold = self._hold()
        case = self._case(self.customer).with_user(self.seller)
        self.assertEqual(case.credit_hold_id, hold)
        self.assertEqual(case.action_view_credit_hold()["res_id"], hold.id)
        action = case.action_propose_credit_hold()
        self.assertEqual(action["context"]["default_case_id"], case.id)
