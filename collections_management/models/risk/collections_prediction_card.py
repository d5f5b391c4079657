from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import formatLang

from ...tools.prediction import model as prediction

SIZE, EDGE = 260, 34


class CollectionsPredictionCard(models.AbstractModel):
    """How a model card is shown: a table of methods, a plot, and plain words."""

    _name = "collections.prediction.card"
    _description = "Card of a Prediction"

    summary = fields.Html(compute="_compute_summary", sanitize=False)
    table = fields.Html(compute="_compute_table", sanitize=False, string="Comparison")
    plot = fields.Html(compute="_compute_plot", sanitize=False, string="Calibration")

    @api.depends("state", "method", "judged", "without_learning")
    def _compute_summary(self):
        for card in self:
            texts = card._summary_texts()
            card.summary = Markup().join(
                Markup("<p class='mb-1'>%s</p>") % text for text in texts
            )

    def _summary_texts(self) -> list[str]:
        """Say whether to trust it."""
        if self.state == "waiting":
            return [self.env._("It learns within a minute or so.")]
        if self.state == "failed":
            return [self.error or ""]
        texts = [self._verdict()]
        if self.without_learning:
            texts.append(
                self.env._(
                    "scikit-learn is not installed on the server: predictions come "
                    "from what is usual for customer, segment and company."
                )
            )
        return texts

    def _verdict(self) -> str:
        if not self.judged:
            return self.env._(
                "Too few documents to judge it on: customers are compared with their "
                "segment and the company until more is known."
            )
        if not self.method:
            return self.env._(
                "Nothing was better than the customer's own average or the due date: "
                "nothing is predicted until it is."
            )
        return self.env._(
            "Better than the plain ones on %(count)s documents that it had not seen: "
            "the date is %(days)s days off on average.",
            count=self.held_out_count,
            days=formatLang(self.env, self.date_error, digits=1),
        )

    @api.model
    def _method_labels(self) -> dict[str, str]:
        return {
            prediction.LEARNED: self.env._("Learned weights"),
            prediction.USUAL: self.env._("What is usual: customer, segment, company"),
            prediction.MEAN: self.env._("Customer's average delay"),
            prediction.DUE: self.env._("Due date"),
            prediction.PLAIN: self.env._("Plain logistic regression"),
        }

    @api.depends("marks", "method")
    def _compute_table(self):
        labels = self._method_labels()
        head = [
            self.env._("Method"),
            self.env._("AUC"),
            self.env._("Brier Score"),
            self.env._("Error of the Date (Days)"),
        ]
        for card in self:
            card.table = card.marks and Markup(
                "<table class='table table-sm'><thead><tr>%s</tr></thead>"
                "<tbody>%s</tbody></table>"
            ) % (
                Markup().join(
                    Markup("<th class='%s'>%s</th>")
                    % ("text-end" if place else "", text)
                    for place, text in enumerate(head)
                ),
                Markup().join(
                    card._table_row(labels[name], card.marks[name], name == card.method)
                    for name in labels
                    if name in card.marks
                ),
            )

    @api.model
    def _table_row(self, label, mark, is_used) -> Markup:
        numbers = [(mark["auc"], 3), (mark["brier"], 3), (mark["error"], 1)]
        cells = Markup().join(
            Markup("<td class='text-end'>%s</td>")
            % ("–" if number is None else formatLang(self.env, number, digits=digits))
            for number, digits in numbers
        )
        return Markup("<tr class='%s'><td>%s</td>%s</tr>") % (
            "fw-bold" if is_used else "",
            label,
            cells,
        )

    @api.depends("calibration")
    def _compute_plot(self):
        for card in self:
            card.plot = card.calibration and card._plot_svg()

    def _plot_svg(self) -> Markup:
        """Said against came, ten equal parts: on the diagonal it is right."""
        return Markup(
            "<svg viewBox='0 0 %(w)s %(h)s' width='%(w)s' height='%(h)s' role='img'>"
            "<rect x='%(e)s' y='8' width='%(s)s' height='%(s)s' fill='none' "
            "stroke='#ccc'/><line x1='%(e)s' y1='%(b)s' x2='%(r)s' y2='8' "
            "stroke='#ccc' stroke-dasharray='4'/>%(dots)s%(marks)s</svg>"
        ) % {
            "w": SIZE + EDGE + 20,
            "h": SIZE + 30,
            "e": EDGE,
            "s": SIZE,
            "b": SIZE + 8,
            "r": EDGE + SIZE,
            "dots": Markup().join(self._plot_dot(*row) for row in self.calibration),
            "marks": Markup().join(self._plot_mark(part) for part in (0, 50, 100)),
        }

    @api.model
    def _plot_dot(self, said, came, count) -> Markup:
        title = self.env._(
            "Said %(said)s %%, came %(came)s %% of %(count)s",
            said=round(100 * said),
            came=round(100 * came),
            count=count,
        )
        return Markup(
            "<circle cx='%.1f' cy='%.1f' r='4' fill='#714B67'><title>%s</title>"
            "</circle>"
        ) % (EDGE + said * SIZE, SIZE - came * SIZE + 8, title)

    @api.model
    def _plot_mark(self, part) -> Markup:
        return Markup(
            "<text x='%.0f' y='%.0f' font-size='10' fill='#888' "
            "text-anchor='middle'>%s %%</text>"
            "<text x='%.0f' y='%.0f' font-size='10' fill='#888' "
            "text-anchor='end'>%s %%</text>"
        ) % (
            *(EDGE + SIZE * part / 100, SIZE + 22, part),
            *(EDGE - 4, SIZE - SIZE * part / 100 + 12, part),
        )
