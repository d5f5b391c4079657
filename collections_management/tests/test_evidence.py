"""What an inspector gets: every contact, attempt, deferral and rule, and the proof."""

import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools.pdf import PdfFileReader

from .common import CollectionsCommon, day

SATURDAY = "2024-06-15 20:01:00"  # 15:01 in Bogotá
MONDAY = "2024-06-17 12:00:00"


class EvidenceCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colombia = cls.env["collections.contact.rule"].with_context(active_test=False)
        colombia.search([("country_id.code", "=", "CO")]).active = True
        cls.company.collections_tz = "America/Bogota"
        cls.customer = cls._customer(
            "=Nasty()", is_company=False, country_id=cls.env.ref("base.co").id
        )
        cls._invoices((cls.customer, day(-10), 500.0))
        with freeze_time(SATURDAY):
            cls.env["collections.consent"].create(
                {
                    "partner_id": cls.customer.id,
                    "channel": "email",
                    "evidence": "Contract 7",
                }
            )
            run = cls.env["collections.run"].run()
        with freeze_time(MONDAY):
            run.flush()
        cls.reminder = run.reminder_ids
        cls.case = cls.reminder.case_id
        cls.env["collections.interaction"].sudo().search([])._seal(cls.company)
        cls.Evidence = cls.env["collections.evidence"]

    def _tables(self, first=None, last=None):
        """Until far ahead: Odoo stamps rows with the clock of the database."""
        first, last = first or day(-30), last or day(9999)
        found = self.Evidence._collect(self.case, first, last)
        return dict(found["facts"]), [table.rows for table in found["tables"]]

    def _text(self, rows):
        return "\n".join(str(row) for row in rows)


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestEvidence(EvidenceCommon):
    def test_contacts_attempts_deferrals_and_rules(self):
        """R122: what was sent, what was put off, and by which rule."""
        self.assertEqual(self.reminder.state, "sent")
        facts, (frequency, contacts, steps, consents, rules) = self._tables()
        self.assertEqual(frequency, [("2024-W25", "E-mail", 1)])
        [contact] = contacts
        self.assertEqual(str(contact[0]), "2024-06-17 07:00:00")
        self.assertIn("500.00", contact[7])
        self.assertTrue(contact[8] and contact[9])
        states = [row[3] for row in steps]
        self.assertEqual(states, ["Deferred", "Sending", "Sent"])
        self.assertIn("8:00-15:00", steps[0][4])
        self.assertEqual({row[5] for row in steps}, {"Colombia: persons"})
        self.assertIn("Contract 7", self._text(consents))
        self.assertIn("Ley 2300", self._text(rules))
        self.assertIn("fit", facts["Check of the Log"])

    def test_no_key_to_the_portal_leaves(self):
        self.env["collections.interaction"].create(
            {
                "case_id": self.case.id,
                "text": "[1] https://x/my/7?access_token=abc-9&a=1",
            }
        )
        _facts, tables = self._tables()
        self.assertIn("https://x/my/7?access_token=…&a=1", self._text(tables[1]))
        self.assertNotIn("abc-9", self._text(tables[1]))

    def test_only_the_period(self):
        """The days are those of the company: 22:00 in Bogotá is the next day in UTC."""
        self.env["collections.interaction"].create(
            {"case_id": self.case.id, "channel": "call", "date": "2024-06-19 03:00:00"}
        )
        counts = [
            len(self._tables(first, last)[1][1])
            for first, last in (
                (day(0), day(0)),
                (day(1), day(1)),
                (day(2), day(2)),
                (day(0), day(1)),
            )
        ]
        self.assertEqual(counts, [1, 1, 0, 2])

    def test_a_changed_log_is_told(self):
        self.env.cr.execute("UPDATE collections_interaction SET channel = 'call'")
        self.env.invalidate_all()
        facts, _tables = self._tables()
        self.assertIn("does not fit", facts["Check of the Log"])

    def test_a_text_without_its_salt_is_a_change(self):
        self.env.cr.execute("UPDATE collections_interaction SET salt = NULL")
        self.env.invalidate_all()
        facts, _tables = self._tables()
        self.assertIn("does not fit", facts["Check of the Log"])

    def test_what_is_no_contact_is_listed_and_not_counted(self):
        """What the system noted, and what was taken back, as in contact rules."""
        log = self.env["collections.interaction"].sudo()
        wrong = log.create({"case_id": self.case.id, "text": "Wrong customer"})
        log.create(
            [
                {"case_id": self.case.id, "channel": "system", "text": text, **values}
                for text, values in (
                    ("Judged", {}),
                    ("Taken back", {"corrects_id": wrong.id}),
                )
            ]
        )
        log.create({"case_id": self.case.id, "direction": "in", "text": "Called"})
        facts, (frequency, contacts, *_rest) = self._tables()
        self.assertEqual(frequency, [("2024-W25", "E-mail", 1)])
        self.assertEqual(facts["Contacts in the Period"], "1")
        self.assertEqual(len(contacts), 5)

    def test_answers_are_listed_and_not_counted(self):
        self.env["collections.interaction"].create(
            {"case_id": self.case.id, "channel": "email", "is_reply": True}
        )
        _facts, (frequency, contacts, *_rest) = self._tables()
        self.assertEqual(frequency[0][2], 1)
        self.assertIn("answer to the customer", contacts[1][1])

    def test_workbook(self):
        content = self.Evidence._xlsx(self.case, day(-30), day(30))
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(len(book.sheetnames), 6)
        cells = [cell for sheet in book for row in sheet for cell in row]
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
        self.assertIn("=Nasty()", {cell.value for cell in cells})

    def test_pdf(self):
        content = self.Evidence._pdf(self.case, day(-30), day(30))
        pages = PdfFileReader(io.BytesIO(content), strict=False).pages
        text = " ".join("".join(page.extract_text() for page in pages).split())
        for part in ("Evidence of Contacts", "=Nasty()", "Ley 2300", "2024-W25"):
            self.assertIn(part, text)

    def test_the_period_makes_sense(self):
        wizard = self.env["collections.evidence.get"].create(
            {"case_id": self.case.id, "date_from": day(1), "date_to": day(0)}
        )
        with self.assertRaises(UserError):
            wizard.action_pdf()

    def test_merged_customers_keep_their_evidence(self):
        other = self._customer("Other", is_company=False)
        self._invoices((other, day(-10), 70.0))
        self._refresh()
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            [other.id, self.customer.id], other
        )
        self.case = self._case(other)
        facts, (_frequency, contacts, steps, consents, _rules) = self._tables()
        self.assertEqual((len(contacts), len(steps), len(consents)), (1, 3, 1))
        self.assertEqual(contacts[0][3], "=Nasty()")
        self.assertIn("sealed entries of the company fit", facts["Check of the Log"])


