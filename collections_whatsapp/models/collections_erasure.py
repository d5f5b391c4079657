from odoo import api, models


class CollectionsErasure(models.AbstractModel):
    _inherit = "collections.erasure"

    @api.model
    def _entries(self, case):
        *others, kept = super()._entries(case)
        every = self.env["collections.whatsapp.message"].sudo()
        every = every.search([("case_id", "=", case.id)])
        limit = self._limit(case)
        old = every.filtered(lambda one: one.date < limit and not one._is_waiting())
        return *others, old, kept + len(every) - len(old)

    @api.model
    def _erase(self, case) -> int:
        *_others, messages, _kept = self._entries(case)
        messages._erase_person()
        return super()._erase(case) + len(messages)
