from odoo import api, models
from odoo.tools import SQL

# What has to be another before a returned letter's address is used again.
ADDRESS = ("street", "street2", "zip", "city")


class CollectionsChannelLetter(models.AbstractModel):
    """A letter: printed in batches for window envelopes, posted by a person.

    It waits in the outbox until somebody prints it (see `collections.letter.batch`):
    then it passes the gate, with fresh amounts. It is sent once a person says that it
    was posted.
    """

    _name = "collections.channel.letter"
    _description = "Letter"
    _inherit = ["collections.channel"]

    _sequence = 40
    _icon = "fa-envelope"
    _is_by_hand = True

    @api.model
    def _reachable_sql(self) -> SQL:
        """A street, and a town or postal code; not the address of a returned letter."""
        return SQL(
            """contact.street <> '' AND coalesce(contact.city, contact.zip, '') <> ''
               AND %s IS DISTINCT FROM contact.collections_bad_address""",
            self._address_sql(),
        )

    @api.model
    def _address_sql(self) -> SQL:
        return SQL(
            "concat_ws('|', %s)",
            SQL(", ").join(
                SQL("nullif(contact.%s, '')", SQL.identifier(name)) for name in ADDRESS
            ),
        )

    @api.model
    def _mark_bad(self, reminder) -> None:
        for partner in reminder.recipient_ids[:1].sudo():
            parts = [partner[name] for name in ADDRESS]
            partner.collections_bad_address = "|".join(filter(None, parts))

    @api.model
    def _compose(self, reminder) -> None:
        self._compose_all(reminder)

    @api.model
    def _compose_all(self, reminders) -> dict:
        """Write the texts with the links that only who gets them has."""
        texts = self.env["collections.channel.email"]._texts(
            reminders.with_context(collections_on_paper=True)
        )
        for reminder in reminders:
            address = self._address(reminder)
            reminder.write({**texts[reminder.id], "email_to": ", ".join(address)})
        return {}

    @api.model
    def _preview(self, reminder, way=None) -> dict:
        return self.env["collections.channel.email"]._preview(reminder, way)

    @api.model
    def _address(self, reminder) -> list[str]:
        """Return the lines of the address, as the country of the addressee has them.

        The country itself only abroad: last, in capitals, in the sender's language.
        """
        company = reminder.company_id.sudo().partner_id
        contact = reminder.recipient_ids[:1].sudo().with_context(lang=company.lang)
        country = contact.country_id
        names = [contact.commercial_partner_id.name or ""]
        if contact.name and contact != contact.commercial_partner_id:
            names.append(contact.name)
        lines = contact._display_address(without_company=True).splitlines()
        lines = [line.strip(" ,") for line in lines]
        abroad = country and country != company.country_id
        return [
            *names,
            *(line for line in lines if line and line != country.name),
            *([country.name.upper()] if abroad else []),
        ]
