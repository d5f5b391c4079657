from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.collections_management.tests.common import CollectionsCommon, day

SALES = "sales_team.group_sale_salesman"


class SaleCommon(CollectionsCommon):
    """A customer with an overdue invoice in each of two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls._setup_second_company()
        cls._make_users("collector", "supervisor", "internal", "portal")
        for name in ("seller", "other_seller"):
            user = new_test_user(
                cls.env,
                login=f"test_{name}",
                name=name.replace("_", " ").title(),
                groups=SALES,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.env.user.company_ids.ids)],
            )
            setattr(cls, name, user)
        cls.customer = cls._customer(user_id=cls.seller.id)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id}
        )
        cls.invoice = cls._invoices((cls.customer, day(-10), 400.0))
        cls._invoices((cls.customer, day(-10), 9.0), company=cls.company_2)
        for company in cls.company + cls.company_2:
            cls.Case.with_company(company).refresh()

    def _quotation(self, partner=None, company=None, user=None):
        return (
            self.env["sale.order"]
            .with_company(company or self.company)
            .create(
                {
                    "partner_id": (partner or self.customer).id,
                    "user_id": (user or self.seller).id,
                    "company_id": (company or self.company).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_a.id,
                                "price_unit": 100.0,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )

    def _hold(self, approve=True, company=None, **values):
        hold = (
            self.env["collections.credit.hold"]
            .with_user(self.collector)
            .create(
                {
                    "case_id": self._case(self.customer, company).id,
                    "reason": "Two cheques bounced",
                    **values,
                }
            )
        )
        if approve:
            hold.with_user(self.supervisor).action_approve()
        return hold
