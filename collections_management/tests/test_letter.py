"""Letters: printed by a person for window envelopes, posted by a person's word."""

import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.pdf import PdfFileReader

from ..tools import letters
from .common import NOON, TODAY, CollectionsCommon, day

MILLIMETRES = 25.4 / 72


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestLetter(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("collector", "supervisor", "salesperson")
        cls.company.write(
            {
                "street": "Av. Larco 1",
                "city": "Lima",
                "country_id": cls.env.ref("base.pe"),
            }
        )
        cls.customer = cls._customer(
            email=False,
            street="Calle de las Flores 123",
            street2="Piso 2",
            city="Arequipa",
            country_id=cls.env.ref("base.pe").id,
        )
        cls.template = cls.env.ref("collections_management.mail_template_first")
        cls._set_channels("letter", "email")
        cls.Batch = cls.env["collections.letter.batch"]

    @classmethod
    def _set_channels(cls, *codes):
        for level in cls.policy.level_ids:
            level.channel_ids = [
                Command.clear(),
                *[
                    Command.create(
                        {
                            "sequence": sequence,
                            "channel": code,
                            "template_id": cls.template.id,
                        }
                    )
                    for sequence, code in enumerate(codes)
                ],
            ]

    def _planned(self, *customers):
        self._invoices(*[(c, day(-10), 100.0) for c in customers or [self.customer]])
        return self._run().reminder_ids.sudo()

    def _print(self, reminders):
        action = reminders.with_user(self.collector).action_print_letters()
        if action.get("res_model") != self.Batch._name:
            return self.Batch
        return self.Batch.browse(action["res_id"]).with_user(self.collector)

    def _post(self, batch, date=None):
        context = {"active_model": batch._name, "active_id": batch.id}
        form = Form(
            self.env["collections.letter.post"]
            .with_user(self.collector)
            .with_context(**context)
        )
        if date:
            form.date = date
        form.save().action_post()

    def _texts(self, batch):
        """Return what each page says; some renderers write tabs for spaces."""
        return [
            " ".join(page.extract_text().split()) for page in self._reader(batch).pages
        ]

    def _reader(self, batch):
        content = base64.b64decode(batch.sudo().document)
        return PdfFileReader(io.BytesIO(content), strict=False)

    # === FROM THE PLAN TO THE POST === #

    def test_it_waits_for_a_person(self):
        """The outbox leaves it alone, however often it runs."""
        reminder = self._planned()
        self.assertEqual((reminder.state, reminder.channel), ("queued", "letter"))
        self.assertEqual(reminder.recipient_ids, self.customer)
        reminder.run_id.flush()
        self.assertEqual(reminder.state, "queued")

    def test_printed_and_posted(self):
        reminder = self._planned()
        batch = self._print(reminder)
        self.assertEqual((reminder.state, reminder.reason), ("sending", "to_post"))
        self.assertEqual((batch.letter_count, batch.page_count), (1, 1))
        self.assertIn("Arequipa", reminder.email_to)
        self.env["collections.outbox"]._recover()
        self.assertEqual(reminder.state, "sending", "a person has it, not a worker")
        self._post(batch)
        self.assertEqual((reminder.state, batch.state), ("sent", "posted"))
        self.assertTrue(reminder.date_sent)
        log = self.env["collections.interaction"].search(
            [("reminder_id", "=", reminder.id)]
        )
        self.assertEqual((log.channel, log.address), ("letter", reminder.email_to))
        with self.assertRaises(UserError):
            self._post(batch)
        self.assertEqual(self._run().planned_count, 0)

    def test_posted_on_an_earlier_day(self):
        reminder = self._planned()
        batch = self._print(reminder)
        with self.assertRaises(UserError):
            self._post(batch, day(1))
        self._post(batch, day(-1))
        self.assertEqual(reminder.date_sent.date(), day(-1))
        log = self.env["collections.interaction"].search(
            [("reminder_id", "=", reminder.id)]
        )
        self.assertEqual(log.date, reminder.date_sent)

    def test_the_gate_is_asked_when_it_is_printed(self):
        """Paid since: cancelled. Paid in part: with the amount of today."""
        other = self._customer("Other", email=False, street="Jr. Uno 1", city="Cusco")
        reminders = self._planned(self.customer, other)
        paid = reminders.filtered(lambda rem: rem.partner_id == other)
        self._pay(paid.trigger_move_id)
        self._pay((reminders - paid).trigger_move_id, 40.0)
        batch = self._print(reminders)
        self.assertEqual(batch.reminder_ids, reminders - paid)
        self.assertEqual((paid.state, paid.reason), ("cancelled", "paid"))
        self.assertIn("60.00", self._texts(batch)[0])

    def test_a_contact_rule_keeps_it(self):
        self.env["collections.contact.rule"].search([]).active = False
        rule = self.env.ref("collections_management.contact_rule_company")
        rule.active = True
        rule.window_ids.write({"start": 1.0, "end": 2.0})
        reminder = self._planned()
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "rule_hours"))
        self.assertFalse(self._print(reminder))

    def test_paid_after_it_was_printed(self):
        reminder = self._planned()
        batch = self._print(reminder)
        self.assertFalse(reminder.letter_warning)
        self._pay(reminder.trigger_move_id)
        self.env.invalidate_all()
        self.assertTrue(reminder.letter_warning)
        self.assertEqual(batch.warned_count, 1)
        reminder.with_user(self.collector).action_take_out()
        self.assertEqual((reminder.state, batch.letter_count), ("queued", 0))
        self.assertFalse(self._print(reminder))
        self.assertEqual((reminder.state, reminder.reason), ("cancelled", "paid"))

    def test_none_was_posted(self):
        reminder = self._planned()
        batch = self._print(reminder)
        batch.action_give_back()
        self.assertEqual((reminder.state, batch.state), ("queued", "given_back"))
        again = self._print(reminder)
        self.assertNotEqual(again, batch)
        self.assertEqual(again.reminder_ids, reminder)

    def test_a_trial_prints_nothing(self):
        self.company.collections_redirect_email = "trial@ours.example.com"
        reminder = self._planned()
        self.assertFalse(self._print(reminder))
        self.assertEqual((reminder.state, reminder.reason), ("deferred", "trial"))

    # === ADDRESSES === #

    def test_no_postal_address_takes_the_next_channel(self):
        self.customer.write({"street": False, "email": "customer@example.com"})
        self.assertEqual(self._planned().channel, "email")

    def test_an_email_that_fails_becomes_a_letter_for_a_person(self):
        self._set_channels("email", "letter")
        self.customer.email = "customer@example.com"
        reminder = self._planned()
        self.assertEqual(reminder.channel, "email")
        self.env["mail.blacklist"].sudo()._add("customer@example.com")
        reminder.run_id.flush()
        self.assertEqual((reminder.channel, reminder.state), ("letter", "queued"))
        self.assertTrue(self._print(reminder))

    def test_came_back(self):
        """The address is not used again until it is another."""
        self._set_channels("letter")
        reminder = self._planned()
        self._post(self._print(reminder))
        reminder.with_user(self.collector).action_letter_came_back()
        self.assertEqual((reminder.state, reminder.reason), ("failed", "bounced"))
        again = self._planned()
        self.assertEqual((again.reason, again.recipient_ids.ids), (False, []))
        self.customer.street2 = "Piso 3"
        self.assertTrue(self._print(again))

    def test_address_as_its_country_has_it(self):
        letter = self.env["collections.channel.letter"]
        reminder = self._planned()
        self.assertEqual(
            letter._address(reminder),
            [self.customer.name, "Calle de las Flores 123", "Piso 2", "Arequipa"],
        )
        self.customer.write(
            {"country_id": self.env.ref("base.us").id, "city": "Reno", "zip": "89501"}
        )
        self.customer.state_id = self.env.ref("base.state_us_23")
        lines = letter._address(reminder)
        self.assertEqual(lines[-1], "UNITED STATES")
        self.assertRegex(lines[-2], r"^Reno .*89501$")

    # === ON PAPER === #

    def _places(self, page):
        """Return text and place of what a page shows, in mm from its upper left."""
        height = float(page.mediabox.height)
        found = []

        def visit(text, matrix, text_matrix, *_font):
            if text.strip():
                x, y = text_matrix[4], text_matrix[5]
                left = x * matrix[0] + y * matrix[2] + matrix[4]
                top = height - (x * matrix[1] + y * matrix[3] + matrix[5])
                found.append((text.strip(), left * MILLIMETRES, top * MILLIMETRES))

        page.extract_text(visitor_text=visit)
        return found

    def test_the_address_is_behind_the_window(self):
        for paper, side in letters.WINDOWS:
            self.company.write(
                {
                    "collections_letter_paper": paper,
                    "collections_letter_window": side,
                }
            )
            window = letters.window_of(paper, side)
            reminder = self._planned(
                self._customer(
                    f"Inversiones {paper} {side}",
                    email=False,
                    street="Calle Ancha 5",
                    city="Trujillo",
                )
            )
            page = self._reader(self._print(reminder)).pages[0]
            size = (float(page.mediabox.width), float(page.mediabox.height))
            wanted = [length / MILLIMETRES for length in letters.SIZES[paper]]
            with self.subTest(paper=paper, side=side):
                for got, right in zip(size, wanted, strict=True):
                    self.assertAlmostEqual(got, right, delta=2)
                address = [
                    (left, top)
                    for text, left, top in self._places(page)
                    if text.split()[0] in ("Inversiones", "Calle", "Trujillo")
                    and top < 95
                ]
                self.assertEqual(len(address), 3)
                for left, top in address:
                    self.assertGreaterEqual(left, window.left - 1)
                    self.assertLess(left, window.left + 20)
                    self.assertGreater(top, window.top)
                    self.assertLess(top, window.top + window.height)

    def test_many_letters_each_on_its_own_sheet(self):
        self.company.collections_letter_duplex = True
        customers = [
            self._customer(f"Customer {n}", email=False, street="Calle 1", city="Lima")
            for n in range(3)
        ]
        self._invoices(*[(customers[1], day(-20), 1.0)] * 40)
        reminders = self._planned(*customers)
        batch = self._print(reminders)
        pages = self._texts(batch)
        starts = [
            next(n for n, text in enumerate(pages) if f"Customer {number}" in text)
            for number in range(3)
        ]
        self.assertEqual(len(starts), 3)
        self.assertTrue(all(start % 2 == 0 for start in starts), starts)
        self.assertEqual(len(pages) % 2, 0)
        self.assertEqual(batch.page_count, len(pages))

    def test_a_statement_in_the_same_envelope(self):
        self.policy.level_ids.attach_statement = True
        batch = self._print(self._planned())
        texts = self._texts(batch)
        self.assertEqual(len(texts), 2)
        self.assertIn("Statement of Account", texts[1])

    def test_a_code_instead_of_buttons(self):
        reminder = self._planned()
        self._print(reminder)
        self.assertIn("data:image/png;base64", reminder.body)
        self.assertNotIn("See and pay online", reminder.body)

    # === WHO === #

    def test_roles(self):
        reminder = self._planned()
        with self.assertRaises(AccessError):
            reminder.with_user(self.salesperson).action_print_letters()
        batch = self._print(reminder)
        for call in ("action_download", "action_give_back"):
            with self.subTest(call=call), self.assertRaises(AccessError):
                getattr(batch.with_user(self.salesperson), call)()
        with self.assertRaises(AccessError):
            batch.with_user(self.supervisor).state = "posted"
        self.assertIn("document", batch.action_download()["url"])
        self.assertTrue(batch.read(["document"]))
        self.assertEqual(batch.company_id, self.company)
        self.assertEqual(TODAY, self.company._collections_today())
