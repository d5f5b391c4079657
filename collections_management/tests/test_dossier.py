"""A dossier has all there is of a case, as one PDF and as a ZIP."""

import hashlib
import io
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from ..models.escalation import collections_dossier
from .common import NOON, day
from .test_escalation import EscalationCommon


def a_pdf(pages=1) -> bytes:
    """Return a PDF of empty pages."""
    writer = PdfFileWriter()
    for _page in range(pages):
        writer.add_blank_page(width=200, height=200)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


class DossierCommon(EscalationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        attachments = cls.env["ir.attachment"]
        cls.copy = attachments.search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", cls.first.id),
                ("res_field", "=", "invoice_pdf_report_file"),
            ]
        )
        cls.copy.raw = a_pdf(2)
        cls.first.invalidate_recordset()
        notice = cls.env["collections.promise"].create(
            {
                "case_id": cls.case.id,
                "kind": "reported",
                "amount": 50.0,
                "date": day(-1),
            }
        )
        attachments.create(
            [
                {
                    "name": "../slip.pdf",
                    "raw": a_pdf(),
                    "mimetype": "application/pdf",
                    "res_model": notice._name,
                    "res_id": notice.id,
                },
                {
                    "name": "letter.txt",
                    "raw": b"We pay soon",
                    "mimetype": "text/plain",
                    "res_model": cls.case._name,
                    "res_id": cls.case.id,
                },
                {
                    "name": "broken.pdf",
                    "raw": b"%PDF-1.4 nothing",
                    "mimetype": "application/pdf",
                    "res_model": cls.case._name,
                    "res_id": cls.case.id,
                },
            ]
        )
        cls.env["collections.cost"].create({"case_id": cls.case.id, "amount": 12.0})
        cls.env["collections.interaction"].create(
            {"case_id": cls.case.id, "text": "Asks for a copy"}
        )
        cls.Dossier = cls.env["collections.dossier"]


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDossier(DossierCommon):
    def test_what_is_in_it(self):
        found = self.Dossier._collect(self.case)
        tables = {table.name: table.rows for table in found["tables"]}
        documents = tables["Open Documents"]
        self.assertEqual([row[-1] for row in documents], ["enclosed", "missing"])
        self.assertIn("Asks for a copy", [row[7] for row in tables["Contacts"]])
        self.assertEqual(len(tables["Promises and Payment Notices"]), 1)
        self.assertEqual(len(tables["Costs"]), 1)
        self.assertIn("Check of the Log", dict(found["facts"]))
        self.assertNotIn("Guarantors", tables)

    def test_guarantors_are_in_it(self):
        guarantor = self.env["res.partner"].create({"name": "Dossier Guarantor"})
        self.env["collections.guarantor"].create(
            {"case_id": self.case.id, "guarantor_id": guarantor.id}
        )
        found = self.Dossier._collect(self.case)
        tables = {table.name: table.rows for table in found["tables"]}
        self.assertIn("Dossier Guarantor", tables["Guarantors"][0])

    def test_zip(self):
        with zipfile.ZipFile(self.Dossier._zip(self.case)) as archive:
            names = archive.namelist()
            sums = archive.read("SHA256SUMS.txt").decode()
            for line in sums.splitlines():
                digest, name = line.split("  ", 1)
                content = archive.read(name)
                self.assertEqual(hashlib.sha256(content).hexdigest(), digest)
        self.assertIn("Dossier.pdf", names)
        self.assertIn("Dossier.xlsx", names)
        self.assertIn("Case/letter.txt", names)
        self.assertIn("Promises/_slip.pdf", names)
        self.assertTrue([name for name in names if name.startswith("Documents/")])
        self.assertFalse([name for name in names if ".." in name])

    def test_one_pdf_with_an_index(self):
        reader = PdfFileReader(io.BytesIO(self.Dossier._pdf(self.case)))
        marks = [mark.title for mark in reader.outline]
        self.assertEqual(marks[:2], ["Dossier", "Statement of Account"])
        # The invoice, and the slip; what is broken is in the ZIP only.
        self.assertEqual(len(marks), 4)
        ids = [page.indirect_reference.idnum for page in reader.pages]
        places = {number: place for place, number in enumerate(ids)}
        begins = [places[mark.raw_get("/Page").idnum] for mark in reader.outline]
        sheet = reader.pages[: begins[1]]
        text = " ".join(" ".join(page.extract_text().split()) for page in sheet)
        for number in begins[1:]:
            self.assertIn(f"page {number + 1}", text)
        self.assertEqual(begins[3] - begins[2], 2)

    def test_too_much_for_one_pdf(self):
        self.patch(collections_dossier, "MOST_DOCUMENTS", 1)
        with self.assertRaisesRegex(UserError, "take the ZIP"):
            self.Dossier._pdf(self.case)

    def test_who_takes_one_is_noted(self):
        self.case.with_user(self.collector).action_dossier_zip()
        self.assertIn("Collector", self.case.message_ids[0].body)
        with self.assertRaises(AccessError):
            self.case.with_user(self.salesperson).action_dossier_pdf()


@tagged("post_install", "-at_install")
class TestDossierDownload(DossierCommon, HttpCase):
    def test_for_collectors(self):
        url = f"/collections/dossier/{self.case.id}"
        for role, status in (
            ("collector", 200),
            ("salesperson", 404),
            ("internal", 404),
        ):
            user = getattr(self, role)
            self.authenticate(user.login, user.login)
            with self.subTest(role=role):
                self.assertEqual(self.url_open(f"{url}.zip").status_code, status)
        self.authenticate(self.collector.login, self.collector.login)
        answer = self.url_open(f"{url}.zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            self.assertIsNone(archive.testzip())
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(
            self.url_open(f"{url}.pdf").headers["Content-Type"], "application/pdf"
        )
