"""Segments: what they can ask for, whom they take, and why."""

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import NOON, CollectionsCommon, day


class SegmentCommon(CollectionsCommon):
    @classmethod
    def _make_segment(cls, domain, sequence=0, **values):
        return cls.env["collections.segment"].create(
            {
                "name": "Some",
                "domain": str(domain),
                "sequence": sequence,
                "policy_id": cls.policy.id,
                **values,
            }
        )

    @classmethod
    def _use_shipped(cls):
        """Go back to the segments that a new company has."""
        cls.segment.active = False
        names = ("strategic", "hard", "good_payers", "all")
        for name in names:
            cls.env.ref(f"collections_management.segment_{name}").active = True


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestSegmentCriteria(SegmentCommon):
    """Every criterion is a field that finds the one customer, and not the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.other = cls._customers(2)
        cls.tag = cls.env["res.partner.category"].create({"name": "Benefit"})
        cls.pricelist = cls.env["product.pricelist"].create({"name": "Special"})
        cls.term = cls.env["account.payment.term"].create({"name": "45 days"})
        cls.goods = cls.env["product.category"].create({"name": "Goods"})
        cls.product = cls.env["product.product"].create(
            {"name": "Good", "categ_id": cls.goods.id}
        )
        cls.state = cls.env.ref("base.state_mx_jal")
        cls.one.write(
            {
                "category_id": [Command.link(cls.tag.id)],
                "specific_property_product_pricelist": cls.pricelist.id,
                "property_payment_term_id": cls.term.id,
                "country_id": cls.state.country_id.id,
                "state_id": cls.state.id,
                "city": "Guadalajara",
                "trust": "good",
            }
        )
        line = Command.create(
            {
                "product_id": cls.product.id,
                "quantity": 1,
                "price_unit": 2000.0,
                "account_id": cls.company_data["default_account_revenue"].id,
                "tax_ids": False,
            }
        )
        old, _new, _small = cls._invoices(
            (cls.one, day(-30), 500.0, {"invoice_date": day(-800)}),
            (cls.one, day(-200), 0.0, {"invoice_line_ids": [line]}),
            (cls.other, day(-2), 40.0),
        )
        cls._pay(old, when=day(-20))
        cls.env["collections.run"].run().flush()

    def _assert_finds(self, domain):
        """The domain finds one of two, by search and as a segment."""
        cases = self.Case.search([("partner_id", "in", (self.one + self.other).ids)])
        found = self.Case.search([("id", "in", cases.ids), *domain])
        self.assertEqual(found.partner_id, self.one, domain)
        segment = self._make_segment(domain)
        self._refresh()
        self.assertEqual(self._case(self.one).segment_id, segment, domain)
        self.assertEqual(self._case(self.other).segment_id, self.segment, domain)
        segment.unlink()

    def test_amount_of_the_debt(self):
        """R40: what is overdue, actionable or owed at all, in company currency."""
        self._assert_finds([("amount_overdue", ">", 1000)])
        self._assert_finds([("amount_actionable", ">=", 2000)])
        self._assert_finds([("amount_balance", ">", 1000)])

    def test_payment_history(self):
        """R41: average days late, broken promises, whether there is any history."""
        promise = self.env["collections.promise"].create(
            {"case_id": self._case(self.one).id, "amount": 50.0, "date": day(3)}
        )
        promise.sudo().state = "broken"
        for domain in (
            [("broken_promise_count", ">", 0)],
            [("broken_promise_count", ">=", 1)],
            [("broken_promise_count", "=", 1)],
            [("broken_promise_count", "!=", 0)],
            ["!", ("broken_promise_count", "<", 1)],
            ["!", ("broken_promise_count", "<=", 0)],
        ):
            self._assert_finds(domain)
        self._assert_finds([("average_days_late", ">=", 10)])
        self._assert_finds([("has_paid", "=", True)])
        self._assert_finds(["!", ("has_paid", "=", False)])
        self._assert_finds([("trust", "=", "good")])

    def test_commercial_relationship(self):
        """R42: a tag that the salesperson gives."""
        self._assert_finds([("category_ids", "in", self.tag.ids)])
        self._assert_finds([("category_ids.name", "=", "Benefit")])

    def test_strategy_per_segment(self):
        """R43: each segment brings its policy."""
        gentle = self._make_policy("Gentle", delays=(-3, 15))
        fresh, same = self._customers(2, category_id=[Command.link(self.tag.id)])
        self._make_segment([("partner_id", "=", fresh.id)], policy_id=gentle.id)
        self._invoices((fresh, day(-1), 10.0), (same, day(-1), 10.0))
        self._refresh()
        self.assertEqual(self._case(fresh).policy_id, gentle)
        self.assertEqual(self._case(same).policy_id, self.policy)

    def test_hard_to_collect_and_given_to_others(self):
        """R44: by age, and by the stage that a person gave (agency, lawyer)."""
        self._assert_finds([("days_overdue", ">", 180)])
        stage = self.env.ref("collections_management.stage_agency")
        self._case(self.one).sudo().manual_stage_id = stage
        self._refresh()
        self._assert_finds([("stage_kind", "=", "manual")])

    def test_delay_and_notices_already_sent(self):
        """R45: by days overdue, and by the last level reached."""
        self.assertEqual(self._case(self.one).level_delay, 3)
        self._assert_finds([("level_delay", ">=", 3)])
        self._assert_finds(["&", ("days_overdue", ">", 30), ("level_id", "!=", False)])

    def test_product_category(self):
        """R46: by the category of what the open invoices are about."""
        self._assert_finds([("product_category_ids", "in", self.goods.ids)])

    def test_cost_of_the_plan(self):
        """R47: by the average invoice."""
        self._assert_finds([("average_invoice_amount", ">", 1000)])

    def test_payment_terms(self):
        """R48: by the customer's payment terms, which depend on the company."""
        self._assert_finds([("payment_term_id", "=", self.term.id)])

    def test_benefits(self):
        """R49: by the pricelist that a customer was given."""
        self._assert_finds([("pricelist_id", "=", self.pricelist.id)])

    def test_seniority(self):
        """R50: by the first invoice."""
        self._assert_finds([("first_invoice_date", "<", "today -365d")])

    def test_region(self):
        """R51: by region and city."""
        self._assert_finds([("state_id", "=", self.state.id)])
        self._assert_finds([("city", "ilike", "guadalajara")])
        self._assert_finds([("country_id.code", "=", "MX")])


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestSegment(SegmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(3)
        cls.a, cls.b, cls.c = cls.customers
        cls._invoices((cls.a, day(-1), 100.0), (cls.b, day(-50), 20.0))
        cls._invoices((cls.c, day(-200), 3.0))
        cls.Case.refresh()

    def _statements(self):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env["collections.segment"]._classify(self.company)
        return self.env.cr.sql_log_count - before

    def test_classifying_takes_one_statement_for_any_number_of_segments(self):
        self._make_segment([("days_overdue", ">", 0)])
        self._statements()
        one = self._statements()
        for number in range(10):
            self._make_segment([("days_overdue", ">", 100 + number)], number)
        self._statements()  # reads the new rules
        self.assertEqual(self._statements(), one)

    def test_the_first_that_matches_wins(self):
        first = self._make_segment([("days_overdue", ">", 100)], 0)
        second = self._make_segment([("days_overdue", ">", 10)], 0)
        self._refresh()
        found = [self._case(customer).segment_id for customer in self.customers]
        self.assertEqual(found, [self.segment, second, first])

    def test_archived_segment_takes_nobody(self):
        segment = self._make_segment([("days_overdue", ">", 100)])
        self._refresh()
        self.assertEqual(self._case(self.c).segment_id, segment)
        segment.active = False
        self._refresh()
        self.assertEqual(self._case(self.c).segment_id, self.segment)

    def test_field_that_cannot_be_searched_is_named(self):
        for domain in ("[('next_step_label', '=', 'x')]", "[('nowhere', '=', 1)]"):
            name = domain.split("'")[1]
            with self.subTest(domain), self.assertRaisesRegex(ValidationError, name):
                self._make_segment(domain)

    # === PREVIEW === #

    def test_preview_tells_who_moves(self):
        """While editing: how many, how much, who moves in and out."""
        segment = self._make_segment([("days_overdue", ">", 100)])
        self._refresh()
        values = self.env["collections.segment"].new(
            {"domain": "[('days_overdue', '<', 100)]", "sequence": 0}, origin=segment
        )
        preview = values._preview_values()
        self.assertEqual((preview["count"], preview["actionable"]), (2, 120.0))
        self.assertEqual(preview["overdue"], 120.0)
        self.assertEqual(preview["moves_in"]["cases"].partner_id, self.a + self.b)
        self.assertEqual(preview["moves_out"]["cases"].partner_id, self.c)
        self.assertEqual(preview["moves_out"]["actionable"], 3.0)
        # Nothing was saved, and what was told comes true.
        self.assertEqual(self._case(self.c).segment_id, segment)
        segment.domain = values.domain
        self._refresh()
        self.assertEqual(self._case(self.a).segment_id, segment)
        self.assertEqual(self._case(self.c).segment_id, self.segment)

    def test_preview_counts_only_what_earlier_segments_leave(self):
        self._make_segment([("days_overdue", ">", 100)], 0)
        new = self.env["collections.segment"].new({"domain": "[]", "sequence": 5})
        preview = new._preview_values()
        self.assertEqual(preview["count"], 0)
        self.segment.active = False
        self.assertEqual(new._preview_values()["count"], 2)

    def test_preview_names_a_dozen_and_counts_the_rest(self):
        customers = self._customers(15)
        self._invoices(*[(customer, day(-300), 7.0) for customer in customers])
        self._refresh()
        new = self.env["collections.segment"].new(
            {"domain": "[('days_overdue', '=', 300)]", "sequence": -1}
        )
        before = self.env.cr.sql_log_count
        moves = new._preview_values()["moves_in"]
        self.assertLess(self.env.cr.sql_log_count - before, 12)
        self.assertEqual((moves["count"], moves["more"]), (15, 3))

    def test_preview_on_the_form_says_what_is_wrong(self):
        segment = self._make_segment([("days_overdue", ">", 100)])
        self._make_users("supervisor")
        with Form(segment.with_user(self.supervisor)) as form:
            self.assertIn("Cases", form.preview_html)
            form.domain = "[('next_step_label', '=', 'x')]"
            self.assertIn("next_step_label", form.preview_html)
            form.domain = "[('days_overdue', '>', 10)]"
            self.assertIn(self.b.name, form.preview_html)

    # === WHY === #

    def _why(self, customer):
        return self.env["collections.case.why"]._segments(self._case(customer))

    def test_why_it_matched_and_why_not(self):
        """A case says, condition by condition, why it is where it is."""
        segment = self._make_segment(
            [
                "|",
                ("city", "=", "Lima"),
                "&",
                ("days_overdue", ">", 10),
                ("amount_overdue", "<", 10.0),
            ]
        )
        self._refresh()
        first, last = self._why(self.c)
        self.assertEqual(first["segment"], segment)
        self.assertTrue(first["wins"] and last["fits"] and not last["wins"])
        holds = [line.get("holds") for line in first["lines"]]
        self.assertEqual(holds, [None, False, None, True, True])
        days = first["lines"][3]
        self.assertEqual(
            (days["label"], days["operator"], days["value"], days["own"]),
            ("Days Overdue", "is more than", "10", "200"),
        )
        self.assertIn("3.00", first["lines"][4]["own"])
        first, last = self._why(self.b)
        self.assertTrue(last["wins"] and not first["fits"])
        holds = [line.get("holds") for line in first["lines"]]
        self.assertEqual(holds, [None, False, None, True, False])

    def test_why_names_records(self):
        tag = self.env["res.partner.category"].create({"name": "Chosen"})
        self.a.category_id = tag
        self._make_segment([("category_ids", "in", tag.ids)])
        self._refresh()
        [line] = self._why(self.a)[0]["lines"]
        self.assertEqual((line["value"], line["own"]), ("Chosen", "Chosen"))
        [line] = self._why(self.b)[0]["lines"]
        self.assertEqual(
            (line["value"], line["own"], line["holds"]), ("Chosen", "–", False)
        )

    def test_why_in_the_dialog(self):
        self._make_users("collector", "salesperson")
        self.a.user_id = self.salesperson
        self._refresh()
        for user in (self.collector, self.salesperson):
            case = self._case(self.a).with_user(user)
            action = case.action_why_segment()
            wizard = self.env["collections.case.why"].with_user(user)
            form = Form(wizard.with_context(**action["context"]))
            self.assertIn("Matches", form.explanation)
        with self.assertRaises(AccessError):
            wizard.create({"case_id": self._case(self.b).id}).explanation  # noqa: B018

    # === ROLES === #

    def test_collector_reads_and_supervisor_writes(self):
        self._make_users("collector", "supervisor")
        segment = self.segment.with_user(self.collector)
        self.assertEqual(segment.name, "All")
        self.assertTrue(segment.preview_html)
        with self.assertRaises(AccessError):
            segment.domain = "[('days_overdue', '>', 1)]"
        segment.with_user(self.supervisor).domain = "[('days_overdue', '>', 1)]"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestShippedSegments(SegmentCommon):
    def test_a_new_company_treats_customers_differently(self):
        """R42, R43, R44: whom the segments take that a new company has."""
        key, old, good, slow, new = self._customers(5)
        tag = self.env.ref("collections_management.partner_category_key_account")
        key.category_id = tag
        paid = self._invoices(
            (good, day(-30), 50.0), (slow, day(-30), 50.0), (key, day(-300), 9.0)
        )
        self._invoices((old, day(-181), 50.0), (new, day(-180), 50.0))
        self._invoices((good, day(-1), 50.0), (slow, day(-1), 50.0))
        self._pay(paid[0], when=day(-28))
        self._pay(paid[1], when=day(-20))
        self._use_shipped()
        self._refresh()
        expected = {
            key: ("Strategic Customers", "Strategic Customer"),
            old: ("Hard to Collect", "Hard to Collect"),
            good: ("Good Payers", "Preventive"),
            slow: ("All Customers", "Standard"),
            new: ("All Customers", "Standard"),
        }
        for customer, names in expected.items():
            case = self._case(customer)
            self.assertEqual((case.segment_id.name, case.policy_id.name), names)

    def test_they_explain_themselves(self):
        """Each says whom it takes; what depends on the currency waits."""
        for name in ("strategic", "hard", "good_payers", "small"):
            segment = self.env.ref(f"collections_management.segment_{name}")
            self.assertTrue(segment.description)
            self.assertTrue(segment._matches_sql(self.company, [segment.domain]))
        small = self.env.ref("collections_management.segment_small")
        self.assertFalse(small.active)
        self.assertIn("currency", small.description)
