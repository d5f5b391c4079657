from odoo import api, models

from ..tools import account_news, numbers


class CollectionsWhatsappAccountNews(models.AbstractModel):
    """Believes what WhatsApp tells about a number: its limit, its quality, its end."""

    _name = "collections.whatsapp.account.news"
    _description = "News of a WhatsApp Number"

    @api.model
    def _hear(self, event) -> None:
        """Apply what a webhook tells about an account."""
        news = account_news.read(event.field, event.value)
        accounts = self.search([("waba_id", "=", event.waba_id)])
        if news.number:
            accounts = accounts.filtered(
                lambda one: numbers.digits(one.display_phone_number) == news.number
            )
        accounts._take_news(news)

    def _take_news(self, news) -> None:
        for account in self:
            account._set_limit(news.limit)
        if news.quality:
            self.quality = news.quality
        if news.stop:
            self._pause(news.stop)
        elif news.warning:
            self._warn(news.warning)

    def _set_limit(self, limit) -> None:
        """The limit is the portfolio's: all its numbers share it."""
        self.ensure_one()
        if limit:
            changed = self._same_portfolio().filtered(
                lambda one: one.people_limit != limit
            )
            changed.people_limit = limit

    def _warn(self, text) -> None:
        for account in self:
            account._tell_supervisors(
                self.env._("WhatsApp warns about %(name)s", name=account.name), text
            )
