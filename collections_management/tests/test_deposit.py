"""Unidentified deposits: found in the ledger, suggested to cases, never counted."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..tools import deposits
from .common import NOON, CollectionsCommon, day

FIGURES = (
    "amount_overdue",
    "amount_balance",
    "amount_actionable",
    "amount_to_confirm",
    "amount_credit",
)


class DepositCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users("internal", "salesperson", "collector", "accountant")
        cls.andina = cls._customer("Comercial Andina S.A.C.", vat="20100070970")
        cls.textil = cls._customer("Textiles del Sur Ltda.")
        cls.invoices = cls._invoices(
            (cls.andina, day(-20), 120.0),
            (cls.andina, day(-10), 250.5),
            (cls.andina, day(5), 99.0),
            (cls.textil, day(-3), 777.0),
        )
        cls.Case.refresh()
        cls.Deposit = cls.env["collections.deposit"]
        cls.Match = cls.env["collections.deposit.match"]

    @classmethod
    def _line(cls, amount, label="", journal=None, when=-1, **values):
        return cls.env["account.bank.statement.line"].create(
            {
                "journal_id": (journal or cls.bank).id,
                "date": day(when),
                "amount": amount,
                "payment_ref": label,
                **values,
            }
        )

    def _find(self, company=None):
        company = company or self.company
        return (
            self.env["collections.deposit.finder"].with_company(company)._find(company)
        )

    def _deposit(self, line):
        deposit = self.Deposit.browse(line.id * 4)
        self.Deposit.invalidate_model()
        self.assertTrue(deposit.exists())
        return deposit

    def _codes(self, match):
        return [code for code, _about in match.reasons]


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDeposits(DepositCommon):
    def test_where_deposits_are_found(self):
        """Bank lines not reconciled, credits and payments without a customer."""
        line = self._line(50.0, "CASH")
        self._line(-50.0, "FEES")
        entry = self._entry(
            [
                (self.receivable, None, -60.0),
                (self.bank.default_account_id, None, 60.0),
            ],
            day(-4),
        )
        payment = self.env["account.payment"].create(
            {
                "amount": 70.0,
                "date": day(-2),
                "payment_type": "inbound",
                "partner_type": "customer",
                "journal_id": self.bank.id,
                "memo": "NO NAME",
            }
        )
        payment.action_post()
        found = self.Deposit.search([("company_id", "=", self.company.id)])
        amounts = {(one.kind, one.amount) for one in found}
        where = "entry" if payment.move_id else "payment"
        self.assertEqual(amounts, {("statement", 50.0), ("entry", 60.0), (where, 70.0)})
        deposit = self._deposit(line)
        self.assertEqual((deposit.label, deposit.days), ("CASH", 1))
        self.assertEqual(deposit.move_id, line.move_id)
        self.assertIn(entry, found.move_id)

    def test_suggestions_with_their_reasons(self):
        cases = {name: self._case(getattr(self, name)) for name in ("andina", "textil")}
        number = self.invoices[0].name
        self.andina.bank_ids = [(0, 0, {"acc_number": "191-001234-055"})]
        for line, case, codes in (
            (self._line(777.0), "textil", [deposits.DOCUMENT]),
            (self._line(370.5), "andina", [deposits.OVERDUE]),
            (self._line(469.5), "andina", [deposits.NET]),
            (self._line(5.0, f"PAGO {number}"), "andina", [deposits.REFERENCE]),
            (self._line(5.0, "RUC 20100070970"), "andina", [deposits.TAX]),
            (
                self._line(5.0, account_number="191 001234 055"),
                "andina",
                [deposits.ACCOUNT],
            ),
            (
                self._line(219.0, partner_name="COMERCIAL ANDINA"),
                "andina",
                [deposits.NAME, deposits.COMBINATION],
            ),
            (self._line(5.0, partner_id=self.textil.id), "textil", [deposits.KNOWN]),
        ):
            self._find()
            best = self._deposit(line).match_ids.sorted("score", reverse=True)[:1]
            with self.subTest(codes=codes):
                self.assertEqual(best.case_id, cases[case])
                self.assertEqual(self._codes(best), codes)
                self.assertTrue(best.reason_text)
                self.assertEqual(self._deposit(line).best_case_id, cases[case])

    def test_a_payment_notice_is_evidence(self):
        case = self._case(self.textil)
        self.env["collections.promise"].create(
            {"case_id": case.id, "kind": "reported", "amount": 333.0, "date": day(-2)}
        )
        line = self._line(333.0)
        self._find()
        match = self._deposit(line).match_ids
        self.assertEqual((match.case_id, self._codes(match)), (case, ["notice"]))

    def test_words_in_both_languages(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"]._load_module_terms(
            ["collections_management"], ["es_419"]
        )
        about = {"notice": ["2024-06-12"], "name": ["88"]}
        for code in [*deposits.POINTS, "hand"]:
            english = self.Match._words(code, about.get(code, ["F-1"]))
            spanish = self.Match.with_context(lang="es_419")._words(
                code, about.get(code, ["F-1"])
            )
            with self.subTest(code=code):
                self.assertNotEqual(english, spanish)

    def test_no_figure_changes(self):
        case = self._case(self.textil)
        before = case.read(FIGURES)
        balance = self.Item.search([]).mapped("amount")
        line = self._line(777.0, partner_name="Textiles del Sur")
        self._find()
        self.Case.refresh()
        case.invalidate_recordset()
        self.assertEqual(case.read(FIGURES), before)
        self.assertEqual(
            self.env["collections.item"].search([]).mapped("amount"), balance
        )
        own = case.with_user(self.collector)
        self.assertEqual(own.deposit_match_ids.deposit_id.id, line.id * 4)
        self.assertIn("777", own.deposit_hint)
        self.assertIn("very likely", own.deposit_hint)
        self.assertFalse(self._case(self.andina).deposit_hint)

    def test_what_is_reconciled_is_gone_at_once(self):
        case = self._case(self.textil)
        line = self._line(777.0)
        self._find()
        self._apply(line, self.invoices[3])
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(case.deposit_match_ids)
        self.assertFalse(case.deposit_hint)
        self.assertFalse(self.Deposit.search([("company_id", "=", self.company.id)]))
        self.assertTrue(self.Match.search([]))
        self._find()
        self.assertFalse(self.Match.search([]))

    def _apply(self, line, invoice):
        """Reconcile a bank line with an invoice, as accounting does."""
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.write(
            {"account_id": self.receivable.id, "partner_id": invoice.partner_id.id}
        )
        receivable = invoice.line_ids.filtered(
            lambda one: one.account_id == self.receivable
        )
        (suspense + receivable).reconcile()
        self.assertTrue(line.is_reconciled)

    def test_decisions_stay(self):
        """Not theirs is never suggested again; a person's word is not overwritten."""
        line = self._line(777.0)
        self._find()
        match = self._deposit(line).match_ids.with_user(self.collector)
        match.action_not_theirs()
        self._find()
        self.assertFalse(self._deposit(line).match_ids)
        self.assertFalse(self._deposit(line).best_case_id)
        case = self._case(self.andina)
        deposit = self._deposit(line).with_user(self.collector)
        deposit.with_context(collections_case_id=case.id).action_theirs()
        self._find()
        found = self._deposit(line).match_ids
        self.assertEqual((found.case_id, found.likelihood), (case, "certain"))
        self.assertEqual(found.state, "treasury")
        self.assertIn("Collector", found.reason_text)
        self.assertEqual(self.Match.search_count([]), 2)

    def test_treasury_is_asked(self):
        self.company.collections_treasurer_id = self.accountant
        line = self._line(777.0, "CASH 9")
        self._find()
        match = self._deposit(line).match_ids.with_user(self.collector)
        match.action_ask_treasury()
        match.action_ask_treasury()
        activity = self._case(self.textil).activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("CASH 9", activity.summary)
        self.assertEqual(match.state, "treasury")

    def test_the_customer_is_asked(self):
        """Through the gate, in the customer's language, telling nothing of others."""
        line = self._line(777.0, "JUAN PEREZ 45", partner_name="Juan Perez")
        self._find()
        match = self._deposit(line).match_ids.with_user(self.collector)
        action = match.action_ask_customer()
        self.assertEqual(match.state, "suggested")
        self.assertIn("777", action["context"]["default_body"])
        self.assertNotIn("Perez", action["context"]["default_body"])
        composer = self.env["mail.compose.message"].with_user(self.collector)
        composer = composer.with_context(**action["context"]).create({})
        self.assertEqual(composer.partner_ids, self.textil)
        composer._action_send_mail()
        self.assertEqual(match.state, "asked")
        message = self._case(self.textil).message_ids[:1]
        self.assertIn("Is it yours?", message.body)

    def test_the_customer_says_yes(self):
        line = self._line(777.0)
        self._find()
        match = self._deposit(line).match_ids.with_user(self.collector)
        action = match.action_payment_notice()
        dialog = self.env[action["res_model"]].with_user(self.collector)
        dialog = dialog.with_context(**action["context"]).create({})
        self.assertEqual((dialog.kind, dialog.amount), ("reported", 777.0))
        self.assertEqual(dialog.date, day(-1))

    def test_the_same_statements_for_one_and_for_many(self):
        self._line(777.0)
        self._find()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self._find()
        first = self.env.cr.sql_log_count - before
        for number in range(12):
            self._line(100.0 + number, f"Textiles del Sur {number}")
        self._invoices(
            *[(self.textil, day(-number), 10.0 + number) for number in range(12)]
        )
        self._find()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self._find()
        self.assertEqual(self.env.cr.sql_log_count - before, first)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDepositAccess(DepositCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls.line = cls._line(777.0, "HERE")
        cls.other = cls._line(
            777.0, "THERE", journal=cls.company_data_2["default_journal_bank"]
        )
        cls._invoices((cls.textil, day(-3), 777.0), company=cls.company_2)
        cls.env["collections.case"].with_company(cls.company_2).refresh()
        for company in (cls.company, cls.company_2):
            finder = cls.env["collections.deposit.finder"].with_company(company)
            finder._find(company)

    def test_collectors_see_them_without_a_right_in_accounting(self):
        own = self.Deposit.with_user(self.collector).with_company(self.company)
        own = own.with_context(allowed_company_ids=self.company.ids)
        found = own.search([])
        self.assertEqual(found.mapped("label"), ["HERE"])
        self.assertEqual(found.best_case_id, self._case(self.textil))
        self.assertTrue(
            found.web_read({"journal_id": {"fields": {"display_name": {}}}})
        )
        self.assertFalse(
            self.env["account.bank.statement.line"]
            .with_user(self.collector)
            .has_access("read")
        )
        with self.assertRaisesRegex(AccessError, "task of accounting"):
            found.action_open_entry()
        action = found.with_user(self.accountant).action_open_entry()
        self.assertEqual(action["res_id"], self.line.move_id.id)

    def test_companies_do_not_mix(self):
        match = self._deposit(self.other).match_ids
        self.assertEqual(match.case_id.company_id, self.company_2)
        self.assertEqual(len(match), 1)
        self.collector.company_ids = self.company
        self.env.invalidate_all()
        for record in (self._deposit(self.other), match):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.with_user(self.collector).read(["amount"])
        with self.assertRaises(AccessError):
            match.with_user(self.collector).action_not_theirs()
        both = (self.company + self.company_2).ids
        self.accountant.company_ids = self.company + self.company_2
        deposit = self._deposit(self.other).with_user(self.accountant)
        deposit = deposit.with_context(allowed_company_ids=both)
        case = self._case(self.textil)
        with self.assertRaisesRegex(UserError, "another company"):
            deposit.with_context(collections_case_id=case.id).action_theirs()

    def test_below_a_collector_nobody_sees_them(self):
        for user in (self.internal, self.salesperson):
            for model in (self.Deposit, self.Match):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    model.with_user(user).search([])
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.Deposit.with_user(user).action_look()
        case = self._case(self.textil)
        self.textil.user_id = self.salesperson
        self.Case.refresh()
        with self.assertRaises(AccessError):
            case.with_user(self.salesperson).read(["deposit_hint"])

    def test_look_again_is_a_collectors_button(self):
        self._line(469.5, "NEW")
        self.Deposit.with_user(self.collector).with_company(self.company).action_look()
        self.assertEqual(
            self.Match.search_count([("case_id", "=", self._case(self.andina).id)]), 1
        )

    def test_the_scheduled_action_takes_every_company(self):
        self.Match.sudo().search([]).unlink()
        with self.enter_registry_test_mode():
            self.env.ref(
                "collections_management.ir_cron_deposits"
            ).method_direct_trigger()
        found = self.Match.search([])
        self.assertEqual(found.company_id, self.company + self.company_2)

    def test_another_currency(self):
        """A deposit in euros is compared with what is owed in euros."""
        bank = self.bank.copy(
            {"name": "Euro", "code": "BEUR", "currency_id": self.eur.id}
        )
        invoice = self._invoices(
            (self.andina, day(-4), 310.0, {"currency_id": self.eur.id})
        )
        line = self._line(310.0, journal=bank)
        dollars = self._line(310.0)
        self.Case.refresh()
        self._find()
        match = self._deposit(line).match_ids
        self.assertEqual((match.currency_id, match.amount), (self.eur, 310.0))
        self.assertIn(invoice.name, match.reason_text)
        self.assertFalse(self._deposit(dollars).match_ids)