@tagged("post_install", "-at_install")
class TestErasure(EvidenceCommon):
    def _erase(self, now):
        with freeze_time(now):
            wizard = self.env["collections.erase"].create({"case_id": self.case.id})
            summary = wizard.summary
            wizard.action_erase()
        return summary

    def _first_broken(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["collections.interaction"]._first_broken(self.company)

    def test_what_the_law_wants_kept_is_kept(self):
        """R80: two years in Colombia's rule, to the day."""
        self.assertIn("0 entries", self._erase("2026-06-14 12:00:00"))
        self.assertEqual(self.case.interaction_ids.partner_name, "=Nasty()")
        self.assertTrue(self.reminder.body)

    def test_persons_go_and_facts_stay(self):
        row = self.case.interaction_ids
        seal, when = row.sudo().seal, row.date
        self.assertIn("3 entries", self._erase("2026-06-18 12:00:00"))
        self.assertFalse(
            row.partner_name or row.contact_name or row.address or row.text
        )
        self.assertEqual(
            (row.sudo().seal, row.date, row.channel), (seal, when, "email")
        )
        self.assertFalse(self.reminder.body or self.reminder.email_to)
        self.assertFalse(self.reminder.recipient_ids or self.reminder.mail_id)
        self.assertEqual(self.reminder.contact_rule_id.country_id.code, "CO")
        self.assertEqual(self.reminder.state, "sent")
        consent = self.env["collections.consent"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertFalse(consent.evidence or consent.partner_name)
        self.assertEqual(consent.state, "given")
        self.assertFalse(self._first_broken())

    def test_erasing_does_not_hide_a_change(self):
        self._erase("2026-06-18 12:00:00")
        self.env.cr.execute("UPDATE collections_interaction SET channel = 'call'")
        self.assertTrue(self._first_broken())

    def test_nothing_else_can_be_written(self):
        row = self.case.interaction_ids.sudo()
        with self.assertRaises(UserError):
            row.text = "Other words"
        with self.assertRaises(UserError):
            row.with_user(self.env.user).sudo(False).text = False
        with self.assertRaisesRegex(UserError, "Erase Personal Data"):
            row.unlink()


@tagged("post_install", "-at_install")
class TestEvidenceDownload(HttpCase, EvidenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("portal", "salesperson", "collector", "supervisor")

    def _get(self, user, kind="xlsx", query="date_from=2024-01-01&date_to=2024-12-31"):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/collections/evidence/{self.case.id}.{kind}?{query}")

    def test_supervisors_get_it(self):
        for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
            answer = self._get(self.supervisor, kind)
            self.assertEqual(answer.status_code, 200)
            self.assertTrue(answer.content.startswith(start))
            self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(self._get(self.supervisor, query="").status_code, 400)

    def test_nobody_else(self):
        for user in (self.portal, self.salesperson, self.collector):
            self.assertEqual(self._get(user).status_code, 404)
