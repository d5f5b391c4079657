from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Fold the cases first: Odoo would delete those of the merged contacts."""
        target = dst_partner.commercial_partner_id
        refresher = self.env["collections.refresher"].sudo()
        refresher._fold(src_partners - target, target)
        pairs = dst_partner.sudo()._collections_companies(src_partners | target)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["collections.touch"]._touch(
            (company_id, target.id) for company_id, _partner_id in pairs
        )
        return result
