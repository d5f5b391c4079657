from odoo import fields, models

# Sealed besides the facts and the personal part of every row. Rows of our own have
# none of them: what was sealed before there were imports still fits.
FACTS = ("imported_from", "import_key")
PERSONAL = ("author_name",)


class CollectionsInteractionImported(models.AbstractModel):
    """What a row of the log says that was taken over from a former system.

    The log is append-only and its chain follows the order in which rows were
    *written*, whatever their dates. Rows that are taken over are appended like all
    others: the chain proves since when they are here and that nothing was changed
    since; what happened before, only the former system can prove.
    """

    _name = "collections.interaction.imported"
    _description = "Taken Over From a Former System"

    imported_from = fields.Char(
        readonly=True, help="The former system; empty for what was logged here"
    )
    import_key = fields.Char(
        string="Key in the Former System",
        readonly=True,
        help="The same row is never taken over twice.",
    )
    author_name = fields.Char(
        string="Logged By, Then",
        readonly=True,
        help="Who logged it in the former system, in its words",
    )

    _import_uniq = models.UniqueIndex(
        "(company_id, imported_from, import_key) WHERE imported_from IS NOT NULL"
    )

    def _imported(self, names) -> dict:
        """Return what a row of a former system adds to what is sealed."""
        return {name: self[name] or "" for name in names if self.imported_from}
