from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import forecast, levels, planning, transitions

# How far the explanation of the pace looks, and how late its late starter is.
HORIZON = 120
LATE = 90
# A level so early that every open document is in its text.
ALL = -3650
# What a preview creates and rolls back.
TOUCHED = ("collections.reminder", "collections.reminder.line")


class CollectionsPolicyPreview(models.AbstractModel):
    """What a policy does, in words and in its texts, while it is edited."""

    _name = "collections.policy.preview"
    _description = "Policy While It Is Edited"

    pace_html = fields.Html(
        string="In Other Words", compute="_compute_pace_html", sanitize=False
    )
    preview_case_id = fields.Many2one(
        comodel_name="collections.case",
        string="As the Customer Reads It",
        store=False,
        help="Nothing is sent or kept",
    )
    preview_html = fields.Html(
        string="Texts", compute="_compute_preview_html", sanitize=False
    )

    # === PACE === #

    @api.depends(
        "level_ids.delay",
        "level_ids.name",
        "level_ids.channel",
        "level_ids.formal",
        "min_days",
        "late_start",
        "entry_level_id",
        "repeat_days",
        "max_repeats",
    )
    @api.depends_context("lang")
    def _compute_pace_html(self):
        for policy in self:
            policy.pace_html = self.env["ir.qweb"]._render(
                "collections_management.policy_pace",
                {
                    "policy": policy,
                    "followed": policy._pace(-30),
                    "late": policy._pace(LATE),
                    "late_days": LATE,
                    "icons": policy._icons(),
                },
                minimal_qcontext=True,
            )

    def _icons(self) -> dict[str, str]:
        """Return the icon of each channel that is installed."""
        register = self.env["collections.channel"]
        return {
            code: register._by_code(code)._icon for code, _ in register._selection()
        }

    def _pace(self, age) -> list[tuple[int, models.BaseModel]]:
        """Return days and levels for a customer with one document.

        :param age: days overdue when we begin
        :return: days after the due date, or after we begin where it is late
        """
        rows = self.level_ids.sorted("delay")
        shape = self._as_shape(rows)
        if len({level.delay for level in shape.levels}) < len(shape.levels):
            return []
        begin = fields.Date.to_date("2001-01-01")
        item = planning.OpenItem(1, begin - timedelta(days=age), 1, 1.0, 1.0)
        sendings = forecast.forecast(
            shape._replace(tolerance=0.0, minimum=0.0),
            [item],
            planning.CaseHistory(),
            {1: 1.0},
            begin,
            HORIZON,
        )
        zero = begin if age > 0 else item.due
        return [
            ((sending.date - zero).days, rows[sending.level.id], sending.occurrence)
            for sending in sendings
        ]

    def _as_shape(self, rows) -> levels.Policy:
        """The policy as it is on the screen; a level is named by its position."""
        return levels.Policy(
            id=0,
            levels=tuple(
                levels.Level(number, row.delay, row.formal)
                for number, row in enumerate(rows)
            ),
            entry_delay=self.entry_level_id.delay or None,
            late_start=self.late_start,
            min_days=self.min_days,
            repeat_days=self.repeat_days,
            max_repeats=self.max_repeats,
        )

    # === TEXTS === #

    @api.depends(
        "preview_case_id",
        "level_ids.delay",
        "level_ids.name",
        "level_ids.channel",
        "level_ids.template_id",
        "level_ids.script",
        "level_ids.channel_ids.channel",
        "level_ids.channel_ids.sequence",
        "level_ids.channel_ids.template_id",
        "level_ids.channel_ids.sms_template_id",
    )
    def _compute_preview_html(self):
        for policy in self:
            case = policy.preview_case_id._origin
            policy.preview_html = bool(case) and self.env["ir.qweb"]._render(
                "collections_management.policy_texts",
                {"case": case, "texts": policy._preview_texts(case)},
                minimal_qcontext=True,
            )

    def _preview_texts(self, case) -> list[dict]:
        """Return what each level would say to a customer today, in its language.

        Real reminders are made and rolled back: the text is the one that goes out.
        """
        case.check_access("read")
        rows = self.level_ids.sorted("delay")
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            texts = self._render_levels(case.sudo(), rows)
            self.env.flush_all()
        finally:
            savepoint.close(rollback=True)
            # The policy on the screen stays in the cache.
            for name in TOUCHED:
                self.env[name].invalidate_model(flush=False)
            self.env["account.move"].invalidate_model(["access_token"], flush=False)
            case.invalidate_recordset(
                ["reminder_ids", "history_reminder_ids"], flush=False
            )
        return texts

    def _render_levels(self, case, rows):
        """Return the text of each level by each of its channels, in their order."""
        ways = [(row, way) for row in rows for way in self._ways(row)]
        reminders = self._sample_reminders(case, ways)
        lang = reminders[:1].lang or case.partner_id.lang or self.env.lang
        names = dict(self.env["collections.channel"]._selection())
        return [
            {
                "level": row,
                "channel": way.channel,
                "channel_name": names.get(way.channel, way.channel),
                "to": self._sample_addresses(reminder),
                "lang": lang,
                **self._render_or_explain(reminder, row, way),
            }
            for (row, way), reminder in zip(ways, reminders, strict=True)
        ]

    @api.model
    def _ways(self, row):
        """Return the channels of a level as it is on the screen.

        The list of levels shows the first one only: what is changed there counts.
        """
        ways = row.channel_ids.sorted(lambda way: (way.sequence, way._origin.id or 0))
        first = ways[:1]
        if (first.channel, first.template_id) != (row.channel, row.template_id):
            values = {"channel": row.channel, "template_id": row.template_id._origin.id}
            return [first.new(values), *ways[1:]]
        return list(ways)

    @api.model
    def _sample_addresses(self, reminder) -> str:
        name = "email_normalized" if reminder.channel == "email" else "display_name"
        return ", ".join(filter(None, reminder.recipient_ids.mapped(name)))

    @api.model
    def _render_or_explain(self, reminder, row, way) -> dict:
        text = {"subject": None, "body": ""}
        if way.channel == "activity":
            script = row.with_context(lang=reminder.lang).script
            return {**text, "body": script or ""}
        channel = self.env["collections.channel"]._by_code(way.channel)
        try:
            return {**text, **channel._preview(reminder, way)}
        except UserError as error:
            return {**text, "body": str(error)}

    def _sample_reminders(self, case, ways):
        """Create a reminder per level and channel, for a case's oldest document."""
        company = case.company_id
        today = company._collections_today()
        trigger = case.item_ids.filtered(lambda item: item.amount > 0)
        trigger = trigger.sorted("date_due")[:1]
        late = trigger.days_overdue > 0
        reminders = (
            self.env["collections.reminder"]
            .sudo()
            .create(
                [
                    {
                        "case_id": case.id,
                        "company_id": company.id,
                        "partner_id": case.partner_id.id,
                        "state": transitions.SIMULATED,
                        "date": today,
                        "uuid": f"preview-{number}",
                        # Where nothing is overdue: whatever is open, as a sample.
                        "level_delay": row.delay if late and row.delay > 0 else ALL,
                        "channel": way.channel,
                        "level_channel_id": way._origin.id,
                        "level_id": row._origin.id,
                        "trigger_line_id": trigger.id,
                        "trigger_move_id": trigger.move_id.id,
                        "trigger_number": trigger.number,
                        "trigger_date_due": trigger.date_due,
                    }
                    for number, (row, way) in enumerate(ways)
                ]
            )
        )
        condition = SQL("rem.id = ANY(%s)", reminders.ids)
        builder = self.env["collections.reminder.builder"].sudo()
        for reminder in reminders:
            builder._snapshot(reminder, reminder.company_id, today)
        builder._address(condition)
        builder._give_tokens(condition)
        return reminders
