from lxml import etree

from odoo import api, models


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    @api.model
    def _generate_code_uncached(self, template):
        """Compile a message's body once for a batch, instead of for each record.

        :param template: as in Odoo; a body comes as a parsed tree, which Odoo never
            keeps. ``collections_compiled`` in the context is the dictionary, of one
            template in one language, that keeps it as long as the batch lasts
        """
        compiled = self.env.context.get("collections_compiled")
        if compiled is None or not etree.iselement(template):
            return super()._generate_code_uncached(template)
        source = etree.tostring(template)
        if source not in compiled:
            compiled[source] = super()._generate_code_uncached(template)
        return compiled[source]
