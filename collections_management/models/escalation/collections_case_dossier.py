from odoo import models


class CollectionsCaseDossier(models.AbstractModel):
    """The dossier of a case: who takes one is noted in its history."""

    _name = "collections.case.dossier"
    _description = "Dossier from a Case"

    def action_dossier_pdf(self):
        """Download all that there is of the case, as one PDF."""
        return self._take_dossier("pdf")

    def action_dossier_zip(self):
        """Download all that there is of the case, every file as it is."""
        return self._take_dossier("zip")

    def _take_dossier(self, kind):
        self.ensure_one()
        self.env["collections.role"]._check_collector(self)
        self.sudo()._message_log(
            body=self.env._(
                "Dossier taken by %(user)s (%(kind)s).",
                user=self.env.user.name,
                kind=kind.upper(),
            )
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/collections/dossier/{self.id}.{kind}",
            "target": "download",
        }
