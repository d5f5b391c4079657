"""Interest and fees: proposed by rule, line by line, booked once and by a person."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCharge(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users()
        cls.customer = cls._customer(user_id=cls.salesperson.id)
        cls.move = cls._invoices((cls.customer, day(-45), 10_000.0))
        cls.Case.refresh()
        cls.case = cls.Case.search(
            [
                ("partner_id", "=", cls.customer.id),
                ("company_id", "=", cls.company.id),
            ]
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Late interest",
                "type": "service",
                "taxes_id": False,
                "property_account_income_id": cls.company_data[
                    "default_account_revenue"
                ].id,
            }
        )
        cls.Rule = cls.env["collections.interest.rule"]
        # The bookkeeper of these tests.
        cls.accountant.group_ids += cls.env.ref("account.group_account_invoice")

    def _rule(self, **values):
        return self.Rule.create(
            {
                "name": "By contract",
                "method": "yearly",
                "product_id": self.product.id,
                "rate_ids": [Command.create({"date_from": "2020-01-01", "rate": 10.4})],
                **values,
            }
        )

    def _propose(self, cases=None, user=None):
        cases = (cases or self.case).with_user(user or self.collector)
        action = cases.action_propose_charge()
        charges = self.env["collections.charge"].search(
            [("state", "=", "proposed")], order="id"
        )
        self.assertTrue(action)
        return charges

    # === WHAT IT COMES TO === #

    def test_m16_statutory_interest_and_forty_euros(self):
        """M16: 10,000 for 45 days at 2.40 and 8 points, and 40 EUR."""
        rule = self._rule(
            method="statutory",
            margin=8.0,
            flat_fee=40.0,
            flat_currency_id=self.eur.id,
        )
        rule.rate_ids.rate = 2.4
        charge = self._propose()
        interest, flat = charge.line_ids
        self.assertEqual((interest.component, interest.days), ("interest", 45))
        self.assertAlmostEqual(interest.amount, 128.22)
        # 0.4 euros are a dollar.
        self.assertAlmostEqual(flat.amount, 100.0)
        self.assertIn("10.4 %", interest.explanation)
        self.assertIn("45 days", interest.explanation)

    def test_m17_chilean_fee_in_uf(self):
        """M17: 60 UF late for more than 20 days: 3.60 UF."""
        clf = self.env.ref("base.CLF")
        clf.active = True
        rule = self._rule(
            method="none",
            rate_ids=False,
            fee="chile",
            free_days=20,
            unit_currency_id=clf.id,
        )
        with self.assertRaisesRegex(UserError, "no rate of CLF"):
            self._propose()
        rate = self.env["res.currency.rate"].create(
            {"currency_id": clf.id, "name": day(-60), "rate": 60 / 10_000.0}
        )
        with self.assertRaisesRegex(UserError, "no rate of CLF"):
            self._propose()
        rate.name = day(-1)
        self.env["collections.reminder"].sudo().create(
            {
                "company_id": self.company.id,
                "case_id": self.case.id,
                "partner_id": self.customer.id,
                "uuid": "free-notice",
                "kind": "manual",
                "channel": "email",
                "state": "sent",
                "date": day(-40),
            }
        )
        charge = self._propose()
        self.assertAlmostEqual(charge.amount, 3.60 * 10_000 / 60)
        with self.assertRaisesRegex(ValidationError, "no fee before day 21"):
            rule.free_days = 5

    def test_less_without_a_free_notice(self):
        clf = self.env.ref("base.CLF")
        clf.active = True
        self._rule(
            method="none",
            rate_ids=False,
            fee="chile",
            free_days=20,
            unit_currency_id=clf.id,
        )
        self.env["res.currency.rate"].create(
            {"currency_id": clf.id, "name": TODAY, "rate": 60 / 10_000.0}
        )
        self.assertAlmostEqual(self._propose().amount, round(3.40 * 10_000 / 60, 2))

    def test_principal_and_rate_change_meanwhile(self):
        rule = self._rule()
        rule.rate_ids = [Command.create({"date_from": day(-4), "rate": 20.0})]
        self._pay(self.move, 4000.0, when=day(-25))
        self._follow()
        lines = self._propose().line_ids
        self.assertEqual(
            [(line.days, line.principal, line.rate) for line in lines],
            [(20, 10_000.0, 10.4), (20, 6_000.0, 10.4), (5, 6_000.0, 20.0)],
        )

    def test_documents_paid_late(self):
        rule = self._rule()
        self._pay(self.move, when=day(-5))
        self._follow()
        with self.assertRaisesRegex(UserError, "Nothing is to be charged"):
            self._propose()
        rule.with_paid = True
        self.assertEqual(self._propose().line_ids.days, 40)

    def test_free_days_and_the_first_day_that_counts(self):
        rule = self._rule(free_days=45)
        with self.assertRaises(UserError):
            self._propose()
        rule.free_days = 44
        self.assertEqual(self._propose().line_ids.days, 45)
        rule.date_from = day(-9)
        self.assertEqual(self._propose().line_ids.days, 10)

    def test_not_on_what_is_disputed(self):
        """Neither on a document in dispute, nor where the customer disputes all."""
        self._rule()
        item = self.Item.search([("move_id", "=", self.move.id)])
        reason = self.env.ref("collections_management.dispute_reason_other")
        for items in ({item.id: None}, {}):
            with self.subTest(items=items):
                values = {"case": self.case, "reason_id": reason.id, "items": items}
                dispute = self.env["collections.dispute"]._open([values])
                with self.assertRaises(UserError):
                    self._propose()
                dispute.sudo().state = "rejected"

    def test_no_rate_is_asked_for_not_made_up(self):
        rule = self._rule()
        rule.rate_ids.date_from = day(-5)
        with self.assertRaisesRegex(UserError, "has no rate for"):
            self._propose()
        with self.assertRaisesRegex(ValidationError, "needs a rate"):
            self._rule(rate_ids=False)

    def test_the_first_rule_that_matches(self):
        self._rule(name="Theirs", company_id=self.company_2.id, sequence=1)
        self._rule(name="Persons", debtor="person", sequence=2)
        self._rule(name="Chile", country_ids=self.env.ref("base.cl").ids, sequence=3)
        own = self._rule(name="Ours", policy_ids=self.policy.ids, sequence=4)
        self._rule(name="Later", sequence=5)
        self.assertEqual(self._propose().rule_id, own)
        self.Rule.search([]).active = False
        with self.assertRaisesRegex(UserError, "No rule charges"):
            self._propose()

    def test_a_currency_of_its_own(self):
        self._rule()
        self._invoices((self.customer, day(-10), 500.0, {"currency_id": self.eur.id}))
        self._refresh()
        charges = self._propose()
        self.assertEqual(charges.currency_id, self.company.currency_id | self.eur)

    # === BOOKED BY A PERSON, ONCE === #

    def _booked(self):
        charge = self._propose()
        charge.with_user(self.accountant).action_book()
        return charge

    def test_an_accountant_books_a_draft_invoice(self):
        self._rule(source="Clause 7")
        charge = self._propose()
        for role in ("salesperson", "collector", "supervisor", "internal", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                charge.with_user(getattr(self, role)).action_book()
        charge.with_user(self.accountant).action_book()
        move = charge.move_id
        self.assertEqual((move.state, move.move_type), ("draft", "out_invoice"))
        self.assertEqual(move.ref, "Clause 7")
        self.assertEqual(move.invoice_line_ids.product_id, self.product)
        self.assertAlmostEqual(move.amount_total, 128.22)
        self.assertIn(self.move.name, move.invoice_line_ids.name)
        with self.assertRaisesRegex(UserError, "decided already"):
            charge.with_user(self.accountant).action_book()

    def test_the_same_days_are_booked_once(self):
        self._rule(flat_fee=40.0, flat_currency_id=self.company.currency_id.id)
        first = self._booked()
        with self.assertRaisesRegex(UserError, "booked already"):
            self._propose()
        with freeze_time("2024-06-27 12:00:00"):
            again = self._propose()
            self.assertEqual(again.line_ids.mapped("component"), ["interest"])
            self.assertEqual(again.line_ids.days, 10)
            self.assertEqual(again.line_ids.date_from, TODAY)
        self.assertEqual(first.line_ids[0].date_to, TODAY)

    def test_days_of_a_deleted_or_cancelled_invoice_are_free_again(self):
        self._rule()
        first = self._booked()
        first.move_id.unlink()
        again = self._propose()
        self.assertEqual((first.state, again.line_ids.days), ("void", 45))
        again.with_user(self.accountant).action_book()
        again.move_id.button_cancel()
        self.assertEqual(self._propose().line_ids.days, 45)
        self.assertEqual(again.state, "void")

    def test_no_interest_on_interest(self):
        self._rule()
        charge = self._booked()
        charge.move_id.invoice_date = date(2024, 5, 1)
        charge.move_id.invoice_date_due = date(2024, 5, 2)
        charge.move_id.action_post()
        with freeze_time("2024-06-27 12:00:00"):
            self._refresh()
            self.assertEqual(self._propose().line_ids.move_id, self.move)

    def test_changed_meanwhile(self):
        self._rule()
        charge = self._propose()
        self._pay(self.move, 1000.0, when=day(-3))
        with self.assertRaisesRegex(UserError, "The ledger changed"):
            charge.with_user(self.accountant).action_book()

    def test_dismissed(self):
        self._rule()
        charge = self._propose()
        with self.assertRaises(AccessError):
            charge.with_user(self.collector).action_dismiss()
        charge.with_user(self.supervisor).action_dismiss()
        self.assertEqual(charge.state, "dismissed")
        self.assertEqual(self._propose().line_ids.days, 45)

    def test_nobody_types_an_amount(self):
        self._rule()
        charge = self._propose()
        with self.assertRaises(AccessError):
            charge.with_user(self.supervisor).amount = 1.0
        with self.assertRaises(AccessError):
            charge.line_ids.with_user(self.supervisor).amount = 1.0

    # === WHERE IT SHOWS === #

    def test_on_the_statement_only_where_shown(self):
        rule = self._rule()
        statement = self.env["collections.statement"]
        self.assertFalse(statement._statement(self.case)["late_interest"])
        rule.is_shown = True
        [(currency, amount)] = statement._statement(self.case)["late_interest"]
        self.assertEqual(currency, self.company.currency_id)
        self.assertAlmostEqual(amount, 128.22)
        self.assertAlmostEqual(statement._statement(self.case)["balance"], 10_000.0)
        [page] = self.env["collections.statement.pdf"]._pages(self.case).values()
        self.assertIn("not part of the balance", page)

    def test_in_reminders_only_where_shown(self):
        rule = self._rule()
        [reminder] = self._run().reminder_ids
        self.assertNotIn("For your information", reminder._items_table())
        rule.is_shown = True
        self.assertIn("128.22", reminder._items_table())
        self.assertIn("not part of the amounts", reminder._items_table())

    @mute_logger(
        "odoo.addons.collections_management.models.escalation.collections_charge_proposer"
    )
    def test_no_statement_waits_for_a_rate(self):
        rule = self._rule(is_shown=True)
        rule.rate_ids.date_from = day(-5)
        statement = self.env["collections.statement"]
        self.assertFalse(statement._statement(self.case)["late_interest"])

    def test_statements_do_not_grow_with_the_cases(self):
        self._rule()
        others = self._customers(15)
        self._invoices(*[(other, day(-30), 100.0) for other in others])
        self._refresh()
        cases = self.Case.search([("company_id", "=", self.company.id)])
        proposer = self.env["collections.charge"]
        proposer._propose_values(cases, TODAY)
        counts = []
        for some in (self.case, cases):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            proposer._propose_values(some, TODAY)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_other_company(self):
        self._rule()
        charge = self._propose()
        stranger = new_test_user(
            self.env,
            "test_stranger",
            groups="collections_management.group_supervisor,"
            "account.group_account_invoice",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        for method in ("read", "action_dismiss", "action_book", "action_refresh"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(charge.with_user(stranger), method)()

    def test_the_form_fills_in_what_the_law_says(self):
        with Form(self.Rule.with_user(self.supervisor)) as form:
            form.name = "Law"
            form.method = "statutory"
            self.assertEqual(form.margin, 8.0)
            with form.rate_ids.new() as rate:
                rate.date_from = day(-100)
                rate.rate = 2.4
            form.fee = "chile"
            self.assertEqual(form.free_days, 20)
            self.assertEqual(form.unit_currency_id, self.env.ref("base.CLF"))
