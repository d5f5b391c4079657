from odoo import api, fields, models


class CollectionsInteractionCheck(models.TransientModel):
    """Tell a supervisor whether the log is as it was written.

    The last seal covers every row before it: who keeps it elsewhere can prove later
    that nothing was taken off the end.
    """

    _name = "collections.interaction.check"
    _description = "Check of the Log"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    sealed_count = fields.Integer(string="Sealed Entries", readonly=True)
    unsealed_count = fields.Integer(string="Not Sealed Yet", readonly=True)
    last_number = fields.Integer(string="Last Entry No.", readonly=True)
    last_seal = fields.Char(
        readonly=True,
        help="It covers all entries before it. Keep a copy to prove later that none "
        "was removed.",
    )
    broken_id = fields.Many2one(
        comodel_name="collections.interaction",
        string="First Entry That Does Not Fit",
        readonly=True,
    )
    broken_number = fields.Integer(related="broken_id.number", string="Entry No.")

    @api.model
    def default_get(self, fields):
        """Check the log of the current company."""
        self.browse().check_access("create")
        values = super().default_get(fields)
        company = self.env.company
        found = self._check(company)
        return values | {name: found[name] for name in fields if name in found}

    @api.model
    def _check(self, company):
        Log = self.env["collections.interaction"].sudo()
        own = fields.Domain("company_id", "=", company.id)
        sealed = own & fields.Domain("number", ">", 0)
        last = Log.search(sealed, limit=1, order="number desc")
        return {
            "company_id": company.id,
            "sealed_count": Log.search_count(sealed),
            "unsealed_count": Log.search_count(own & fields.Domain("seal", "=", False)),
            "last_number": last.number,
            "last_seal": last.seal,
            "broken_id": Log._first_broken(company).id,
        }
