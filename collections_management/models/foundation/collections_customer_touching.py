from odoo import api, models


class CollectionsCustomerTouching(models.AbstractModel):
    """What is known of a customer, and moves the next step of its cases."""

    _name = "collections.customer.touching"
    _description = "Touches the Cases of Its Customer"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._touch_customers()
        return records

    def write(self, vals):
        self._touch_customers()
        result = super().write(vals)
        self._touch_customers()
        return result

    def unlink(self):
        self._touch_customers()
        return super().unlink()

    def _touch_customers(self):
        customers = self.sudo().partner_id.commercial_partner_id
        if customers:
            self.env["collections.touch"]._touch(
                customers._collections_companies(customers)
            )
