"""How many people a day, over the portfolio."""

from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import NOON

from .common import WhatsappCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWhatsappPeople(WhatsappCommon):
    def setUp(self):
        super().setUp()
        self.way = self.env["collections.channel.whatsapp"]

    def _wrote(self, account, keys, **values):
        self.env["collections.whatsapp.message"].sudo().create(
            [
                {
                    "account_id": account.id,
                    "company_id": account.company_id.id,
                    "kind": "template",
                    "state": "sent",
                    "key": key,
                    **values,
                }
                for key in keys
            ]
        )

    def _keys(self, count):
        return [f"52551111{number:04d}" for number in range(count)]

    def test_many_are_asked_about_before_one_is_written_to(self):
        self._wrote(self.account, self._keys(248))
        asked = [self.way._people_left(self.account, f"57300{n}") for n in range(4)]
        self.assertEqual(asked, [True, True, False, False])
        # Who has a yes keeps it, and who was written to already costs nothing.
        self.assertTrue(self.way._people_left(self.account, "573000"))
        self.assertTrue(self.way._people_left(self.account, self._keys(1)[0]))

    def test_numbers_of_one_portfolio_share_it(self):
        other = self.account.copy(
            {"name": "Second", "phone_number_id": "777", "token": "x"}
        )
        self._wrote(other, self._keys(250))
        self.assertFalse(self.way._people_left(self.account, "573001"))
        other.waba_id = "778"
        self.assertTrue(self.way._people_left(self.account, "573001"))
        (self.account + other).portfolio = "1"
        self.assertFalse(self.way._people_left(self.account, "573002"))

    def test_what_does_not_count(self):
        """Answers in the window, what never went out, and yesterday."""
        keys = self._keys(250)
        self._wrote(self.account, keys, kind="text")
        self._wrote(self.account, keys, state="failed")
        self._wrote(self.account, keys, date_handed="2024-06-16 11:59:59")
        self.assertEqual(self.way._people_reached(self.account), 0)
        self._wrote(self.account, keys[:1], date_handed="2024-06-16 12:00:01")
        self.assertEqual(self.way._people_reached(self.account), 1)
