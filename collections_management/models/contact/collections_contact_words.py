from odoo import api, fields, models
from odoo.tools import format_date

from ...tools import contact_rules as engine


class CollectionsContactWords(models.AbstractModel):
    """Says in the reader's language what a contact rule objected to."""

    _name = "collections.contact.words"
    _description = "Contact Rules in Words"

    @api.model
    def _text(self, reasons) -> str:
        """Return one sentence per reason.

        :param reasons: pairs of code and values, as the engine gives them
        """
        return " ".join(filter(None, (self._one(*pair) for pair in reasons or ())))

    @api.model
    def _one(self, code, values) -> str:
        texts = {
            engine.HOURS: self._hours,
            engine.HOLIDAY: self._holiday,
            engine.CLOSED_DAY: self._closed_day,
            engine.MAX_DAY: self._max_day,
            engine.MAX_WEEK: self._max_week,
            engine.MIN_DAYS: self._min_days,
            engine.AFTER_TALK: self._after_talk,
            engine.ONE_CHANNEL: self._one_channel,
            engine.NO_CONSENT: self._no_consent,
            engine.OPTED_OUT: self._opted_out,
            engine.STOPPED: self._stopped,
            engine.GUARANTOR: self._guarantor,
        }
        return texts[code](values) if code in texts else ""

    def _day(self, values, key="last"):
        return format_date(self.env, fields.Date.to_date(values[key][:10]))

    def _city(self, values):
        return values["zone"].rpartition("/")[2].replace("_", " ")

    def _channel(self, values):
        channels = dict(
            self.env["collections.interaction"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
        return channels.get(values["channel"], values["channel"])

    def _hours(self, values):
        return self.env._(
            "It is %(time)s in %(city)s; that day allows %(hours)s.",
            time=values["local"][11:],
            city=self._city(values),
            hours=", ".join(f"{clock(a)}-{clock(b)}" for a, b in values["windows"]),
        )

    def _holiday(self, values):
        return self.env._(
            "%(day)s is a day off: %(name)s.",
            day=self._day(values, "day"),
            name=values["name"],
        )

    def _closed_day(self, values):
        day = fields.Date.to_date(values["local"][:10])
        return self.env._(
            "No contact is allowed on a %(weekday)s (%(city)s).",
            weekday=format_date(self.env, day, date_format="EEEE"),
            city=self._city(values),
        )

    def _max_day(self, values):
        return self.env._(
            "The limit of contacts a day is reached (%s).", values["limit"]
        )

    def _max_week(self, values):
        return self.env._(
            "The limit of contacts a week is reached (%s).", values["limit"]
        )

    def _min_days(self, values):
        return self.env._(
            "The last contact was on %(last)s; %(limit)s days have to pass.",
            last=self._day(values),
            limit=values["limit"],
        )

    def _after_talk(self, values):
        return self.env._(
            "The last conversation was on %(last)s; %(limit)s days have to pass.",
            last=self._day(values),
            limit=values["limit"],
        )

    def _one_channel(self, values):
        return self.env._(
            "This week's channel is another: %(channel)s on %(last)s.",
            channel=self._channel(values),
            last=self._day(values),
        )

    def _no_consent(self, values):
        return self.env._(
            "The customer has not agreed to this channel: %s.", self._channel(values)
        )

    def _opted_out(self, values):
        return self.env._(
            "The customer does not want this channel any more: %s.",
            self._channel(values),
        )

    def _guarantor(self, _values):
        return self.env._("No rule allows contacting who answers for the customer.")

    def _stopped(self, values):
        flags = dict(
            self.env["collections.case"]
            ._fields["stop_flag"]
            ._description_selection(self.env)
        )
        return self.env._(
            "Contact has stopped: %s.", flags.get(values["flag"], values["flag"])
        )


def clock(minutes: int) -> str:
    """Return minutes of the day as people write them."""
    return "{}:{:02}".format(*divmod(minutes, 60))
