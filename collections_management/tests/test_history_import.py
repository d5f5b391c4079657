"""Contact history of a former system: checked, taken over once, never mistaken."""

import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from ..tools import history_rows
from .common import NOON, CollectionsCommon, day

HEADINGS = (
    "clave;cliente;fecha;tipo;sentido;autor;texto;monto prometido;fecha prometida"
)
ROWS = (
    "1;Lucero;03/04/2024 09:30;llamada;;R. Salas;Reconoce la deuda;;",
    "2;lucero@example.com;04/04/2024;nota;;R. Salas;Paga los viernes;;",
    "3;LUC-01;05/04/2024;compromiso;;L. Quispe;Por WhatsApp;1.250,50;12/04/2024",
)


class HistoryCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("salesperson", "collector", "supervisor", "portal")
        cls.lucero = cls._customer("Lucero", email="lucero@example.com", ref="LUC-01")
        cls.nuevo = cls._customer("Nuevo", vat="20100070970")
        cls._invoices((cls.lucero, day(-20), 120.0))
        cls.Case.refresh()
        cls.Log = cls.env["collections.interaction"]
        cls.history = cls.env["collections.history"]

    def _wizard(self, *rows, source="Old CRM", user=None, content=None, **values):
        text = "\n".join([HEADINGS, *rows])
        wizard = self.env["collections.history.import"]
        return (
            wizard.with_user(user or self.supervisor)
            .with_company(self.company)
            .create(
                {
                    "source": source,
                    "file": base64.b64encode(content or text.encode()),
                    "filename": "history.csv",
                    **values,
                }
            )
        )

    def _import(self, *rows, **values):
        self._wizard(*rows, **values).action_import()
        return self._taken()

    def _taken(self):
        return self.Log.search([("imported_from", "!=", False)], order="date, id")


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestHistoryImport(HistoryCommon):
    def test_what_is_written(self):
        call, note, promise = self._import(*ROWS)
        self.assertEqual((call + note + promise).partner_id, self.lucero)
        self.assertEqual(set(self._taken().mapped("imported_from")), {"Old CRM"})
        self.assertEqual(str(call.date), "2024-04-03 09:30:00")
        self.assertEqual((call.channel, call.direction), ("call", "out"))
        self.assertEqual(call.author_name, "R. Salas")
        self.assertEqual(call.user_id, self.supervisor)
        self.assertEqual((note.channel, note.date.hour), ("system", 12))
        self.assertEqual((promise.channel, promise.direction), ("other", "in"))
        self.assertIn("1,250.50", promise.text)
        self.assertIn("Por WhatsApp", promise.text)
        self.assertFalse(self.env["collections.promise"].search([]))
        self.assertFalse(self._case(self.lucero).activity_ids)

    def test_local_time(self):
        self.company.collections_tz = "America/Lima"
        self.assertEqual(str(self._import(ROWS[0]).date), "2024-04-03 14:30:00")

    def test_nothing_is_written_by_looking(self):
        wizard = self._wizard(*ROWS)
        self.assertEqual(wizard.ready_count, 3)
        self.assertIn("Reconoce la deuda", wizard.preview)
        # As the page reads it: files by their size.
        wizard.invalidate_recordset()
        self.assertEqual(wizard.with_context(bin_size=True).ready_count, 3)
        self.assertFalse(self._taken())

    def test_the_same_file_twice(self):
        """The key of a row, within a former system and a company, comes once."""
        self._import(*ROWS)
        again = self._wizard(*ROWS, ROWS[0].replace("1;", "9;", 1))
        values = again._preview_values()
        self.assertEqual((len(values["ready"]), values["known"]), (1, 3))
        again.action_import()
        self.assertEqual(len(self._taken()), 4)
        with self.assertRaisesRegex(UserError, "no row that could be taken over"):
            self._wizard(*ROWS).action_import()
        self._import(*ROWS, source="Another CRM")
        self.assertEqual(len(self._taken()), 7)

    def test_a_customer_without_case_gets_one(self):
        row = self._import("1;20100070970;03/04/2024;call;;Ana;Hi;;")
        self.assertEqual(row.partner_id, self.nuevo)
        self.assertEqual(self._case(self.nuevo), row.case_id)

    def test_faults_name_row_column_and_mend(self):
        self._customers(2, name="Gemelo")
        wizard = self._wizard(
            ROWS[0],
            ";Lucero;03/04/2024;call;;;x;;",
            "2;Nobody;03/04/2024;call;;;x;;",
            "3;Gemelo;03/04/2024;call;;;x;;",
            "4;Lucero;31/02/2024;call;;;x;;",
            "5;Lucero;18/06/2024;call;;;x;;",
            "6;Lucero;03/04/2024;telepathy;;;x;;",
            "7;Lucero;03/04/2024;call;sideways;;x;;",
            "8;Lucero;03/04/2024;promise;;;x;a lot;soon",
            "9;Lucero;03/04/2024;note;;;;;",
            "1;Lucero;03/04/2024;call;;;x;;",
        )
        values = wizard._preview_values()
        self.assertEqual(
            [fault[:2] for fault in values["faults"]],
            [
                (3, "Row Key"),
                (4, "Customer"),
                (5, "Customer"),
                (6, "Date"),
                (7, "Date"),
                (8, "Kind"),
                (9, "Direction"),
                (10, "Promised Amount"),
                (10, "Promised Date"),
                (11, "Text"),
                (12, "Row Key"),
            ],
        )
        words = [fault[2] for fault in values["faults"]]
        self.assertIn("Nobody", words[1])
        self.assertIn("internal reference", words[2])
        self.assertIn("write it as 2024-12-31", words[3])
        self.assertIn("Row 2 has the same key", words[-1])
        self.assertEqual((values["fault_rows"], len(values["ready"])), (10, 1))
        wizard.action_import()
        self.assertEqual(len(self._taken()), 1)

    def test_results_by_name(self):
        result = self.env.ref("collections_management.interaction_result_no_answer")
        heading = "key;customer;date;kind;result\n"
        content = heading + f"1;Lucero;2024-04-03;call;{result.name.upper()}"
        self._wizard(content=content.encode()).action_import()
        self.assertEqual(self._taken().result_id, result)
        content = heading + "2;Lucero;2024-04-03;call;hm"
        wizard = self._wizard(content=content.encode())
        [(row, column, words)] = wizard._preview_values()["faults"]
        self.assertEqual((row, column), (2, "Result"))
        self.assertIn(result.name, words)

    def test_files_that_cannot_be_read(self):
        for content, words in (
            (b"PK\x03\x04 no workbook", "cannot be read"),
            (b"a;b\n1;2", "Row Key, Customer, Date, Kind"),
            (HEADINGS.encode(), "no rows"),
        ):
            wizard = self._wizard(content=content)
            with self.subTest(words=words):
                self.assertIn(words, wizard.preview)
                self.assertFalse(wizard.ready_count)
                with self.assertRaisesRegex(UserError, words):
                    wizard.action_import()
        with self.assertRaisesRegex(UserError, "former system"):
            self._wizard(ROWS[0], source=" ").action_import()

    def test_text_of_others_is_escaped(self):
        wizard = self._wizard("1;Lucero;03/04/2024;call;;<b>;<script>x</script>;;")
        self.assertNotIn("<script>", wizard.preview)

    def test_the_template_can_be_imported_as_it_is(self):
        """In both languages: every heading and kind that it names is understood."""
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"]._load_module_terms(
            ["collections_management"], ["es_419"]
        )
        for lang in ("en_US", "es_419"):
            words = self.env["collections.history.words"].with_context(lang=lang)
            headings = words._headings()
            found = history_rows.columns(list(headings.values()))
            with self.subTest(lang=lang):
                self.assertEqual(list(found), list(headings))
                for code, name in words._kinds().items():
                    kind = history_rows.KIND_OF[history_rows.plain(name)]
                    self.assertEqual(kind, code)

    # === THE CHAIN === #

    def _seal(self):
        with self.enter_registry_test_mode():
            self.env.ref("collections_management.ir_cron_seal").method_direct_trigger()
        self.env.invalidate_all()

    def test_the_chain_holds_whatever_the_dates(self):
        """Rows are chained in the order in which they were written."""
        case = self._case(self.lucero)
        case.with_user(self.collector)._log_contact({"text": "Before"})
        self._seal()
        self._import(*ROWS)
        case.with_user(self.collector)._log_contact({"text": "After"})
        self._seal()
        self.assertFalse(self.Log._first_broken(self.company))
        numbers = self.Log.search([("case_id", "=", case.id)], order="number")
        self.assertEqual(
            [bool(row.imported_from) for row in numbers],
            [False, True, True, True, False],
        )

    def test_what_marks_a_row_is_sealed(self):
        self._import(*ROWS)
        self._seal()
        row = self._taken()[0]
        for name, value in (
            ("imported_from", None),
            ("import_key", "7"),
            ("author_name", "Somebody else"),
        ):
            with self.subTest(name=name), self.env.cr.savepoint() as point:
                self.env.cr.execute(
                    f"UPDATE collections_interaction SET {name} = %s WHERE id = %s",
                    [value, row.id],
                )
                self.env.invalidate_all()
                self.assertEqual(self.Log._first_broken(self.company), row)
                point.rollback()
            self.env.invalidate_all()

    def test_nobody_marks_a_row_of_their_own(self):
        row = self.Log.with_user(self.collector).create(
            {
                "case_id": self._case(self.lucero).id,
                "imported_from": "x",
                "import_key": "1",
                "author_name": "Boss",
            }
        )
        self.assertFalse(row.imported_from or row.import_key or row.author_name)

    # === WHAT THE RULES MAKE OF IT === #

    def test_it_is_not_todays_work(self):
        """A call of today, taken over, leaves the case on today's list."""
        self.company.collections_collector_id = self.collector
        self.Case.refresh()
        case = self._case(self.lucero)
        case.collector_id = self.collector
        query = self.env["collections.worklist.query"].with_user(self.collector)
        query = query.with_company(self.company)
        today = self.company._collections_today()
        facts = query._facts(self.company, self.collector, today)
        incoming = "8;Lucero;17/06/2024 08:00;email;in;Ana;Mail;;"
        self._import("7;Lucero;17/06/2024 09:00;call;;Ana;Called;;", incoming)
        self.assertFalse(query._done(self.company, self.collector, today))
        self.assertEqual(query._facts(self.company, self.collector, today), facts)
        # What the customer wrote to others is no question to us.
        self.assertFalse(case._waits_for_answer())
        case.with_user(self.collector)._log_contact({"text": "Now"})
        self.assertTrue(query._done(self.company, self.collector, today))

    def test_it_counts_for_limits_of_contacts(self):
        """A recent contact is one, whoever logged it; an old one or a note is none."""
        windows = [
            Command.create({"weekday": str(number), "start": 0.0, "end": 24.0})
            for number in range(7)
        ]
        self.env["collections.contact.rule"].create(
            {
                "name": "One a week",
                "company_id": self.company.id,
                "debtor": "all",
                "max_week": 1,
                "window_ids": windows,
            }
        )
        case = self._case(self.lucero)

        def allowed():
            return self.env["collections.contact"]._of_case(case, "call")[1].allowed

        self.assertTrue(allowed())
        self._import(ROWS[0], "6;Lucero;16/06/2024 08:00;nota;;Ana;Paga los lunes;;")
        self.assertTrue(allowed())
        self._import("7;Lucero;16/06/2024 09:00;call;;Ana;Called;;")
        self.assertFalse(allowed())

    # === RIGHTS === #

    def test_supervisors_only(self):
        for user in (self.collector, self.salesperson, self.portal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._wizard(*ROWS, user=user)
        with self.assertRaises(AccessError):
            self.history.with_user(self.collector)._take_over(self.company, "x", [])

    def test_companies_do_not_mix(self):
        self._setup_second_company()
        wizard = self._wizard(*ROWS, company_id=self.company_2.id)
        with self.assertRaisesRegex(UserError, "Choose the company in the menu"):
            wizard.action_import()
        self._import(*ROWS)
        self.supervisor.company_ids += self.company_2
        both = (self.company_2 + self.company).ids
        second = self.env["collections.history.import"].with_user(self.supervisor)
        second = second.with_context(allowed_company_ids=both)
        second.create(
            {
                "source": "Old CRM",
                "file": base64.b64encode("\n".join([HEADINGS, *ROWS]).encode()),
            }
        ).action_import()
        self.assertEqual(len(self._taken()), 6)
        self.assertEqual(self._taken().company_id, self.company + self.company_2)

    def test_the_evidence_says_where_it_comes_from(self):
        self._import(*ROWS)
        case = self._case(self.lucero)
        content = self.env["collections.evidence"]._collect(case, day(-90), day(0))
        contacts = next(t for t in content["tables"] if t.name == "Contacts")
        place = contacts.headings.index("By")
        self.assertIn("taken over from Old CRM", contacts.rows[0][place])
        self.assertIn("R. Salas", contacts.rows[0][place])


@tagged("post_install", "-at_install")
class TestHistoryTemplate(HistoryCommon, HttpCase):
    def test_download(self):
        self.authenticate(self.supervisor.login, self.supervisor.login)
        answer = self.url_open("/collections/history_template.xlsx")
        self.assertEqual(answer.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self.assertEqual(len(book.worksheets), 2)
        rows = history_rows.read(answer.content)
        entries, faults = history_rows.check(rows, day(400))
        self.assertEqual((len(entries), faults), (1, []))

    def test_not_for_collectors(self):
        self.authenticate(self.collector.login, self.collector.login)
        answer = self.url_open("/collections/history_template.xlsx")
        self.assertEqual(answer.status_code, 404)
