from odoo import api, fields, models


class CollectionsWhatsappTemplateVariable(models.Model):
    """What fills a numbered place of a template's text."""

    _name = "collections.whatsapp.template.variable"
    _description = "WhatsApp Template Variable"
    _order = "template_id, number"
    _rec_name = "number"

    template_id = fields.Many2one(
        comodel_name="collections.whatsapp.template",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="template_id.company_id")
    number = fields.Integer(required=True, readonly=True)
    place = fields.Char(compute="_compute_place")
    source = fields.Selection(
        selection="_selection_source",
        string="Filled With",
        help="Empty: a person has to say so before the template is used",
    )
    example = fields.Char(
        compute="_compute_example",
        store=True,
        readonly=False,
        help="WhatsApp's reviewers see it",
    )

    _number_uniq = models.Constraint(
        "UNIQUE (template_id, number)", "A variable is filled once."
    )

    @api.model
    def _selection_source(self):
        labels = self.env["collections.whatsapp.template.text"]._source_labels()
        return list(labels.items())

    @api.depends("number")
    def _compute_place(self):
        for variable in self:
            variable.place = f"{{{{{variable.number}}}}}"

    @api.depends("source")
    def _compute_example(self):
        examples = self.env["collections.whatsapp.template.text"]._source_examples()
        for variable in self:
            variable.example = examples.get(variable.source) or variable.example
