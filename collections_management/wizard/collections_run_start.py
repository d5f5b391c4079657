from odoo import fields, models


class CollectionsRunStart(models.TransientModel):
    _name = "collections.run.start"
    _description = "Start a Run"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    mode = fields.Selection(related="company_id.collections_mode", readonly=True)
    date = fields.Date(
        required=True, default=lambda self: self.env.company._collections_today()
    )
    jump = fields.Boolean(
        string="Straight to the Level Due",
        help="Customers who are late already begin at the level due by age, for this "
        "run only. A formal level is never the first one.",
    )

    def action_simulate(self):
        """Show what would go out; nothing does."""
        return self._start(simulate=True)

    def action_run(self):
        """Do it, in the company's mode."""
        return self._start(simulate=False)

    def _start(self, simulate):
        self.ensure_one()
        run = (
            self.env["collections.run"]
            .with_company(self.company_id)
            .run(self.date, simulate=simulate, jump=self.jump)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "collections.run",
            "res_id": run.id,
            "view_mode": "form",
        }
