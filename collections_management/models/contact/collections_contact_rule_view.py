from odoo import api, fields, models
from odoo.tools import format_date

from ...tools import public_holidays


class CollectionsContactRuleView(models.AbstractModel):
    """What the form of a contact rule shows beside its columns; nothing is stored."""

    _name = "collections.contact.rule.view"
    _description = "Contact Rule on Screen"

    hours_summary = fields.Char(string="Hours", compute="_compute_hours_summary")
    limits_summary = fields.Char(string="Limits", compute="_compute_limits_summary")
    holiday_year = fields.Integer(
        string="Year", compute="_compute_holiday_year", readonly=False
    )
    holiday_list = fields.Html(
        string="Holidays", compute="_compute_holiday_list", sanitize=False
    )
    holiday_warning = fields.Char(compute="_compute_holiday_list")

    @api.depends("window_ids.weekday", "window_ids.start", "window_ids.end")
    @api.depends_context("lang")
    def _compute_hours_summary(self):
        """One entry per run of days with the same hours: *Mon-Fri 8:00-18:00*."""
        days = dict(
            self.env["collections.contact.rule.window"]
            ._fields["weekday"]
            ._description_selection(self.env)
        )
        for rule in self:
            by_day = {}
            for window in rule.window_ids.sorted(lambda w: (w.weekday, w.start)):
                if window.weekday:
                    by_day.setdefault(int(window.weekday), []).append(
                        f"{clock(window.start)}-{clock(window.end)}"
                    )
            parts = []
            for first, last, hours in runs(by_day):
                names = [days[str(day)][:3] for day in sorted({first, last})]
                parts.append(f"{'-'.join(names)} {', '.join(hours)}")
            rule.hours_summary = "; ".join(parts)

    @api.depends(
        "max_day",
        "max_week",
        "min_days",
        "days_after_talk",
        "one_channel",
        "needs_consent",
    )
    @api.depends_context("lang")
    def _compute_limits_summary(self):
        for rule in self:
            parts = [
                rule.max_day and self.env._("%s a day", rule.max_day),
                rule.max_week and self.env._("%s a week", rule.max_week),
                rule.min_days and self.env._("%s days between", rule.min_days),
                rule.days_after_talk
                and self.env._("%s days after a conversation", rule.days_after_talk),
                rule.one_channel and self.env._("one channel a week"),
                rule.needs_consent and self.env._("only with consent"),
            ]
            rule.limits_summary = ", ".join(filter(None, parts))

    @api.depends("country_id")
    def _compute_holiday_year(self):
        for rule in self:
            rule.holiday_year = (
                rule.holiday_year or self.env.company._collections_today().year
            )

    @api.depends("country_id", "holiday_year")
    @api.depends_context("lang")
    def _compute_holiday_list(self):
        Holiday = self.env["collections.contact.holiday"]
        for rule in self:
            country = rule.country_id
            year = min(max(rule.holiday_year or 1, 1), 9999)
            days = dict(
                public_holidays.of_year(country.code, None, year, self.env.lang)
            )
            days |= Holiday._of_year(self.env.company, country, year)
            rule.holiday_list = self.env["ir.qweb"]._render(
                "collections_management.contact_rule_holidays",
                {
                    "days": sorted(days.items()),
                    "format_date": lambda day: format_date(
                        self.env, day, date_format="EEE d MMM"
                    ),
                },
                minimal_qcontext=True,
            )
            rule.holiday_warning = rule._holiday_warning(country, year)

    def _holiday_warning(self, country, year):
        if not country or public_holidays.is_known(country.code, year):
            return False
        return self.env._(
            "The installed list of holidays (version %(version)s) does not know all "
            "holidays of %(country)s in %(year)s. Ask your administrator to update the "
            "Python library holidays, or add the missing days under Days Off.",
            version=public_holidays.version(),
            country=country.name,
            year=year,
        )

    def _content_text(self):
        """Return what may not be said or asked, for whoever talks to the customer."""
        parts = [
            self.no_reason_question
            and self.env._("Do not ask why the customer did not pay."),
            self.no_judicial_look
            and self.env._(
                "Say nothing that looks like or refers to a court document."
            ),
            self.no_third_party
            and self.env._("Talk to nobody but the customer about the debt."),
        ]
        return " ".join(filter(None, parts))


def clock(hours: float) -> str:
    """Return hours as people write them."""
    return "{}:{:02}".format(*divmod(round(hours * 60), 60))


def runs(by_day):
    """Yield first day, last day and hours of days in a row that have the same."""
    first = None
    for day in range(8):
        if first is not None and by_day.get(day) != by_day[first]:
            yield first, day - 1, by_day[first]
            first = None
        if first is None and day in by_day:
            first = day
